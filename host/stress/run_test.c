/* The calling thread of a test: it starts the lanes, watches them, and reports the outcome. */
#include "stress/run_test.h"

#include <stdlib.h>

#include "core/status.h"
#include "engine/watchdog.h"
#include "mcpi/dart.h"
#include "sensors/sensors.h"
#include "stress/pairs.h"
#include "stress/snapshot.h"
#include "stress/thermometer.h"

/* The calling thread checks the test at this interval. */
static const double tick_seconds = 0.1;

/* The longest wait for the thermometer at the end, unless the test must stop at once. */
static const double thermometer_seconds = 2.0;

/* ---- the state ---- */

static void destroy(void *user)
{
    test *const t = user;
    mcpi_lanes_destroy(&t->lanes);
    mcpi_pending_clear(&t->pending);
    mcpi_recount_queue_free(&t->recount_queue);
    mcpi_queue_free(&t->queue);
    mcpi_testers_free(&t->roles);
    free(t->testers);
    free(t);
}

static const mcpi_lane_policy policy = {
    .names = mcpi_pairs_names,
    .next = mcpi_pairs_next,
    .counted = mcpi_pairs_counted,
    .reopens = mcpi_pairs_reopens,
    .lost = mcpi_pairs_lost,
    .destroy = destroy,
};

static void init_tester(test *t, size_t index)
{
    const mcpi_tester *const role = &t->roles.list[index];
    tester *const self = &t->testers[index];
    *self = (tester){
        .lane = {.backend = role->backend, .device = &role->device, .way_count = role->way_count},
        .test = t,
        .index = index,
        .role = role,
        .row = {.device = role->device,
                .tested = role->tested,
                .reading = mcpi_no_reading(),
                .hottest_celsius = mcpi_no_reading().temperature_celsius},
    };
    for (unsigned way = 0; way < role->way_count; way++)
        self->lane.ways[way] = role->ways[way];
    mcpi_lane_add(&t->lanes, &self->lane);
}

/* False if out of memory. */
static bool init_testers(test *t)
{
    const size_t count = t->roles.count;
    t->testers = calloc(count, sizeof *t->testers);
    if (!t->testers)
        return false;
    for (size_t i = 0; i < count; i++) {
        init_tester(t, i);
        t->checkers += t->roles.list[i].recounts;
    }
    return mcpi_queue_init(&t->queue, t->options.run.first, MCPI_DART_END, 1) &&
           mcpi_recount_queue_init(&t->recount_queue, count * (t->checkers + 1));
}

static test *allocate(const mcpi_stress_options *options)
{
    test *const t = calloc(1, sizeof *t);
    if (!t || !mcpi_lanes_init(&t->lanes, &policy, t, mcpi_seconds)) {
        free(t);
        return NULL;
    }
    t->options = *options;
    if (options->deadline_seconds > 0.0)
        t->lanes.deadline_seconds = options->deadline_seconds;
    return t;
}

/* ---- the lanes: with the lock held ---- */

static void start(tester *self)
{
    const mcpi_device *const device = &self->role->device;
    mcpi_error error;
    if (!device->broken) {
        mcpi_lane_start(&self->lane);
        return;
    }
    self->lane.left = true;
    mcpi_fail(&error, MCPI_DEVICE_FAILED, "%s cannot be tested: %s; -d cpu tests the cores alone", device->id,
              device->note);
    mcpi_lane_fail(&self->lane, &error);
}

static bool any_is_waited_for(const test *t)
{
    for (const mcpi_lane *lane = t->lanes.first; lane; lane = lane->next)
        if (!lane->left && !lane->behind)
            return true;
    return false;
}

/* The observers are called without the lock. */
static int call_observers(test *t, mcpi_stress_report *report)
{
    const mcpi_stress_options *const options = &t->options;
    mcpi_snapshot(t, report);
    pthread_mutex_unlock(&t->lanes.lock);
    if (options->watch)
        options->watch(options->run.user, report);
    const int stop = options->run.stop ? options->run.stop(options->run.user) : 0;
    pthread_mutex_lock(&t->lanes.lock);
    return stop;
}

