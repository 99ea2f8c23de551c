#include "stress/snapshot.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/status.h"

mcpi_stress_report *mcpi_report_make(const test *t)
{
    mcpi_stress_report *const report = calloc(1, sizeof *report);
    mcpi_stress_row *const rows = calloc(t->roles.count, sizeof *rows);
    if (!report || !rows) {
        free(report);
        free(rows);
        return NULL;
    }
    report->rows = rows;
    report->row_count = t->roles.count;
    snprintf(report->no_gpu, sizeof report->no_gpu, "%s", t->roles.no_gpu);
    return report;
}

void mcpi_stress_report_free(mcpi_stress_report *report)
{
    if (report)
        free(report->rows);
    free(report);
}

void mcpi_snapshot(const test *t, mcpi_stress_report *report)
{
    report->seed = t->options.run.seed;
    report->stream = t->options.run.stream;
    report->first = t->options.run.first;
    report->seconds = mcpi_lanes_now(&t->lanes) - t->lanes.started;
    report->asked_seconds = t->options.run.time_limit_seconds;
    report->confirmed_darts = t->confirmed_darts;
    report->disagreements = t->disagreements;
    report->interrupted = t->interrupted;
    report->paused_seconds = mcpi_run_clock_paused(t->lanes.clock);
    report->hung = t->over && !t->thermometer_left;
    for (size_t i = 0; i < report->row_count; i++) {
        const mcpi_lane *const lane = &t->testers[i].lane;
        mcpi_stress_row *const row = &report->rows[i];
        *row = t->testers[i].row;
        row->up = mcpi_lane_is_open(lane);
        snprintf(row->failure, sizeof row->failure, "%s", lane->failure.message);
        report->hung |= lane->hung || lane->behind;
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
