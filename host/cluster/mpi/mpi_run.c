#include "cluster/mpi/mpi_run.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cluster/mpi/gather.h"
#include "cluster/mpi/mpi_transport.h"
#include "cluster/mpi/node.h"
#include "cluster/shared_run.h"
#include "engine/engine.h"

/* How long a process that waits for a message sleeps between two looks. */
static const double waiting_seconds = 0.001;

struct mcpi_mpi_job {
    mcpi_mpi_transport wire;
    mcpi_node node;
    mcpi_liveness liveness; /* rank 0 */
    bool began;
};

/* What one process of the run has. */
typedef struct party {
    mcpi_mpi_job *job;
    const mcpi_transport *transport;
    mcpi_options options;
    mcpi_shared_run *run;
    mcpi_plan plan;
    mcpi_error error;      /* of what it did by itself, so far; status OK if there was none */
    bool hung;             /* one of its devices hangs */
    double paused_seconds; /* of this process, while it counted */
} party;

/* What a process says before the run begins. */
typedef struct join_message {
    uint64_t kind;
    uint64_t teams; /* that can count */
    mcpi_error error;
} join_message;

typedef struct refusal_message {
    uint64_t kind;
    mcpi_error error;
} refusal_message;

static const mcpi_message alive = {MCPI_MESSAGE_ALIVE}, begin = {MCPI_MESSAGE_BEGIN},
                          dismissed = {MCPI_MESSAGE_DISMISSED};

static uint64_t kind_of(const void *message)
{
    return ((const mcpi_message *)message)->kind;
}

static void *need(const mcpi_transport *transport, void *memory)
{
    if (!memory)
        transport->give_up(transport->user, "out of memory");
    return memory;
}

static void sleep_a_moment(void)
{
    nanosleep(&(struct timespec){0, (long)(1e9 * waiting_seconds)}, NULL);
}

/* ---- messages of all ranks, at rank 0 ---- */

/* One message of each rank. */
typedef struct mailbox {
    void **messages; /* NULL: it has not come */
    size_t *bytes;
    unsigned missing;
} mailbox;

static mailbox open_mailbox(const party *p)
{
    const unsigned ranks = p->transport->ranks;
    return (mailbox){
        .messages = need(p->transport, calloc(ranks, sizeof(void *))),
        .bytes = need(p->transport, calloc(ranks, sizeof(size_t))),
        .missing = ranks - p->job->liveness.lost,
    };
}

static void close_mailbox(const party *p, mailbox *box)
{
    for (unsigned rank = 0; rank < p->transport->ranks; rank++)
        free(box->messages[rank]);
    free((void *)box->messages);
    free(box->bytes);
}

static void put_in(mailbox *box, unsigned rank, void *message, size_t bytes)
{
    box->messages[rank] = message;
    box->bytes[rank] = bytes;
    box->missing--;
}

static void receive_all(const party *p, mailbox *box, mcpi_message_kind kind)
{
    const mcpi_transport *transport = p->transport;
    size_t bytes;
    unsigned from;
    for (void *message; (message = transport->receive(transport->user, &bytes, &from));) {
        const bool counts = mcpi_liveness_hear(&p->job->liveness, from, mcpi_seconds());
        if (counts && kind_of(message) == kind && !box->messages[from]) {
            put_in(box, from, message, bytes);
            continue;
        }
        if (counts && kind_of(message) == MCPI_MESSAGE_ALIVE)
            transport->send(transport->user, from, &alive, sizeof alive);
        free(message);
    }
}

static void give_up_silent(const party *p, mailbox *box, double seconds, const char *consequence)
{
    mcpi_liveness *liveness = &p->job->liveness;
    const double now = mcpi_seconds();
    mcpi_liveness_look(liveness, now);
    for (unsigned rank = 1; rank < p->transport->ranks; rank++) {
        if (box->messages[rank] || !mcpi_liveness_is_silent(liveness, rank, seconds, now))
            continue;
        mcpi_liveness_give_up(liveness, rank, now, consequence);
        box->missing--;
    }
}

/* Wait for a message of this kind from every rank that is not lost; one that is silent for so long is. */
static void await_all(const party *p, mailbox *box, mcpi_message_kind kind, double seconds, const char *consequence)
{
    receive_all(p, box, kind);
    while (box->missing > 0) {
        sleep_a_moment();
        receive_all(p, box, kind);
        give_up_silent(p, box, seconds, consequence);
    }
}

