#include "cluster/mpi/gather.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/protocol.h"
#include "core/backend.h"
#include "core/status.h"
#include "engine/result.h"
#include "stats/dispersion.h"

/* Followed by its devices. */
typedef struct account {
    uint64_t kind;
    mcpi_error ended;
    char node[64];
    mcpi_result result; /* without its devices */
} account;

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
    sum->dispersion.slices += part->dispersion.slices;
    sum->dispersion.chi_square += part->dispersion.chi_square;
    add_verify(&sum->verify, &part->verify);
}

static bool has_counted(const mcpi_device_result *devices, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (devices[i].darts > 0)
            return true;
    return false;
}

static void add_message(mcpi_gathered *gathered, const char *message, size_t bytes)
{
    mcpi_result *const result = gathered->result;
    mcpi_device_result *const own = result->devices + result->device_count;
    const size_t devices = (bytes - sizeof(account)) / sizeof *own;
    account a;
    memcpy(&a, message, sizeof a);
    memcpy(own, message + sizeof a, devices * sizeof *own);
    result->device_count += devices;
    add_account(gathered, &a);
    /* A rank that counted nothing only waited for the others. */
    if (has_counted(own, devices))
        add_times(result, &a.result);
}

bool mcpi_gather(void *const *messages, const size_t *bytes, unsigned ranks, mcpi_gathered *gathered)
{
    size_t all = 0;
    for (unsigned rank = 0; rank < ranks; rank++)
        all += messages[rank] ? bytes[rank] : 0;
    *gathered =
        (mcpi_gathered){.result = mcpi_result_new(all / sizeof *gathered->result->devices), .all_recounted = true};
    if (!gathered->result)
        return false;
    for (unsigned rank = 0; rank < ranks; rank++)
        if (messages[rank])
            add_message(gathered, messages[rank], bytes[rank]);
    mcpi_dispersion *dispersion = &gathered->result->dispersion;
    dispersion->p_value =
        dispersion->slices > 0 ? mcpi_chi_square_p_value(dispersion->slices, dispersion->chi_square) : NAN;
    return true;
}

void *mcpi_result_message(unsigned rank, const char *node, const mcpi_result *own, const mcpi_error *ended,
                          size_t *bytes)
{
    _Static_assert(sizeof(account) % 8 == 0 && sizeof(mcpi_device_result) % 8 == 0, "messages are of 64-bit words");
    *bytes = sizeof(account) + own->device_count * sizeof *own->devices;
    char *const message = calloc(1, *bytes);
    if (!message)
        return NULL;
    account a = {.kind = MCPI_MESSAGE_RESULT, .ended = *ended, .result = *own};
    snprintf(a.node, sizeof a.node, "%s", node);
    memcpy(message, &a, sizeof a);
    for (size_t i = 0; i < own->device_count; i++) {
        mcpi_device_result device = own->devices[i];
        snprintf(device.node, sizeof device.node, "%s", node);
        device.rank = rank;
        memcpy(message + sizeof a + i * sizeof device, &device, sizeof device);
    }
    return message;
}
