#include "mpi/run.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "mpi/nodes.h"
#include "mpi/rows.h"
#include "mpi/wire.h"
#include "ranks/common.h"

/* What one process of the job has. */
typedef struct party {
    mcpi_options options;
    mcpi_mpi_wire wire;
    mcpi_node node;
    mcpi_plan plan;
    mcpi_error error;      /* of what it did by itself, so far; status OK if there was none */
    bool hung;             /* one of its devices hangs */
    double paused_seconds; /* of this process, while it counted */
} party;

static bool is_root(const party *p)
{
    return p->wire.wire.rank == 0;
}

/* ---- before ---- */

/* A process that cannot take part as it was told says so to all; one that has no device only watches. */
static void plan_own_part(party *p, const mcpi_error *unable)
{
    mcpi_error errors[2] = {*unable};
    errors[1].status = mcpi_node_plan(&p->node, &p->options, mcpi_backends, &p->plan, &errors[1]);
    p->error = errors[errors[0].status == MCPI_OK];
}

/* The failure that speaks for the job; OK if there is none. */
static mcpi_status refusal(const party *p, mcpi_error *error)
{
    const unsigned teams = (unsigned)p->plan.team_count;
    unsigned all_teams = 0;
    MPI_Allreduce(&teams, &all_teams, 1, MPI_UNSIGNED, MPI_SUM, MPI_COMM_WORLD);
    /* That there is no device here is no failure while others have one. */
    const mcpi_status own = p->error.status;
    const bool refuses = own != MCPI_OK && (own != MCPI_NO_DEVICE || all_teams == 0);
    const int mine = refuses ? (int)p->wire.wire.rank : (int)p->wire.wire.ranks;
    int first;
    MPI_Allreduce(&mine, &first, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    if (first == (int)p->wire.wire.ranks)
        return all_teams > 0 ? MCPI_OK
                             : mcpi_fail(error, MCPI_NO_DEVICE, "--device %s: no process has anything to count with",
                                         p->options.devices);
    mcpi_error spoken = p->error;
    MPI_Bcast(&spoken, sizeof spoken, MPI_BYTE, first, MPI_COMM_WORLD);
    return first == 0 ? mcpi_fail(error, spoken.status, "%s", spoken.message)
                      : mcpi_fail(error, spoken.status, "rank %d: %s", first, spoken.message);
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
static void note_binding(const party *p, const mcpi_mpi_voice *voice)
{
    const unsigned ranks = (unsigned)p->node.ranks;
    char remedy[120], text[300];
    if (!voice->note || !is_root(p) || p->node.usable >= p->node.online || p->options.threads > 0)
        return;
    binding_remedy((p->node.online + ranks - 1) / ranks, remedy, sizeof remedy);
    snprintf(text, sizeof text, "%s: its processes may use %u of %u CPUs; %s", p->node.name, p->node.usable,
             p->node.online, remedy);
    voice->note(text);
}

/* ---- after ---- */

static mcpi_result *assemble(const party *p, const mcpi_common *common, const mcpi_rows *rows, double started)
{
    mcpi_result *const result = rows->result;
    const mcpi_ending ending = mcpi_common_ending(common);
    if (p->options.trace)
        result->trace_count = mcpi_common_trace(common, result->trace, &result->trace_missing);
    const mcpi_options *options = &p->options;
    result->seed = options->seed;
    result->stream = options->stream;
    result->first = options->first;
    result->darts = ending.darts;
    result->hits = ending.hits;
    result->resumed_darts = ending.resumed_darts;
    result->goal = ending.goal;
    result->complete = ending.complete && rows->all_recounted;
    result->estimate = mcpi_estimate_from(ending.darts, ending.hits);
    result->total_seconds = mcpi_seconds() - started - p->paused_seconds;
    result->sharing = (mcpi_sharing){
        .processes = p->wire.wire.ranks,
        .nodes = p->node.nodes,
        .rounds = ending.rounds,
        .chunks = ending.tallies.chunks,
        .reports = ending.tallies.reports,
        .report_bytes = ending.tallies.report_bytes,
    };
    return result;
}

static mcpi_status outcome(const mcpi_ending *ending, const mcpi_rows *rows, mcpi_error *error)
{
    if (rows->mismatch.status != MCPI_OK)
        return mcpi_fail(error, MCPI_MISMATCH, "%s", rows->mismatch.message);
    if (ending->complete && rows->all_recounted)
        return MCPI_OK;
    if (ending->interrupted)
        return mcpi_fail(error, MCPI_STOPPED, "stopped on request");
    if (rows->failure.status != MCPI_OK)
        return mcpi_fail(error, rows->failure.status, "%s", rows->failure.message);
    return mcpi_fail(error, MCPI_DEVICE_FAILED, "no process is left to count");
}

/* ---- all of it ---- */

static mcpi_status count(party *p, const mcpi_common *common, double started, mcpi_result **result, mcpi_error *error)
{
    mcpi_result *own = NULL;
    mcpi_rows rows;
    p->plan.options = p->options;
    p->plan.pool = mcpi_common_pool(common);
    p->error = (mcpi_error){0};
    const double prepared = mcpi_seconds() - started;
    p->error.status = mcpi_engine_run(&p->plan, &own, &p->error);
    if (!own)
        p->wire.wire.give_up(&p->wire, p->error.message);
    own->setup_seconds += prepared;
    p->paused_seconds = own->paused_seconds;
    for (size_t i = 0; i < own->device_count; i++)
        p->hung |= own->devices[i].hung != 0;
    const bool gathered = mcpi_rows_gather(&p->wire.wire, p->node.name, own, &p->error, &rows);
    mcpi_result_free(own);
    if (!is_root(p))
        return p->error.status;
    if (!gathered)
        return mcpi_fail(error, MCPI_NO_MEMORY, "cannot put the result together: out of memory");
    const mcpi_ending ending = mcpi_common_ending(common);
    *result = assemble(p, common, &rows, started);
    return outcome(&ending, &rows, error);
}

static mcpi_status take_part(const mcpi_options *options, const mcpi_error *unable, const mcpi_mpi_voice *voice,
                             mcpi_result **result, bool *hung, mcpi_error *error)
{
    const double started = mcpi_seconds();
    party p = {.options = *options};
    mcpi_status status = mcpi_node_join(&p.node, &p.error);
    mcpi_mpi_wire_open(&p.wire, MPI_COMM_WORLD, p.node.nodes > 1, voice->complain);
    if (status != MCPI_OK)
        p.wire.wire.give_up(&p.wire, p.error.message);
    mcpi_common *const common = mcpi_common_open(&p.wire.wire, &p.options);
    if (!common)
        p.wire.wire.give_up(&p.wire, "out of memory");
    plan_own_part(&p, unable);
    status = refusal(&p, error);
    if (status == MCPI_OK) {
        note_binding(&p, voice);
        status = count(&p, common, started, result, error);
    }
    mcpi_plan_free(&p.plan);
    mcpi_common_close(common);
    mcpi_mpi_wire_close(&p.wire);
    mcpi_node_leave(&p.node);
    *hung = p.hung;
    return status;
}

static void tell_whether(int *counts)
{
    MPI_Bcast(counts, 1, MPI_INT, 0, MPI_COMM_WORLD);
}

mcpi_status mcpi_mpi_run(const mcpi_options *options, const mcpi_mpi_voice *voice, mcpi_result **result,
                         mcpi_error *error)
{
    int counts = 1;
    bool hung; /* as the result says */
    *result = NULL;
    tell_whether(&counts);
    return take_part(options, &(mcpi_error){0}, voice, result, &hung, error);
}

bool mcpi_mpi_follow(const mcpi_options *options, const mcpi_error *unable, const mcpi_mpi_voice *voice, bool *hung)
{
    int counts;
    mcpi_result *none;
    mcpi_error error;
    tell_whether(&counts);
    if (counts)
        take_part(options, unable, voice, &none, hung, &error);
    return counts != 0;
}

void mcpi_mpi_dismiss(void)
{
    int counts = 0;
    tell_whether(&counts);
}
