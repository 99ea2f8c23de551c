/*
 * A worker is one stream of one GPU with room for two jobs: while the host processes one, the device counts the other.
 *
 * Each job is the same sequence in the stream: set the sum of its hits to 0, an event, the kernel, an event, copy the
 * hits to pinned host memory, and the event that ends the job. The first two events are next to the kernel, so the time
 * between them is the kernel's. If two workers share a GPU, a kernel waits between its events while the other worker's
 * runs, and the times of both add up to that of the GPU.
 *
 * The host polls the last event, because a wait inside the CUDA runtime never ends on a device that hangs.
 *
 * The slices' hits are followed by their sum, which the kernel computes before it stores any of them. If the hits that
 * arrive do not add up to it, a bit was lost in the device's memory or in the transfer. Then the device has failed,
 * whether or not the slice is one of those that are recounted.
 */
#include "cuda/cuda.h"

#include <cuda_profiler_api.h>
#include <cuda_runtime_api.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "core/status.h"
#include "cuda/devices.h"
#include "cuda/kernels/table.h"
#include "cuda/polling.h"

enum { IN_FLIGHT = 2 };

#define DARTS "darts [%" PRIu64 ", %" PRIu64 ")"

/* The time limit of a job, in seconds and darts per second. No working GPU is as slow as this, even if others share
   it. */
static const double patience_seconds = 10;
static const double slowest_darts_per_second = 1e8;

/* If a thread slept this much longer than it asked for, its process or the machine was stopped in between. */
static const double oversleep_seconds = 0.1;

/* What a worker knows about one kernel. */
typedef struct kernel_state {
    unsigned resident;   /* slices that the device counts at once; 0: not known yet */
    uint64_t last_darts; /* of its last job; 0: none yet */
    double last_seconds; /* time of that job */
} kernel_state;

typedef struct slot {
    mcpi_job job;
    mcpi_geometry geometry;
    size_t kernel;
    double submitted;              /* time by mcpi_seconds */
    cudaEvent_t start, stop, done; /* before the kernel, after the kernel, after the copy */
    uint64_t *device_hits;         /* of MCPI_SLICES_MAX slices, and their sum */
    uint64_t *host_hits;
} slot;

typedef struct worker {
    mcpi_device device;
    double deadline_seconds; /* 0: it depends on the size of the job */
    unsigned shape;          /* how jobs are divided into slices */
    size_t kernel;           /* of the jobs submitted from now on: index in mcpi_cuda_kernels */
    kernel_state kernels[MCPI_CUDA_KERNELS];
    mcpi_startup startup;
    cudaStream_t stream;
    slot slots[IN_FLIGHT]; /* a ring */
    unsigned oldest;       /* the slot that is collected next */
    unsigned in_flight;
    double last_done; /* when the last job was found to be done */
    bool hung;
} worker;

/* What the user can do about an error. */
static const char *advice(cudaError_t code)
{
    switch (code) {
    case cudaErrorMemoryAllocation:
        return "end other programs that use this GPU";
    case cudaErrorDevicesUnavailable:
        return "another program uses this GPU exclusively";
    case cudaErrorNoKernelImageForDevice:
    case cudaErrorUnsupportedPtxVersion:
        return "this build has no code for it: set CMAKE_CUDA_ARCHITECTURES when configuring";
    default:
        return "the kernel log (dmesg) may say more";
    }
}

/* Report that `call` failed, for `job` unless that is NULL. */
static mcpi_status call_failed(const worker *w, const mcpi_job *job, const char *call, cudaError_t code,
                               mcpi_error *error)
{
    char purpose[64] = "";
    if (job)
        snprintf(purpose, sizeof purpose, " for " DARTS, job->first, job->first + job->darts);
    cudaGetLastError(); /* clear the error, so that the next CUDA call on this thread does not return it */
    return mcpi_fail(error, code == cudaErrorMemoryAllocation ? MCPI_NO_MEMORY : MCPI_DEVICE_FAILED,
                     "%s (%s): %s%s: %s: %s; %s", w->device.id, w->device.name, call, purpose, cudaGetErrorName(code),
                     cudaGetErrorString(code), advice(code));
}

