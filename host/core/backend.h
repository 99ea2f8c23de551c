/*
 * The contract between the engine and what counts for it.
 *
 * A backend is one constant struct and one name in the table of host/backends.c. The engine gives each worker a thread
 * of its own and calls open, submit, collect and close from that thread alone, so a worker needs no locks. Workers of
 * one backend run at the same time.
 *
 * A worker holds up to `in_flight` jobs; they are collected in the order they were submitted. When any call fails the
 * worker is finished: the engine closes it and gives its uncollected jobs to others.
 */
#ifndef MCPI_CORE_BACKEND_H
#define MCPI_CORE_BACKEND_H

#include <stdbool.h>

#include "core/affinity.h"
#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A range of darts [first, first + darts) of one (seed, stream). */
typedef struct mcpi_job {
    uint64_t seed, stream;
    uint64_t first;
    uint64_t darts; /* at least 1; first + darts <= MCPI_DART_END */
} mcpi_job;

/*
 * What a job came to, slice by slice. Slice i holds the darts of the job whose number, less the job's first dart
 * rounded down to an even number, lies in [i * slice_darts, (i + 1) * slice_darts); so slices meet between blocks. The
 * count of the job is the sum of the slices, and each slice can be recounted by itself: that is how the engine checks a
 * device.
 */
typedef struct mcpi_counts {
    uint64_t slice_darts; /* even, or more than the whole job */
    size_t slices;        /* at least 1; every slice holds at least one dart */
    const uint64_t *hits; /* `slices` of them; the worker's own memory, good until its next call */
    double busy_seconds;  /* time the device worked on this job */
} mcpi_counts;

/* What a worker is opened for. */
typedef struct mcpi_worker_options {
    const char *kernel; /* by name; NULL: that of mcpi_device.kernel */
    /* A job that takes longer fails with TIMED_OUT; 0: the backend's own limit. A backend that cannot hang need not
     * look. */
    double deadline_seconds;
    /* 0: the usual cut of a job into slices. 1: another one, so that the same device counts the same job by another
       launch. A backend that has but one cut ignores it. */
    unsigned shape;
    /* Where `open` binds the thread that calls it. The CPU fails if the system refuses, for a stress test names cores
       by it; to others it is a preference. */
    mcpi_place place;
} mcpi_worker_options;

enum { MCPI_IN_FLIGHT_MAX = 8 };

typedef struct mcpi_backend {
    /* Lower-case letters, at most 8, and no other backend's: "toy" makes its devices toy:0, toy:1 and so on. CUDA's are
       gpu:0, gpu:1; its name is "gpu". */
    const char *name;
    /* GPU for all but the backend of the machine's own processor: the CPU recounts what a GPU has counted. */
    mcpi_device_kind kind;
    unsigned in_flight;     /* jobs a worker can hold, from 1 to MCPI_IN_FLIGHT_MAX */
    uint64_t opening_darts; /* size of a worker's first range: well below a millisecond on a fast device */

    /*
     * Write at most `capacity` devices, the unavailable ones with their reason; return how many there are. Call it
     * through mcpi_enumerate, which fills in the ids from name and index. A backend without devices writes one that is
     * not available, with index -1 and the reason in its note. The UUID may be empty: then processes that share the
     * machine take the same id for the same device.
     */
    size_t (*enumerate)(mcpi_device *devices, size_t capacity);

    /* The kernels of one of its devices, as mcpi_list_kernels lists them: at least the one in mcpi_device.kernel. NULL
       is for a backend without devices. */
    size_t (*kernels)(const mcpi_device *device, mcpi_kernel *kernels, size_t capacity);

    /* On failure nothing is left open, *worker is as it was and *error, if given, says why. BAD_OPTION if there is no
       such kernel. */
    mcpi_status (*open)(const mcpi_device *device, const mcpi_worker_options *options, void **worker,
                        mcpi_error *error);
    mcpi_status (*submit)(void *worker, const mcpi_job *job, mcpi_error *error);
    /* MISMATCH if the counts cannot be right, as far as the backend can tell without counting again. */
    mcpi_status (*collect)(void *worker, mcpi_counts *counts, mcpi_error *error);
    void (*close)(void *worker);

    /* All of these may be NULL. The kernel of the jobs submitted from now on, by its name. False if there is none, or
       it cannot be loaded: the worker keeps the one that it had, as it does without this call. */
    bool (*select)(void *worker, const char *kernel);
    /* Instead of close, for a worker of a device that hangs: give back only what can be given
       back without waiting for it. */
    void (*abandon)(void *worker);
    /* What opening this worker took, without the driver's part: that is the time of `enumerate`. */
    void (*startup)(void *worker, mcpi_startup *startup);
    /* Tell profilers that counting begins or has ended. Called on the thread of a worker. */
    void (*profile)(bool on);
    /* Where workers of this device are to run. CPU: one after the other, by `pin`, which is CORES or THREADS. Others:
       in the one place that is near the device, or, where that is not known, in none. free() frees all of it; NULL
       without memory. */
    mcpi_places *(*places)(const mcpi_device *device, mcpi_pin pin);
} mcpi_backend;

/* All backends, ended by NULL. */
extern const mcpi_backend *const mcpi_backends[];

#ifdef __cplusplus
}
#endif

#endif
