#include "cli/run/checkpointing.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/io/complain.h"
#include "core/backend.h"
#include "core/files.h"
#include "core/status.h"
#include "core/target.h"

static mcpi_status refuse(const mcpi_error *error)
{
    complain("%s", error->message);
    return error->status;
}

/* How a run starts. */
typedef struct start {
    const char *option; /* the option that decided it, for messages */
    const char *file;   /* the file that the run continues from; NULL: a new run */
} start;

/* Take a number from the file. Fails if the option that sets it was given and differs. */
static bool take_number(const cli_options *options, const start *from, const char *option, uint64_t in_file,
                        uint64_t *number)
{
    if (is_given(options, option) && *number != in_file) {
        complain("%s %s: it holds --%s %" PRIu64 ", not %" PRIu64 "; omit that option", from->option, from->file,
                 option, in_file, *number);
        return false;
    }
    *number = in_file;
    return true;
}

static bool take_target_error(const cli_options *options, const start *from, double in_file, double *target)
{
    if (is_given(options, "target-error") && *target != in_file) {
        complain("%s %s: it holds --target-error %g, not %g; omit that option", from->option, from->file, in_file,
                 *target);
        return false;
    }
    *target = in_file;
    return true;
}

uint64_t unconfirmed_darts(const mcpi_state *state)
{
    const uint64_t darts = mcpi_darts_of_parts(state->parts, state->part_count);
    const uint64_t confirmed = mcpi_darts_of_parts(state->confirmed, state->confirmed_count);
    return darts > confirmed ? darts - confirmed : 0;
}

/* A resumed run keeps --verify full. Otherwise the result would include counts that were never confirmed. */
static void take_verify(const cli_options *options, const start *from, const mcpi_state *state, mcpi_options *run)
{
    const uint64_t darts = unconfirmed_darts(state);
    if (state->verify == MCPI_VERIFY_FULL && !is_given(options, "verify"))
        run->verify = MCPI_VERIFY_FULL;
    if (darts > 0 && run->verify == MCPI_VERIFY_FULL && !options->quiet)
        complain("%s %s: %" PRIu64 " of its darts were counted only once; --verify full counts them again",
                 from->option, from->file, darts);
    if (darts > 0 && run->verify != MCPI_VERIFY_FULL && state->verify == MCPI_VERIFY_FULL)
        complain("%s %s: %" PRIu64 " of its darts were counted only once, by a run with --verify full; they "
                 "are not counted again, and the count may be wrong",
                 from->option, from->file, darts);
}

/* Take the options of the run from a state, and check that the given options agree with it. */
static mcpi_status take_state(const cli_options *options, const start *from, const mcpi_state *state, mcpi_options *run)
{
    run->resume = state;
    const bool agrees = take_number(options, from, "seed", state->seed, &run->seed) &&
                        take_number(options, from, "stream", state->stream, &run->stream) &&
                        take_number(options, from, "first", state->first, &run->first) &&
                        take_number(options, from, "samples", state->darts, &run->darts) &&
                        take_target_error(options, from, state->target_error, &run->target_error);
    if (agrees)
        take_verify(options, from, state, run);
    return agrees ? MCPI_OK : MCPI_BAD_OPTION;
}

/* ---- existing files ---- */

/* The content of a file to which the run would be saved. */
typedef enum found { NOTHING, SAME_RUN, AHEAD, OTHER_RUN, DAMAGED, NO_CHECKPOINT } found;

static bool is_same_run(const mcpi_state *a, const mcpi_state *b)
{
    return a->seed == b->seed && a->stream == b->stream && a->first == b->first && a->darts == b->darts &&
           a->target_error == b->target_error;
}

/* A crash can empty a file or cut it short. */
static bool was_checkpoint(const char *name)
{
    static const char beginning[] = "mcpi checkpoint ";
    size_t length;
    char *const text = mcpi_files_read(name, &length);
    const bool was = text && (length == 0 || strncmp(text, beginning, strlen(beginning)) == 0);
    free(text);
    return was;
}