static void tell_all(const party *p, const void *message, size_t bytes)
{
    for (unsigned rank = 1; rank < p->transport->ranks; rank++)
        p->transport->send(p->transport->user, rank, message, bytes);
}

/* ---- messages of rank 0, at the others ---- */

/* The next message that is more than a sign of life. To be freed. */
static void *await_rank_zero(const mcpi_transport *transport)
{
    double sent = mcpi_seconds();
    mcpi_rank_zero zero = mcpi_rank_zero_open(sent);
    for (;;) {
        size_t bytes;
        unsigned from;
        void *const message = transport->receive(transport->user, &bytes, &from);
        const double now = mcpi_seconds();
        if (message && kind_of(message) != MCPI_MESSAGE_ALIVE)
            return message;
        if (message)
            mcpi_rank_zero_hear(&zero, now);
        free(message);
        if (now - sent >= mcpi_alive_seconds) {
            transport->send(transport->user, 0, &alive, sizeof alive);
            sent = now;
        }
        if (mcpi_rank_zero_is_gone(&zero, now))
            transport->give_up(transport->user, "rank 0 has not been heard from for 300 s");
        sleep_a_moment();
    }
}

/* ---- before ---- */

/* A process that cannot take part as it was told says so to all; one that has no device only watches. */
static void plan_own_part(party *p, const mcpi_error *unable)
{
    mcpi_error errors[2] = {*unable};
    errors[1].status = mcpi_node_plan(&p->job->node, &p->options, mcpi_backends, &p->plan, &errors[1]);
    p->error = errors[errors[0].status == MCPI_OK];
}

static join_message own_join(const party *p)
{
    return (join_message){MCPI_MESSAGE_JOIN, p->plan.team_count, p->error};
}

/* The failure that speaks for the job, of the first rank that has one; OK if there is none. */
static mcpi_status refusal(const party *p, const mailbox *joined, mcpi_error *error)
{
    uint64_t teams = 0;
    for (unsigned rank = 0; rank < p->transport->ranks; rank++)
        teams += joined->messages[rank] ? ((const join_message *)joined->messages[rank])->teams : 0;
    for (unsigned rank = 0; rank < p->transport->ranks; rank++) {
        const join_message *join = joined->messages[rank];
        /* That there is no device here is no failure while others have one. */
        if (!join || join->error.status == MCPI_OK || (join->error.status == MCPI_NO_DEVICE && teams > 0))
            continue;
        return rank == 0 ? mcpi_fail(error, join->error.status, "%s", join->error.message)
                         : mcpi_fail(error, join->error.status, "rank %u: %s", rank, join->error.message);
    }
    return teams > 0 ? MCPI_OK
                     : mcpi_fail(error, MCPI_NO_DEVICE, "--device %s: no process has anything to count with",
                                 p->options.devices);
}

/* Rank 0: does every process take part? All are told. */
static mcpi_status begin_all(party *p, mcpi_error *error)
{
    mailbox joined = open_mailbox(p);
    const join_message mine = own_join(p);
    void *const copy = need(p->transport, malloc(sizeof mine));
    memcpy(copy, &mine, sizeof mine);
    put_in(&joined, 0, copy, sizeof mine);
    await_all(p, &joined, MCPI_MESSAGE_JOIN, mcpi_opening_seconds, "the run begins without it");
    refusal_message refused = {MCPI_MESSAGE_REFUSED, {0}};
    const mcpi_status status = refusal(p, &joined, &refused.error);
    if (status == MCPI_OK)
        tell_all(p, &begin, sizeof begin);
    else
        tell_all(p, &refused, sizeof refused);
    close_mailbox(p, &joined);
    return status == MCPI_OK ? MCPI_OK : mcpi_fail(error, status, "%s", refused.error.message);
}

/* The others. False if the run does not begin. */
static bool begin_with_rank_zero(const party *p)
{
    const join_message join = own_join(p);
    p->transport->send(p->transport->user, 0, &join, sizeof join);
    void *const message = await_rank_zero(p->transport);
    const bool begins = kind_of(message) == MCPI_MESSAGE_BEGIN;
    free(message);
    return begins;
}

/* What gives each process `cpus` CPUs, under the launcher in use. */
static void binding_remedy(unsigned cpus, char *text, size_t size)
{
    if (!getenv("SLURM_JOB_ID"))
        snprintf(text, size, "mpirun --bind-to none lets them use all");
    else if (getenv("OMPI_COMM_WORLD_SIZE"))
        snprintf(text, size, "mpirun --bind-to none lets them use all CPUs of the job, and sbatch -c %u asks for more",
                 cpus);
    else
        snprintf(text, size, "srun -c %u gives %u CPUs to each task", cpus, cpus);
}

