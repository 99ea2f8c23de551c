/* Implements mcpi.h and stress.h: from options to results. */
#include <stdio.h>
#include <string.h>

#include "core/c_locale.h"
#include "core/run_clock.h"
#include "core/selection.h"
#include "core/status.h"
#include "engine/auto_device.h"
#include "engine/run.h"
#include "recount/recount_state.h"
#include "stress/run_test.h"

/* ---- the caller's functions, in the caller's locale ---- */

typedef struct caller {
    const mcpi_options *options;
    int (*ready)(void *user, const mcpi_stress_report *report);
    void (*watch)(void *user, const mcpi_stress_report *report);
    locale_t locale;
} caller;

/* Gives the calling thread the caller's locale until the end of the block. */
#define IN_LOCALE_OF(c) const locale_t ours __attribute__((cleanup(go_back), unused)) = uselocale((c)->locale)

static void go_back(const locale_t *ours)
{
    uselocale(*ours);
}

static int stop(void *user)
{
    const caller *c = user;
    IN_LOCALE_OF(c);
    return c->options->stop(c->options->user);
}

static void progress(void *user, const mcpi_progress *so_far)
{
    const caller *c = user;
    IN_LOCALE_OF(c);
    c->options->progress(c->options->user, so_far);
}

static void event(void *user, const mcpi_event *one)
{
    const caller *c = user;
    IN_LOCALE_OF(c);
    c->options->event(c->options->user, one);
}

static void save(void *user, const mcpi_state *state)
{
    const caller *c = user;
    IN_LOCALE_OF(c);
    c->options->save(c->options->user, state);
}

static int ready(void *user, const mcpi_stress_report *report)
{
    const caller *c = user;
    IN_LOCALE_OF(c);
    return c->ready(c->options->user, report);
}

static void watch(void *user, const mcpi_stress_report *report)
{
    const caller *c = user;
    IN_LOCALE_OF(c);
    c->watch(c->options->user, report);
}

/* The caller's options, with wrappers around its functions. */
static mcpi_options options_by_way_of(caller *c)
{
    mcpi_options options = *c->options;
    options.stop = options.stop ? stop : NULL;
    options.progress = options.progress ? progress : NULL;
    options.event = options.event ? event : NULL;
    options.save = options.save ? save : NULL;
    options.user = c;
    return options;
}

/* ---- the API ---- */

/* The time that planning took, which includes the start of drivers. */
typedef struct planning {
    double seconds, paused_seconds;
} planning;

static mcpi_status make_plan(const mcpi_options *options, mcpi_plan *plan, planning *took, mcpi_error *error)
{
    mcpi_run_clock *const clock = mcpi_run_clock_start(mcpi_seconds);
    if (!clock)
        return mcpi_fail(error, MCPI_NO_MEMORY, "cannot plan the run: out of memory");
    const double started = mcpi_run_clock_read(clock);
    const mcpi_status status = mcpi_plan_make(options, mcpi_backends, plan, error);
    *took = (planning){mcpi_run_clock_read(clock) - started, mcpi_run_clock_paused(clock)};
    mcpi_run_clock_stop(clock);
    return status;
}

static mcpi_status run(const mcpi_options *options, mcpi_result **result, mcpi_error *error)
{
    mcpi_plan plan;
    planning took = {0};
    mcpi_options chosen = *options;
    char reason[sizeof(*result)->auto_reason];
    *result = NULL;
    if (mcpi_stays_on_cpu(options, mcpi_backends, reason, sizeof reason))
        chosen.devices = "cpu";
    mcpi_status status = make_plan(&chosen, &plan, &took, error);
    if (status != MCPI_OK)
        return status;
    status = mcpi_engine_run(&plan, result, error);
    if (*result) {
        (*result)->setup_seconds += took.seconds;
        (*result)->total_seconds += took.seconds;
        (*result)->paused_seconds += took.paused_seconds;
        memcpy((*result)->auto_reason, reason, sizeof reason);
    }
    mcpi_plan_free(&plan);
    return status;
}

mcpi_status mcpi_run(const mcpi_options *options, mcpi_result **result, mcpi_error *error)
{
    MCPI_C_LOCALE;
    caller c = {.options = options, .locale = mcpi_theirs};
    const mcpi_options ours = options_by_way_of(&c);
    return run(&ours, result, error);
}

mcpi_status mcpi_recount(const mcpi_state *state, const mcpi_recount_options *options, mcpi_recount_report **report,
                         mcpi_error *error)
{
    MCPI_C_LOCALE;
    caller c = {.options = &options->run, .locale = mcpi_theirs};
    mcpi_recount_options ours = *options;
    ours.run = options_by_way_of(&c);
    return mcpi_recount_state(run, state, &ours, report, error);
}

mcpi_status mcpi_stress(const mcpi_stress_options *options, mcpi_stress_report **report, mcpi_error *error)
{
    MCPI_C_LOCALE;
    caller c = {
        .options = &options->run,
        .ready = options->ready,
        .watch = options->watch,
        .locale = mcpi_theirs,
    };
    mcpi_stress_options ours = *options;
    ours.run = options_by_way_of(&c);
    ours.ready = options->ready ? ready : NULL;
    ours.watch = options->watch ? watch : NULL;
    return mcpi_stress_run(&ours, mcpi_backends, report, error);
}

size_t mcpi_why_cpu(const mcpi_options *options, char *text, size_t size)
{
    MCPI_C_LOCALE;
    char reason[sizeof((mcpi_result *)0)->auto_reason];
    if (mcpi_stays_on_cpu(options, mcpi_backends, reason, sizeof reason))
        snprintf(text, size, "%s", reason);
    return strlen(reason);
}

size_t mcpi_list_devices(mcpi_device *devices, size_t capacity)
{
    MCPI_C_LOCALE;
    size_t count = 0;
    for (const mcpi_backend *const *backend = mcpi_backends; *backend; backend++) {
        const size_t room = count < capacity ? capacity - count : 0;
        count += mcpi_enumerate(*backend, devices + (count < capacity ? count : capacity), room);
    }
    return count;
}

size_t mcpi_list_kernels(const mcpi_device *device, mcpi_kernel *kernels, size_t capacity)
{
    MCPI_C_LOCALE;
    const mcpi_backend *const backend = mcpi_backend_of(mcpi_backends, device);
    return backend && backend->kernels ? backend->kernels(device, kernels, capacity) : 0;
}
