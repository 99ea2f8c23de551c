/*
 * NVTX ranges show in the timeline of a profiler what each thread does. All belong to the domain "mcpi". Their names
 * are few and fixed, so that a summary by name has one row for each kind of work. The category of a range is the
 * device; its payload is the number of darts.
 *
 * Without a profiler a call returns after one comparison. In a build without the headers of NVTX the functions are
 * empty.
 */
#ifndef MCPI_ENGINE_NVTX_H
#define MCPI_ENGINE_NVTX_H

#include <stdint.h>

typedef enum mcpi_nvtx_name {
    MCPI_NVTX_SET_UP,  /* "set-up" */
    MCPI_NVTX_COUNT,   /* "count KERNEL" */
    MCPI_NVTX_TRIAL,   /* "kernel trial KERNEL" */
    MCPI_NVTX_RECOUNT, /* "recount" */
    MCPI_NVTX_MERGE,   /* "merge" */
    MCPI_NVTX_NAMES
} mcpi_nvtx_name;

/* Look for a profiler. Call this before starting the first thread that marks ranges. Later calls do nothing. */
void mcpi_nvtx_begin(void);

/* Begin a range on this thread. `kernel` is used only by the names that end in KERNEL; `device` is the id of the
   device; 0 darts: no payload. */
void mcpi_nvtx_push(mcpi_nvtx_name name, const char *kernel, const char *device, uint64_t darts);

/* End the range that this thread began last. */
void mcpi_nvtx_pop(void);

#endif
