#include "cli/bench/scaling.h"

#include <math.h>
#include <stdlib.h>

#include "cli/io/complain.h"
#include "core/status.h"

enum { fewest_steps = 3 };

/* ---- steps ---- */

unsigned scaling_cores(const mcpi_topology *topology)
{
    return topology->cores < topology->workers ? topology->cores : topology->workers;
}

unsigned scaling_step_after(const mcpi_topology *topology, unsigned most, unsigned workers)
{
    unsigned power = 1;
    while (power <= workers)
        power *= 2;
    const unsigned borders[] = {power, scaling_cores(topology), topology->workers};
    unsigned next = most;
    for (size_t i = 0; i < sizeof borders / sizeof *borders; i++)
        if (borders[i] > workers && borders[i] < next)
            next = borders[i];
    return next > workers ? next : 0;
}

scaling_place scaling_place_of(const mcpi_topology *topology, unsigned workers)
{
    if (workers > topology->workers)
        return PLACE_SHARED;
    return workers > topology->cores ? PLACE_HYPERTHREADS : PLACE_CORES;
}

const char *scaling_place_name(scaling_place place)
{
    static const char *const names[] = {[PLACE_CORES] = "cores",
                                        [PLACE_HYPERTHREADS] = "hyperthreads",
                                        [PLACE_SHARED] = "oversubscribed",
                                        [PLACE_GPU] = "gpu",
                                        [PLACE_TOGETHER] = "together"};
    return names[place];
}

scaling_name scaling_name_of(const scaling_step *step)
{
    scaling_name name;
    if (step->row->kind == SWEEP_CPU)
        snprintf(name.text, sizeof name.text, "%u", step->row->workers);
    else if (step->row->kind == SWEEP_TOGETHER)
        snprintf(name.text, sizeof name.text, "together");
    else if (step->row->gpus == 1)
        snprintf(name.text, sizeof name.text, "%s", step->row->device.id);
    else
        snprintf(name.text, sizeof name.text, "%u GPUs", step->row->gpus);
    return name;
}

const scaling_step *scaling_last_at(const scaling *s, scaling_place place)
{
    const scaling_step *last = NULL;
    for (int i = 0; i < s->count; i++)
        if (s->steps[i].place == place)
            last = &s->steps[i];
    return last;
}

double scaling_expected_speedup(const mcpi_topology *topology, unsigned workers)
{
    const unsigned cores = scaling_cores(topology);
    return workers < cores ? workers : cores;
}

/* ---- summary ---- */

static mcpi_spread setup_times(const sweep *sweep, const sweep_row *row)
{
    double seconds[sweep_most_rounds];
    for (int i = 0; i < sweep->rounds_done; i++)
        seconds[i] = row->runs[i].setup_seconds;
    return mcpi_spread_of(seconds, (size_t)sweep->rounds_done);
}

/* The first step at a place; NULL if there is none. */
static const scaling_step *first_at(const scaling *s, scaling_place place)
{
    for (int i = 0; i < s->count; i++)
        if (s->steps[i].place == place)
            return &s->steps[i];
    return NULL;
}

static mcpi_spread gpu_speedups(const scaling *s, const sweep_row *row)
{
    const scaling_step *const first = first_at(s, PLACE_GPU);
    if (row->kind != SWEEP_GPU)
        return mcpi_no_spread;
    return sweep_ratios(s->sweep, row, first ? first->row : row);
}

static void add_step(scaling *s, const sweep_row *row)
{
    scaling_place place = row->kind == SWEEP_GPU ? PLACE_GPU : PLACE_TOGETHER;
    if (row->kind == SWEEP_CPU)
        place = scaling_place_of(&s->topology, row->workers);
    s->steps[s->total++] = (scaling_step){
        .row = row,
        .place = place,
        .seconds = sweep_times(s->sweep, row),
        .setup_seconds = setup_times(s->sweep, row),
        .rates = sweep_rates(s->sweep, row),
        .speedups = sweep_ratios(s->sweep, row, &s->sweep->rows[0]),
        .gpu_speedups = gpu_speedups(s, row),
    };
    if (row->worker_kind != s->sweep->rows[0].worker_kind)
        return;
    s->count++;
    if (place == PLACE_CORES) {
        s->most_fitted = row->workers;
        s->fitted++;
    }
}

static const scaling_step *step_with(const scaling *s, unsigned cpu_workers)
{
    for (int i = 0; i < s->count; i++)
        if (s->steps[i].row->kind == SWEEP_CPU && s->steps[i].row->workers == cpu_workers)
            return &s->steps[i];
    return NULL;
}

/* The gain of the last step of a place over the one with all workers that fit the places before it. */
static scaling_gain gain_at(const scaling *s, scaling_place place, unsigned workers_before)
{
    const scaling_step *const from = step_with(s, workers_before);
    const scaling_step *const to = scaling_last_at(s, place);
    if (!to || !from)
        return (scaling_gain){0};
    const mcpi_spread gain = sweep_ratios(s->sweep, to->row, from->row);
    return (scaling_gain){
        from, to, {gain.median - 1.0, gain.lowest - 1.0, gain.highest - 1.0, gain.low - 1.0, gain.high - 1.0}};
}

