/* mcpi.h and stress.h, from options to result. */
#include "engine/engine.h"
#include "engine/run_clock.h"
#include "stress/stress.h"

/* What planning took: drivers are woken in it. */
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

mcpi_status mcpi_run(const mcpi_options *options, mcpi_result **result, mcpi_error *error)
{
    mcpi_plan plan;
    planning took = {0};
    *result = NULL;
    mcpi_status status = make_plan(options, &plan, &took, error);
    if (status != MCPI_OK)
        return status;
    status = mcpi_engine_run(&plan, result, error);
    if (*result) {
        (*result)->setup_seconds += took.seconds;
        (*result)->total_seconds += took.seconds;
        (*result)->paused_seconds += took.paused_seconds;
    }
    mcpi_plan_free(&plan);
    return status;
}

mcpi_status mcpi_stress(const mcpi_stress_options *options, mcpi_stress_report **report, mcpi_error *error)
{
    return mcpi_stress_run(options, mcpi_backends, report, error);
}

size_t mcpi_list_devices(mcpi_device *devices, size_t capacity)
{
    size_t count = 0;
    for (const mcpi_backend *const *backend = mcpi_backends; *backend; backend++) {
        const size_t room = count < capacity ? capacity - count : 0;
        count += (*backend)->enumerate(devices + (count < capacity ? count : capacity), room);
    }
    return count;
}

size_t mcpi_list_kernels(const mcpi_device *device, mcpi_kernel *kernels, size_t capacity)
{
    for (const mcpi_backend *const *backend = mcpi_backends; *backend; backend++)
        if ((*backend)->kind == device->kind && (*backend)->kernels)
            return (*backend)->kernels(device, kernels, capacity);
    return 0;
}
