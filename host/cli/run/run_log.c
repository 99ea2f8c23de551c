#include "cli/run/run_log.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cli/args/file_conflicts.h"
#include "cli/io/output.h"

static const char *const names[] = {
    [MCPI_EVENT_OPENED] = "opened",           [MCPI_EVENT_TAKEN] = "taken",
    [MCPI_EVENT_COUNTED] = "counted",         [MCPI_EVENT_RECOUNTED] = "recounted",
    [MCPI_EVENT_GIVEN_BACK] = "given-back",   [MCPI_EVENT_NOT_RECOUNTED] = "not-recounted",
    [MCPI_EVENT_WITHDRAWN] = "withdrawn",     [MCPI_EVENT_FAILED] = "failed",
    [MCPI_EVENT_WRITTEN_OFF] = "written-off", [MCPI_EVENT_DISTRUSTED] = "distrusted",
    [MCPI_EVENT_LEFT_BEHIND] = "left-behind", [MCPI_EVENT_RESTARTED] = "restarted",
};

static void note_failure(run_log *log)
{
    if (ferror(log->file) && log->failure == 0)
        log->failure = errno != 0 ? errno : EIO;
}

bool run_log_open(run_log *log, const cli_options *options)
{
    *log = (run_log){.options = options};
    if (!options->log)
        return true;
    log->file = output_open_lines(options->log);
    if (!log->file)
        return false;
    fprintf(log->file, "# mcpi %s: seconds event device worker kernel first darts hits message\n", mcpi_version());
    note_failure(log);
    return true;
}

static void put_field(FILE *file, bool known, uint64_t number)
{
    if (known)
        fprintf(file, " %" PRIu64, number);
    else
        fputs(" -", file);
}

static bool has_hits(const mcpi_event *event)
{
    return event->kind == MCPI_EVENT_COUNTED || event->kind == MCPI_EVENT_RECOUNTED ||
           event->kind == MCPI_EVENT_WITHDRAWN;
}

/* It may hold what a driver says. */
static void put_message(const run_log *log, const char *message)
{
    char text[sizeof((mcpi_error *)0)->message];
    snprintf(text, sizeof text, "%s", message);
    name_options(log->options, text, sizeof text);
    fputc(' ', log->file);
    for (const char *c = text; *c; c++)
        fputc(iscntrl((unsigned char)*c) ? '?' : *c, log->file);
}

void run_log_write(run_log *log, const mcpi_event *event)
{
    FILE *const file = log->file;
    fprintf(file, "%.6f %s %s", event->seconds, names[event->kind], event->device);
    put_field(file, event->worker >= 0, (uint64_t)event->worker);
    fprintf(file, " %s", event->kernel[0] ? event->kernel : "-");
    put_field(file, event->darts > 0, event->first);
    put_field(file, event->darts > 0, event->darts);
    put_field(file, has_hits(event), event->hits);
    if (event->message[0])
        put_message(log, event->message);
    fputc('\n', file);
    note_failure(log);
}

bool run_log_close(run_log *log)
{
    if (log->file && fclose(log->file) != 0 && log->failure == 0)
        log->failure = errno;
    log->file = NULL;
    if (log->failure != 0)
        complain_of_file("--log", log->options->log, log->failure);
    return log->failure == 0;
}
