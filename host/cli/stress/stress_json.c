#include <math.h>
#include <time.h>

#include "cli/io/json.h"
#include "cli/stress/stress_report.h"

static void put_if_known(json_writer *j, const char *key, double value)
{
    if (!isnan(value))
        put_number(j, key, value);
}

static void put_reasons(json_writer *j, const char *key, uint32_t throttle)
{
    put_open(j, key, '[');
    for (unsigned bit = 0; mcpi_throttle_name(bit); bit++)
        if (throttle >> bit & 1U)
            put_string(j, NULL, mcpi_throttle_name(bit));
    put_close(j, ']');
}

/* Written only if NVML is available. */
static void put_reading(json_writer *j, const mcpi_stress_row *row)
{
    const mcpi_reading *const reading = &row->reading;
    if (isnan(row->hottest_celsius))
        return;
    put_if_known(j, "temperature_celsius", reading->temperature_celsius);
    put_if_known(j, "hottest_celsius", row->hottest_celsius);
    put_if_known(j, "power_watts", reading->power_watts);
    put_if_known(j, "sm_clock_hertz", reading->sm_clock_hertz);
    put_if_known(j, "ecc_corrected", reading->ecc_corrected);
    put_if_known(j, "ecc_uncorrected", reading->ecc_uncorrected);
    put_reasons(j, "throttle", reading->throttle);
    put_reasons(j, "throttled", row->throttled);
}

static void put_faults(json_writer *j, const mcpi_stress_row *row)
{
    put_open(j, "faults", '{');
    for (int kind = 0; kind < MCPI_FAULTS; kind++)
        put_integer(j, mcpi_fault_name((mcpi_fault)kind), row->faults[kind]);
    put_close(j, '}');
    if (row->first_fault[0])
        put_string(j, "first_fault", row->first_fault);
    if (row->failure[0])
        put_string(j, "failure", row->failure);
}

static void put_row(json_writer *j, const mcpi_stress_report *report, const mcpi_stress_row *row, double rate)
{
    put_open(j, NULL, '{');
    put_string(j, "id", row->device.id);
    put_string(j, "name", row->device.name);
    if (row->device.uuid[0])
        put_string(j, "uuid", row->device.uuid);
    put_known(j, "driver", row->device.driver);
    put_string(j, "kernel", row->device.kernel);
    put_bool(j, "tested", row->tested);
    put_bool(j, "up", row->up);
    put_integer(j, "ranges", row->ranges);
    put_integer(j, "recounts", row->recounts);
    put_integer(j, "slices", row->slices);
    put_integer(j, "darts", row->darts);
    put_open(j, "exact", '{');
    put_exact(j, "darts", row->darts);
    put_close(j, '}');
    put_number(j, "darts_per_second", rate);
    put_number(j, "average_darts_per_second", stress_average(report, row));
    put_faults(j, row);
    put_reading(j, row);
    put_close(j, '}');
}

static void put_exact_counts(json_writer *j, const mcpi_stress_report *report)
{
    put_open(j, "exact", '{');
    put_exact(j, "seed", report->seed);
    put_exact(j, "stream", report->stream);
    put_exact(j, "first", report->first);
    put_exact(j, "confirmed_darts", report->confirmed_darts);
    put_close(j, '}');
}

const char *stress_status_name(mcpi_status status)
{
    return status == MCPI_STOPPED ? "INTERRUPTED" : mcpi_status_name(status);
}

static void put_ending(json_writer *j, const stress_state *state)
{
    put_bool(j, "summary", !state->running);
    if (state->running)
        return;
    put_string(j, "status", stress_status_name(state->status));
    if (state->error)
        put_string(j, "error", state->error);
}

void stress_json(FILE *out, const mcpi_stress_report *report, const double *rates, const stress_state *state)
{
    const time_t now = state->running ? time(NULL) : state->origin.ended;
    json_writer j = json_begin(out, "mcpi.stress.v1");
    put_ending(&j, state);
    put_integer(&j, "time", (uint64_t)now);
    put_utc(&j, "time_utc", now);
    put_seconds(&j, "seconds", report->seconds);
    put_seconds(&j, "paused_seconds", report->paused_seconds);
    put_number(&j, "asked_seconds", report->asked_seconds > 0.0 ? report->asked_seconds : NAN);
    put_integer(&j, "seed", report->seed);
    put_integer(&j, "stream", report->stream);
    put_integer(&j, "first", report->first);
    put_integer(&j, "confirmed_darts", report->confirmed_darts);
    put_exact_counts(&j, report);
    put_origin(&j, &state->origin);
    put_integer(&j, "disagreements", report->disagreements);
    put_expectation(&j, state->expected, state->found);
    if (report->no_gpu[0])
        put_string(&j, "no_gpu", report->no_gpu);
    put_open(&j, "devices", '[');
    for (size_t i = 0; i < report->row_count; i++)
        put_row(&j, report, &report->rows[i], rates[i]);
    put_close(&j, ']');
    json_end(&j);
}
