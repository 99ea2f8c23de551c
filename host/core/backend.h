/*
 * The contract between the engine and a backend, which is the code that counts on one kind of device.
 *
 * A backend is one constant struct and one entry in the table of host/backends.c. The engine gives each worker a thread
 * of its own and calls open, submit, collect and close from that thread only, so a worker needs no locks. Workers of
 * one backend run at the same time.
 *
 * A worker holds up to `in_flight` jobs, which are collected in the order in which they were submitted. When any call
 * fails, the worker is finished: the engine closes it and gives its uncollected jobs to other workers.
 */
#ifndef MCPI_CORE_BACKEND_H
#define MCPI_CORE_BACKEND_H

#include <stdbool.h>

#include "core/affinity.h"
#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a device is given to count: the range of darts [first, first + darts) of one seed and stream. */
typedef struct mcpi_job {
    uint64_t seed, stream;
    uint64_t first;
    uint64_t darts; /* at least 1; first + darts <= MCPI_DART_END */
} mcpi_job;

/*
 * The counts of a job, one for each slice. With origin = the job's first dart rounded down to an even number, slice i
 * holds the darts of the job in [origin + i * slice_darts, origin + (i + 1) * slice_darts). So slices meet between
 * Philox blocks. The count of the job is the sum over its slices. Each slice can be recounted by itself, which is how
 * the engine checks a device.
 */
typedef struct mcpi_counts {
    uint64_t slice_darts;   /* even, or more than the whole job */
    size_t slices;          /* at least 1; every slice holds at least one dart */
    const uint64_t *hits;   /* one count for each slice, in memory of the worker, valid until its next call */
    double busy_seconds;    /* time for which the device worked on this job; CPU: the CPU time of its thread */
    double elapsed_seconds; /* how long the job took, including the time in which a CPU ran something else; 0: the same
                               as busy_seconds */
} mcpi_counts;

/* Options of `open`. */
typedef struct mcpi_worker_options {
    const char *kernel; /* its name; NULL: mcpi_device.kernel */
    /* A job that takes longer fails with TIMED_OUT. 0: the backend's own limit. A backend that cannot hang may ignore
       it. */
    double deadline_seconds;
    /* 0: the usual slices of a job. 1: other slices, so that the same device counts the same job with a different
       launch. A backend with only one way to divide a job ignores it. */
    unsigned shape;
    /* Where `open` binds the calling thread. The CPU backend fails if the system refuses, because a stress test uses
       the place to name cores. For other backends the place is a preference. */
    mcpi_place place;
    /* Only for workers in processes of their own (process/process_backend.h): the program that is started, and what
       holds the process. All workers that use one child, one after the other, share its process. */
    const char *program;
    struct mcpi_child *child;
} mcpi_worker_options;

enum { MCPI_IN_FLIGHT_MAX = 8 };

/* The highest rate at which workers of a device can count. */
typedef struct mcpi_bound {
    double darts_per_second; /* of all workers together; NaN if it is unknown */
    bool predicted;          /* by a model of the device; otherwise it was measured */
    double clock_hertz;      /* predicted: the clock that it is for; it grows in proportion. Otherwise NaN */
} mcpi_bound;

typedef struct mcpi_backend {
    /* At most 8 lower-case letters, different from all other backends. "toy" gives the devices toy:0, toy:1 and so on.
       The CUDA backend is named "gpu". */
    const char *name;
    /* GPU for all backends except that of the machine's own processor: the CPU recounts what a GPU has counted. */
    mcpi_device_kind kind;
    unsigned in_flight;     /* jobs that a worker can hold, from 1 to MCPI_IN_FLIGHT_MAX */
    uint64_t opening_darts; /* size of a worker's first range: well below 1 ms on a fast device */

    /*
     * Write at most `capacity` devices, including unavailable ones with the reason. Returns the number of devices. Call
     * it through mcpi_enumerate, which makes the ids from name and index. A backend without devices writes one
     * unavailable device with index -1 and the reason in its note. The UUID may be empty: then processes on one machine
     * assume that the same id means the same device.
     */
    size_t (*enumerate)(mcpi_device *devices, size_t capacity);

    /* The kernels of one device, as mcpi_list_kernels lists them: at least mcpi_device.kernel. NULL for a backend
       without devices. */
    size_t (*kernels)(const mcpi_device *device, mcpi_kernel *kernels, size_t capacity);

    /* On failure nothing stays open, *worker is unchanged, and *error, unless NULL, says why. BAD_OPTION if the kernel
       does not exist. */
    mcpi_status (*open)(const mcpi_device *device, const mcpi_worker_options *options, void **worker,
                        mcpi_error *error);
    mcpi_status (*submit)(void *worker, const mcpi_job *job, mcpi_error *error);
    /* MISMATCH if the counts cannot be right, as far as the backend can tell without counting again. */
    mcpi_status (*collect)(void *worker, mcpi_counts *counts, mcpi_error *error);
    void (*close)(void *worker);

    /* The functions below may be NULL. Choose the kernel of jobs submitted from now on, by name. False if the kernel
       does not exist or cannot be loaded: the worker then keeps its previous kernel, as it does without this
       function. Called only when another job can be submitted. */
    bool (*select)(void *worker, const char *kernel);
    /* Instead of close, for a worker whose device hangs: free only what can be freed without waiting for the device. */
    void (*abandon)(void *worker);
    /* How long opening this worker took, without the time of `enumerate`, which includes the start of the driver. */
    void (*startup)(void *worker, mcpi_startup *startup);
    /* Tell profilers that counting begins or ends. */
    void (*profile)(void *worker, bool on);
    /* Where the workers of this device run. CPU: one place after the other, according to `pin`, which is CORES or
       THREADS. Other backends: the one place that is near the device, or none if that is not known. Free it with
       free(). NULL without memory. */
    mcpi_places *(*places)(const mcpi_device *device, mcpi_pin pin);
    /* The bound of `workers` workers, at least 1, that count with a kernel at the same time. Takes about 20 ms if it is
       measured: the device must be idle. Call it through mcpi_bound_of. */
    mcpi_bound (*bound)(const mcpi_device *device, const char *kernel, unsigned workers);
} mcpi_backend;

/* All backends, terminated by NULL. */
extern const mcpi_backend *const mcpi_backends[];

#ifdef __cplusplus
}
#endif

#endif
