/* The calling thread of a test: it starts the crew, looks after it, and says how it went. */
#include "stress/run_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/condition.h"
#include "core/status.h"
#include "engine/nvtx.h"
#include "mcpi/dart.h"
#include "sensors/sensors.h"
#include "stress/test_state.h"

/* How often it looks up. */
static const double tick_seconds = 0.1;

static const double usual_deadline_seconds = 10.0;

/* In deadlines: a call that takes longer than this will not come back. To open a GPU can take many seconds where the
   driver has to wake several. */
static const double patience = 2.0;
static const double patience_opening = 6.0;

/* ---- the crew ---- */

static void init_lock(crew *c)
{
    pthread_cond_init(&c->changed, NULL);
    mcpi_condition_init(&c->news);
    pthread_mutex_init(&c->lock, NULL);
}

static void crew_free(crew *c)
{
    pthread_cond_destroy(&c->changed);
    pthread_cond_destroy(&c->news);
    pthread_mutex_destroy(&c->lock);
    mcpi_pending_clear(&c->ledger);
    mcpi_recount_queue_free(&c->recount_queue);
    mcpi_queue_free(&c->queue);
    mcpi_testers_free(&c->roster);
    free(c->members);
    mcpi_run_clock_stop(c->clock);
    free(c);
}

void mcpi_crew_release(crew *c)
{
    pthread_mutex_lock(&c->lock);
    const bool last = --c->references == 0;
    pthread_mutex_unlock(&c->lock);
    if (last)
        crew_free(c);
}

static void init_member(crew *c, size_t index)
{
    const mcpi_tester *const counter = &c->roster.counters[index];
    c->members[index] = (member){
        .crew = c,
        .index = index,
        .counter = counter,
        .row = {.device = counter->device,
                .tested = counter->tested,
                .reading = mcpi_no_reading(),
                .hottest_celsius = mcpi_no_reading().temperature_celsius},
    };
}

static bool init_crew(crew *c)
{
    const size_t count = c->roster.count;
    c->members = calloc(count, sizeof *c->members);
    if (!c->members)
        return false;
    for (size_t i = 0; i < count; i++) {
        init_member(c, i);
        c->checkers += c->roster.counters[i].recounts;
    }
    return mcpi_queue_init(&c->queue, c->options.run.first, MCPI_DART_END, 1) &&
           mcpi_recount_queue_init(&c->recount_queue, count * (c->checkers + 1));
}

/* All that a test needs, but for its threads. */
static mcpi_status crew_make(const mcpi_stress_options *options, const mcpi_backend *const *backends, crew **made,
                             mcpi_error *error)
{
    crew *const c = calloc(1, sizeof *c);
    if (!c)
        return mcpi_fail(error, MCPI_NO_MEMORY, "cannot begin the test: out of memory");
    c->options = *options;
    c->references = 1;
    c->clock = mcpi_run_clock_start(mcpi_seconds);
    if (!c->clock) {
        free(c);
        return mcpi_fail(error, MCPI_NO_MEMORY, "cannot begin the test: out of memory");
    }
    c->started = mcpi_crew_now(c);
    if (!(c->options.deadline_seconds > 0.0))
        c->options.deadline_seconds = usual_deadline_seconds;
    init_lock(c);
    mcpi_status status = mcpi_testers_make(&c->options.run, backends, c->options.deadline_seconds, &c->roster, error);
    if (status == MCPI_OK && !init_crew(c))
        status = mcpi_fail(error, MCPI_NO_MEMORY, "cannot begin the test: out of memory");
    if (status == MCPI_OK)
        *made = c;
    else
        crew_free(c);
    return status;
}

/* ---- threads ---- */

/* A thread that nobody joins: it may be stuck. With the lock held. 0, or an errno. */
static int start_thread(crew *c, void *(*run)(void *), void *argument)
{
    pthread_t thread;
    const int refused = pthread_create(&thread, NULL, run, argument);
    if (refused != 0)
        return refused;
    pthread_detach(thread);
    c->references++;
    return 0;
}

/* The thread of a member that is lost before it has one. */
static void do_without(member *m)
{
    m->left = true;
    m->presence = FAILED;
    mcpi_member_dismiss(m);
}

static void start_member(member *m)
{
    const mcpi_device *const device = &m->counter->device;
    if (device->broken) {
        mcpi_fail(&m->failure, MCPI_DEVICE_FAILED, "%s cannot be tested: %s; -d cpu tests the cores alone", device->id,
                  device->note);
        do_without(m);
        return;
    }
    const int refused = start_thread(m->crew, mcpi_member_work, m);
    if (refused == 0)
        return;
    mcpi_fail(&m->failure, MCPI_SYSTEM, "%s: cannot start a thread: %s", device->id, strerror(refused));
    do_without(m);
}

