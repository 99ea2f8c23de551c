#include "mpi/rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/milestones.h"
#include "mcpi/backend.h"
#include "stats/dispersion.h"

/* What a process sends; its devices follow. */
typedef struct account {
    mcpi_error ended;
    char node[64];
    mcpi_result result; /* without its devices */
} account;

/* ---- devices ---- */

/* CPU workers with different kernels have rows of their own. Processes that share a GPU may have kept different
 * kernels. */
static bool same_device(const mcpi_device_result *a, const mcpi_device_result *b)
{
    const bool same_kernel = a->device.kind == MCPI_GPU || strcmp(a->device.kernel, b->device.kernel) == 0;
    return strcmp(a->node, b->node) == 0 && strcmp(a->device.id, b->device.id) == 0 &&
           strcmp(a->device.uuid, b->device.uuid) == 0 && same_kernel;
}

/* The time its workers had, all together. */
static double span_of(const mcpi_device_result *device)
{
    return device->busy_share > 0.0 ? device->busy_seconds / device->busy_share : 0.0;
}

/* Its kernels join those of the same name; what was counted most is named again. */
static void add_kernels(mcpi_device_result *sum, const mcpi_device_result *part)
{
    for (size_t i = 0; i < part->kernel_count; i++) {
        size_t at = 0;
        while (at < sum->kernel_count && strcmp(sum->kernels[at].name, part->kernels[i].name) != 0)
            at++;
        if (at == MCPI_KERNELS_MAX)
            continue;
        if (at == sum->kernel_count)
            sum->kernels[sum->kernel_count++] = (mcpi_kernel_result){{0}, 0, 0, 0.0};
        mcpi_kernel_result *const kernel = &sum->kernels[at];
        memcpy(kernel->name, part->kernels[i].name, sizeof kernel->name);
        kernel->darts += part->kernels[i].darts;
        kernel->recounted_darts += part->kernels[i].recounted_darts;
        kernel->darts_per_second += part->kernels[i].darts_per_second;
    }
    uint64_t most = 0;
    for (size_t i = 0; i < sum->kernel_count; i++) {
        if (sum->kernels[i].darts > most) {
            most = sum->kernels[i].darts;
            memcpy(sum->device.kernel, sum->kernels[i].name, sizeof sum->device.kernel);
        }
    }
}

/* The part that one process had in a device joins those of others. */
static void add_part(mcpi_device_result *sum, const mcpi_device_result *part)
{
    const double span = span_of(sum) + span_of(part);
    sum->workers += part->workers;
    sum->ranges += part->ranges;
    sum->darts += part->darts;
    sum->hits += part->hits;
    sum->recounted_darts += part->recounted_darts;
    sum->setup_seconds = fmax(sum->setup_seconds, part->setup_seconds);
    sum->busy_seconds += part->busy_seconds;
    sum->busy_share = span > 0.0 ? sum->busy_seconds / span : NAN;
    sum->darts_per_second += part->darts_per_second;
    sum->hung |= part->hung;
    add_kernels(sum, part);
    if (sum->failure[0] == '\0')
        memcpy(sum->failure, part->failure, sizeof sum->failure);
}

static void add_device(mcpi_result *result, const mcpi_device_result *device)
{
    for (size_t i = 0; i < result->device_count; i++) {
        if (same_device(&result->devices[i], device)) {
            add_part(&result->devices[i], device);
            return;
        }
    }
    result->devices[result->device_count++] = *device;
}

/* ---- the rest ---- */

static void add_verify(mcpi_verify_result *sum, const mcpi_verify_result *part)
{
    sum->slices += part->slices;
    sum->darts += part->darts;
    sum->mismatches += part->mismatches;
    sum->workers += part->workers;
    sum->busy_seconds += part->busy_seconds;
    sum->darts_per_second += part->darts_per_second;
    if (sum->kernel[0] == '\0')
        memcpy(sum->kernel, part->kernel, sizeof sum->kernel);
    if (sum->first_mismatch[0] == '\0')
        memcpy(sum->first_mismatch, part->first_mismatch, sizeof sum->first_mismatch);
}

static void add_account(mcpi_rows *rows, const account *a)
{
    mcpi_result *sum = rows->result;
    const mcpi_result *part = &a->result;
    mcpi_error *first = a->ended.status == MCPI_MISMATCH ? &rows->mismatch : &rows->failure;
    if (a->ended.status != MCPI_OK && a->ended.status != MCPI_STOPPED && first->status == MCPI_OK)
        mcpi_fail(first, a->ended.status, "%s: %s", a->node, a->ended.message);
    rows->all_recounted &= part->complete != 0;
    sum->setup_seconds = fmax(sum->setup_seconds, part->setup_seconds);
    sum->counting_seconds = fmax(sum->counting_seconds, part->counting_seconds);
    sum->paused_seconds = fmax(sum->paused_seconds, part->paused_seconds);
    sum->dispersion.slices += part->dispersion.slices;
    sum->dispersion.chi_square += part->dispersion.chi_square;
    add_verify(&sum->verify, &part->verify);
}

static bool put_together(const char *all, size_t bytes, mcpi_rows *rows)
{
    mcpi_result *const result = calloc(1, sizeof *result);
    mcpi_device_result *const devices = calloc(bytes / sizeof *devices + 1, sizeof *devices);
    mcpi_point *const trace = calloc(MCPI_MILESTONES + 1, sizeof *trace);
    *rows = (mcpi_rows){.result = result, .all_recounted = true};
    if (!result || !devices || !trace) {
        free(result);
        free(devices);
        free(trace);
        return false;
    }
    result->devices = devices;
    result->trace = trace;
    for (size_t at = 0; at < bytes;) {
        account a;
        memcpy(&a, all + at, sizeof a);
        at += sizeof a;
        add_account(rows, &a);
        for (size_t i = 0; i < a.result.device_count; i++) {
            mcpi_device_result device;
            memcpy(&device, all + at, sizeof device);
            at += sizeof device;
            add_device(result, &device);
        }
    }
    mcpi_dispersion *dispersion = &result->dispersion;
    dispersion->p_value =
        dispersion->slices > 0 ? mcpi_chi_square_p_value(dispersion->slices, dispersion->chi_square) : NAN;
    return true;
}

bool mcpi_rows_gather(const mcpi_wire *wire, const char *node, const mcpi_result *own, const mcpi_error *ended,
                      mcpi_rows *rows)
{
    _Static_assert(sizeof(account) % 8 == 0 && sizeof(mcpi_device_result) % 8 == 0, "messages are of 64-bit words");
    size_t bytes = sizeof(account) + own->device_count * sizeof *own->devices;
    char *const mine = calloc(1, bytes);
    if (!mine)
        wire->give_up(wire->user, "out of memory");
    account a = {.ended = *ended, .result = *own};
    snprintf(a.node, sizeof a.node, "%s", node);
    memcpy(mine, &a, sizeof a);
    for (size_t i = 0; i < own->device_count; i++) {
        mcpi_device_result device = own->devices[i];
        snprintf(device.node, sizeof device.node, "%s", node);
        memcpy(mine + sizeof a + i * sizeof device, &device, sizeof device);
    }
    char *const all = wire->gather(wire->user, mine, bytes, &bytes);
    free(mine);
    const bool together = wire->rank != 0 || put_together(all, bytes, rows);
    free(all);
    return together;
}
