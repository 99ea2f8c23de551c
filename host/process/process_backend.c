#include "process/process_backend.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/child.h"
#include "core/status.h"
#include "process/messages.h"
#include "process/worker_process.h"

/* What is known of a worker process. */
typedef struct peer {
    mcpi_child *child;
    bool ended;
    mcpi_error failure; /* why it ended too early */
    unsigned handles;   /* that refer to this */
    bool open[MCPI_PROCESS_HANDLES];
    unsigned most_in_flight; /* if the process has this many jobs, it collects the oldest without being asked */
    mcpi_job jobs[MCPI_IN_FLIGHT_MAX]; /* those that it has, in order of submission */
    unsigned in_flight;
    uint64_t collected; /* jobs */
    uint64_t *hits;     /* of the slices of the job that was collected last */
    size_t capacity;
} peer;

/* A worker of the backend. */
typedef struct handle {
    peer *peer;
    unsigned number; /* in the process */
    mcpi_device device;
    mcpi_startup startup;
} handle;

/* ---- the process ---- */

/* How long a process may take to close its device, and to end after it has closed its socket; in seconds. */
static const double patience = 10.0;
static const double patience_with_failed = 0.2;

/* NULL, with the error, if it cannot be started. */
static peer *start_process(const mcpi_device *device, const mcpi_worker_options *options, mcpi_error *error)
{
    peer *const p = calloc(1, sizeof *p);
    if (!p) {
        mcpi_fail(error, MCPI_NO_MEMORY, "%s: out of memory", device->id);
        return NULL;
    }
    if (mcpi_child_start(options->child, options->program, MCPI_WORKER_NAME, device->id, error) != MCPI_OK) {
        free(p);
        return NULL;
    }
    p->child = options->child;
    p->child->user = p;
    return p;
}

static void end_process(peer *p, double patience, char *how, size_t size)
{
    mcpi_child_end(p->child, patience, how, size);
    p->child->user = NULL;
    p->ended = true;
}

static mcpi_status has_failed(const peer *p, mcpi_error *error)
{
    if (error)
        *error = p->failure;
    return p->failure.status;
}

/* The process has ended although it was needed, or is ended because it sends nonsense. */
static mcpi_status fail(const handle *h, bool nonsense, mcpi_error *error)
{
    peer *const p = h->peer;
    const long pid = mcpi_child_last_pid(p->child);
    char how[100];
    if (nonsense)
        mcpi_child_kill(p->child);
    end_process(p, patience_with_failed, how, sizeof how);
    p->child->failed = true;
    mcpi_fail(&p->failure, MCPI_DEVICE_FAILED, "%s (%s): worker process %ld %s", h->device.id, h->device.name, pid,
              nonsense ? "sent an invalid message and was killed" : how);
    return has_failed(p, error);
}

/* End and forget the process, unless handles are left. */
static void release(peer *p)
{
    if (p->handles > 0)
        return;
    if (!p->ended)
        end_process(p, patience, NULL, 0);
    free(p->hits);
    free(p);
}

static void drop(handle *h)
{
    peer *const p = h->peer;
    p->open[h->number] = false;
    p->handles--;
    free(h);
    release(p);
}

/* ---- messages ---- */

static mcpi_status ask(const handle *h, mcpi_request request, mcpi_error *error)
{
    request.handle = h->number;
    return mcpi_child_send(h->peer->child, &request, sizeof request) ? MCPI_OK : fail(h, false, error);
}

static bool is_valid(const mcpi_reply *reply, mcpi_request_kind kind)
{
    return reply->kind == kind && mcpi_status_name(reply->error.status)[0] != '?' &&
           memchr(reply->error.message, '\0', sizeof reply->error.message);
}

/* Wait for the reply to a request of this kind. Returns the status in it. */
static mcpi_status await(const handle *h, mcpi_request_kind kind, mcpi_reply *reply, mcpi_error *error)
{
    const int received = mcpi_child_receive(h->peer->child, reply, sizeof *reply);
    if (received == 0)
        return fail(h, false, error);
    if (received < 0 || !is_valid(reply, kind))
        return fail(h, true, error);
    if (reply->error.status != MCPI_OK && error)
        *error = reply->error;
    return reply->error.status;
}

