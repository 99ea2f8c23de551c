#include "cluster/mpi/gather.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/protocol.h"
#include "core/status.h"
#include "engine/result.h"
#include "stats/dispersion.h"

/* Followed by its devices, then by their workers. */
typedef struct account {
    uint64_t kind;
    mcpi_error ended;
    char node[64];
    mcpi_result result; /* its arrays are not valid */
} account;

static void add_verify(mcpi_verify_result *sum, const mcpi_verify_result *part)
{
    if (part->slices > 0)
        sum->rate_spread = sum->slices == 0 ? part->rate_spread : NAN;
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

static void add_times(mcpi_result *sum, const mcpi_result *part)
{
    sum->setup_seconds = fmax(sum->setup_seconds, part->setup_seconds);
    sum->counting_seconds = fmax(sum->counting_seconds, part->counting_seconds);
}

static void add_account(mcpi_gathered *gathered, const account *a)
{
    mcpi_result *sum = gathered->result;
    const mcpi_result *part = &a->result;
    mcpi_error *first = a->ended.status == MCPI_MISMATCH ? &gathered->mismatch : &gathered->failure;
    if (a->ended.status != MCPI_OK && a->ended.status != MCPI_STOPPED && first->status == MCPI_OK)
        mcpi_fail(first, a->ended.status, "%s: %s", a->node, a->ended.message);
    gathered->all_recounted &= part->complete != 0;
    sum->paused_seconds = fmax(sum->paused_seconds, part->paused_seconds);
    mcpi_dispersion_join(&sum->dispersion, &part->dispersion);
    add_verify(&sum->verify, &part->verify);
}

static bool has_counted(const mcpi_device_result *devices, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (devices[i].darts > 0)
            return true;
    return false;
}

static account account_of(const void *message)
{
    account a;
    memcpy(&a, message, sizeof a);
    return a;
}

/* Append the devices of a rank and their workers. */
static void add_devices(mcpi_result *sum, const account *a, const char *devices)
{
    mcpi_device_result *device = sum->devices + sum->device_count;
    const size_t bytes = a->result.device_count * sizeof *device;
    memcpy(device, devices, bytes);
    memcpy(sum->per_worker + sum->worker_count, devices + bytes, a->result.worker_count * sizeof *sum->per_worker);
    sum->device_count += a->result.device_count;
    for (; device < sum->devices + sum->device_count; device++) {
        device->per_worker = sum->per_worker + sum->worker_count;
        sum->worker_count += device->workers;
    }
}

static void add_message(mcpi_gathered *gathered, const char *message)
{
    mcpi_result *const result = gathered->result;
    const mcpi_device_result *const own = result->devices + result->device_count;
    const account a = account_of(message);
    add_devices(result, &a, message + sizeof a);
    add_account(gathered, &a);
    /* A rank that counted nothing only waited for the others. */
    if (has_counted(own, a.result.device_count))
        add_times(result, &a.result);
}

/* An empty result with room for those of all ranks. */
static mcpi_result *result_for(void *const *messages, unsigned ranks)
{
    size_t devices = 0;
    size_t workers = 0;
    for (unsigned rank = 0; rank < ranks; rank++) {
        const account a = messages[rank] ? account_of(messages[rank]) : (account){0};
        devices += a.result.device_count;
        workers += a.result.worker_count;
    }
    return mcpi_result_new(devices, workers);
}

bool mcpi_gather(void *const *messages, unsigned ranks, mcpi_gathered *gathered)
{
    *gathered = (mcpi_gathered){.result = result_for(messages, ranks), .all_recounted = true};
    if (!gathered->result)
        return false;
    for (unsigned rank = 0; rank < ranks; rank++)
        if (messages[rank])
            add_message(gathered, messages[rank]);
    mcpi_dispersion_judge(&gathered->result->dispersion);
    return true;
}

void *mcpi_result_message(unsigned rank, const char *node, const mcpi_result *own, const mcpi_error *ended,
                          size_t *bytes)
{
    _Static_assert(sizeof(account) % 8 == 0 && sizeof(mcpi_device_result) % 8 == 0 &&
                       sizeof(mcpi_worker_result) % 8 == 0,
                   "messages are of 64-bit words");
    const size_t workers = own->worker_count * sizeof *own->per_worker;
    *bytes = sizeof(account) + own->device_count * sizeof *own->devices + workers;
    char *const message = calloc(1, *bytes);
    if (!message)
        return NULL;
    account a = {.kind = MCPI_MESSAGE_RESULT, .ended = *ended, .result = *own};
    a.result.dispersion.largest_rank = rank;
    snprintf(a.node, sizeof a.node, "%s", node);
    memcpy(message, &a, sizeof a);
    for (size_t i = 0; i < own->device_count; i++) {
        mcpi_device_result device = own->devices[i];
        snprintf(device.node, sizeof device.node, "%s", node);
        device.rank = rank;
        memcpy(message + sizeof a + i * sizeof device, &device, sizeof device);
    }
    memcpy(message + *bytes - workers, own->per_worker, workers);
    return message;
}
