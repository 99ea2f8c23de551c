/*
 * Prometheus' text format, version 0.0.4 ("Exposition formats"), as node_exporter's textfile collector reads it: each
 * metric once, with its help and type, base units, counters that end in _total. What is not known is left out.
 */
#include <inttypes.h>
#include <math.h>
#include <time.h>

#include "cli/stress/stress_report.h"

#define PREFIX "mcpi_stress_"

/* A metric of the devices; unknown values are left out. */
typedef struct metric {
    const char *name, *type, *help;
    double (*value)(const mcpi_stress_row *row);
} metric;

static double up(const mcpi_stress_row *row)
{
    return row->up && row->failure[0] == '\0';
}

static double temperature(const mcpi_stress_row *row)
{
    return row->reading.temperature_celsius;
}

static double power(const mcpi_stress_row *row)
{
    return row->reading.power_watts;
}

static double sm_clock(const mcpi_stress_row *row)
{
    return row->reading.sm_clock_hertz;
}

static double ecc_corrected(const mcpi_stress_row *row)
{
    return row->reading.ecc_corrected;
}

static double ecc_uncorrected(const mcpi_stress_row *row)
{
    return row->reading.ecc_uncorrected;
}

static const metric metrics[] = {
    {"up", "gauge", "1 if the device counts, 0 before it starts and after it fails.", up},
    {"gpu_temperature_celsius", "gauge", "Temperature of the GPU.", temperature},
    {"gpu_power_watts", "gauge", "Power draw of the GPU.", power},
    {"gpu_sm_clock_hertz", "gauge", "Clock of the GPU's multiprocessors.", sm_clock},
    {"gpu_ecc_corrected_errors_total", "counter", "Memory errors corrected since the driver was loaded.",
     ecc_corrected},
    {"gpu_ecc_uncorrected_errors_total", "counter", "Memory errors not corrected since the driver was loaded.",
     ecc_uncorrected},
};

typedef struct counter {
    const char *name, *help;
    size_t offset; /* offset of a uint64_t in mcpi_stress_row */
} counter;

static const counter counters[] = {
    {"darts_total", "Darts counted, recounts included.", offsetof(mcpi_stress_row, darts)},
    {"ranges_total", "Ranges of darts counted first.", offsetof(mcpi_stress_row, ranges)},
    {"recounts_total", "Ranges of darts counted again.", offsetof(mcpi_stress_row, recounts)},
    {"slices_total", "Slices of GPUs' ranges counted again on the CPU: by a core, or of a GPU.",
     offsetof(mcpi_stress_row, slices)},
};

