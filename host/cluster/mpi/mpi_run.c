#include "cluster/mpi/mpi_run.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/mailbox.h"
#include "cluster/mpi/gather.h"
#include "cluster/mpi/mpi_transport.h"
#include "cluster/mpi/node.h"
#include "cluster/shared_run.h"
#include "core/status.h"
#include "engine/auto_device.h"
#include "engine/record.h"
#include "engine/run.h"

struct mcpi_mpi_job {
    mcpi_mpi_transport wire;
    mcpi_node node;
    mcpi_liveness liveness; /* rank 0 */
    bool began;
};

/* The state of one process of the run. */
typedef struct party {
    mcpi_mpi_job *job;
    const mcpi_transport *transport;
    mcpi_options options;
    mcpi_shared_run *run;
    mcpi_plan plan;
    mcpi_error error;      /* its own first error so far; status OK if there is none */
    bool hung;             /* one of its devices hangs, or threads are left behind */
    double paused_seconds; /* of this process, while it counted */
} party;

static const mcpi_message dismissed = {MCPI_MESSAGE_DISMISSED};

/* ---- before ---- */

/* Plan the devices of this process. If it cannot do what its options ask, no process begins; without a device it
   only watches. */
static void plan_own_part(party *p, const mcpi_error *unable)
{
    mcpi_error errors[2] = {*unable};
    errors[1].status = mcpi_node_plan(&p->job->node, &p->options, mcpi_backends, &p->plan, &errors[1]);
    p->error = errors[errors[0].status == MCPI_OK];
}

static mcpi_join_message own_join(const party *p)
{
    return (mcpi_join_message){MCPI_MESSAGE_JOIN, p->plan.team_count, p->error};
}

/* The failure that the job reports; OK if there is none. */
static mcpi_status refusal(const party *p, const mcpi_mailbox *joined, mcpi_error *error)
{
    uint64_t teams;
    const mcpi_status status = mcpi_refusal_of(joined, &teams, error);
    return status != MCPI_OK || teams > 0
               ? status
               : mcpi_fail(error, MCPI_NO_DEVICE, "options.devices %s: no process has a device that can count",
                           p->options.devices);
}

/* Rank 0: check whether every process takes part, and tell all. */
static mcpi_status begin_all(const party *p, mcpi_error *error)
{
    mcpi_mailbox joined = mcpi_mailbox_open(p->transport, &p->job->liveness);
    const mcpi_join_message own = own_join(p);
    mcpi_error refused = {0};
    mcpi_mailbox_put_own(&joined, &own, sizeof own);
    mcpi_mailbox_await(&joined, MCPI_MESSAGE_JOIN, mcpi_opening_seconds, "the run begins without it");
    const mcpi_status status = refusal(p, &joined, &refused);
    mcpi_mailbox_close(&joined);
    mcpi_answer_joins(p->transport, &refused);
    return status == MCPI_OK ? MCPI_OK : mcpi_fail(error, status, "%s", refused.message);
}

/* How to give each process `cpus` CPUs, with the launcher in use. */
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

/* By default, launchers bind processes to one core or a few. Rank 0 reports this for its own node, as an
   example. */
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
    mcpi_dispatcher *const dispatcher = mcpi_shared_run_dispatcher(p->run);
    const mcpi_ending ending = mcpi_dispatcher_ending(dispatcher);
    const mcpi_options *options = &p->options;
    result->seed = options->seed;
    result->stream = options->stream;
    result->first = options->first;
    result->darts = ending.darts;
    mcpi_record_describe(mcpi_dispatcher_record(dispatcher), result);
    result->hits = ending.hits;
    result->resumed_darts = ending.resumed_darts;
    result->goal = ending.goal;
    result->complete = ending.complete && gathered->all_recounted;
    result->left_behind = p->hung;
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

/* Rank 0: the result of all processes, with its own in `message`. */
static mcpi_status conclude(party *p, void *message, size_t bytes, double started, mcpi_result **result,
                            mcpi_error *error)
{
    mcpi_mailbox box = mcpi_mailbox_open(p->transport, &p->job->liveness);
    mcpi_gathered gathered;
    mcpi_mailbox_put(&box, 0, message, bytes);
    mcpi_mailbox_await(&box, MCPI_MESSAGE_RESULT, mcpi_lost_seconds, "its devices are missing from the report");
    const bool together = mcpi_gather(box.messages, p->transport->ranks, &gathered);
    mcpi_mailbox_close(&box);
    if (!together)
        return mcpi_fail(error, MCPI_NO_MEMORY, "cannot put the result together: out of memory");
    *result = assemble(p, &gathered, started);
    const mcpi_ending ending = mcpi_dispatcher_ending(mcpi_shared_run_dispatcher(p->run));
    return outcome(&ending, &gathered, error);
}

/* ---- a whole run ---- */

