/* mcpi.h and stress.h, from options to result. */
#include "engine/engine.h"
#include "stress/stress.h"

mcpi_status mcpi_run(const mcpi_options *options, mcpi_result **result, mcpi_error *error)
{
    const double started = mcpi_seconds();
    mcpi_plan plan;
    *result = NULL;
    mcpi_status status = mcpi_plan_make(options, mcpi_backends, &plan, error);
    if (status != MCPI_OK)
        return status;
    const double planned = mcpi_seconds() - started;
    status = mcpi_engine_run(&plan, result, error);
    if (*result) {
        (*result)->setup_seconds += planned;
        (*result)->total_seconds += planned;
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
