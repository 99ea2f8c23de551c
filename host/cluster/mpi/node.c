#include "cluster/mpi/node.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster/mpi/assign_devices.h"
#include "core/affinity.h"
#include "core/status.h"
#include "cpu/machine/quota.h"

/* ---- assignment within a machine ---- */

/* The claims of all processes of this machine, with those granted marked; NULL without memory. */
static mcpi_device_claim *assign_on_machine(const mcpi_node *node, const mcpi_device_claim *mine, int count,
                                            size_t *all_count)
{
    int *const counts = calloc((size_t)node->ranks + 1, sizeof *counts);
    int *const begins = calloc((size_t)node->ranks + 1, sizeof *begins);
    const int bytes = count * (int)sizeof *mine;
    mcpi_device_claim *all = NULL;
    if (counts && begins) {
        MPI_Allgather(&bytes, 1, MPI_INT, counts, 1, MPI_INT, node->comm);
        for (int i = 0; i < node->ranks; i++)
            begins[i + 1] = begins[i] + counts[i];
        all = malloc((size_t)begins[node->ranks] + 1);
    }
    if (all) {
        MPI_Allgatherv(mine, bytes, MPI_BYTE, all, counts, begins, MPI_BYTE, node->comm);
        *all_count = (size_t)begins[node->ranks] / sizeof *all;
        if (!mcpi_assign_devices(all, *all_count, (unsigned)node->ranks)) {
            free(all);
            all = NULL;
        }
    }
    free(counts);
    free(begins);
    return all;
}

static bool is_mine(const mcpi_node *node, const mcpi_device_claim *claim)
{
    return claim->granted && claim->process == (unsigned)node->rank;
}

/* ---- CPUs ---- */

static mcpi_device_claim *claim_cpus(const mcpi_node *node, size_t *count)
{
    *count = mcpi_affinity_list(NULL, 0);
    int *const cpus = calloc(*count + 1, sizeof *cpus);
    mcpi_device_claim *const claims = calloc(*count + 1, sizeof *claims);
    if (cpus && claims) {
        mcpi_affinity_list(cpus, *count);
        for (size_t i = 0; i < *count; i++) {
            claims[i].process = (unsigned)node->rank;
            /* All of the same length, so that they sort numerically. */
            snprintf(claims[i].name, sizeof claims[i].name, "%09d", cpus[i]);
        }
    }
    free(cpus);
    return claims;
}

/* The quota is assumed to be shared by all processes of the machine. */
static unsigned share_of_quota(const mcpi_node *node, unsigned mine, unsigned all)
{
    const unsigned quota = mcpi_quota_cores("");
    if (quota >= all)
        return mine;
    const unsigned ranks = (unsigned)node->ranks;
    const unsigned share = quota / ranks + ((unsigned)node->rank < quota % ranks);
    return share < mine ? share : mine;
}

static mcpi_status bind_to_mine(mcpi_node *node, const mcpi_device_claim *claims, size_t count, mcpi_error *error)
{
    int *const cpus = calloc(count + 1, sizeof *cpus);
    mcpi_place place = {0, cpus};
    if (!cpus)
        return mcpi_fail(error, MCPI_NO_MEMORY, "cannot share the CPUs: out of memory");
    for (size_t i = 0; i < count; i++) {
        node->usable += claims[i].granted;
        if (is_mine(node, &claims[i]))
            cpus[place.count++] = (int)strtol(claims[i].name, NULL, 10);
    }
    node->workers = share_of_quota(node, (unsigned)place.count, node->usable);
    node->has_cpus = node->workers > 0;
    const int refused = place.count > 0 && node->ranks > 1 ? mcpi_bind_thread(&place) : 0;
    free(cpus);
    return refused == 0 ? MCPI_OK
                        : mcpi_fail(error, MCPI_SYSTEM, "cannot bind this process to its share of the CPUs: %s",
                                    strerror(refused));
}

static mcpi_status share_cpus(mcpi_node *node, mcpi_error *error)
{
    size_t count;
    size_t all = 0;
    mcpi_device_claim *const mine = claim_cpus(node, &count);
    mcpi_device_claim *const claims = mine ? assign_on_machine(node, mine, (int)count, &all) : NULL;
    const mcpi_status status = claims ? bind_to_mine(node, claims, all, error)
                                      : mcpi_fail(error, MCPI_NO_MEMORY, "cannot share the CPUs: out of memory");
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    node->online = online > 0 ? (unsigned)online : node->usable;
    free(mine);
    free(claims);
    return status;
}

static unsigned count_nodes(const mcpi_node *node)
{
    unsigned first = node->rank == 0;
    unsigned nodes = 0;
    MPI_Allreduce(&first, &nodes, 1, MPI_UNSIGNED, MPI_SUM, MPI_COMM_WORLD);
    return nodes;
}

mcpi_status mcpi_node_join(mcpi_node *node, mcpi_error *error)
{
    char name[MPI_MAX_PROCESSOR_NAME];
    int length;
    *node = (mcpi_node){0};
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node->comm);
    MPI_Comm_rank(node->comm, &node->rank);
    MPI_Comm_size(node->comm, &node->ranks);
    MPI_Get_processor_name(name, &length);
    snprintf(node->name, sizeof node->name, "%.63s", name);
    node->nodes = count_nodes(node);
    return share_cpus(node, error);
}