/* Count in this process. Returns its result as a message, to be freed with free(). */
static void *count(party *p, double started, size_t *bytes)
{
    mcpi_result *own = NULL;
    p->plan.options = p->options;
    p->plan.source = mcpi_shared_run_source(p->run);
    p->error = (mcpi_error){0};
    const double prepared = mcpi_seconds() - started;
    p->error.status = mcpi_engine_run(&p->plan, &own, &p->error);
    if (!own)
        p->transport->give_up(p->transport->user, p->error.message);
    own->setup_seconds += prepared;
    p->paused_seconds = own->paused_seconds;
    p->hung |= own->left_behind != 0;
    for (size_t i = 0; i < own->device_count; i++)
        p->hung |= own->devices[i].hung != 0;
    void *const message = mcpi_result_message(p->transport->rank, p->job->node.name, own, &p->error, bytes);
    mcpi_result_free(own);
    return mcpi_need(p->transport, message);
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
    char reason[sizeof(*result)->auto_reason] = "";
    *result = NULL;
    job->began = true;
    if (p.transport->ranks == 1 && mcpi_stays_on_cpu(options, mcpi_backends, reason, sizeof reason))
        p.options.devices = "cpu";
    p.run = mcpi_need(p.transport, mcpi_shared_run_open(p.transport, &job->liveness, &p.options));
    plan_own_part(&p, &(mcpi_error){0});
    mcpi_status status = begin_all(&p, error);
    if (status == MCPI_OK) {
        size_t bytes = 0;
        note_binding(&p, note);
        void *const message = count(&p, started, &bytes);
        status = conclude(&p, message, bytes, started, result, error);
    }
    if (*result)
        memcpy((*result)->auto_reason, reason, sizeof reason);
    leave(&p);
    return status;
}

void mcpi_mpi_follow(mcpi_mpi_job *job, const void *message, const mcpi_options *options, const mcpi_error *unable,
                     bool *hung)
{
    const double started = mcpi_seconds();
    party p = party_of(job, options);
    p.run = mcpi_need(p.transport, mcpi_shared_run_follow(p.transport, message, &p.options));
    plan_own_part(&p, unable);
    const mcpi_join_message join = own_join(&p);
    if (mcpi_join_rank_zero(p.transport, &join)) {
        size_t bytes = 0;
        void *const own = count(&p, started, &bytes);
        p.transport->send(p.transport->user, 0, own, bytes);
        free(own);
    }
    *hung = p.hung;
    leave(&p);
}

mcpi_mpi_task mcpi_mpi_await(mcpi_mpi_job *job, void **message)
{
    *message = mcpi_await_rank_zero(&job->wire.transport);
    switch (mcpi_kind_of(*message)) {
    case MCPI_MESSAGE_OPENING:
        return MCPI_MPI_RUN;
    case MCPI_MESSAGE_SURVEY:
        return MCPI_MPI_SURVEY;
    default:
        return MCPI_MPI_NOTHING;
    }
}

/* ---- surveys ---- */

mcpi_status mcpi_mpi_survey(mcpi_mpi_job *job, const void *opening, size_t bytes, mcpi_survey **survey,
                            mcpi_error *error)
{
    job->began = true;
    return mcpi_survey_open(&job->wire.transport, &job->liveness, opening, bytes, survey, error);
}

mcpi_survey *mcpi_mpi_join(mcpi_mpi_job *job, const mcpi_error *unable)
{
    return mcpi_survey_join(&job->wire.transport, unable);
}

void mcpi_mpi_dismiss(mcpi_mpi_job *job)
{
    if (!job->began)
        mcpi_tell_all(&job->wire.transport, &dismissed, sizeof dismissed);
}

/* ---- the job ---- */

static void pass_on(void *user, const char *text)
{
    const mcpi_mpi_job *job = user;
    job->wire.complain(text);
}

/* For rank 0: the node of each rank, and whether it is the first rank there. */
static void gather_nodes(mcpi_mpi_job *job)
{
    const mcpi_transport *transport = &job->wire.transport;
    const int size = sizeof job->node.name;
    char *const names = mcpi_need(transport, calloc(transport->ranks, (size_t)size));
    int *const places = mcpi_need(transport, calloc(transport->ranks, sizeof *places));
    MPI_Gather(job->node.name, size, MPI_CHAR, names, size, MPI_CHAR, 0, MPI_COMM_WORLD);
    MPI_Gather(&job->node.rank, 1, MPI_INT, places, 1, MPI_INT, 0, MPI_COMM_WORLD);
    for (unsigned rank = 0; transport->rank == 0 && rank < transport->ranks; rank++) {
        memcpy(job->liveness.peers[rank].node, names + (size_t)rank * (size_t)size, (size_t)size);
        job->liveness.peers[rank].first_on_node = places[rank] == 0;
    }
    free(names);
    free(places);
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
        mcpi_need(transport, NULL);
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

const mcpi_node *mcpi_mpi_node(const mcpi_mpi_job *job)
{
    return &job->node;
}

const mcpi_transport *mcpi_mpi_messages(const mcpi_mpi_job *job)
{
    return &job->wire.transport;
}

const mcpi_peer *mcpi_mpi_peer(const mcpi_mpi_job *job, unsigned rank)
{
    return &job->liveness.peers[rank];
}