static found look_at(const char *name, const mcpi_state *resumed)
{
    struct stat there;
    mcpi_state *state = NULL;
    if (lstat(name, &there) != 0)
        return NOTHING;
    if (!S_ISREG(there.st_mode))
        return NO_CHECKPOINT;
    if (mcpi_checkpoint_load(name, &state, NULL) != MCPI_OK)
        return was_checkpoint(name) ? DAMAGED : NO_CHECKPOINT;
    const bool same = is_same_run(state, resumed);
    const bool ahead =
        mcpi_darts_of_parts(state->parts, state->part_count) > mcpi_darts_of_parts(resumed->parts, resumed->part_count);
    free(state);
    return !same ? OTHER_RUN : ahead ? AHEAD : SAME_RUN;
}

/* The files of the checkpoint and of the previous one. */
typedef struct places {
    mcpi_target file;
    char previous[PATH_MAX];
} places;

/* mcpi_checkpoint_open has accepted the name. */
static places find_places(const char *name)
{
    places p = {.previous = ""};
    if (mcpi_target_resolve(name, &p.file) && strlen(p.file.path) + sizeof ".previous" <= sizeof p.previous)
        stpcpy(stpcpy(p.previous, p.file.path), ".previous");
    return p;
}

/* A new run must not overwrite a saved one. */
static mcpi_status check_new(const char *name, const places *p)
{
    struct stat there;
    if (p->file.exists)
        complain("--checkpoint %s: file exists; continue it with --resume %s, or remove it to start over", name, name);
    else if (lstat(p->previous, &there) == 0)
        complain("--checkpoint %s: %s exists; continue it with --resume %s --checkpoint %s, or remove it to start over",
                 name, p->previous, p->previous, name);
    else
        return MCPI_OK;
    return MCPI_BAD_OPTION;
}

static mcpi_status refuse_to_overwrite(const char *file, const start *from)
{
    complain("%s %s: %s exists and is not a checkpoint of that run; remove it or name another file", from->option,
             from->file, file);
    return MCPI_BAD_OPTION;
}

static mcpi_status refuse_to_go_back(const char *file, const start *from)
{
    complain("%s %s: %s holds more darts of this run; resume that file, or remove it", from->option, from->file, file);
    return MCPI_BAD_OPTION;
}

/* A run that resumes the previous checkpoint may replace a damaged file, as messages advise. */
static mcpi_status check_resumed(const places *p, const start *from, const mcpi_state *resumed)
{
    const bool from_previous = mcpi_files_are_same(from->file, p->previous);
    const found file = look_at(p->file.path, resumed);
    const found previous = look_at(p->previous, resumed);
    if (!from_previous && (previous == OTHER_RUN || previous == NO_CHECKPOINT))
        return refuse_to_overwrite(p->previous, from);
    if (mcpi_files_are_same(from->file, p->file.path))
        return MCPI_OK;
    if (file == OTHER_RUN || file == NO_CHECKPOINT || (file == DAMAGED && !from_previous))
        return refuse_to_overwrite(p->file.path, from);
    return file == AHEAD ? refuse_to_go_back(p->file.path, from) : MCPI_OK;
}

/* ---- start or continue ---- */

/* The file is missing, or a crash has left it empty. */
static bool holds_nothing(const char *name)
{
    struct stat there;
    return lstat(name, &there) == 0 ? S_ISREG(there.st_mode) && there.st_size == 0 : errno == ENOENT;
}

/* --continue uses FILE; FILE.previous if a crash has damaged or removed FILE; a new run if neither has content. */
static mcpi_status find_start(const char *name, const places *p, start *from, mcpi_state **state)
{
    mcpi_error error;
    mcpi_error error_before;
    const bool is_empty = holds_nothing(p->file.path);
    *from = (start){"--continue", NULL};
    if (is_empty && holds_nothing(p->previous))
        return MCPI_OK;
    if (mcpi_checkpoint_load(name, state, &error) == MCPI_OK)
        from->file = name;
    else if (mcpi_checkpoint_load(p->previous, state, &error_before) == MCPI_OK)
        from->file = p->previous;
    else
        complain("--continue %s: %s; remove it to start over, or name another file", name,
                 is_empty ? error_before.message : error.message);
    return from->file ? MCPI_OK : MCPI_BAD_OPTION;
}

