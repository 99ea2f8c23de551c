#include "cli/keep.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cli/commands.h"
#include "mcpi/backend.h"

static mcpi_status refuse(const mcpi_error *error)
{
    complain("%s", error->message);
    return error->status;
}

/* Take a number from the file, unless the option that sets it was given and differs. */
static bool take_number(const cli_options *options, const char *option, uint64_t in_file, uint64_t *number)
{
    if (is_given(options, option) && *number != in_file) {
        complain("--resume %s: it holds --%s %" PRIu64 ", not %" PRIu64 "; leave that option out", options->resume,
                 option, in_file, *number);
        return false;
    }
    *number = in_file;
    return true;
}

static bool take_target_error(const cli_options *options, double in_file, double *target)
{
    if (is_given(options, "target-error") && *target != in_file) {
        complain("--resume %s: it holds --target-error %g, not %g; leave that option out", options->resume, in_file,
                 *target);
        return false;
    }
    *target = in_file;
    return true;
}

static uint64_t darts_of(const mcpi_part *parts, size_t count)
{
    uint64_t darts = 0;
    for (size_t i = 0; i < count; i++)
        darts += parts[i].darts;
    return darts;
}

static void note_unconfirmed(const char *name, const mcpi_state *state)
{
    const uint64_t darts = darts_of(state->parts, state->part_count);
    const uint64_t confirmed = darts_of(state->confirmed, state->confirmed_count);
    if (confirmed < darts)
        complain("--resume %s: %" PRIu64 " of its %" PRIu64 " darts were counted only once; --verify full counts them "
                 "again",
                 name, darts - confirmed, darts);
}

static mcpi_status resume(keeper *k, const cli_options *options, mcpi_options *run)
{
    mcpi_error error;
    if (mcpi_checkpoint_load(options->resume, &k->resumed, &error) != MCPI_OK)
        return refuse(&error);
    const mcpi_state *state = k->resumed;
    run->resume = state;
    const bool agrees = take_number(options, "seed", state->seed, &run->seed) &&
                        take_number(options, "stream", state->stream, &run->stream) &&
                        take_number(options, "first", state->first, &run->first) &&
                        take_number(options, "samples", state->darts, &run->darts) &&
                        take_target_error(options, state->target_error, &run->target_error);
    if (agrees && run->verify == MCPI_VERIFY_FULL && !options->quiet)
        note_unconfirmed(options->resume, state);
    return agrees ? MCPI_OK : MCPI_BAD_OPTION;
}

/* A run that begins anew must not take the place of one that is kept. */
static mcpi_status check_new(const char *name)
{
    struct stat there;
    if (stat(name, &there) != 0)
        return MCPI_OK;
    complain("--checkpoint %s: there is such a file: --resume %s goes on with it; remove it to begin anew", name, name);
    return MCPI_BAD_OPTION;
}

mcpi_status keep_open(keeper *k, const cli_options *options, mcpi_options *run)
{
    *k = (keeper){0};
    const char *name = options->checkpoint ? options->checkpoint : options->resume;
    if (!name && !is_given(options, "checkpoint-every"))
        return MCPI_OK;
    if (!name) {
        complain("--checkpoint-every: there is no --checkpoint to write");
        return MCPI_BAD_OPTION;
    }
    mcpi_error error;
    mcpi_status status = mcpi_checkpoint_open(name, &k->checkpoint, &error);
    if (status != MCPI_OK)
        return refuse(&error);
    status = options->resume ? resume(k, options, run) : check_new(name);
    if (status != MCPI_OK)
        keep_close(k);
    return status;
}

void keep_state(keeper *k, const mcpi_state *state)
{
    const bool failed_before = k->failure.status != MCPI_OK;
    k->failure = (mcpi_error){0};
    if (!state)
        mcpi_fail(&k->failure, MCPI_NO_MEMORY, "a checkpoint was not saved: out of memory");
    else
        mcpi_checkpoint_save(k->checkpoint, state, &k->failure);
    if (k->failure.status != MCPI_OK && !failed_before)
        complain("%s; the run goes on", k->failure.message);
}

void keep_close(keeper *k)
{
    mcpi_checkpoint_close(k->checkpoint);
    free(k->resumed);
    k->checkpoint = NULL;
    k->resumed = NULL;
}