static void print_head(FILE *out, const char *name, const char *type, const char *help)
{
    fprintf(out, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s %s\n", name, help, name, type);
}

static void print_value(FILE *out, double value)
{
    fprintf(out, " %.15g\n", value);
}

/* Backslash, quote and newline are escaped in a label's value. */
static void print_label(FILE *out, const char *label, const char *value)
{
    fprintf(out, "%s=\"", label);
    for (const char *c = value; *c; c++) {
        if (*c == '\n')
            fputs("\\n", out);
        else if (*c == '"' || *c == '\\')
            fprintf(out, "\\%c", *c);
        else
            fputc(*c, out);
    }
    fputc('"', out);
}

static void print_metric(FILE *out, const mcpi_stress_report *report, const metric *m)
{
    bool headed = false;
    for (size_t i = 0; i < report->row_count; i++) {
        const mcpi_stress_row *const row = &report->rows[i];
        const double value = m->value(row);
        if (isnan(value))
            continue;
        if (!headed)
            print_head(out, m->name, m->type, m->help);
        headed = true;
        fprintf(out, PREFIX "%s{device=\"%s\"}", m->name, row->device.id);
        print_value(out, value);
    }
}

static void print_counter(FILE *out, const mcpi_stress_report *report, const counter *c)
{
    print_head(out, c->name, "counter", c->help);
    for (size_t i = 0; i < report->row_count; i++) {
        const mcpi_stress_row *const row = &report->rows[i];
        fprintf(out, PREFIX "%s{device=\"%s\"} %" PRIu64 "\n", c->name, row->device.id,
                *(const uint64_t *)((const char *)row + c->offset));
    }
}

static void print_faults(FILE *out, const mcpi_stress_report *report)
{
    const char *const name = "disagreements_total";
    print_head(out, name, "counter", "Disagreements in which the device was wrong, or may have been.");
    for (size_t i = 0; i < report->row_count; i++)
        for (int kind = 0; kind < MCPI_FAULTS; kind++)
            fprintf(out, PREFIX "%s{device=\"%s\",kind=\"%s\"} %" PRIu64 "\n", name, report->rows[i].device.id,
                    mcpi_fault_name((mcpi_fault)kind), report->rows[i].faults[kind]);
}

static void print_rates(FILE *out, const mcpi_stress_report *report, const double *rates)
{
    const char *const name = "rate_darts_per_second";
    print_head(out, name, "gauge", "Darts a second since the last update.");
    for (size_t i = 0; i < report->row_count; i++) {
        fprintf(out, PREFIX "%s{device=\"%s\"}", name, report->rows[i].device.id);
        print_value(out, rates[i]);
    }
}

static void print_throttle(FILE *out, const mcpi_stress_report *report)
{
    const char *const name = "gpu_throttled";
    bool headed = false;
    for (size_t i = 0; i < report->row_count; i++) {
        const mcpi_stress_row *const row = &report->rows[i];
        if (isnan(row->hottest_celsius))
            continue;
        if (!headed)
            print_head(out, name, "gauge", "1 if the GPU's clocks are lowered for this reason.");
        headed = true;
        for (unsigned bit = 0; mcpi_throttle_name(bit); bit++)
            fprintf(out, PREFIX "%s{device=\"%s\",reason=\"%s\"} %u\n", name, row->device.id, mcpi_throttle_name(bit),
                    row->reading.throttle >> bit & 1U);
    }
}

static void print_one(FILE *out, const char *name, const char *help, uint64_t value)
{
    print_head(out, name, "gauge", help);
    fprintf(out, PREFIX "%s %" PRIu64 "\n", name, value);
}

/* Gauges, not counters: every test starts at 0, so a counter could show no change from one test to the next. */
static void print_verdict(FILE *out, const mcpi_stress_report *report, const stress_state *state)
{
    if (!state->judged)
        return;
    print_one(out, "passed", "1 if the last verdict was exit code 0, otherwise 0; absent before the first verdict.",
              state->exit_code == 0);
    print_one(out, "interrupted", "1 if a signal ended the test before its time was over.", report->interrupted != 0);
    print_one(out, "exit_code", "Exit code of the last verdict.", (uint64_t)state->exit_code);
    print_one(out, "last_verdict_timestamp_seconds", "When the last verdict was known.", state->judged_seconds);
}

static void print_expectation(FILE *out, const stress_state *state)
{
    if (!state->expected->spec)
        return;
    print_one(out, "gpus_expected", "GPUs that --expect asks for.", expected_gpus(state->expected));
    print_one(out, "gpus_found", "GPUs that can count and are tested.", usable_gpus(state->found));
    print_one(out, "devices_missing", "Devices that --expect asks for and that are missing.",
              list_missing(state->expected, state->found, NULL, NULL));
}

static void print_devices(FILE *out, const mcpi_stress_report *report)
{
    const char *const name = "device_info";
    print_head(out, name, "gauge", "What the device is; always 1.");
    for (size_t i = 0; i < report->row_count; i++) {
        const mcpi_device *const device = &report->rows[i].device;
        fprintf(out, PREFIX "%s{device=\"%s\",", name, device->id);
        print_label(out, "name", device->name);
        fputc(',', out);
        print_label(out, "uuid", device->uuid);
        fputs("} 1\n", out);
    }
}

void stress_metrics(FILE *out, const mcpi_stress_report *report, const double *rates, const stress_state *state)
{
    print_one(out, "running", "1 while the test runs, 0 after it has ended.", state->running);
    print_one(out, "last_update_timestamp_seconds", "When these metrics were written.", (uint64_t)time(NULL));
    print_verdict(out, report, state);
    print_expectation(out, state);
    if (report->row_count == 0)
        return;
    print_devices(out, report);
    for (size_t i = 0; i < sizeof counters / sizeof *counters; i++)
        print_counter(out, report, &counters[i]);
    print_faults(out, report);
    print_rates(out, report, rates);
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
        print_metric(out, report, &metrics[i]);
    print_throttle(out, report);
}