/* A fit to the times of one round. */
static double fit_round(const scaling *s, int round)
{
    unsigned workers[sweep_most_rows];
    double seconds[sweep_most_rows];
    size_t count = 0;
    for (int i = 0; i < s->count; i++) {
        if (s->steps[i].place == PLACE_CORES) {
            workers[count] = s->steps[i].row->workers;
            seconds[count++] = s->steps[i].row->runs[round].counting_seconds;
        }
    }
    return mcpi_fit_serial_fraction(s->law, workers, seconds, count);
}

/* Whether the law's speed-ups lie within the 95 % interval of each measured one, or within rounding. */
static bool fits(const scaling *s)
{
    for (int i = 0; i < s->count; i++) {
        const scaling_step *const step = &s->steps[i];
        const double predicted = mcpi_law_speedup(s->law, s->serial.median, step->row->workers);
        const double error = fmax(mcpi_spread_error(&step->speedups), 1e-9 * predicted);
        if (step->place == PLACE_CORES && fabs(predicted - step->speedups.median) > error)
            return false;
    }
    return true;
}

static scaling_verdict judge(const scaling *s)
{
    if (s->fitted < fewest_steps)
        return LAW_FEW_STEPS;
    if (!isfinite(s->serial.low))
        return LAW_FEW_ROUNDS;
    if (s->serial.low <= 0.0)
        return LAW_NO_LOSS;
    return fits(s) ? LAW_HOLDS : LAW_MISFIT;
}

static double misfit_of(const scaling *s)
{
    double misfit = isfinite(s->serial.median) ? 0.0 : NAN;
    for (int i = 0; i < s->count && isfinite(misfit); i++) {
        const scaling_step *const step = &s->steps[i];
        const double predicted = mcpi_law_speedup(s->law, s->serial.median, step->row->workers);
        if (step->place == PLACE_CORES)
            misfit = fmax(misfit, fabs(predicted / step->speedups.median - 1.0));
    }
    return misfit;
}

/* Two steps always fit, so they show nothing about the law. */
static void fit(scaling *s)
{
    double fractions[sweep_most_rounds];
    s->serial = mcpi_no_spread;
    for (int i = 0; i < s->sweep->rounds_done; i++)
        fractions[i] = fit_round(s, i);
    if (s->fitted >= fewest_steps)
        s->serial = mcpi_spread_of(fractions, (size_t)s->sweep->rounds_done);
    s->misfit = misfit_of(s);
    s->verdict = judge(s);
}

bool scaling_summarise(scaling *s, const sweep *sweep, const mcpi_topology *topology, bool weak)
{
    *s = (scaling){.sweep = sweep, .topology = *topology, .weak = weak, .law = weak ? MCPI_GUSTAFSON : MCPI_AMDAHL};
    s->steps = calloc((size_t)sweep->row_count, sizeof *s->steps);
    if (!s->steps) {
        complain("%s", mcpi_status_text(MCPI_NO_MEMORY));
        return false;
    }
    int i = 0;
    do /* there is a row of one worker */
        add_step(s, &sweep->rows[i]);
    while (++i < sweep->row_count);
    fit(s);
    s->hyperthreads = gain_at(s, PLACE_HYPERTHREADS, topology->cores);
    s->shared = gain_at(s, PLACE_SHARED, topology->workers);
    return true;
}

void scaling_free(scaling *s)
{
    free(s->steps);
    s->steps = NULL;
}

unsigned scaling_predicted_workers(const scaling *s)
{
    return 2 * s->most_fitted;
}

mcpi_spread scaling_prediction(const scaling *s)
{
    return s->verdict == LAW_HOLDS ? mcpi_law_spread(s->law, &s->serial, scaling_predicted_workers(s)) : mcpi_no_spread;
}

double scaling_most_serial(const scaling *s)
{
    return s->verdict == LAW_NO_LOSS ? fmax(s->serial.high, 0.0) : NAN;
}

double scaling_least_speedup(const scaling *s)
{
    return mcpi_law_speedup(s->law, scaling_most_serial(s), scaling_predicted_workers(s));
}

double scaling_efficiency(const scaling_step *step)
{
    return step->row->kind == SWEEP_CPU ? step->speedups.median / step->row->workers : NAN;
}

double scaling_serial_fraction(const scaling *s, const scaling_step *step)
{
    return step->place == PLACE_CORES ? mcpi_serial_fraction(s->law, step->speedups.median, step->row->workers) : NAN;
}

double scaling_gpu_efficiency(const scaling *s, const scaling_step *step)
{
    return sweep_other_model(s->sweep, step->row->gpus) ? NAN : step->gpu_speedups.median / step->row->gpus;
}

scaling_cost scaling_cost_of(const scaling *s, const scaling_step *step)
{
    const sweep_row *const row = step->row;
    const sweep_row *const first = s->steps[(step - s->steps) % s->count].row;
    double seconds[sweep_most_rounds];
    if (row == first)
        return (scaling_cost){mcpi_no_spread, mcpi_no_spread};
    for (int i = 0; i < s->sweep->rounds_done; i++)
        seconds[i] = row->runs[i].setup_seconds - first->runs[i].setup_seconds;
    return (scaling_cost){
        .setup_seconds = mcpi_spread_of(seconds, (size_t)s->sweep->rounds_done),
        .rates = sweep_ratios(s->sweep, row, first),
    };
}