static bool is_out_of_time(const test *t)
{
    const double limit = t->options.run.time_limit_seconds;
    return limit > 0.0 && mcpi_lanes_now(&t->lanes) - t->lanes.started >= limit;
}

static void stop_if_asked(test *t, bool asked)
{
    const bool none_counts = !mcpi_pairs_take(t, MCPI_CPU) && !mcpi_pairs_take(t, MCPI_GPU);
    if (t->stopping || !(asked || none_counts || is_out_of_time(t)))
        return;
    t->interrupted = asked && t->options.run.time_limit_seconds > 0.0 && !is_out_of_time(t);
    t->stopping = true;
    pthread_cond_broadcast(&t->lanes.changed);
}

/* Watch until all lanes have left. True if the test must stop at once, without waiting for that. */
static bool watch(test *t, mcpi_stress_report *report)
{
    int stop = 0;
    while (stop != MCPI_STOP_AT_ONCE && any_is_waited_for(t)) {
        mcpi_run_clock_wait(t->lanes.clock, &t->lanes.news, &t->lanes.lock, mcpi_lanes_now(&t->lanes) + tick_seconds);
        mcpi_watchdog_look(&t->lanes);
        stop = call_observers(t, report);
        stop_if_asked(t, stop != 0);
    }
    return stop == MCPI_STOP_AT_ONCE;
}

/* ---- a test ---- */

/* The report also names the devices of disputes that are still open, because lanes left behind abandon these. */
static void carry_out(test *t, mcpi_stress_report *report)
{
    pthread_mutex_lock(&t->lanes.lock);
    for (size_t i = 0; i < t->roles.count; i++)
        start(&t->testers[i]);
    mcpi_thermometer_start(t);
    const bool at_once = watch(t, report);
    mcpi_lanes_leave_behind(&t->lanes);
    mcpi_thermometer_end(t, at_once ? 0.0 : thermometer_seconds);
    mcpi_snapshot(t, report);
    pthread_mutex_unlock(&t->lanes.lock);
}

static mcpi_status no_memory(mcpi_error *error)
{
    return mcpi_fail(error, MCPI_NO_MEMORY, "cannot begin the test: out of memory");
}

/* Set up all that a test needs, except its threads. */
static mcpi_status prepare(test *t, const mcpi_backend *const *backends, mcpi_stress_report **report, mcpi_error *error)
{
    const mcpi_stress_options *const options = &t->options;
    if (!(options->deadline_seconds >= 0.0))
        return mcpi_fail(error, MCPI_BAD_OPTION, "options.deadline_seconds %g: must be 0 or above",
                         options->deadline_seconds);
    const mcpi_status status = mcpi_testers_make(&options->run, backends, t->lanes.deadline_seconds, &t->roles, error);
    if (status != MCPI_OK)
        return status;
    if (!init_testers(t) || !(*report = mcpi_report_make(t)))
        return no_memory(error);
    mcpi_snapshot(t, *report);
    if (options->ready && !options->ready(options->run.user, *report))
        return mcpi_fail(error, MCPI_NO_DEVICE, "a device that is expected is not tested");
    return MCPI_OK;
}

mcpi_status mcpi_stress_run(const mcpi_stress_options *options, const mcpi_backend *const *backends,
                            mcpi_stress_report **report, mcpi_error *error)
{
    *report = NULL;
    mcpi_nvtx_begin();
    test *const t = allocate(options);
    if (!t)
        return no_memory(error);
    mcpi_status status = prepare(t, backends, report, error);
    if (status == MCPI_OK) {
        carry_out(t, *report);
        status = mcpi_stress_outcome(*report, error);
    } else {
        mcpi_stress_report_free(*report);
        *report = NULL;
    }
    mcpi_lanes_release(&t->lanes);
    return status;
}
