#include "core/recount_queue.h"

#include <stdlib.h>

bool mcpi_recount_queue_init(mcpi_recount_queue *checks, size_t capacity)
{
    *checks = (mcpi_recount_queue){.capacity = capacity};
    checks->ring = calloc(capacity, sizeof *checks->ring);
    return checks->ring != NULL;
}

void mcpi_recount_queue_free(mcpi_recount_queue *checks)
{
    free(checks->ring);
    *checks = (mcpi_recount_queue){0};
}

static mcpi_recount_slice *slot(const mcpi_recount_queue *checks, size_t age)
{
    return &checks->ring[(checks->oldest + age) % checks->capacity];
}

static bool grow(mcpi_recount_queue *checks)
{
    mcpi_recount_slice *const ring = calloc(2 * checks->capacity, sizeof *ring);
    if (!ring)
        return false;
    for (size_t age = 0; age < checks->count; age++)
        ring[age] = *slot(checks, age);
    free(checks->ring);
    *checks = (mcpi_recount_queue){.ring = ring, .capacity = 2 * checks->capacity, .count = checks->count};
    return true;
}

bool mcpi_recount_queue_push(mcpi_recount_queue *checks, const mcpi_recount_slice *check)
{
    if (checks->count == checks->capacity && !grow(checks))
        return false;
    *slot(checks, checks->count) = *check;
    checks->count++;
    return true;
}

const mcpi_recount_slice *mcpi_recount_queue_at(const mcpi_recount_queue *checks, size_t age)
{
    return age < checks->count ? slot(checks, age) : NULL;
}

mcpi_recount_slice mcpi_recount_queue_take(mcpi_recount_queue *checks, size_t age)
{
    const mcpi_recount_slice check = *slot(checks, age);
    checks->count--;
    if (age == 0)
        checks->oldest = (checks->oldest + 1) % checks->capacity;
    else
        for (; age < checks->count; age++)
            *slot(checks, age) = *slot(checks, age + 1);
    return check;
}

void mcpi_recount_queue_drop_team(mcpi_recount_queue *checks, size_t team)
{
    size_t kept = 0;
    for (size_t age = 0; age < checks->count; age++)
        if (slot(checks, age)->team != team)
            *slot(checks, kept++) = *slot(checks, age);
    checks->count = kept;
}

void mcpi_recount_queue_drop_between(mcpi_recount_queue *checks, uint64_t first, uint64_t end)
{
    size_t kept = 0;
    for (size_t age = 0; age < checks->count; age++) {
        const mcpi_job *job = &slot(checks, age)->job;
        if (job->first >= end || first >= job->first + job->darts)
            *slot(checks, kept++) = *slot(checks, age);
    }
    checks->count = kept;
}

size_t mcpi_recount_queue_of_team(const mcpi_recount_queue *checks, size_t team)
{
    size_t count = 0;
    for (size_t age = 0; age < checks->count; age++)
        count += slot(checks, age)->team == team;
    return count;
}

size_t mcpi_recount_queue_nth_of_team(const mcpi_recount_queue *checks, size_t team, size_t nth)
{
    size_t age = 0;
    while (slot(checks, age)->team != team || nth-- > 0)
        age++;
    return age;
}

bool mcpi_recount_queue_of_kernel(const mcpi_recount_queue *checks, size_t team, size_t kernel)
{
    for (size_t age = 0; age < checks->count; age++)
        if (slot(checks, age)->team == team && slot(checks, age)->kernel == kernel)
            return true;
    return false;
}