/* Launchers bind processes to a core or a few unless they are told otherwise. Rank 0 speaks for its node, which is like
   the others. */
static void note_binding(const party *p, void (*note)(const char *text))
{
    const mcpi_node *const node = &p->job->node;
    const unsigned ranks = (unsigned)node->ranks;
    char remedy[120], text[300];
    if (!note || node->usable >= node->online || p->options.threads > 0)
        return;
    binding_remedy((node->online + ranks - 1) / ranks, remedy, sizeof remedy);
    snprintf(text, sizeof text, "%s: its processes may use %u of %u CPUs; %s", node->name, node->usable, node->online,
             remedy);
    note(text);
}

/* ---- after ---- */

static mcpi_result *assemble(const party *p, const mcpi_gathered *gathered, double started)
{
    mcpi_result *const result = gathered->result;
    const mcpi_dispatcher *dispatcher = mcpi_shared_run_dispatcher(p->run);
    const mcpi_ending ending = mcpi_dispatcher_ending(dispatcher);
    const mcpi_options *options = &p->options;
    if (options->trace)
        result->trace_count = mcpi_dispatcher_trace(dispatcher, result->trace, &result->trace_missing);
    result->seed = options->seed;
    result->stream = options->stream;
    result->first = options->first;
    result->darts = ending.darts;
    result->hits = ending.hits;
    result->resumed_darts = ending.resumed_darts;
    result->goal = ending.goal;
    result->complete = ending.complete && gathered->all_recounted;
    result->estimate = mcpi_estimate_from(ending.darts, ending.hits);
    result->total_seconds = mcpi_seconds() - started - p->paused_seconds;
    result->sharing = ending.sharing;
    result->sharing.nodes = p->job->node.nodes;
    result->sharing.lost = p->job->liveness.lost;
    return result;
}

static mcpi_status outcome(const mcpi_ending *ending, const mcpi_gathered *gathered, mcpi_error *error)
{
    const unsigned lost = gathered->result->sharing.lost;
    if (gathered->mismatch.status != MCPI_OK)
        return mcpi_fail(error, MCPI_MISMATCH, "%s", gathered->mismatch.message);
    if (ending->complete && gathered->all_recounted)
        return lost == 0 ? MCPI_OK
                         : mcpi_fail(error, MCPI_DEVICE_FAILED, "%u rank%s lost; the others have completed the count",
                                     lost, lost == 1 ? " was" : "s were");
    if (ending->interrupted)
        return mcpi_fail(error, MCPI_STOPPED, "stopped on request");
    if (gathered->failure.status != MCPI_OK)
        return mcpi_fail(error, gathered->failure.status, "%s", gathered->failure.message);
    return mcpi_fail(error, MCPI_DEVICE_FAILED, "no process is left to count");
}

/* Rank 0: the result of all, of which `message` is its own part. */
static mcpi_status conclude(party *p, void *message, size_t bytes, double started, mcpi_result **result,
                            mcpi_error *error)
{
    mailbox box = open_mailbox(p);
    mcpi_gathered gathered;
    put_in(&box, 0, message, bytes);
    await_all(p, &box, MCPI_MESSAGE_RESULT, mcpi_lost_seconds, "its devices are missing from the report");
    const bool together = mcpi_gather(box.messages, box.bytes, p->transport->ranks, &gathered);
    close_mailbox(p, &box);
    if (!together)
        return mcpi_fail(error, MCPI_NO_MEMORY, "cannot put the result together: out of memory");
    *result = assemble(p, &gathered, started);
    const mcpi_ending ending = mcpi_dispatcher_ending(mcpi_shared_run_dispatcher(p->run));
    return outcome(&ending, &gathered, error);
}

/* ---- all of it ---- */

/* This process's part in the count. Its result is returned as a message, to be freed. */
static void *count(party *p, double started, size_t *bytes)
{
    mcpi_result *own = NULL;
    p->plan.options = p->options;
    p->plan.pool = mcpi_shared_run_pool(p->run);
    p->error = (mcpi_error){0};
    const double prepared = mcpi_seconds() - started;
    p->error.status = mcpi_engine_run(&p->plan, &own, &p->error);
    if (!own)
        p->transport->give_up(p->transport->user, p->error.message);
    own->setup_seconds += prepared;
    p->paused_seconds = own->paused_seconds;
    for (size_t i = 0; i < own->device_count; i++)
        p->hung |= own->devices[i].hung != 0;
    void *const message = mcpi_result_message(p->transport->rank, p->job->node.name, own, &p->error, bytes);
    mcpi_result_free(own);
    return need(p->transport, message);
}