/* ---- open and close ---- */

static void copy_kernel(mcpi_request *request, const char *name)
{
    snprintf(request->kernel, sizeof request->kernel, "%s", name ? name : "");
}

static mcpi_status send_opening(const handle *h, const mcpi_worker_options *options, mcpi_error *error)
{
    const mcpi_place *const place = &options->place;
    mcpi_request request = {.kind = MCPI_REQUEST_OPEN};
    mcpi_opening *const opening = calloc(1, sizeof *opening);
    if (!opening || place->count > MCPI_PROCESS_PLACE) {
        free(opening);
        return mcpi_fail(error, MCPI_NO_MEMORY, "%s: out of memory", h->device.id);
    }
    copy_kernel(&request, options->kernel);
    *opening = (mcpi_opening){.version = MCPI_VERSION,
                              .device = h->device,
                              .deadline_seconds = options->deadline_seconds,
                              .shape = options->shape,
                              .cpus = place->count};
    for (size_t i = 0; i < place->count; i++)
        opening->cpu[i] = place->cpus[i];
    mcpi_status status = ask(h, request, error);
    if (status == MCPI_OK && !mcpi_child_send(h->peer->child, opening, sizeof *opening))
        status = fail(h, false, error);
    free(opening);
    return status;
}

static mcpi_status open_handle(handle *h, const mcpi_worker_options *options, mcpi_error *error)
{
    peer *const p = h->peer;
    mcpi_reply reply;
    mcpi_status status = send_opening(h, options, error);
    if (status == MCPI_OK)
        status = await(h, MCPI_REQUEST_OPEN, &reply, error);
    if (status != MCPI_OK)
        return status;
    if (reply.in_flight < 1 || reply.in_flight > MCPI_IN_FLIGHT_MAX)
        return fail(h, true, error);
    h->startup = reply.startup;
    p->most_in_flight = reply.in_flight;
    return MCPI_OK;
}

/* A handle with a number that is free in the process. */
static handle *make_handle(peer *p, const mcpi_device *device)
{
    handle *const h = calloc(1, sizeof *h);
    if (!h)
        return NULL;
    while (h->number < MCPI_PROCESS_HANDLES - 1 && p->open[h->number])
        h->number++;
    h->peer = p;
    h->device = *device;
    p->open[h->number] = true;
    p->handles++;
    return h;
}

static mcpi_status process_open(const mcpi_device *device, const mcpi_worker_options *options, void **worker,
                                mcpi_error *error)
{
    mcpi_error failure;
    peer *const p = options->child->user ? options->child->user : start_process(device, options, &failure);
    if (!p) {
        if (error)
            *error = failure;
        return failure.status;
    }
    handle *const h = make_handle(p, device);
    if (!h) {
        release(p);
        return mcpi_fail(error, MCPI_NO_MEMORY, "%s: out of memory", device->id);
    }
    const mcpi_status status = open_handle(h, options, error);
    if (status == MCPI_OK)
        *worker = h;
    else
        drop(h);
    return status;
}

static void process_close(void *worker)
{
    handle *const h = worker;
    if (!h->peer->ended && h->peer->handles > 1)
        ask(h, (mcpi_request){.kind = MCPI_REQUEST_CLOSE}, NULL);
    drop(h);
}

/* A process that hangs would not close its device. */
static void process_abandon(void *worker)
{
    handle *const h = worker;
    if (!h->peer->ended)
        mcpi_child_kill(h->peer->child);
    drop(h);
}

static void process_startup(void *worker, mcpi_startup *startup)
{
    *startup = ((handle *)worker)->startup;
}

/* ---- jobs ---- */

static bool process_select(void *worker, const char *kernel)
{
    handle *const h = worker;
    mcpi_request request = {.kind = MCPI_REQUEST_SELECT};
    mcpi_reply reply;
    copy_kernel(&request, kernel);
    return !h->peer->ended && ask(h, request, NULL) == MCPI_OK &&
           await(h, MCPI_REQUEST_SELECT, &reply, NULL) == MCPI_OK;
}

