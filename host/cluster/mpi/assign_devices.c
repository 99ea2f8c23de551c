#include "cluster/mpi/assign_devices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Adjacent claims with the same name. */
typedef struct group {
    mcpi_device_claim *claims;
    size_t count;
} group;

mcpi_device_claim mcpi_claim_device(const mcpi_device *device, unsigned process)
{
    mcpi_device_claim claim = {.process = process};
    snprintf(claim.name, sizeof claim.name, "%s", device->uuid[0] ? device->uuid : device->id);
    return claim;
}

static int by_name(const void *left, const void *right)
{
    const mcpi_device_claim *a = left;
    const mcpi_device_claim *b = right;
    const int order = strcmp(a->name, b->name);
    return order != 0 ? order : (a->process > b->process) - (a->process < b->process);
}

static int by_rarity(const void *left, const void *right)
{
    const group *a = left;
    const group *b = right;
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    return (a->claims > b->claims) - (a->claims < b->claims);
}

static size_t group_up(mcpi_device_claim *claims, size_t count, group *groups)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        if (found == 0 || strcmp(groups[found - 1].claims->name, claims[i].name) != 0)
            groups[found++] = (group){&claims[i], 0};
        groups[found - 1].count++;
    }
    return found;
}

static void grant_one(const group *g, unsigned *granted)
{
    mcpi_device_claim *best = g->claims;
    for (size_t i = 1; i < g->count; i++)
        if (granted[g->claims[i].process] < granted[best->process])
            best = &g->claims[i];
    best->granted = true;
    granted[best->process]++;
}

bool mcpi_assign_devices(mcpi_device_claim *claims, size_t count, unsigned processes)
{
    if (count == 0)
        return true;
    group *const groups = malloc(count * sizeof *groups);
    unsigned *const granted = calloc(processes, sizeof *granted);
    const bool able = groups && granted;
    if (able) {
        qsort(claims, count, sizeof *claims, by_name);
        const size_t found = group_up(claims, count, groups);
        qsort(groups, found, sizeof *groups, by_rarity);
        for (size_t i = 0; i < found; i++)
            grant_one(&groups[i], granted);
    }
    free(granted);
    free(groups);
    return able;
}