/* Return from the function if a CUDA call failed. */
#define TRY(call, result)                                  \
    do {                                                   \
        const cudaError_t code = (result);                 \
        if (code != cudaSuccess)                           \
            return call_failed(w, job, call, code, error); \
    } while (0)

/* cudaSetDevice creates the context since CUDA 12, cudaFree before. */
static mcpi_status create_context(worker *w, mcpi_error *error)
{
    const mcpi_job *const job = NULL;
    TRY("cudaSetDevice", cudaSetDevice(w->device.index));
    TRY("cudaFree", cudaFree(NULL));
    return MCPI_OK;
}

/* The first query about a kernel loads it. */
static mcpi_status load_kernel(worker *w, mcpi_error *error)
{
    const mcpi_job *const job = NULL;
    int resident = 0;
    TRY("cudaOccupancyMaxActiveBlocksPerMultiprocessor", mcpi_cuda_kernels[w->kernel]->resident(&resident));
    w->kernels[w->kernel].resident = (unsigned)resident * w->device.units;
    return MCPI_OK;
}

static mcpi_status take_memory(worker *w, mcpi_error *error)
{
    const mcpi_job *const job = NULL;
    const size_t bytes = (MCPI_SLICES_MAX + 1) * sizeof(uint64_t);
    TRY("cudaStreamCreateWithFlags", cudaStreamCreateWithFlags(&w->stream, cudaStreamNonBlocking));
    for (slot *s = w->slots; s < w->slots + IN_FLIGHT; s++) {
        TRY("cudaEventCreate", cudaEventCreate(&s->start));
        TRY("cudaEventCreate", cudaEventCreate(&s->stop));
        TRY("cudaEventCreate", cudaEventCreateWithFlags(&s->done, cudaEventDisableTiming));
        TRY("cudaMalloc", cudaMalloc((void **)&s->device_hits, bytes));
        TRY("cudaMallocHost", cudaMallocHost((void **)&s->host_hits, bytes));
    }
    return MCPI_OK;
}

static mcpi_status timed(mcpi_status (*step)(worker *, mcpi_error *), worker *w, double *seconds, mcpi_error *error)
{
    const double begin = mcpi_seconds();
    const mcpi_status status = step(w, error);
    *seconds = mcpi_seconds() - begin;
    return status;
}

static mcpi_status acquire(worker *w, mcpi_error *error)
{
    mcpi_status status = timed(create_context, w, &w->startup.context, error);
    if (status == MCPI_OK)
        status = timed(load_kernel, w, &w->startup.module, error);
    if (status == MCPI_OK)
        status = timed(take_memory, w, &w->startup.memory, error);
    return status;
}

static void release(worker *w)
{
    for (slot *s = w->slots; s < w->slots + IN_FLIGHT; s++) {
        cudaFreeHost(s->host_hits);
        cudaFree(s->device_hits);
        if (s->done)
            cudaEventDestroy(s->done);
        if (s->stop)
            cudaEventDestroy(s->stop);
        if (s->start)
            cudaEventDestroy(s->start);
    }
    if (w->stream)
        cudaStreamDestroy(w->stream);
}

static double deadline_for(const worker *w, const mcpi_job *job)
{
    if (w->deadline_seconds > 0)
        return w->deadline_seconds;
    return patience_seconds + (double)job->darts / slowest_darts_per_second;
}

/* When the oldest job should be done, judging by the last job with its kernel; 0 if that is not known. */
static double expected_end(const worker *w)
{
    const slot *const s = &w->slots[w->oldest];
    const kernel_state *const kernel = &w->kernels[s->kernel];
    const double begin = s->submitted > w->last_done ? s->submitted : w->last_done;
    const double seconds = mcpi_polling_expected(s->job.darts, kernel->last_darts, kernel->last_seconds);
    return seconds > 0.0 ? begin + seconds : 0.0;
}

/* Sleep. Returns the seconds spent waiting, without the time for which the process was stopped. */
static double nap(double seconds)
{
    const struct timespec pause = {0, (long)(1e9 * seconds)};
    const double begin = mcpi_seconds();
    nanosleep(&pause, NULL);
    const double passed = mcpi_seconds() - begin;
    return passed < seconds + oversleep_seconds ? passed : seconds;
}

