#ifndef MCPI_CUDA_DEVICES_H
#define MCPI_CUDA_DEVICES_H

#include "core/backend.h"

/* mcpi_backend.enumerate: the GPUs, or one entry with the reason why there are none. Creates no context. */
size_t mcpi_cuda_devices(mcpi_device *devices, size_t capacity);

/* mcpi_backend.kernels. */
size_t mcpi_cuda_list_kernels(const mcpi_device *device, mcpi_kernel *kernels, size_t capacity);

/* mcpi_backend.bound, predicted by the model of docs/gpu.md for the highest clock of the GPU, however many workers
   share it. Unknown if the model does not have this kind of GPU, or if the GPU may not use the kernel. */
mcpi_bound mcpi_cuda_bound(const mcpi_device *device, const char *kernel, unsigned workers);

#endif