static void process_profile(void *worker, bool on)
{
    handle *const h = worker;
    if (!h->peer->ended)
        ask(h, (mcpi_request){.kind = MCPI_REQUEST_PROFILE, .on = on}, NULL);
}

static mcpi_status process_submit(void *worker, const mcpi_job *job, mcpi_error *error)
{
    handle *const h = worker;
    peer *const p = h->peer;
    if (p->ended)
        return has_failed(p, error);
    const mcpi_status status = ask(h, (mcpi_request){.kind = MCPI_REQUEST_SUBMIT, .job = *job}, error);
    if (status != MCPI_OK)
        return status;
    p->jobs[p->in_flight++] = *job;
    return MCPI_OK;
}

static bool is_duration(double seconds)
{
    return isfinite(seconds) && seconds >= 0.0;
}

/* Are these counts of the job, as mcpi_counts describes them? */
static bool fits(const mcpi_reply *reply, const mcpi_job *job)
{
    const uint64_t extent = job->darts + job->first % 2;
    const uint64_t slice = reply->slice_darts;
    return slice > 0 && (slice % 2 == 0 || slice > job->darts) && reply->slices == (extent - 1) / slice + 1 &&
           reply->slices <= MCPI_PROCESS_SLICES && is_duration(reply->busy_seconds) &&
           is_duration(reply->elapsed_seconds);
}

static bool make_room(peer *p, size_t slices)
{
    if (slices <= p->capacity)
        return true;
    uint64_t *const larger = realloc(p->hits, slices * sizeof *larger);
    if (!larger)
        return false;
    p->hits = larger;
    p->capacity = slices;
    return true;
}

/* The hits are copied, so that a process that has gone wild cannot change them while they are used. */
static mcpi_status take_counts(const handle *h, const mcpi_reply *reply, const mcpi_job *job, mcpi_counts *counts,
                               mcpi_error *error)
{
    peer *const p = h->peer;
    if (!fits(reply, job))
        return fail(h, true, error);
    if (!make_room(p, reply->slices))
        return mcpi_fail(error, MCPI_NO_MEMORY, "%s: out of memory", h->device.id);
    if (!mcpi_child_read(p->child, p->hits, reply->slices * sizeof *p->hits, mcpi_process_place(p->collected++)))
        return fail(h, true, error);
    *counts = (mcpi_counts){.slice_darts = reply->slice_darts,
                            .slices = reply->slices,
                            .hits = p->hits,
                            .busy_seconds = reply->busy_seconds,
                            .elapsed_seconds = reply->elapsed_seconds};
    return MCPI_OK;
}

static mcpi_job take_oldest(peer *p)
{
    const mcpi_job oldest = p->jobs[0];
    p->in_flight--;
    memmove(p->jobs, p->jobs + 1, p->in_flight * sizeof *p->jobs);
    return oldest;
}

static mcpi_status process_collect(void *worker, mcpi_counts *counts, mcpi_error *error)
{
    handle *const h = worker;
    peer *const p = h->peer;
    mcpi_reply reply;
    mcpi_status status = MCPI_OK;
    if (p->ended)
        return has_failed(p, error);
    if (p->in_flight < p->most_in_flight)
        status = ask(h, (mcpi_request){.kind = MCPI_REQUEST_COLLECT}, error);
    const mcpi_job job = take_oldest(p);
    if (status == MCPI_OK)
        status = await(h, MCPI_REQUEST_COLLECT, &reply, error);
    return status == MCPI_OK ? take_counts(h, &reply, &job, counts, error) : status;
}

mcpi_backend mcpi_process_backend(const mcpi_backend *inner)
{
    mcpi_backend outer = *inner;
    /* One more job keeps a device busy that can hold only one. A device that changes its kernel holds several. */
    if (!inner->select && inner->in_flight < MCPI_IN_FLIGHT_MAX)
        outer.in_flight++;
    outer.open = process_open;
    outer.submit = process_submit;
    outer.collect = process_collect;
    outer.close = process_close;
    outer.select = inner->select ? process_select : NULL;
    outer.abandon = process_abandon;
    outer.startup = inner->startup ? process_startup : NULL;
    outer.profile = inner->profile ? process_profile : NULL;
    return outer;
}
