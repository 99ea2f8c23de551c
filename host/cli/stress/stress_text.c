#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/io/three_digits.h"
#include "cli/run/progress.h"
#include "cli/run/run_report.h"
#include "cli/stress/stress_report.h"

static const double least_seconds = 1.0;

bool meter_start(meter *m, size_t count)
{
    *m = (meter){.count = count, .darts = calloc(count, sizeof *m->darts), .rates = calloc(count, sizeof *m->rates)};
    if (m->darts && m->rates)
        return true;
    meter_free(m);
    return false;
}

void meter_free(meter *m)
{
    free(m->darts);
    free(m->rates);
    *m = (meter){0};
}

void meter_read(meter *m, const mcpi_stress_report *report)
{
    const double seconds = report->seconds - m->seconds;
    if (m->seconds > 0.0 && seconds < least_seconds)
        return;
    for (size_t i = 0; i < m->count; i++) {
        m->rates[i] = (double)(report->rows[i].darts - m->darts[i]) / seconds;
        m->darts[i] = report->rows[i].darts;
    }
    m->seconds = report->seconds;
}

uint64_t stress_faults(const mcpi_stress_row *row)
{
    uint64_t faults = 0;
    for (int kind = 0; kind < MCPI_FAULTS; kind++)
        faults += row->faults[kind];
    return faults;
}

double stress_average(const mcpi_stress_report *report, const mcpi_stress_row *row)
{
    return report->seconds > 0.0 ? (double)row->darts / report->seconds : 0.0;
}

/* ---- a line ---- */

/* Text in a buffer of limited size. */
typedef struct text {
    char *at;
    size_t room;
} text;

__attribute__((format(printf, 2, 3))) static void add(text *t, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(t->at, t->room + 1, format, arguments);
    va_end(arguments);
    const size_t used = (size_t)length < t->room ? (size_t)length : t->room;
    t->at += used;
    t->room -= used;
}

static void add_reading(text *t, const mcpi_reading *reading)
{
    char clock[16];
    if (!isnan(reading->temperature_celsius))
        add(t, " %.0f C", reading->temperature_celsius);
    if (!isnan(reading->power_watts))
        add(t, " %.0f W", reading->power_watts);
    if (!isnan(reading->sm_clock_hertz))
        add(t, " %s GHz", three_digits(clock, 1e-9 * reading->sm_clock_hertz));
}

static void add_gpu(text *t, const mcpi_stress_row *row, double rate)
{
    char darts[16];
    add(t, "  %s %s", row->device.id, row->failure[0] ? "FAILED" : three_digits(darts, rate));
    add_reading(t, &row->reading);
}

static void add_cores(text *t, const mcpi_stress_report *report, const double *rates)
{
    char darts[16];
    double rate = 0.0;
    size_t cores = 0, failed = 0;
    for (size_t i = 0; i < report->row_count; i++) {
        if (report->rows[i].device.kind == MCPI_CPU) {
            rate += rates[i];
            cores++;
            failed += report->rows[i].failure[0] != '\0';
        }
    }
    if (cores > 0)
        add(t, "  %zu core%s %s", cores, plural(cores), three_digits(darts, rate));
    if (failed > 0)
        add(t, ", %zu FAILED", failed);
}

void stress_line(char *line, size_t width, const mcpi_stress_report *report, const double *rates)
{
    text t = {line, width};
    *line = '\0';
    char time[32], rate[16];
    double total = 0.0;
    for (size_t i = 0; i < report->row_count; i++)
        total += rates[i];
    format_time(time, sizeof time, report->seconds);
    add(&t, "%s  %s darts/s  %" PRIu64 " disagreement%s", time, three_digits(rate, total), report->disagreements,
        plural(report->disagreements));
    for (size_t i = 0; i < report->row_count; i++)
        if (report->rows[i].device.kind == MCPI_GPU)
            add_gpu(&t, &report->rows[i], rates[i]);
    add_cores(&t, report, rates);
}

/* ---- the summary ---- */

