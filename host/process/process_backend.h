/*
 * A backend whose workers live in processes of their own.
 *
 * It has the same devices as the backend that it is made from, and counts with it, in a process for each lane: a driver
 * that crashes or hangs takes that process with it, and nothing else. mcpi_worker_options names the program of the
 * process, and the mcpi_child that holds it. Handles with the same mcpi_child share its process, which ends when the
 * last of them is closed.
 *
 * If the process ends, or sends what no worker would send, the present call fails with DEVICE_FAILED, and
 * mcpi_child.failed is set: the device may be opened again, in another process.
 */
#ifndef MCPI_PROCESS_PROCESS_BACKEND_H
#define MCPI_PROCESS_PROCESS_BACKEND_H

#include "core/backend.h"

#ifdef __cplusplus
extern "C" {
#endif

mcpi_backend mcpi_process_backend(const mcpi_backend *inner);

#ifdef __cplusplus
}
#endif

#endif