static party party_of(mcpi_mpi_job *job, const mcpi_options *options)
{
    return (party){.job = job, .transport = &job->wire.transport, .options = *options};
}

static void leave(party *p)
{
    mcpi_plan_free(&p->plan);
    mcpi_shared_run_close(p->run);
}

mcpi_status mcpi_mpi_run(mcpi_mpi_job *job, const mcpi_options *options, void (*note)(const char *text),
                         mcpi_result **result, mcpi_error *error)
{
    const double started = mcpi_seconds();
    party p = party_of(job, options);
    *result = NULL;
    job->began = true;
    p.run = need(p.transport, mcpi_shared_run_open(p.transport, &job->liveness, &p.options));
    plan_own_part(&p, &(mcpi_error){0});
    mcpi_status status = begin_all(&p, error);
    if (status == MCPI_OK) {
        size_t bytes = 0;
        note_binding(&p, note);
        void *const message = count(&p, started, &bytes);
        status = conclude(&p, message, bytes, started, result, error);
    }
    leave(&p);
    return status;
}

static void take_part(mcpi_mpi_job *job, const mcpi_opening_message *opening, const mcpi_options *options,
                      const mcpi_error *unable, bool *hung)
{
    const double started = mcpi_seconds();
    party p = party_of(job, options);
    p.run = need(p.transport, mcpi_shared_run_follow(p.transport, opening, &p.options));
    plan_own_part(&p, unable);
    if (begin_with_rank_zero(&p)) {
        size_t bytes = 0;
        void *const message = count(&p, started, &bytes);
        p.transport->send(p.transport->user, 0, message, bytes);
        free(message);
    }
    *hung = p.hung;
    leave(&p);
}

void mcpi_mpi_follow(mcpi_mpi_job *job, const mcpi_options *options, const mcpi_error *unable, bool *hung)
{
    void *const message = await_rank_zero(&job->wire.transport);
    *hung = false;
    if (kind_of(message) == MCPI_MESSAGE_OPENING)
        take_part(job, message, options, unable, hung);
    free(message);
}

void mcpi_mpi_dismiss(mcpi_mpi_job *job)
{
    const party p = {.job = job, .transport = &job->wire.transport};
    if (!job->began)
        tell_all(&p, &dismissed, sizeof dismissed);
}

/* ---- the job ---- */

static void pass_on(void *user, const char *text)
{
    const mcpi_mpi_job *job = user;
    job->wire.complain(text);
}

/* Which node each rank is on, for rank 0. */
static void gather_nodes(mcpi_mpi_job *job)
{
    const mcpi_transport *transport = &job->wire.transport;
    const int size = sizeof job->node.name;
    char *const names = need(transport, calloc(transport->ranks, (size_t)size));
    MPI_Gather(job->node.name, size, MPI_CHAR, names, size, MPI_CHAR, 0, MPI_COMM_WORLD);
    for (unsigned rank = 0; transport->rank == 0 && rank < transport->ranks; rank++)
        memcpy(job->liveness.peers[rank].node, names + (size_t)rank * (size_t)size, (size_t)size);
    free(names);
}

mcpi_mpi_job *mcpi_mpi_open(void (*complain)(const char *text))
{
    mcpi_error error = {0};
    mcpi_mpi_job *const job = calloc(1, sizeof *job);
    if (!job) {
        complain("out of memory");
        MPI_Abort(MPI_COMM_WORLD, 1);
        return NULL;
    }
    mcpi_mpi_transport_open(&job->wire, MPI_COMM_WORLD, complain);
    const mcpi_transport *transport = &job->wire.transport;
    if (mcpi_node_join(&job->node, &error) != MCPI_OK)
        transport->give_up(transport->user, error.message);
    if (!mcpi_liveness_open(&job->liveness, transport->ranks, mcpi_seconds()))
        need(transport, NULL);
    job->liveness.note = pass_on;
    job->liveness.user = job;
    gather_nodes(job);
    return job;
}

void mcpi_mpi_close(mcpi_mpi_job *job)
{
    mcpi_liveness_close(&job->liveness);
    mcpi_mpi_transport_close(&job->wire);
    free(job);
}

unsigned mcpi_mpi_lost(const mcpi_mpi_job *job)
{
    return job->liveness.lost;
}
