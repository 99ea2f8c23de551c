/* mcpi.h and stress.h, from options to result. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "stress/stress.h"

enum { most_kernels = 16 };

mcpi_status mcpi_check_kernel(const char *name, mcpi_error *error)
{
    if (!name)
        return MCPI_OK;
    mcpi_kernel kernels[most_kernels];
    char runnable[200] = "";
    size_t count = mcpi_list_kernels(kernels, most_kernels);
    for (size_t i = 0; i < count && i < most_kernels; i++) {
        if (strcmp(kernels[i].name, name) == 0)
            return kernels[i].available ? MCPI_OK
                                        : mcpi_fail(error, MCPI_BAD_OPTION, "--kernel %s: %s", name, kernels[i].note);
        if (kernels[i].available) {
            strncat(runnable, runnable[0] ? ", " : "", sizeof runnable - strlen(runnable) - 1);
            strncat(runnable, kernels[i].name, sizeof runnable - strlen(runnable) - 1);
        }
    }
    return mcpi_fail(error, MCPI_BAD_OPTION, "--kernel %s: there is no such kernel; this machine runs %s", name,
                     runnable);
}

mcpi_status mcpi_run(const mcpi_options *options, mcpi_result **result, mcpi_error *error)
{
    const double started = mcpi_seconds();
    mcpi_plan plan;
    *result = NULL;
    /* A kernel that cannot run here is an error even where no CPU worker would need it. */
    mcpi_status status = mcpi_check_kernel(options->kernel, error);
    if (status == MCPI_OK)
        status = mcpi_plan_make(options, mcpi_backends, &plan, error);
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
    *report = NULL;
    const mcpi_status status = mcpi_check_kernel(options->run.kernel, error);
    return status == MCPI_OK ? mcpi_stress_run(options, mcpi_backends, report, error) : status;
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
