/* Replaces the CUDA backend in builds without CUDA: one unavailable device, and the reason. */
#include <stdio.h>

#include "core/status.h"
#include "cuda/cuda.h"

static const char reason[] = "this build has no CUDA backend: when it was configured, " MCPI_NO_CUDA;

static size_t enumerate(mcpi_device *devices, size_t capacity)
{
    if (capacity > 0) {
        devices[0] = (mcpi_device){.name = "none", .kernel = "-", .kind = MCPI_GPU, .index = -1};
        snprintf(devices[0].note, sizeof devices[0].note, "%s", reason);
    }
    return 1;
}

static mcpi_status refuse(const mcpi_device *device, const mcpi_worker_options *options, void **worker,
                          mcpi_error *error)
{
    (void)options;
    (void)worker;
    return mcpi_fail(error, MCPI_NO_DEVICE, "%s: %s", device->id, reason);
}

/* `open` always fails, so submit, collect and close are not needed. */
const mcpi_backend mcpi_backend_cuda = {
    .name = "gpu",
    .kind = MCPI_GPU,
    .in_flight = 1,
    .opening_darts = 1,
    .enumerate = enumerate,
    .open = refuse,
};