/*
 * Wait until the oldest job is done. Only time spent waiting counts towards the deadline. After the deadline the event
 * is queried once more, because the job may have finished during the last nap.
 *
 * The query itself may block in a driver that hangs. Only another thread can notice that: the watchdog of the lanes.
 */
static mcpi_status await_oldest(worker *w, mcpi_error *error)
{
    const slot *const s = &w->slots[w->oldest];
    const mcpi_job *const job = &s->job;
    const double begin = mcpi_seconds();
    const double expected = expected_end(w);
    double waited = 0.0;
    for (bool late = false;;) {
        const cudaError_t state = cudaEventQuery(s->done);
        if (state != cudaErrorNotReady) {
            TRY("cudaEventQuery", state);
            w->last_done = mcpi_seconds();
            return MCPI_OK;
        }
        cudaGetLastError(); /* clear "not ready", which the next CUDA call on this thread would return as an error */
        if (late)
            break;
        waited += nap(mcpi_polling_pause(begin, expected, mcpi_seconds()));
        late = waited > deadline_for(w, job);
    }
    w->hung = true;
    return mcpi_fail(error, MCPI_TIMED_OUT,
                     "%s (%s): " DARTS " were not counted within %g s: the device hangs; leave it out, or reset it "
                     "with nvidia-smi --gpu-reset",
                     w->device.id, w->device.name, job->first, job->first + job->darts, deadline_for(w, job));
}

static void drop_oldest(worker *w)
{
    w->oldest = (w->oldest + 1) % IN_FLIGHT;
    w->in_flight--;
}

static void close_worker(void *opened)
{
    worker *const w = opened;
    while (w->in_flight > 0 && !w->hung) {
        await_oldest(w, NULL);
        drop_oldest(w);
    }
    /* Freeing memory waits for the device. The memory of a device that hangs is leaked, so that other devices can
       finish. */
    if (!w->hung)
        release(w);
    free(w);
}

static void abandon_worker(void *opened)
{
    ((worker *)opened)->hung = true;
    close_worker(opened);
}

/* False if the kernel does not exist: then the worker keeps its previous one. */
static bool name_kernel(worker *w, const char *name)
{
    for (size_t i = 0; mcpi_cuda_kernels[i]; i++) {
        if (strcmp(mcpi_cuda_kernels[i]->name, name) == 0) {
            w->kernel = i;
            return true;
        }
    }
    return false;
}

/* The driver may fail to compile a kernel that exists only as PTX. */
static bool select_kernel(void *opened, const char *name)
{
    worker *const w = opened;
    const size_t before = w->kernel;
    if (name_kernel(w, name) && (w->kernels[w->kernel].resident > 0 || load_kernel(w, NULL) == MCPI_OK))
        return true;
    w->kernel = before;
    return false;
}

/* Naps are short, and the system may prolong each by the timer slack: 50 us by default. */
static void reduce_timer_slack(void)
{
    prctl(PR_SET_TIMERSLACK, 1000UL); /* ns */
}

static mcpi_status open_worker(const mcpi_device *device, const mcpi_worker_options *options, void **opened,
                               mcpi_error *error)
{
    worker *const w = calloc(1, sizeof *w);
    if (!w)
        return mcpi_fail(error, MCPI_NO_MEMORY, "%s: out of host memory", device->id);
    w->device = *device;
    w->deadline_seconds = options->deadline_seconds;
    w->shape = options->shape;
    const char *const kernel = options->kernel ? options->kernel : device->kernel;
    if (!name_kernel(w, kernel)) {
        free(w);
        return mcpi_fail(error, MCPI_BAD_OPTION, "%s: kernel %s does not exist", device->id, kernel);
    }
    reduce_timer_slack();
    if (options->place.count > 0)
        mcpi_bind_thread(&options->place); /* if the system refuses, the worker runs further away from its GPU */
    const mcpi_status status = acquire(w, error);
    if (status != MCPI_OK) {
        close_worker(w);
        return status;
    }
    *opened = w;
    return MCPI_OK;
}

