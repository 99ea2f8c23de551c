/* How a test stands, and how it ended. */
#include <stdio.h>
#include <stdlib.h>

#include "core/status.h"
#include "stress/test_state.h"

mcpi_stress_report *mcpi_report_make(const crew *c)
{
    mcpi_stress_report *const report = calloc(1, sizeof *report);
    mcpi_stress_row *const rows = calloc(c->roster.count, sizeof *rows);
    if (!report || !rows) {
        free(report);
        free(rows);
        return NULL;
    }
    report->rows = rows;
    report->row_count = c->roster.count;
    snprintf(report->no_gpu, sizeof report->no_gpu, "%s", c->roster.no_gpu);
    return report;
}

void mcpi_stress_report_free(mcpi_stress_report *report)
{
    if (report)
        free(report->rows);
    free(report);
}

void mcpi_snapshot(const crew *c, mcpi_stress_report *report)
{
    report->seed = c->options.run.seed;
    report->stream = c->options.run.stream;
    report->first = c->options.run.first;
    report->seconds = mcpi_crew_now(c) - c->started;
    report->asked_seconds = c->options.run.time_limit_seconds;
    report->confirmed_darts = c->confirmed_darts;
    report->disagreements = c->disagreements;
    report->interrupted = c->interrupted;
    report->paused_seconds = mcpi_run_clock_paused(c->clock);
    report->hung = c->over && !c->thermometer_left;
    for (size_t i = 0; i < report->row_count; i++) {
        report->rows[i] = c->members[i].row;
        report->rows[i].up = c->members[i].presence == AT_WORK;
        report->hung |= c->members[i].presence == WRITTEN_OFF || c->members[i].failure.status == MCPI_TIMED_OUT;
        report->hung |= c->abandoned && !c->members[i].left;
    }
}

static const char *first_fault(const mcpi_stress_report *report)
{
    for (size_t i = 0; i < report->row_count; i++)
        if (report->rows[i].first_fault[0])
            return report->rows[i].first_fault;
    return "";
}

mcpi_status mcpi_stress_outcome(const mcpi_stress_report *report, mcpi_error *error)
{
    if (report->disagreements > 0)
        return mcpi_fail(error, MCPI_MISMATCH, "counts disagree: %s", first_fault(report));
    for (size_t i = 0; i < report->row_count; i++) {
        const mcpi_stress_row *const row = &report->rows[i];
        if (row->failure[0])
            return mcpi_fail(error, MCPI_DEVICE_FAILED, "a device failed: %s", row->failure);
    }
    if (report->interrupted)
        return mcpi_fail(error, MCPI_STOPPED, "interrupted after %.1f s of %.6g s", report->seconds,
                         report->asked_seconds);
    for (size_t i = 0; i < report->row_count; i++) {
        const mcpi_stress_row *const row = &report->rows[i];
        if (row->tested && row->darts == 0)
            return mcpi_fail(error, MCPI_DEVICE_FAILED,
                             "%s (%s) never counted: it was not ready within %.3g s; give the test more time",
                             row->device.id, row->device.name, report->seconds);
    }
    return MCPI_OK;
}
