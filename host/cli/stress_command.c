/*
 * mcpi stress: does this machine count correctly, for as long as it is to?
 *
 * What it says while it goes on: on a terminal one line, redrawn; else, with --json or not, one line every interval. A
 * fault or a failure is told at once, the first of each device. The metrics file is written every interval.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/ending.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/stress_report.h"
#include "mcpi/backend.h"

enum { most_devices = 64, line_width = 400 };

static const double draw_seconds = 1.0;

/* What has been told of a device. */
typedef struct told {
    bool fault, failure;
} told;

typedef struct session {
    const cli_options *options;
    progress progress;
    meter live, lines;     /* of what is redrawn, and of what is written every interval */
    double next_interval;  /* seconds of the test at which the next one ends */
    told *told;            /* of each device */
    double paused_seconds; /* what has been told of pauses */
    bool prepared, no_memory, told_any;
} session;

/* Once it is known how many devices there are. */
static bool prepare(session *s, const mcpi_stress_report *report)
{
    if (!s->prepared && !s->no_memory) {
        s->told = calloc(report->row_count, sizeof *s->told);
        s->prepared = meter_start(&s->live, report->row_count) && meter_start(&s->lines, report->row_count) && s->told;
        s->no_memory = !s->prepared;
    }
    return s->prepared;
}

static void release(session *s)
{
    meter_free(&s->live);
    meter_free(&s->lines);
    free(s->told);
}

static void write_metrics(const session *s, const mcpi_stress_report *report, bool running)
{
    const char *const name = s->options->metrics;
    output out;
    if (!name)
        return;
    if (output_open(&out, name)) {
        stress_metrics(out.file, report, s->lines.rates, running);
        if (output_commit(&out))
            return;
    }
    complain("--metrics %s: cannot be written: %s", name, strerror(errno));
}

/* Unless they are asked for, the lines of --json are enough. */
static bool has_lines(const cli_options *options)
{
    return !options->quiet &&
           (options->progress == PROGRESS_ALWAYS || (options->progress == PROGRESS_AUTO && !options->json));
}

static void end_interval(session *s, const mcpi_stress_report *report)
{
    char line[line_width + 1];
    s->next_interval = report->seconds + s->options->interval_seconds;
    meter_read(&s->lines, report);
    write_metrics(s, report, true);
    if (s->options->json) {
        stress_json(stdout, report, s->lines.rates, NULL);
        fflush(stdout);
    }
    if (!s->progress.terminal && has_lines(s->options)) {
        stress_line(line, line_width, report, s->lines.rates);
        complain("%s", line);
    }
}

static void draw(session *s, const mcpi_stress_report *report)
{
    char line[line_width + 1];
    if (report->seconds < s->live.seconds + draw_seconds)
        return;
    meter_read(&s->live, report);
    stress_line(line, line_width, report, s->live.rates);
    progress_say(&s->progress, line);
}

static void tell_once(session *s, bool *told, const char *text)
{
    if (*told || text[0] == '\0')
        return;
    *told = s->told_any = true;
    progress_finish(&s->progress);
    complain("%s", text);
}

/* Each pause when it is over. */
static void tell_pause(session *s, const mcpi_stress_report *report)
{
    const double pause = report->paused_seconds - s->paused_seconds;
    s->paused_seconds = report->paused_seconds;
    if (pause <= 0.0 || s->options->quiet)
        return;
    progress_finish(&s->progress);
    note_pause(pause);
}

static void tell(session *s, const mcpi_stress_report *report)
{
    tell_pause(s, report);
    for (size_t i = 0; i < report->row_count; i++) {
        tell_once(s, &s->told[i].fault, report->rows[i].first_fault);
        tell_once(s, &s->told[i].failure, report->rows[i].failure);
    }
}

static void watch(void *user, const mcpi_stress_report *report)
{
    session *const s = user;
    if (!prepare(s, report))
        return;
    tell(s, report);
    draw(s, report);
    if (report->seconds >= s->next_interval)
        end_interval(s, report);
}

/* Nor does it go on when nobody can read what it says. */
static int stop(void *user)
{
    const session *const s = user;
    return s->no_memory || ferror(stdout) ? MCPI_STOP : interrupt_requested(NULL);
}

/* Whoever has a GPU should learn that it was not tested. */
static void note_untested(const cli_options *options)
{
    mcpi_device devices[most_devices];
    const bool any = strcmp(options->run.devices, "all") == 0 || strcmp(options->run.devices, "auto") == 0;
    if (options->quiet || !any)
        return;
    const size_t count = mcpi_list_devices(devices, most_devices);
    for (size_t i = 0; i < count && i < most_devices; i++)
        if (!devices[i].available)
            complain("%s is not tested: %s", devices[i].id, devices[i].note);
}

static void conclude(session *s, const mcpi_stress_report *report, mcpi_status status, FILE *file)
{
    tell(s, report);
    meter_read(&s->lines, report);
    write_metrics(s, report, false);
    if (s->options->json)
        stress_json(stdout, report, s->lines.rates, &status);
    else
        stress_summary(stdout, report);
    if (file)
        stress_json(file, report, s->lines.rates, &status);
}

/* Found out before anything is counted. */
static bool metrics_writable(const cli_options *options)
{
    output probe;
    if (!options->metrics)
        return true;
    if (!output_open(&probe, options->metrics)) {
        complain("--metrics %s: cannot be written: %s", options->metrics, strerror(errno));
        return false;
    }
    output_discard(&probe);
    return true;
}

int command_stress(const cli_options *options, FILE *file)
{
    session s = {.options = options, .progress = progress_start(options), .next_interval = options->interval_seconds};
    mcpi_stress_options stress = {.run = options->run, .watch = watch};
    mcpi_stress_report *report;
    mcpi_error error;
    stress.run.stop = stop;
    stress.run.user = &s;
    if (!metrics_writable(options))
        return EXIT_USAGE;
    interrupt_poll_begin();
    mcpi_status status = mcpi_stress(&stress, &report, &error);
    interrupt_poll_end();
    progress_finish(&s.progress);
    ending_note_hung(report && report->hung);
    if (report && prepare(&s, report)) {
        conclude(&s, report, status, file);
        if (interrupt_requested(NULL) < INTERRUPT_PRINT)
            note_untested(options); /* asks the driver */
    } else if (report) {
        status = mcpi_fail(&error, MCPI_NO_MEMORY, "out of memory");
    }
    if (status != MCPI_OK && !s.told_any)
        complain("%s", error.message);
    release(&s);
    mcpi_stress_report_free(report);
    return exit_code_of(status);
}