/* ---- GPUs ---- */

static void remove_team(mcpi_plan *plan, size_t at)
{
    mcpi_places *const places = plan->teams[at].places;
    bool shared = false;
    plan->team_count--;
    memmove(&plan->teams[at], &plan->teams[at + 1], (plan->team_count - at) * sizeof *plan->teams);
    for (size_t i = 0; i < plan->team_count; i++)
        shared |= plan->teams[i].places == places;
    if (!shared)
        free(places);
}

static bool is_granted(const mcpi_node *node, const mcpi_device_claim *claims, size_t count, const mcpi_device *gpu)
{
    const mcpi_device_claim claim = mcpi_claim_device(gpu, (unsigned)node->rank);
    for (size_t i = 0; i < count; i++)
        if (is_mine(node, &claims[i]) && strcmp(claims[i].name, claim.name) == 0)
            return true;
    return false;
}

static bool is_gpu(const mcpi_team *team)
{
    return team->device.kind == MCPI_GPU;
}

static mcpi_status share_gpus(const mcpi_node *node, mcpi_plan *plan, mcpi_error *error)
{
    size_t all = 0;
    int count = 0;
    mcpi_device_claim *const mine = calloc(plan->team_count + 1, sizeof *mine);
    for (size_t i = 0; mine && i < plan->team_count; i++)
        if (is_gpu(&plan->teams[i]))
            mine[count++] = mcpi_claim_device(&plan->teams[i].device, (unsigned)node->rank);
    mcpi_device_claim *const claims = mine ? assign_on_machine(node, mine, count, &all) : NULL;
    for (size_t i = plan->team_count; claims && i-- > 0;)
        if (is_gpu(&plan->teams[i]) && !is_granted(node, claims, all, &plan->teams[i].device))
            remove_team(plan, i);
    free(mine);
    free(claims);
    return claims ? MCPI_OK : mcpi_fail(error, MCPI_NO_MEMORY, "cannot share the GPUs: out of memory");
}

static size_t counting_teams(const mcpi_plan *plan)
{
    size_t counting = 0;
    for (size_t i = 0; i < plan->team_count; i++)
        counting += plan->teams[i].counts;
    return counting;
}

static void remove_cpu(mcpi_plan *plan)
{
    for (size_t i = plan->team_count; i-- > 0;)
        if (plan->teams[i].counts && !is_gpu(&plan->teams[i]))
            remove_team(plan, i);
}

/* Remove the GPUs that were assigned to other processes. All processes of the machine call this, with or without a
   plan. */
static mcpi_status leave_to_others(const mcpi_node *node, const mcpi_backend *const *backends, mcpi_plan *plan,
                                   mcpi_error *error)
{
    const bool had_any = counting_teams(plan) > 0;
    mcpi_options own = plan->options;
    mcpi_status status = share_gpus(node, plan, error);
    if (status == MCPI_OK && had_any && counting_teams(plan) == 0 && strcmp(own.devices, "auto") == 0) {
        mcpi_plan_free(plan);
        own.devices = "cpu";
        status = mcpi_plan_make(&own, backends, plan, error);
    }
    return status;
}

/* The limit is that of the machine, so it applies to the sum over its processes. */
static mcpi_status check_threads(const mcpi_node *node, unsigned threads, mcpi_error *error)
{
    const unsigned most = mcpi_most_workers();
    const uint64_t all = (uint64_t)threads * (unsigned)node->ranks;
    if (threads <= 1 || all <= most)
        return MCPI_OK;
    return mcpi_fail(error, MCPI_BAD_OPTION,
                     "options.threads %u: the %d processes on %s would have %" PRIu64
                     " CPU workers; must be at most %u in all",
                     threads, node->ranks, node->name, all, most);
}

/* Plan with the CPUs of this process. */
static mcpi_status plan_own(const mcpi_node *node, const mcpi_options *own, const mcpi_backend *const *backends,
                            mcpi_plan *plan, mcpi_error *error)
{
    *plan = (mcpi_plan){0};
    const mcpi_status status = check_threads(node, own->threads, error);
    return status == MCPI_OK ? mcpi_plan_make(own, backends, plan, error) : status;
}

mcpi_status mcpi_node_plan(const mcpi_node *node, const mcpi_options *options, const mcpi_backend *const *backends,
                           mcpi_plan *plan, mcpi_error *error)
{
    mcpi_options own = *options;
    const bool counts_on_cpu = own.threads > 0 || node->has_cpus;
    if (own.threads == 0)
        own.threads = node->has_cpus ? node->workers : 1;
    const mcpi_status made = plan_own(node, &own, backends, plan, error);
    const mcpi_status shared = leave_to_others(node, backends, plan, error);
    if (!counts_on_cpu)
        remove_cpu(plan);
    /* Without teams that count, drop those that only recount. */
    while (counting_teams(plan) == 0 && plan->team_count > 0)
        remove_team(plan, plan->team_count - 1);
    return made != MCPI_OK ? made : shared;
}
