#ifndef MCPI_CUDA_DRIVER_H
#define MCPI_CUDA_DRIVER_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * mcpi_device.driver, such as "580.82.07, CUDA 13.0": the version of the NVIDIA driver, and the newest CUDA that it
 * supports, as cudaDriverGetVersion returns it. `root` is a prefix of every path that is read: "" for this machine. The
 * kernel module tells its version in /sys, where reading it costs microseconds; NVML would have to be started. What is
 * unknown is left out.
 */
void mcpi_write_driver(char *text, size_t size, const char *root, int cuda);

#ifdef __cplusplus
}
#endif

#endif