/* The file of --resume cannot be read; the previous one may be intact. */
static mcpi_status refuse_to_resume(const char *name, const mcpi_error *error)
{
    const places p = find_places(name);
    mcpi_state *state = NULL;
    if (mcpi_checkpoint_load(p.previous, &state, NULL) == MCPI_OK)
        complain("%s; continue with --resume %s --checkpoint %s", error->message, p.previous, name);
    else
        complain("%s", error->message);
    free(state);
    return error->status;
}

static mcpi_status choose_start(const cli_options *options, const places *p, start *from, mcpi_state **state)
{
    mcpi_error error;
    if (options->continued)
        return find_start(options->continued, p, from, state);
    *from = (start){options->resume ? "--resume" : "--checkpoint", options->resume};
    if (!options->resume)
        return check_new(options->checkpoint, p);
    return mcpi_checkpoint_load(options->resume, state, &error) == MCPI_OK ? MCPI_OK
                                                                           : refuse_to_resume(options->resume, &error);
}

/* Report what a crash has destroyed, or may have destroyed. */
static void note_loss(const char *name, const places *p, const start *from)
{
    const char *const what = p->file.exists ? "file is damaged" : "file is missing";
    if (from->file && strcmp(from->file, name) != 0)
        complain("--continue %s: %s; the run continues with %s", name, what, from->file);
    else if (!from->file && p->file.exists)
        complain("--continue %s: file is empty; starting a new run", name);
}

static mcpi_status start_run(checkpointing *k, const cli_options *options, mcpi_options *run)
{
    start from;
    const places p = find_places(checkpoint_of(options));
    mcpi_status status = choose_start(options, &p, &from, &k->resumed);
    if (status == MCPI_OK && k->resumed)
        status = take_state(options, &from, k->resumed, run);
    if (status == MCPI_OK && k->resumed)
        status = check_resumed(&p, &from, k->resumed);
    if (status == MCPI_OK && options->continued)
        note_loss(options->continued, &p, &from);
    return status;
}

static void pass_on_note(checkpointing *k)
{
    char note[500];
    if (mcpi_checkpoint_note(k->checkpoint, note, sizeof note) > 0)
        complain("%s", note);
}

mcpi_status checkpointing_open(checkpointing *k, const cli_options *options, mcpi_options *run)
{
    *k = (checkpointing){0};
    const char *name = checkpoint_of(options);
    if (!name && !is_given(options, "checkpoint-every"))
        return MCPI_OK;
    if (!name) {
        complain("--checkpoint-every: needs --continue, --checkpoint or --resume");
        return MCPI_BAD_OPTION;
    }
    mcpi_error error;
    mcpi_status status = mcpi_checkpoint_open(name, &k->checkpoint, &error);
    if (status != MCPI_OK)
        return refuse(&error);
    status = start_run(k, options, run);
    if (status == MCPI_OK)
        pass_on_note(k);
    else
        checkpointing_close(k);
    return status;
}

void checkpointing_save(checkpointing *k, const mcpi_state *state)
{
    const bool failed_before = k->failure.status != MCPI_OK;
    k->failure = (mcpi_error){0};
    if (!state)
        mcpi_fail(&k->failure, MCPI_NO_MEMORY, "a checkpoint was not saved: out of memory");
    else
        mcpi_checkpoint_save(k->checkpoint, state, &k->failure);
    if (k->failure.status != MCPI_OK && !failed_before)
        complain("%s; the run continues", k->failure.message);
    pass_on_note(k);
}

void checkpointing_close(checkpointing *k)
{
    mcpi_checkpoint_close(k->checkpoint);
    free(k->resumed);
    k->checkpoint = NULL;
    k->resumed = NULL;
}
