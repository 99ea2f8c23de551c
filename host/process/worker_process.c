#include "process/worker_process.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/child.h"
#include "core/selection.h"
#include "core/status.h"
#include "process/messages.h"

/* An open handle. The device and the kernel's name stay where the backend was told that they are. */
typedef struct handle {
    void *worker; /* NULL: not open */
    mcpi_device device;
    char kernel[sizeof((mcpi_request *)0)->kernel];
} handle;

/* A job that was submitted, and what was wrong with it if the backend refused it. */
typedef struct submitted {
    unsigned handle;
    mcpi_error error;
} submitted;

typedef struct process {
    const mcpi_backend *const *backends;
    const mcpi_backend *backend; /* of all handles; NULL before the first is opened */
    handle handles[MCPI_PROCESS_HANDLES];
    submitted jobs[MCPI_IN_FLIGHT_MAX]; /* in order of submission */
    unsigned in_flight;
    uint64_t collected; /* jobs whose counts were sent */
    bool left;          /* the process that started this one has closed the socket */
} process;

/* ---- messages ---- */

static const mcpi_child parent = {.socket = MCPI_CHILD_SOCKET, .memory = MCPI_CHILD_MEMORY};

static bool send_reply(process *p, mcpi_request_kind kind, mcpi_reply reply)
{
    reply.kind = kind;
    p->left = !mcpi_child_send(&parent, &reply, sizeof reply);
    return !p->left;
}

static bool write_hits(process *p, const mcpi_counts *counts)
{
    const ssize_t bytes = (ssize_t)(counts->slices * sizeof *counts->hits);
    const off_t place = (off_t)mcpi_process_place(p->collected++);
    return counts->slices <= MCPI_PROCESS_SLICES &&
           pwrite(MCPI_CHILD_MEMORY, counts->hits, (size_t)bytes, place) == bytes;
}

/* ---- requests: false if the process must end ---- */

/* Open a handle. Returns its status. */
static mcpi_status open_handle(process *p, handle *h, const mcpi_opening *opening, mcpi_error *error)
{
    const mcpi_worker_options options = {.kernel = h->kernel[0] ? h->kernel : NULL,
                                         .deadline_seconds = opening->deadline_seconds,
                                         .shape = opening->shape,
                                         .place = {opening->cpus, opening->cpu}};
    if (strncmp(opening->version, MCPI_VERSION, sizeof opening->version) != 0)
        return mcpi_fail(error, MCPI_SYSTEM, "%s: the worker program is of version %s, not %.*s", opening->device.id,
                         MCPI_VERSION, (int)sizeof opening->version, opening->version);
    h->device = opening->device;
    p->backend = mcpi_backend_of(p->backends, &h->device);
    if (!p->backend)
        return mcpi_fail(error, MCPI_NO_DEVICE, "%s: the worker program has no backend for it", h->device.id);
    return p->backend->open(&h->device, &options, &h->worker, error);
}

static bool serve_open(process *p, const mcpi_request *request)
{
    static mcpi_opening opening;
    handle *const h = &p->handles[request->handle];
    mcpi_reply reply = {0};
    if (h->worker || mcpi_child_receive(&parent, &opening, sizeof opening) != 1 || opening.cpus > MCPI_PROCESS_PLACE)
        return false;
    memcpy(h->kernel, request->kernel, sizeof h->kernel);
    if (open_handle(p, h, &opening, &reply.error) == MCPI_OK) {
        reply.in_flight = p->backend->in_flight;
        if (p->backend->startup)
            p->backend->startup(h->worker, &reply.startup);
    }
    return send_reply(p, MCPI_REQUEST_OPEN, reply);
}

static bool serve_select(process *p, const mcpi_request *request)
{
    mcpi_reply reply = {0};
    if (!p->backend->select || !p->backend->select(p->handles[request->handle].worker, request->kernel))
        mcpi_fail(&reply.error, MCPI_BAD_OPTION, "kernel %s cannot be loaded", request->kernel);
    return send_reply(p, MCPI_REQUEST_SELECT, reply);
}

