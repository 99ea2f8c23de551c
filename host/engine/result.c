/* The result of a run: tallies of workers added up per device, the estimate, and how the run ended. Counts of a team
   that counted wrong are left out. */
#include "engine/result.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/status.h"
#include "engine/schedule.h"
#include "stats/dispersion.h"

/* The work of the workers of a team in one role, added up. */
typedef struct team_tally {
    tally sum;
    double squares;  /* sum of recounted_squares */
    unsigned active; /* workers that did anything */
} team_tally;

static void add_tally(tally *sum, const tally *one)
{
    sum->pieces += one->pieces;
    sum->darts += one->darts;
    sum->hits += one->hits;
    sum->busy_seconds += one->busy_seconds;
}

static double rate_of(uint64_t darts, double seconds)
{
    return seconds > 0.0 ? (double)darts / seconds : 0.0;
}

/* What a worker counted, with any kernel, unless its team counted wrong. */
static tally counted_by(const worker *w)
{
    tally sum = {0};
    for (size_t kernel = 0; !standing_of(w)->wrong && kernel < MCPI_KERNELS_MAX; kernel++)
        add_tally(&sum, &w->counted[kernel]);
    return sum;
}

static team_tally add_up(const engine *e, size_t team, bool recounted)
{
    team_tally total = {0};
    for (size_t i = 0; i < e->worker_count; i++) {
        const worker *w = &e->workers[i];
        const tally one = recounted ? w->recounted : counted_by(w);
        if (w->team != team || one.darts == 0)
            continue;
        add_tally(&total.sum, &one);
        total.squares += w->recounted_squares;
        total.active++;
    }
    return total;
}

/* From the first range of a team until its last count. */
static double counting_seconds(const standing *s)
{
    return s->last_collect - s->first_submit;
}

/* The share of the time of all workers, from the first range of the team until the last count of the run. */
static double busy_share(const engine *e, size_t team, const tally *sum)
{
    const double ended = e->source->ended > 0.0 ? e->source->ended : e->last_collect;
    const double span = ended - e->standings[team].first_submit;
    return sum->darts > 0 ? sum->busy_seconds / (span * e->plan->teams[team].workers) : NAN;
}

static mcpi_kernel_result kernel_result(const engine *e, size_t team, size_t kernel)
{
    double busy_seconds = 0.0;
    mcpi_kernel_result result = {.recounted_darts = e->standings[team].recounted_darts[kernel]};
    snprintf(result.name, sizeof result.name, "%s", e->plan->teams[team].kernels[kernel]);
    for (size_t i = 0; i < e->worker_count; i++) {
        const worker *w = &e->workers[i];
        if (w->team == team && !e->standings[team].wrong) {
            result.darts += w->counted[kernel].darts;
            busy_seconds += w->counted[kernel].busy_seconds;
        }
    }
    result.darts_per_second = rate_of(result.darts, busy_seconds) * e->plan->teams[team].workers;
    return result;
}

/* Add the kernels that counted. The device is reported with the one that counted most. */
static void add_kernels(const engine *e, size_t team, mcpi_device_result *device)
{
    uint64_t most = 0;
    for (size_t kernel = 0; kernel < e->plan->teams[team].kernel_count; kernel++) {
        const mcpi_kernel_result result = kernel_result(e, team, kernel);
        if (result.darts == 0)
            continue;
        device->kernels[device->kernel_count++] = result;
        if (result.darts > most) {
            most = result.darts;
            memcpy(device->device.kernel, result.name, sizeof result.name);
        }
    }
}

static uint64_t recounted_darts(const engine *e, size_t team)
{
    uint64_t darts = 0;
    for (size_t kernel = 0; kernel < MCPI_KERNELS_MAX; kernel++)
        darts += e->standings[team].recounted_darts[kernel];
    return darts;
}

static void add_worker(mcpi_device_result *device, const worker *w)
{
    const mcpi_lane *const lane = &w->lane;
    device->hung |= lane->hung;
    device->restarts += w->restarts;
    if (device->first_restart[0] == '\0')
        memcpy(device->first_restart, w->first_restart.message, sizeof device->first_restart);
    if (lane->setup_seconds > device->setup_seconds) {
        device->setup_seconds = lane->setup_seconds;
        device->startup = lane->startup;
    }
    if (lane->failure.status != MCPI_OK && device->failure[0] == '\0')
        snprintf(device->failure, sizeof device->failure, "%s", lane->failure.message);
}

static mcpi_device_result device_result(const engine *e, size_t team)
{
    const team_tally total = add_up(e, team, false);
    mcpi_device_result device = {
        .device = e->plan->teams[team].device,
        .workers = e->plan->teams[team].workers,
        .in_processes = e->plan->teams[team].worker_program != NULL,
        .ranges = total.sum.pieces,
        .darts = total.sum.darts,
        .hits = total.sum.hits,
        .recounted_slices = e->standings[team].recounted_slices,
        .recounted_darts = recounted_darts(e, team),
        .busy_seconds = total.sum.busy_seconds,
        .busy_share = busy_share(e, team, &total.sum),
        .darts_per_second = rate_of(total.sum.darts, counting_seconds(&e->standings[team])),
        .speedup_vs_cpu = NAN,
        .speedup_vs_core = NAN,
    };
    add_kernels(e, team, &device);
    snprintf(device.failure, sizeof device.failure, "%s", e->standings[team].verdict);
    for (const worker *w = e->workers; w < e->workers + e->worker_count; w++)
        if (w->team == team)
            add_worker(&device, w);
    return device;
}

