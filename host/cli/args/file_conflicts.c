#include "cli/args/file_conflicts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/io/complain.h"
#include "cli/io/plot.h"
#include "core/target.h"
#include "save/checkpoint.h"

typedef struct claim {
    const char *option; /* as typed */
    bool of_checkpoint; /* the files of a checkpoint and the resumed file may coincide */
    bool is_output;     /* written by cli/io/output.h */
    mcpi_target target;
    char name[PATH_MAX];
} claim;

enum { most_claims = 12 + report_most_files };

typedef struct claims {
    size_t count;
    claim all[most_claims];
} claims;

static bool is_of_checkpoint(const char *option)
{
    return strcmp(option, "--checkpoint") == 0 || strcmp(option, "--resume") == 0 || strcmp(option, "--continue") == 0;
}

/* A name that cannot be resolved is refused where the file is opened. Descriptors to write to are checked here, because
   other files have been opened by then. */
static bool add(claims *c, const char *option, const char *name, const char *suffix)
{
    claim *const new = &c->all[c->count];
    if (!name || snprintf(new->name, sizeof new->name, "%s%s", name, suffix) >= (int)sizeof new->name)
        return true;
    new->option = option;
    new->of_checkpoint = is_of_checkpoint(option);
    new->is_output = option[0] == '-' && !new->of_checkpoint;
    if (mcpi_target_resolve(new->name, &new->target)) {
        c->count++;
        return true;
    }
    if (new->target.kind != MCPI_TARGET_DESCRIPTOR || !new->is_output)
        return true;
    complain_of_file(option, new->name, errno);
    return false;
}

static bool add_checkpoint(claims *c, const cli_options *options)
{
    mcpi_target where;
    const char *const name = checkpoint_of(options);
    const char *const option = options->continued ? "--continue" : "--checkpoint";
    if (!name || !mcpi_target_resolve(name, &where) || where.kind == MCPI_TARGET_DESCRIPTOR)
        return true; /* refused where it is opened */
    return add(c, option, name, "") && add(c, option, where.path, ".previous") && add(c, option, where.path, ".lock");
}

static bool add_script(claims *c, const char *picture)
{
    char script[PATH_MAX];
    return !picture || !plot_name_script(picture, script) || add(c, "--plot", script, "");
}

/* Only if it is a file: terminals and pipes can take several outputs. */
static bool add_stream(claims *c, const char *what, int descriptor)
{
    struct stat now;
    char name[20];
    snprintf(name, sizeof name, "/dev/fd/%d", descriptor);
    if (fstat(descriptor, &now) == 0 && S_ISREG(now.st_mode))
        add(c, what, name, "");
    return true;
}

static bool conflict(const claim *a, const claim *b)
{
    if (a->of_checkpoint && b->of_checkpoint)
        return false;
    /* An option that names a standard stream explicitly may share it. */
    if (!a->is_output && !a->of_checkpoint && b->target.kind == MCPI_TARGET_DESCRIPTOR)
        return false;
    return mcpi_target_same(&a->target, &b->target);
}

/* Standard streams come first in the list. */
static bool all_differ(const claims *c)
{
    for (size_t i = 0; i < c->count; i++) {
        for (size_t k = 0; k < i; k++) {
            const claim *const a = &c->all[k];
            const claim *const b = &c->all[i];
            if (!conflict(a, b))
                continue;
            const bool named = a->option[0] == '-';
            complain("%s %s: same file as %s%s%s; name a different file", b->option, b->name, a->option,
                     named ? " " : "", named ? a->name : "");
            return false;
        }
    }
    return true;
}

/* A checkpoint is checked where it is opened. */
static bool none_is_checkpoint_of_running(const claims *c)
{
    for (size_t i = 0; i < c->count; i++) {
        const claim *const claim = &c->all[i];
        if (!claim->is_output || !mcpi_checkpoint_is_written(claim->target.path))
            continue;
        complain("%s %s: another run is writing its checkpoint there; name a different file", claim->option,
                 claim->name);
        return false;
    }
    return true;
}

/* A log is never replaced. */
static void warn_of_place(claims *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->all[i].is_output && strcmp(c->all[i].option, "--log") != 0 &&
            mcpi_target_try(&mcpi_posix_files, &c->all[i].target) && c->all[i].target.kind == MCPI_TARGET_IN_PLACE)
            complain("%s %s: cannot be replaced atomically, so it is written in place: a crash can leave it incomplete",
                     c->all[i].option, c->all[i].name);
}

static bool add_outputs(claims *c, const name_list *outputs)
{
    bool fine = true;
    for (size_t i = 0; i < outputs->count && fine; i++)
        fine = add(c, "--output", outputs->names[i], "");
    return fine;
}

/* False, after a message, if a name cannot be resolved. */
static bool add_all(claims *c, const cli_options *options)
{
    const char *const resumed = options->resume && strcmp(options->resume, "-") != 0 ? options->resume : NULL;
    return add_stream(c, "standard output", STDOUT_FILENO) && add_stream(c, "standard error", STDERR_FILENO) &&
           add(c, "--resume", resumed, "") && add_checkpoint(c, options) && add(c, "--output", options->output, "") &&
           add_outputs(c, &options->outputs) && add(c, "--log", options->log, "") &&
           add(c, "--trace", options->trace, "") && add(c, "--plot", options->plot, "") &&
           add_script(c, options->plot) && add(c, "--metrics", options->metrics, "");
}

bool file_conflicts_check(const cli_options *options)
{
    claims *const c = calloc(1, sizeof *c);
    if (!c) {
        complain("out of memory");
        return false;
    }
    const bool fine = add_all(c, options) && all_differ(c) && none_is_checkpoint_of_running(c);
    if (fine)
        warn_of_place(c);
    free(c);
    return fine;
}

bool file_conflicts_spare_metrics(const cli_options *options)
{
    mcpi_target metrics;
    mcpi_target other;
    const char *others[report_most_files + 2] = {"/dev/fd/1", "/dev/fd/2"};
    memcpy(others + 2, options->outputs.names, sizeof options->outputs.names);
    if (!options->metrics || !mcpi_target_resolve(options->metrics, &metrics) || metrics.kind != MCPI_TARGET_FILE)
        return false;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i] && mcpi_target_resolve(others[i], &other) && mcpi_target_same(&metrics, &other))
            return false;
    return true;
}

bool is_standard_output(const char *name)
{
    mcpi_target target;
    return mcpi_target_resolve(name, &target) && target.descriptor == STDOUT_FILENO;
}

void complain_of_file(const char *option, const char *name, int reason)
{
    if (reason != EPIPE || !is_standard_output(name))
        complain("%s %s: cannot be written: %s", option, name, strerror(reason));
}