static mcpi_counts collect_oldest(process *p, mcpi_error *error)
{
    const submitted oldest = p->jobs[0];
    mcpi_counts counts = {0};
    p->in_flight--;
    memmove(p->jobs, p->jobs + 1, p->in_flight * sizeof *p->jobs);
    if (oldest.error.status != MCPI_OK)
        *error = oldest.error;
    else
        p->backend->collect(p->handles[oldest.handle].worker, &counts, error);
    return counts;
}

static bool serve_collect(process *p)
{
    mcpi_reply reply = {0};
    if (p->in_flight == 0)
        return false;
    const mcpi_device *const device = &p->handles[p->jobs[0].handle].device;
    const mcpi_counts counts = collect_oldest(p, &reply.error);
    if (reply.error.status == MCPI_OK && !write_hits(p, &counts))
        mcpi_fail(&reply.error, MCPI_SYSTEM, "%s (%s): a worker process cannot write its counts: %s", device->id,
                  device->name, strerror(errno));
    reply.slice_darts = counts.slice_darts;
    reply.slices = counts.slices;
    reply.busy_seconds = counts.busy_seconds;
    reply.elapsed_seconds = counts.elapsed_seconds;
    return send_reply(p, MCPI_REQUEST_COLLECT, reply);
}

/* A job that the backend refuses is reported when it is collected. */
static bool serve_submit(process *p, const mcpi_request *request)
{
    if (p->in_flight == p->backend->in_flight)
        return false;
    submitted *const job = &p->jobs[p->in_flight++];
    *job = (submitted){.handle = request->handle};
    p->backend->submit(p->handles[request->handle].worker, &request->job, &job->error);
    return p->in_flight < p->backend->in_flight || serve_collect(p);
}

static void close_handle(const process *p, handle *h)
{
    if (h->worker)
        p->backend->close(h->worker);
    h->worker = NULL;
}

static bool serve(process *p, const mcpi_request *request)
{
    if (request->handle >= MCPI_PROCESS_HANDLES)
        return false;
    handle *const h = &p->handles[request->handle];
    if (request->kind == MCPI_REQUEST_OPEN)
        return serve_open(p, request);
    if (request->kind == MCPI_REQUEST_COLLECT)
        return serve_collect(p);
    if (!h->worker)
        return false;
    switch (request->kind) {
    case MCPI_REQUEST_SELECT:
        return serve_select(p, request);
    case MCPI_REQUEST_SUBMIT:
        return serve_submit(p, request);
    case MCPI_REQUEST_PROFILE:
        if (p->backend->profile)
            p->backend->profile(h->worker, request->on);
        return true;
    case MCPI_REQUEST_CLOSE:
        close_handle(p, h);
        return true;
    default:
        return false;
    }
}

/* ---- the process ---- */

/* Signals for the whole process group or job: the process that started this one decides what they mean. */
static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ};

static void prepare(void)
{
    sigset_t none;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, MCPI_WORKER_NAME);
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
#ifdef SYS_close_range /* files of the program that started this one, such as pipes, must not stay open because of it \
                        */
    syscall(SYS_close_range, MCPI_CHILD_MEMORY + 1, UINT_MAX, 0);
#endif
}

bool mcpi_is_worker_process(int argc, char **argv)
{
    return argc > 0 && strcmp(argv[0], MCPI_WORKER_NAME) == 0;
}

int mcpi_worker_process(const mcpi_backend *const *backends)
{
    enum { done = 0, misused = 2 };
    process p = {.backends = backends};
    mcpi_request request;
    struct stat found;
    if (fstat(MCPI_CHILD_SOCKET, &found) != 0 || !S_ISSOCK(found.st_mode))
        return misused;
    prepare();
    int received;
    while ((received = mcpi_child_receive(&parent, &request, sizeof request)) == 1 && serve(&p, &request))
        ;
    if (received != 0 && !p.left)
        return misused;
    for (handle *h = p.handles; h < p.handles + MCPI_PROCESS_HANDLES; h++)
        close_handle(&p, h);
    return done;
}
