#include "engine/checks.h"

#include <stdlib.h>

bool mcpi_checks_init(mcpi_checks *checks, size_t capacity)
{
    *checks = (mcpi_checks){.capacity = capacity};
    checks->ring = calloc(capacity, sizeof *checks->ring);
    return checks->ring != NULL;
}

void mcpi_checks_free(mcpi_checks *checks)
{
    free(checks->ring);
    *checks = (mcpi_checks){0};
}

static mcpi_check *slot(const mcpi_checks *checks, size_t age)
{
    return &checks->ring[(checks->oldest + age) % checks->capacity];
}

bool mcpi_checks_push(mcpi_checks *checks, const mcpi_check *check)
{
    if (checks->count == checks->capacity)
        return false;
    *slot(checks, checks->count) = *check;
    checks->count++;
    return true;
}

const mcpi_check *mcpi_checks_at(const mcpi_checks *checks, size_t age)
{
    return age < checks->count ? slot(checks, age) : NULL;
}

mcpi_check mcpi_checks_take(mcpi_checks *checks, size_t age)
{
    const mcpi_check check = *slot(checks, age);
    *slot(checks, age) = *slot(checks, 0);
    checks->oldest = (checks->oldest + 1) % checks->capacity;
    checks->count--;
    return check;
}

void mcpi_checks_drop_team(mcpi_checks *checks, size_t team)
{
    for (size_t age = 0; age < checks->count;) {
        if (slot(checks, age)->team == team)
            mcpi_checks_take(checks, age);
        else
            age++;
    }
}

void mcpi_checks_drop_between(mcpi_checks *checks, uint64_t first, uint64_t end)
{
    for (size_t age = 0; age < checks->count;) {
        const mcpi_job *job = &slot(checks, age)->job;
        if (job->first < end && first < job->first + job->darts)
            mcpi_checks_take(checks, age);
        else
            age++;
    }
}

size_t mcpi_checks_of_team(const mcpi_checks *checks, size_t team)
{
    size_t count = 0;
    for (size_t age = 0; age < checks->count; age++)
        count += slot(checks, age)->team == team;
    return count;
}

bool mcpi_checks_of_kernel(const mcpi_checks *checks, size_t team, size_t kernel)
{
    for (size_t age = 0; age < checks->count; age++)
        if (slot(checks, age)->team == team && slot(checks, age)->kernel == kernel)
            return true;
    return false;
}