/* Name the kernels that recounted. Of `darts`, `own` belong to ranges of the team itself. */
static void name_recount_kernels(mcpi_verify_result *verify, const mcpi_team *team, uint64_t darts, uint64_t own)
{
    const bool usual = darts > own || own == 0;
    snprintf(verify->kernel, sizeof verify->kernel, "%s%s%s", usual ? team->kernels[0] : "", usual && own ? ", " : "",
             own ? team->own_kernel : "");
}

/* The relative standard deviation of the rates of recounts, weighted with their times. */
static double rate_spread(const team_tally *total)
{
    const double darts = (double)total->sum.darts;
    const double mean_square = total->squares * total->sum.busy_seconds / (darts * darts);
    return total->sum.pieces > 1 && total->sum.busy_seconds > 0.0 ? sqrt(fmax(mean_square - 1.0, 0.0)) : NAN;
}

void mcpi_sum_up_recounts(engine *e)
{
    mcpi_verify_result *verify = &e->verify;
    for (size_t team = 0; team < e->plan->team_count; team++) {
        const mcpi_team *recounting = &e->plan->teams[team];
        if (!recounting->recounts)
            continue;
        const team_tally total = add_up(e, team, true);
        verify->slices += total.sum.pieces;
        verify->darts += total.sum.darts;
        verify->workers += total.active;
        verify->busy_seconds += total.sum.busy_seconds;
        verify->darts_per_second = rate_of(total.sum.darts, total.sum.busy_seconds) * total.active;
        verify->rate_spread = rate_spread(&total);
        name_recount_kernels(verify, recounting, total.sum.darts, recounted_darts(e, team));
    }
}

/* What is known of the CPU's speed: darts per second, 0 if unknown. */
typedef struct cpu_rates {
    double all;  /* of all workers, if the CPU counted ranges */
    double core; /* mean of one of them, or of a worker while it recounted */
} cpu_rates;

static cpu_rates rates_of_cpu(const engine *e)
{
    for (size_t team = 0; team < e->plan->team_count; team++) {
        const mcpi_team *cpu = &e->plan->teams[team];
        const tally sum = add_up(e, team, !cpu->counts).sum;
        const double all = cpu->counts ? rate_of(sum.darts, counting_seconds(&e->standings[team])) : 0.0;
        if (cpu->device.kind == MCPI_CPU && sum.darts > 0)
            return (cpu_rates){all, cpu->counts ? all / cpu->workers : rate_of(sum.darts, sum.busy_seconds)};
    }
    return (cpu_rates){0};
}

/* Was every dart of the result counted twice, if that was requested? */
static bool recounted_enough(const engine *e)
{
    return mcpi_record_unconfirmed(&e->source->record) == 0;
}

static bool is_complete(const engine *e)
{
    return mcpi_record_is_complete(&e->source->record, e->source->timed_out, mcpi_counters(e) > 0 && !e->abandoned) &&
           recounted_enough(e);
}

static mcpi_dispersion dispersion_of(const engine *e)
{
    mcpi_dispersion sum = {0};
    for (size_t team = 0; team < e->plan->team_count; team++) {
        const standing *s = &e->standings[team];
        if (!s->wrong)
            mcpi_dispersion_join(&sum, &s->dispersion);
    }
    mcpi_dispersion_judge(&sum);
    return sum;
}

mcpi_result *mcpi_result_new(size_t devices, size_t workers)
{
    mcpi_result *const result = calloc(1, sizeof *result);
    if (!result)
        return NULL;
    result->devices = calloc(devices + 1, sizeof *result->devices);
    result->per_worker = calloc(workers + 1, sizeof *result->per_worker);
    result->trace = calloc(MCPI_MILESTONES + 1, sizeof *result->trace);
    if (result->devices && result->per_worker && result->trace)
        return result;
    mcpi_result_free(result);
    return NULL;
}

void mcpi_result_free(mcpi_result *result)
{
    if (!result)
        return;
    free(result->devices);
    free(result->per_worker);
    free(result->trace);
    free(result->parts);
    free(result);
}

/* The rates of the workers add up to that of their device. */
static mcpi_worker_result worker_result(worker *w)
{
    const tally counted = counted_by(w);
    mcpi_worker_result result = {
        .ranges = counted.pieces,
        .darts = counted.darts,
        .hits = counted.hits,
        .busy_seconds = counted.busy_seconds,
        .darts_per_second = rate_of(counted.darts, counting_seconds(standing_of(w))),
        .pid = mcpi_child_last_pid(&w->lane.child),
        .restarts = w->restarts,
    };
    if (w->lane.failure.status != MCPI_OK)
        snprintf(result.failure, sizeof result.failure, "%s", w->lane.failure.message);
    return result;
}