static bool has_gpu(const crew *c)
{
    for (size_t i = 0; i < c->roster.count; i++)
        if (c->roster.counters[i].device.kind == MCPI_GPU)
            return true;
    return false;
}

/* A test can do without it. */
static void start_thermometer(crew *c)
{
    c->thermometer_left = !has_gpu(c) || start_thread(c, mcpi_thermometer, c) != 0;
}

/* ---- looking after them: with the lock held ---- */

static void write_off(member *m, double waited_seconds)
{
    if (m->failure.status == MCPI_OK)
        mcpi_fail(&m->failure, MCPI_TIMED_OUT, "%s (%s) does not answer: %s has taken %.3g s so far",
                  m->counter->device.id, m->counter->device.name,
                  m->presence == OPENING ? "opening it" : "a call of its driver", waited_seconds);
    m->presence = WRITTEN_OFF;
    mcpi_member_dismiss(m);
}

static void write_off_the_stuck(crew *c)
{
    const double now = mcpi_crew_now(c);
    for (member *m = c->members; m < c->members + c->roster.count; m++) {
        const double limit = c->options.deadline_seconds * (m->presence == OPENING ? patience_opening : patience);
        if (m->presence != WRITTEN_OFF && m->calling > 0.0 && now - m->calling > limit)
            write_off(m, now - m->calling);
    }
}

static bool all_out(const crew *c)
{
    for (const member *m = c->members; m < c->members + c->roster.count; m++)
        if (!m->left && m->presence != WRITTEN_OFF)
            return false;
    return true;
}

/* The observers are called without the lock. */
static int call_observers(crew *c, mcpi_stress_report *report)
{
    const mcpi_stress_options *const options = &c->options;
    mcpi_snapshot(c, report);
    pthread_mutex_unlock(&c->lock);
    if (options->watch)
        options->watch(options->run.user, report);
    const int stop = options->run.stop ? options->run.stop(options->run.user) : 0;
    pthread_mutex_lock(&c->lock);
    return stop;
}

static bool is_out_of_time(const crew *c)
{
    const double limit = c->options.run.time_limit_seconds;
    return limit > 0.0 && mcpi_crew_now(c) - c->started >= limit;
}

/* The report names the devices of open disputes: their faults are undecided. */
static void abandon(crew *c)
{
    c->abandoned = true;
    for (member *m = c->members; m < c->members + c->roster.count; m++)
        mcpi_disputes_abandon(m);
}

static void watch(crew *c, mcpi_stress_report *report)
{
    while (!all_out(c) && !c->abandoned) {
        mcpi_run_clock_wait(c->clock, &c->news, &c->lock, mcpi_crew_now(c) + tick_seconds);
        write_off_the_stuck(c);
        const int stop = call_observers(c, report);
        if (stop == MCPI_STOP_AT_ONCE)
            abandon(c);
        const bool nobody_left = !mcpi_crew_has(c, MCPI_CPU) && !mcpi_crew_has(c, MCPI_GPU);
        if (!c->stopping && (stop || nobody_left || is_out_of_time(c))) {
            c->interrupted = stop && c->options.run.time_limit_seconds > 0.0 && !is_out_of_time(c);
            c->stopping = true;
            pthread_cond_broadcast(&c->changed);
        }
    }
    pthread_cond_broadcast(&c->changed);
}

/* It is waited for, but not for ever: the driver may never answer. */
static void end_thermometer(crew *c)
{
    const double until = mcpi_crew_now(c) + 2.0;
    c->over = true;
    pthread_cond_broadcast(&c->news);
    while (!c->thermometer_left && !c->abandoned && mcpi_crew_now(c) < until)
        mcpi_run_clock_wait(c->clock, &c->news, &c->lock, mcpi_crew_now(c) + tick_seconds);
}

mcpi_status mcpi_stress_run(const mcpi_stress_options *options, const mcpi_backend *const *backends,
                            mcpi_stress_report **report, mcpi_error *error)
{
    crew *c = NULL;
    *report = NULL;
    mcpi_nvtx_begin();
    mcpi_status status = crew_make(options, backends, &c, error);
    if (!c)
        return status;
    *report = mcpi_report_make(c);
    if (!*report) {
        crew_free(c);
        return mcpi_fail(error, MCPI_NO_MEMORY, "cannot begin the test: out of memory");
    }
    mcpi_snapshot(c, *report);
    if (options->ready && !options->ready(options->run.user, *report)) {
        crew_free(c);
        mcpi_stress_report_free(*report);
        *report = NULL;
        return mcpi_fail(error, MCPI_NO_DEVICE, "a device that is expected is not tested");
    }
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->roster.count; i++)
        start_member(&c->members[i]);
    start_thermometer(c);
    watch(c, *report);
    end_thermometer(c);
    mcpi_snapshot(c, *report);
    pthread_mutex_unlock(&c->lock);
    mcpi_crew_release(c);
    return mcpi_stress_outcome(*report, error);
}