static mcpi_status submit(void *opened, const mcpi_job *job, mcpi_error *error)
{
    worker *const w = opened;
    slot *const s = &w->slots[(w->oldest + w->in_flight) % IN_FLIGHT];
    s->job = *job;
    s->kernel = w->kernel;
    s->geometry = mcpi_geometry_for(job, w->kernels[w->kernel].resident, w->shape);
    s->submitted = mcpi_seconds();
    const size_t slices = s->geometry.slices;
    TRY("cudaMemsetAsync", cudaMemsetAsync(&s->device_hits[slices], 0, sizeof *s->device_hits, w->stream));
    TRY("cudaEventRecord", cudaEventRecord(s->start, w->stream));
    TRY("cudaLaunchKernel", mcpi_cuda_kernels[s->kernel]->launch(job, &s->geometry, s->device_hits, w->stream));
    TRY("cudaEventRecord", cudaEventRecord(s->stop, w->stream));
    TRY("cudaMemcpyAsync", cudaMemcpyAsync(s->host_hits, s->device_hits, (slices + 1) * sizeof *s->host_hits,
                                           cudaMemcpyDeviceToHost, w->stream));
    TRY("cudaEventRecord", cudaEventRecord(s->done, w->stream));
    w->in_flight++;
    return MCPI_OK;
}

static mcpi_status check_sum(const worker *w, const slot *s, mcpi_error *error)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < s->geometry.slices; i++)
        sum += s->host_hits[i];
    if (sum == s->host_hits[s->geometry.slices])
        return MCPI_OK;
    return mcpi_fail(
        error, MCPI_MISMATCH,
        "%s (%s): the slices of " DARTS " arrived with %" PRIu64 " hits, but the sum on the device is %" PRIu64
        ": its memory or the transfer to the host corrupts data; the kernel log (dmesg) may say more",
        w->device.id, w->device.name, s->job.first, s->job.first + s->job.darts, sum, s->host_hits[s->geometry.slices]);
}

static mcpi_status collect(void *opened, mcpi_counts *counts, mcpi_error *error)
{
    worker *const w = opened;
    const slot *const s = &w->slots[w->oldest];
    const mcpi_job *const job = &s->job;
    mcpi_status status = await_oldest(w, error);
    if (status == MCPI_OK)
        status = check_sum(w, s, error);
    if (status != MCPI_OK)
        return status;
    float milliseconds = 0;
    TRY("cudaEventElapsedTime", cudaEventElapsedTime(&milliseconds, s->start, s->stop));
    drop_oldest(w);
    w->kernels[s->kernel].last_darts = job->darts;
    w->kernels[s->kernel].last_seconds = 1e-3 * (double)milliseconds;
    *counts = (mcpi_counts){
        .slice_darts = s->geometry.slice_darts,
        .slices = s->geometry.slices,
        .hits = s->host_hits,
        .busy_seconds = 1e-3 * milliseconds,
    };
    return MCPI_OK;
}

/* Near the GPU, access to it and to the pinned memory is fast. */
static mcpi_places *places(const mcpi_device *device, mcpi_pin pin)
{
    (void)pin;
    char address[32] = ""; /* matches no device */
    if (cudaDeviceGetPCIBusId(address, sizeof address, device->index) != cudaSuccess)
        cudaGetLastError();
    return mcpi_places_near("", address);
}

static void startup(void *opened, mcpi_startup *startup)
{
    *startup = ((worker *)opened)->startup;
}

static void profile(void *opened, bool on)
{
    (void)opened;
    (void)(on ? cudaProfilerStart() : cudaProfilerStop()); /* without a profiler they do nothing */
}

const mcpi_backend mcpi_backend_cuda = {
    .name = "gpu",
    .kind = MCPI_GPU,
    .in_flight = IN_FLIGHT,
    .opening_darts = UINT64_C(1) << 24,
    .enumerate = mcpi_cuda_devices,
    .kernels = mcpi_cuda_list_kernels,
    .open = open_worker,
    .select = select_kernel,
    .submit = submit,
    .collect = collect,
    .close = close_worker,
    .abandon = abandon_worker,
    .startup = startup,
    .profile = profile,
    .places = places,
    .bound = mcpi_cuda_bound,
};