static void set_speedups(const cpu_rates *cpu, mcpi_device_result *device)
{
    const bool gpu = device->device.kind == MCPI_GPU && device->darts > 0;
    if (device->device.kind == MCPI_CPU)
        device->speedup_vs_cpu = 1.0;
    if (gpu && cpu->all > 0.0)
        device->speedup_vs_cpu = device->darts_per_second / cpu->all;
    if (gpu && cpu->core > 0.0)
        device->speedup_vs_core = device->darts_per_second / cpu->core;
}

/* Add the teams that count, with their workers. Other teams, and their workers, come after them. */
static void add_devices(const engine *e, mcpi_result *result)
{
    const cpu_rates cpu = rates_of_cpu(e);
    for (size_t team = 0; team < e->plan->team_count && e->plan->teams[team].counts; team++) {
        mcpi_device_result *const device = &result->devices[result->device_count++];
        *device = device_result(e, team);
        set_speedups(&cpu, device);
        device->per_worker = &result->per_worker[result->worker_count];
        for (unsigned i = 0; i < device->workers; i++, result->worker_count++)
            result->per_worker[result->worker_count] = worker_result(&e->workers[result->worker_count]);
    }
}

mcpi_result *mcpi_result_of(const engine *e)
{
    mcpi_result *const result = mcpi_result_new(e->plan->team_count, e->worker_count);
    if (!result)
        return NULL;
    const mcpi_options *options = &e->plan->options;
    const mcpi_record *record = &e->source->record;
    const mcpi_counted_range prefix = mcpi_record_prefix(record);
    result->seed = options->seed;
    result->stream = options->stream;
    result->first = options->first;
    result->darts = prefix.darts;
    result->hits = prefix.hits;
    result->resumed_darts = record->resumed_darts;
    result->goal = record->goal;
    result->complete = is_complete(e);
    result->estimate = mcpi_estimate_from(prefix.darts, prefix.hits);
    result->setup_seconds = (e->first_submit > 0.0 ? e->first_submit : mcpi_now(e)) - e->lanes.started;
    result->counting_seconds = e->last_collect > 0.0 ? e->last_collect - e->first_submit : 0.0;
    result->verify = e->verify;
    result->dispersion = dispersion_of(e);
    mcpi_record_describe(record, result);
    add_devices(e, result);
    result->left_behind = e->left_behind;
    result->total_seconds = mcpi_now(e) - e->lanes.started;
    result->paused_seconds = mcpi_run_clock_paused(e->lanes.clock);
    return result;
}

/* The first failure of a worker, of any kind if `status` is OK, otherwise of that kind; NULL if there is none. */
static const mcpi_error *first_failure(const engine *e, mcpi_status status)
{
    for (size_t i = 0; i < e->worker_count; i++) {
        const mcpi_error *failure = &e->workers[i].lane.failure;
        if (failure->status != MCPI_OK && (status == MCPI_OK || failure->status == status))
            return failure;
    }
    return NULL;
}

/* The error of a run that its workers could not finish is the first failure of a worker. */
static mcpi_status fail_as_worker(const engine *e, const char *what, mcpi_error *error)
{
    const mcpi_error *failure = first_failure(e, MCPI_OK);
    if (failure)
        return mcpi_fail(error, failure->status, "%s: %s", what, failure->message);
    return mcpi_fail(error, MCPI_DEVICE_FAILED, "%s", what);
}

static mcpi_status stopped(const engine *e, mcpi_error *error)
{
    const mcpi_record *record = &e->source->record;
    const uint64_t unconfirmed = mcpi_record_unconfirmed(record);
    if (unconfirmed > 0)
        return mcpi_fail(error, MCPI_STOPPED,
                         "stopped on request; %" PRIu64 " of %" PRIu64 " darts have not been counted again",
                         unconfirmed, record->darts - record->resumed_darts);
    return mcpi_fail(error, MCPI_STOPPED, "stopped on request");
}

mcpi_status mcpi_outcome(const engine *e, mcpi_error *error)
{
    if (e->verify.mismatches > 0)
        return mcpi_fail(error, MCPI_MISMATCH, "counts disagree: %s", e->verify.first_mismatch);
    const mcpi_error *impossible = first_failure(e, MCPI_MISMATCH);
    if (impossible)
        return mcpi_fail(error, MCPI_MISMATCH, "counts disagree: %s", impossible->message);
    if (!e->source->record.met && mcpi_counters(e) == 0)
        return fail_as_worker(e, "no worker is left to count", error);
    if (e->abandoned && !is_complete(e))
        return stopped(e, error);
    if (!recounted_enough(e))
        return fail_as_worker(e, "not all could be recounted", error);
    if (!e->source->record.met && !e->source->timed_out)
        return stopped(e, error);
    return MCPI_OK;
}
