#include "stress/testers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/status.h"
#include "mcpi/dart.h"

/* The options of a run with recounts: its plan gives the devices that are selected, and the workers that check them. */
static mcpi_options run_with_recounts(const mcpi_options *options)
{
    mcpi_options run = *options;
    run.darts = 1;
    run.target_error = 0.0;
    run.verify = MCPI_VERIFY_ON;
    run.profile = 0;
    run.pin = MCPI_PIN_THREADS;
    run.resume = NULL;
    return run;
}

/* The own ranges of a GPU are recounted with all its other kernels in turn: a device fault that affects one kernel
   always in the same way affects another one differently or not at all. */
static void add_other_kernels(mcpi_tester *gpu, mcpi_worker_options way)
{
    const mcpi_backend *const backend = gpu->backend;
    size_t count = backend->kernels ? backend->kernels(&gpu->device, gpu->kernels, MCPI_KERNELS_MAX) : 0;
    count = count < MCPI_KERNELS_MAX ? count : MCPI_KERNELS_MAX;
    for (size_t i = 0; i < count; i++) {
        if (!gpu->kernels[i].available || strcmp(gpu->kernels[i].name, gpu->ways[MCPI_USUAL].kernel) == 0)
            continue;
        way.kernel = gpu->kernels[i].name;
        gpu->ways[gpu->way_count++] = way;
    }
}

static mcpi_status add_gpu(mcpi_testers *testers, const mcpi_team *team, double deadline_seconds, mcpi_error *error)
{
    if (team->workers > 1)
        return mcpi_fail(error, MCPI_BAD_OPTION, "options.devices: %s is listed %u times; a test uses each device once",
                         team->device.id, team->workers);
    mcpi_tester *const gpu = &testers->list[testers->count++];
    *gpu = (mcpi_tester){.backend = team->backend, .device = team->device, .tested = true};
    mcpi_worker_options way = mcpi_worker_options_of(team, 0);
    way.deadline_seconds = deadline_seconds;
    gpu->ways[gpu->way_count++] = way;
    way.shape = 1;
    add_other_kernels(gpu, way);
    if (gpu->way_count == 1)
        gpu->ways[gpu->way_count++] = way;
    return MCPI_OK;
}

static void add_core(mcpi_testers *testers, const mcpi_team *team, unsigned index)
{
    const bool usual_is_scalar = strcmp(team->device.kernel, "scalar") == 0;
    const mcpi_worker_options usual = mcpi_worker_options_of(team, index);
    mcpi_tester *const core = &testers->list[testers->count++];
    *core = (mcpi_tester){.backend = team->backend,
                          .device = team->device,
                          .way_count = 2,
                          .ways = {[MCPI_USUAL] = usual, [MCPI_OTHER] = usual},
                          .tested = team->counts,
                          .recounts = team->recounts,
                          .scalar = usual_is_scalar ? MCPI_USUAL : MCPI_OTHER};
    snprintf(core->device.id, sizeof core->device.id, "cpu:%d", usual.place.cpus[0]);
    core->device.units = 1;
    core->ways[MCPI_OTHER].kernel = usual_is_scalar ? NULL : "scalar";
}

static mcpi_status add_cores(mcpi_testers *testers, const mcpi_team *team, mcpi_error *error)
{
    if (team->workers > team->places->count)
        return mcpi_fail(error, MCPI_BAD_OPTION, "options.threads %u: each thread tests one core; must be at most %zu",
                         team->workers, team->places->count);
    for (unsigned i = 0; i < team->workers; i++)
        add_core(testers, team, i);
    return MCPI_OK;
}

/* A device that is present but broken is part of the test, and fails it. */
static void add_broken(mcpi_testers *testers)
{
    const mcpi_plan *const plan = &testers->plan;
    for (size_t i = 0; i < plan->left_out_count; i++)
        if (plan->left_out[i].broken)
            testers->list[testers->count++] = (mcpi_tester){.device = plan->left_out[i], .tested = true};
}

static const char *why_no_gpu(const mcpi_testers *testers)
{
    const mcpi_plan *const plan = &testers->plan;
    for (size_t i = 0; i < testers->count; i++)
        if (testers->list[i].device.kind == MCPI_GPU)
            return "";
    return plan->left_out_count > 0 ? plan->left_out[0].note : "";
}

static mcpi_status add_teams(mcpi_testers *testers, double deadline_seconds, mcpi_error *error)
{
    const mcpi_plan *const plan = &testers->plan;
    size_t most = 1 + plan->left_out_count;
    for (size_t i = 0; i < plan->team_count; i++)
        most += plan->teams[i].workers;
    testers->list = calloc(most, sizeof *testers->list);
    if (!testers->list)
        return mcpi_fail(error, MCPI_NO_MEMORY, "cannot plan the test: out of memory");
    mcpi_status status = MCPI_OK;
    for (size_t i = 0; i < plan->team_count && status == MCPI_OK; i++) {
        const mcpi_team *team = &plan->teams[i];
        status = team->device.kind == MCPI_CPU ? add_cores(testers, team, error)
                                               : add_gpu(testers, team, deadline_seconds, error);
    }
    add_broken(testers);
    testers->no_gpu = why_no_gpu(testers);
    return status;
}

mcpi_status mcpi_testers_make(const mcpi_options *options, const mcpi_backend *const *backends, double deadline_seconds,
                              mcpi_testers *testers, mcpi_error *error)
{
    const mcpi_options run = run_with_recounts(options);
    *testers = (mcpi_testers){0};
    if (options->first >= MCPI_DART_END)
        return mcpi_fail(error, MCPI_BAD_OPTION,
                         "options.first %" PRIu64 ": there are no darts with this number or above", options->first);
    mcpi_status status = mcpi_plan_test(&run, backends, &testers->plan, error);
    if (status == MCPI_OK)
        status = add_teams(testers, deadline_seconds, error);
    if (status != MCPI_OK)
        mcpi_testers_free(testers);
    return status;
}

void mcpi_testers_free(mcpi_testers *testers)
{
    free(testers->list);
    mcpi_plan_free(&testers->plan);
    *testers = (mcpi_testers){0};
}