static const char *state_of(const mcpi_stress_row *row)
{
    if (stress_faults(row) > 0)
        return "FAULTY";
    if (row->failure[0])
        return "FAILED";
    if (!row->tested)
        return "checks";
    return row->darts == 0 ? "NEVER COUNTED" : "ok";
}

static void print_throttled(FILE *out, uint32_t throttled)
{
    const char *separator = "; throttled by ";
    for (unsigned bit = 1; mcpi_throttle_name(bit); bit++) { /* from 1: bit 0, idle, is not throttling */
        if (throttled >> bit & 1U) {
            fprintf(out, "%s%s", separator, mcpi_throttle_name(bit));
            separator = ", ";
        }
    }
}

static void print_row(FILE *out, const mcpi_stress_report *report, const mcpi_stress_row *row)
{
    char darts[16], rate[16];
    fprintf(out, "%-8s %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9s %9s %7" PRIu64 "  %-6s  %s", row->device.id,
            row->ranges, row->recounts, row->slices, three_digits(darts, (double)row->darts),
            three_digits(rate, stress_average(report, row)), stress_faults(row), state_of(row), row->device.name);
    if (!isnan(row->hottest_celsius))
        fprintf(out, ", up to %.0f C", row->hottest_celsius);
    print_throttled(out, row->throttled);
    fputc('\n', out);
}

static bool is_all_right(const mcpi_stress_row *row)
{
    return stress_faults(row) == 0 && row->failure[0] == '\0' && (row->darts > 0 || !row->tested);
}

/* In a test that was cut short, a device that has not counted yet is not an error. */
static const char *verdict_of(const mcpi_stress_report *report)
{
    bool sound = report->disagreements == 0, all_right = sound;
    for (size_t i = 0; i < report->row_count; i++) {
        const mcpi_stress_row *const row = &report->rows[i];
        sound &= stress_faults(row) == 0 && row->failure[0] == '\0';
        all_right &= is_all_right(row);
    }
    if (sound && report->interrupted)
        return "INTERRUPTED";
    return all_right ? "OK" : "NOT OK";
}

/* Print "30 s", or "2 s of 1:00:00" if that is less than requested. */
static void print_duration(FILE *out, const mcpi_stress_report *report)
{
    char time[32];
    format_time(time, sizeof time, report->seconds);
    fputs(time, out);
    format_time(time, sizeof time, report->asked_seconds);
    if (report->interrupted)
        fprintf(out, " of %s", time);
}

static void print_verdict(FILE *out, const mcpi_stress_report *report)
{
    char darts[16];
    size_t tested = 0, right = 0;
    for (size_t i = 0; i < report->row_count; i++) {
        const mcpi_stress_row *const row = &report->rows[i];
        tested += row->tested != 0;
        right += row->tested && is_all_right(row);
    }
    fprintf(out, "%s: %zu of %zu devices passed; in ", verdict_of(report), right, tested);
    print_duration(out, report);
    fprintf(out, ", %s darts were counted twice; %" PRIu64 " disagreement%s",
            three_digits(darts, (double)report->confirmed_darts), report->disagreements, plural(report->disagreements));
    if (report->no_gpu[0])
        fprintf(out, "; no GPU was tested: %s", report->no_gpu);
    fputc('\n', out);
}

void stress_summary(FILE *out, const mcpi_stress_report *report)
{
    fprintf(out, "%-8s %9s %9s %9s %9s %9s %7s  %-6s  name\n", "device", "ranges", "recounts", "slices", "darts",
            "darts/s", "faults", "state");
    for (size_t i = 0; i < report->row_count; i++)
        print_row(out, report, &report->rows[i]);
    fputc('\n', out);
    for (size_t i = 0; i < report->row_count; i++) {
        const mcpi_stress_row *const row = &report->rows[i];
        if (row->first_fault[0])
            fprintf(out, "%s\n", row->first_fault);
        if (row->failure[0])
            fprintf(out, "%s\n", row->failure);
    }
    print_verdict(out, report);
}
