#include "cli/bench/sweep.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "cli/args/library_texts.h"
#include "cli/io/complain.h"
#include "cli/io/exit_process.h"
#include "cli/io/interrupt.h"
#include "cli/io/three_digits.h"
#include "cli/run/run_report.h"
#include "core/backend.h"
#include "core/selection.h"
#include "core/status.h"
#include "mcpi/dart.h"

enum { most_devices = 1 + sweep_most_gpus, most_attempts = 5, fewest_rounds = 10, usual_rounds = 20 };

const double sweep_precision = 0.01;

/* The least time planned for a run. Below 20 ms, start and end distort the rate: a faster round keeps a margin. */
static const double least_run_seconds = 0.025;

/* ---- devices ---- */

static void take_device(sweep *s, const mcpi_device *device)
{
    if (device->kind == MCPI_CPU)
        s->cpu = *device;
    else if (!mcpi_selection_names(s->options->run.devices, device))
        return;
    else if (device->available && s->gpu_count < sweep_most_gpus)
        s->gpus[s->gpu_count++] = *device;
    else if (device->broken)
        complain("leaving out %s: %s", device->id, device->note);
}

sweep *sweep_new(const cli_options *options)
{
    mcpi_device devices[most_devices];
    const size_t count = mcpi_list_devices(devices, most_devices);
    sweep *const s = calloc(1, sizeof *s);
    if (!s) {
        complain("%s", mcpi_status_text(MCPI_NO_MEMORY));
        return NULL;
    }
    s->options = options;
    s->progress = progress_start(options);
    for (size_t i = 0; i < count && i < most_devices; i++)
        take_device(s, &devices[i]);
    s->sensors = s->gpu_count > 0 ? mcpi_sensors_open(NULL) : NULL;
    s->before = options->origin.before;
    read_gpu_clocks(&s->before, s->sensors, s->gpus, s->gpu_count);
    return s;
}

void sweep_free(sweep *s)
{
    for (int i = 0; i < s->row_count; i++)
        free(s->rows[i].runs);
    mcpi_sensors_close(s->sensors);
    warnings_free(&s->warnings);
    free(s);
}

const mcpi_device *sweep_other_model(const sweep *s, unsigned gpus)
{
    for (unsigned i = 1; i < gpus; i++)
        if (strcmp(s->gpus[i].name, s->gpus[0].name) != 0)
            return &s->gpus[i];
    return NULL;
}

/* ---- rows ---- */

bool sweep_has_kernel(const mcpi_device *device, const char *name)
{
    mcpi_kernel kernels[MCPI_KERNELS_MAX];
    const size_t count = mcpi_list_kernels(device, kernels, MCPI_KERNELS_MAX);
    for (size_t i = 0; i < count && i < MCPI_KERNELS_MAX; i++)
        if (strcmp(kernels[i].name, name) == 0)
            return true;
    return false;
}

/* The kernel that was requested, if the device has it: the CPU does not have the kernels of a GPU. */
static const char *kernel_for(const sweep *s, const mcpi_device *device)
{
    const char *const name = s->options->run.kernel;
    return name && sweep_has_kernel(device, name) ? name : NULL;
}

static sweep_row *add_row(sweep *s, sweep_kind kind, const char *label, const char *devices, const mcpi_device *device)
{
    sweep_row *row = &s->rows[s->row_count++];
    *row = (sweep_row){.kind = kind, .device = *device, .workers = 1, .worker_kind = s->options->run.workers};
    row->is_base = s->row_count == 1;
    row->devices = devices ? devices : row->device.id;
    row->kernel = kind == SWEEP_TOGETHER ? s->options->run.kernel : kernel_for(s, device);
    snprintf(row->label, sizeof row->label, "%s", label);
    return row;
}

sweep_row *sweep_add_cpu(sweep *s, const char *label, unsigned threads)
{
    sweep_row *row = add_row(s, SWEEP_CPU, label, "cpu", &s->cpu);
    row->threads = row->workers = threads;
    return row;
}

sweep_row *sweep_add_gpu(sweep *s, unsigned index)
{
    const mcpi_device *const gpu = &s->gpus[index];
    sweep_row *const row = add_row(s, SWEEP_GPU, gpu->id, NULL, gpu);
    row->gpus = 1;
    return row;
}

/* The first GPUs as a list for --device. */
static const char *select_gpus(sweep *s, unsigned gpus)
{
    char *const list = s->selections + s->selections_size;
    char *end = list;
    for (unsigned i = 0; i < gpus; i++)
        end += snprintf(end, sizeof s->gpus[i].id + 1, i > 0 ? ",%s" : "%s", s->gpus[i].id);
    s->selections_size += (size_t)(end - list) + 1;
    return list;
}

static sweep_row *add_gpus(sweep *s, unsigned gpus)
{
    char label[24];
    snprintf(label, sizeof label, "%u GPUs", gpus);
    sweep_row *const row = add_row(s, SWEEP_GPU, label, select_gpus(s, gpus), &s->gpus[0]);
    if (sweep_other_model(s, gpus))
        snprintf(row->device.name, sizeof row->device.name, "%.70s and other models", s->gpus[0].name);
    row->gpus = row->workers = gpus;
    return row;
}

sweep_row *sweep_add_all_gpus(sweep *s)
{
    return add_gpus(s, s->gpu_count);
}

void sweep_add_gpu_steps(sweep *s)
{
    if (s->gpu_count > 0)
        sweep_add_gpu(s, 0)->is_base = s->gpu_count > 1;
    for (unsigned gpus = 2; gpus < s->gpu_count; gpus *= 2)
        add_gpus(s, gpus);
    if (s->gpu_count > 1)
        add_gpus(s, s->gpu_count);
}

/* The selection of all devices together, as for --device; NULL if the option selects GPUs by name. */
static const char *all_together(const char *selection, const mcpi_device *cpu)
{
    if (strcmp(selection, "auto") == 0 || strcmp(selection, "all") == 0 || strcmp(selection, "gpu") == 0)
        return "all";
    return mcpi_selection_names(selection, cpu) ? selection : NULL;
}

void sweep_add_together(sweep *s, unsigned threads)
{
    const char *const selection = s->options->run.devices;
    const char *const all = all_together(selection, &s->cpu);
    if (s->gpu_count == 0 || !all)
        return;
    sweep_row *const row = add_row(s, SWEEP_TOGETHER, "together", all, &s->cpu);
    snprintf(row->device.name, sizeof row->device.name, "all CPU threads and %s GPUs",
             all == selection ? "these" : "all");
    row->threads = threads;
    row->gpus = s->gpu_count;
    row->workers = threads + s->gpu_count;
}

const char *sweep_kernel_of(const sweep_row *row)
{
    return strcmp(row->device.kernel, "-") != 0 ? row->device.kernel : "";
}

const char *sweep_kind_name(mcpi_workers kind)
{
    return kind == MCPI_WORKERS_PROCESSES ? "processes" : "threads";
}

void sweep_repeat(sweep *s, mcpi_workers kind)
{
    const int count = s->row_count;
    for (int i = 0; i < count; i++) {
        sweep_row *const row = &s->rows[s->row_count++];
        *row = s->rows[i]; /* row->devices stays the text of that row */
        row->worker_kind = kind;
        row->is_base = false;
        snprintf(row->label, sizeof row->label, "%.24s in %s", s->rows[i].label, sweep_kind_name(kind));
    }
}

/* ---- rounds ---- */

/* The even number at or below `value`. */
static int even(double value)
{
    return 2 * (int)(value / 2.0 + 1e-9);
}

int sweep_plan_rounds(sweep *s, double seconds, double least, double most)
{
    const int wanted = (int)s->options->rounds;
    const double fitting = fmin(fmax(seconds / least_run_seconds, fewest_rounds), usual_rounds);
    const int planned = wanted > 0 ? wanted : even(fitting);
    s->least_rounds = wanted > 0 ? wanted : even(fmax(least * planned, fewest_rounds));
    s->most_rounds = wanted > 0 ? wanted : even(most * planned);
    return planned;
}

/* ---- results ---- */

bool sweep_disagrees(const sweep *s)
{
    return s->dispute.by != NULL;
}

static double rate_of(const sweep_run *run)
{
    return (double)run->darts / run->counting_seconds;
}

mcpi_spread sweep_times(const sweep *s, const sweep_row *row)
{
    double seconds[sweep_most_rounds];
    for (int i = 0; i < s->rounds_done; i++)
        seconds[i] = row->runs[i].counting_seconds;
    return mcpi_spread_of(seconds, (size_t)s->rounds_done);
}

mcpi_spread sweep_rates(const sweep *s, const sweep_row *row)
{
    double rates[sweep_most_rounds];
    for (int i = 0; i < s->rounds_done; i++)
        rates[i] = rate_of(&row->runs[i]);
    return mcpi_spread_of(rates, (size_t)s->rounds_done);
}

/* The ratios in the order of the rounds. */
static void read_ratios(double *ratios, const sweep *s, const sweep_row *row, const sweep_row *base)
{
    for (int i = 0; i < s->rounds_done; i++)
        ratios[i] = rate_of(&row->runs[i]) / rate_of(&base->runs[i]);
}

mcpi_spread sweep_ratios(const sweep *s, const sweep_row *row, const sweep_row *base)
{
    double ratios[sweep_most_rounds];
    read_ratios(ratios, s, row, base);
    return mcpi_spread_of(ratios, (size_t)s->rounds_done);
}

/* A ratio between two rows, and a property of it. */
typedef struct sweep_ratio {
    const sweep_row *row, *base;
    double value;
} sweep_ratio;

typedef double ratio_property(const sweep *s, const sweep_row *row, const sweep_row *base);

/* The ratio to a base whose property is largest, and the number of ratios. */
static sweep_ratio largest(const sweep *s, ratio_property *property, int *count)
{
    sweep_ratio found = {.value = -INFINITY};
    *count = 0;
    for (const sweep_row *base = s->rows; base < s->rows + s->row_count; base++) {
        for (const sweep_row *row = s->rows; base->is_base && row < s->rows + s->row_count; row++) {
            if (row == base)
                continue;
            const double value = property(s, row, base);
            ++*count;
            if (value > found.value)
                found = (sweep_ratio){row, base, value};
        }
    }
    return found;
}

/* As a share of it; NaN without an interval. */
static double error_of_ratio(const sweep *s, const sweep_row *row, const sweep_row *base)
{
    const mcpi_spread ratios = sweep_ratios(s, row, base);
    return mcpi_spread_error(&ratios) / ratios.median;
}

/* Whether every ratio is known well enough. A sweep of one row has none. */
static bool is_precise(const sweep *s)
{
    int ratios;
    return largest(s, error_of_ratio, &ratios).value <= sweep_precision && s->rounds_done >= fewest_rounds;
}

const char *sweep_ended_by(const sweep *s)
{
    if (s->options->rounds > 0 && s->rounds_done == s->most_rounds)
        return "rounds";
    if (s->rounds_done == s->most_rounds)
        return is_precise(s) ? "precision" : "limit";
    return s->rounds_done >= s->least_rounds && s->rounds_done % 2 == 0 && is_precise(s) ? "precision" : "stopped";
}

/* ---- counting ---- */

uint64_t sweep_darts_at_most(const sweep *s)
{
    return MCPI_DART_END - s->options->run.first;
}

/* Fails a run in which a worker did not start or was dropped: its rate is not that of the row. */
static mcpi_status check_workers(const sweep_row *row, const mcpi_result *result, mcpi_error *error)
{
    for (size_t i = 0; result && i < result->device_count; i++)
        if (result->devices[i].failure[0])
            return mcpi_fail(error, MCPI_DEVICE_FAILED, "'%s': %s", row->label, result->devices[i].failure);
    return MCPI_OK;
}

/* One run of a row. A failure is reported at once. */
static mcpi_status count(sweep *s, const sweep_row *row, const sweep_job *job, mcpi_result **result)
{
    mcpi_options run = s->options->run;
    mcpi_error error;
    run.devices = row->devices;
    run.kernel = row->kernel;
    run.threads = row->threads;
    run.workers = job->from_start && row->gpus > 0 ? MCPI_WORKERS_PROCESSES : row->worker_kind;
    run.darts = job->darts ? job->darts : sweep_darts_at_most(s);
    run.time_limit_seconds = job->darts ? 0.0 : job->seconds;
    run.verify = MCPI_VERIFY_OFF;
    run.stop = interrupt_requested;
    run.progress = progress_update;
    run.user = &s->progress;
    interrupt_poll_begin();
    mcpi_status status = mcpi_run(&run, result, &error);
    interrupt_poll_end();
    name_options_in_run(s->options, status, *result, &error);
    ending_note_devices(*result);
    s->paused_seconds += *result ? (*result)->paused_seconds : 0.0;
    if (status == MCPI_OK)
        status = check_workers(row, *result, &error);
    if (status != MCPI_OK) {
        progress_finish(&s->progress);
        complain("%s", error.message);
    }
    return status;
}

/* Compare a count with the first count of the same darts, or record it as the first. */
static void hold_against(sweep *s, const sweep_row *row, const mcpi_result *result)
{
    const sweep_count now = {result->darts, result->hits, row};
    int i = 0;
    while (i < s->counted && s->counts[i].darts != now.darts)
        i++;
    if (i == s->counted) {
        s->counts[s->counted++] = now;
    } else if (s->counts[i].hits != now.hits && !sweep_disagrees(s)) {
        s->disputed = s->counts[i];
        s->dispute = now;
    }
}

/* The kernel of all devices; "-" if they have different ones. */
static const char *common_kernel(const mcpi_result *result)
{
    const char *const kernel = result->devices[0].device.kernel;
    for (size_t i = 1; i < result->device_count; i++)
        if (strcmp(result->devices[i].device.kernel, kernel) != 0)
            return "-";
    return kernel;
}

static mcpi_status check_row(sweep *s, sweep_row *row)
{
    mcpi_result *result;
    char line[80];
    snprintf(line, sizeof line, "checking: %s", row->label);
    progress_step(&s->progress, line, s->darts ? 0.0 : s->round_seconds);
    /* Without a given number of darts, the first row determines it. */
    const mcpi_status status = count(s, row, &(sweep_job){.darts = s->darts, .seconds = s->round_seconds}, &result);
    if (status == MCPI_OK) {
        s->darts = result->darts;
        row->hits = result->hits;
        snprintf(row->device.kernel, sizeof row->device.kernel, "%s", common_kernel(result));
        if (row->kind == SWEEP_GPU && sweep_kernel_of(row)[0])
            row->kernel = row->device.kernel; /* a round is too short to find the fastest again */
        hold_against(s, row, result);
    }
    mcpi_result_free(result);
    return status;
}

static double seconds_of(const struct timeval *time)
{
    return (double)time->tv_sec + 1e-6 * (double)time->tv_usec;
}

/* Of this process and its children that have ended. */
static double cpu_seconds(void)
{
    struct rusage own;
    struct rusage children;
    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    return seconds_of(&own.ru_utime) + seconds_of(&own.ru_stime) + seconds_of(&children.ru_utime) +
           seconds_of(&children.ru_stime);
}

/* Make room for the runs of another round. */
static mcpi_status grow(sweep *s)
{
    const int room = s->room ? 2 * s->room : usual_rounds;
    for (int i = 0; i < s->row_count && s->rounds_done == s->room; i++) {
        sweep_run *const runs = realloc(s->rows[i].runs, (size_t)room * sizeof *runs);
        if (!runs) {
            progress_finish(&s->progress);
            complain("%s", mcpi_status_text(MCPI_NO_MEMORY));
            return MCPI_NO_MEMORY;
        }
        s->rows[i].runs = runs;
    }
    if (s->rounds_done == s->room)
        s->room = room;
    return MCPI_OK;
}

static sweep_run run_of(const mcpi_result *result)
{
    return (sweep_run){.darts = result->darts,
                       .hits = result->hits,
                       .setup_seconds = result->setup_seconds,
                       .counting_seconds = result->counting_seconds,
                       .total_seconds = result->total_seconds,
                       .paused_seconds = result->paused_seconds};
}

/* `paused`: whether the process was stopped during the run. */
static mcpi_status time_once(sweep *s, sweep_row *row, bool *paused)
{
    mcpi_result *result;
    char line[80];
    snprintf(line, sizeof line, "round %d of %d: %s", s->rounds_done + 1,
             s->rounds_done < s->least_rounds ? s->least_rounds : s->most_rounds, row->label);
    progress_step(&s->progress, line, row->share ? 0.0 : s->round_seconds);
    const double before = cpu_seconds();
    const sweep_job job = {.darts = s->darts * row->share, .seconds = s->round_seconds};
    const mcpi_status status = count(s, row, &job, &result);
    if (status == MCPI_OK) {
        row->runs[s->rounds_done] = run_of(result);
        row->runs[s->rounds_done].cpu_seconds = cpu_seconds() - before;
        if (row->share > 0)
            hold_against(s, row, result);
    }
    *paused = result && result->paused_seconds > 0.0;
    mcpi_result_free(result);
    return status;
}

/* A timing with a pause is discarded, because the machine did not count continuously; but not the last attempt's. */
static mcpi_status time_row(sweep *s, sweep_row *row)
{
    mcpi_status status = MCPI_OK;
    bool paused = true;
    int attempts = 0;
    for (; attempts < most_attempts && paused && status == MCPI_OK && !sweep_disagrees(s); attempts++)
        status = time_once(s, row, &paused);
    row->discarded += attempts - 1;
    row->paused += paused;
    return status;
}

/* Disagreements are reported after all rows have counted. */
static mcpi_status check_all(sweep *s)
{
    mcpi_status status = MCPI_OK;
    for (int i = 0; i < s->row_count && status == MCPI_OK; i++)
        status = check_row(s, &s->rows[i]);
    return status == MCPI_OK && sweep_disagrees(s) ? MCPI_MISMATCH : status;
}

/* Each row once. Every other round goes from the last row to the first: see sweep.h. */
static mcpi_status time_round(sweep *s)
{
    mcpi_status status = grow(s);
    for (int i = 0; i < s->row_count && status == MCPI_OK && !sweep_disagrees(s); i++)
        status = time_row(s, &s->rows[s->rounds_done % 2 == 0 ? i : s->row_count - 1 - i]);
    return status;
}

static bool needs_round(const sweep *s)
{
    if (s->rounds_done < s->least_rounds)
        return true;
    return s->rounds_done < s->most_rounds && (s->rounds_done % 2 != 0 || !is_precise(s));
}

static mcpi_status time_all(sweep *s)
{
    mcpi_status status = MCPI_OK;
    while (needs_round(s) && (status = time_round(s)) == MCPI_OK && !sweep_disagrees(s))
        s->rounds_done++;
    return status;
}

/* A run without darts checks the options and the selected devices. */
static mcpi_status check_selection(const cli_options *options)
{
    mcpi_options none = options->run;
    mcpi_result *result;
    mcpi_error error;
    none.darts = 0;
    none.verify = MCPI_VERIFY_OFF;
    const mcpi_status status = mcpi_run(&none, &result, &error);
    name_options_in_run(options, status, result, &error);
    if (status != MCPI_OK)
        complain("%s", error.message);
    mcpi_result_free(result);
    return status;
}

static mcpi_status check_room(const sweep *s)
{
    const uint64_t first = s->options->run.first;
    if (sweep_darts_at_most(s) == 0) {
        complain("--first %" PRIu64 ": there are no darts with this number or above", first);
        return MCPI_BAD_OPTION;
    }
    for (int i = 0; i < s->row_count; i++) {
        const unsigned share = s->rows[i].share ? s->rows[i].share : 1;
        if (s->darts > sweep_darts_at_most(s) / share) {
            char times[24] = "";
            if (share > 1)
                snprintf(times, sizeof times, "%u times ", share);
            complain("--first %" PRIu64 ": there are fewer than %s%" PRIu64 " darts from that number on", first, times,
                     s->darts);
            return MCPI_BAD_OPTION;
        }
    }
    return MCPI_OK;
}

static mcpi_status report_mismatch(sweep *s)
{
    const sweep_count *one = &s->disputed;
    const sweep_count *other = &s->dispute;
    progress_finish(&s->progress);
    complain("counts disagree: in %" PRIu64 " darts from dart %" PRIu64 ", %" PRIu64 " hits by '%s' but %" PRIu64
             " by '%s'",
             one->darts, s->options->run.first, one->hits, one->by->label, other->hits, other->by->label);
    if (other->by->gpus > 1)
        complain("to find the device that counts wrong, run: mcpi compare -d %s", other->by->devices);
    s->rounds_done = 0;
    return MCPI_MISMATCH;
}

mcpi_status sweep_carry_out(sweep *s)
{
    mcpi_status status = check_selection(s->options);
    if (status == MCPI_OK)
        status = check_room(s);
    if (status == MCPI_OK)
        status = check_all(s);
    if (status == MCPI_OK)
        status = check_room(s);
    if (status == MCPI_OK)
        status = time_all(s);
    progress_finish(&s->progress);
    if (sweep_disagrees(s))
        status = report_mismatch(s);
    s->incomplete = status != MCPI_OK;
    sweep_end(s);
    return status;
}

void sweep_end(sweep *s)
{
    s->origin = origin_end(&s->options->origin);
    s->origin.before = s->before;
    read_gpu_clocks(&s->origin.after, s->sensors, s->gpus, s->gpu_count);
}

mcpi_status sweep_run_again(sweep *s, const sweep_row *row, const sweep_job *job, sweep_run *run)
{
    mcpi_result *result;
    char line[80];
    snprintf(line, sizeof line, "%s: %s", job->from_start ? "from start to result" : "energy", row->label);
    progress_step(&s->progress, line, job->darts ? 0.0 : job->seconds);
    mcpi_status status = count(s, row, job, &result);
    if (status == MCPI_OK) {
        *run = run_of(result);
        if (job->darts > 0)
            hold_against(s, row, result);
    }
    mcpi_result_free(result);
    progress_finish(&s->progress);
    if (status == MCPI_OK && sweep_disagrees(s))
        status = report_mismatch(s);
    s->incomplete = s->incomplete || status != MCPI_OK;
    return status;
}

/* ---- reports ---- */

void sweep_complete_text(FILE *out, const sweep *s)
{
    if (s->incomplete)
        fputs("INCOMPLETE: the measurement ended early; '-' is what was not measured\n", out);
}

void sweep_text(FILE *out, const sweep *s)
{
    if (sweep_disagrees(s))
        return;
    if (s->row_count > 1)
        fprintf(out, "All %d count", s->row_count);
    else
        fputs("It counts", out);
    fprintf(out,
            " %" PRIu64 " hit%s in the %" PRIu64 " dart%s from dart %" PRIu64 ", seed %" PRIu64 ", stream %" PRIu64
            ".\n",
            s->rows[0].hits, plural(s->rows[0].hits), s->darts, plural(s->darts), s->options->run.first,
            s->options->run.seed, s->options->run.stream);
}

static void print_end(FILE *out, const sweep *s)
{
    const char *const reason = sweep_ended_by(s);
    if (strcmp(reason, "precision") == 0)
        fprintf(out, "The rounds ended when every ratio was known to +-%g %%.\n", 100.0 * sweep_precision);
    else if (strcmp(reason, "limit") == 0)
        fprintf(out, "The rounds ended at their limit, before every ratio was known to +-%g %%.\n",
                100.0 * sweep_precision);
    else if (strcmp(reason, "stopped") == 0)
        fputs("The sweep was stopped before its last round.\n", out);
}

void sweep_method_text(FILE *out, const sweep *s)
{
    if (s->rounds_done < MCPI_FEWEST_FOR_INTERVAL)
        fprintf(out, "Ratios are medians over %d round%s; fewer than %d have no 95 %% interval.\n", s->rounds_done,
                plural((uint64_t)s->rounds_done), MCPI_FEWEST_FOR_INTERVAL);
    else
        fprintf(out, "Ratios are medians over %d rounds, +- the farther end of their 95 %% interval.\n",
                s->rounds_done);
    fputs("A ratio is taken in each round, so its median need not be the ratio of medians.\n", out);
    print_end(out, s);
    fputs("A program that runs all the time slows every round alike, and one sweep cannot\n"
          "show it. Measure again at another time, and pool the results with\n"
          "mcpi compare A.json B.json C.json.\n",
          out);
}

void put_sweep(json_writer *j, const sweep *s)
{
    const mcpi_options *const run = &s->options->run;
    put_integer(j, "seed", run->seed);
    put_integer(j, "stream", run->stream);
    put_integer(j, "first", run->first);
    put_integer(j, "darts", s->darts);
    put_exact_range(j, &(mcpi_job){run->seed, run->stream, run->first, s->darts});
    put_bool(j, "identical", !sweep_disagrees(s));
    put_bool(j, "complete", !s->incomplete);
    put_integer(j, "rounds", (uint64_t)s->rounds_done);
    put_string(j, "rounds_ended_by", sweep_ended_by(s));
}

void put_rounds(json_writer *j, const sweep *s, const sweep_row *row)
{
    put_open(j, "rounds", '[');
    for (int i = 0; i < s->rounds_done; i++) {
        const sweep_run *const run = &row->runs[i];
        put_open(j, NULL, '{');
        put_integer(j, "darts", run->darts);
        put_integer(j, "hits", run->hits);
        put_seconds(j, "setup_seconds", run->setup_seconds);
        put_seconds(j, "counting_seconds", run->counting_seconds);
        put_seconds(j, "cpu_seconds", run->cpu_seconds);
        put_close(j, '}');
    }
    put_close(j, ']');
}

double sweep_cpu_share(const sweep *s, const sweep_row *row)
{
    double ran = 0.0;
    double counted = 0.0;
    if (row->kind != SWEEP_CPU || row->workers > row->device.units)
        return NAN;
    for (int i = 0; i < s->rounds_done; i++) {
        ran += row->runs[i].cpu_seconds;
        counted += row->workers * row->runs[i].counting_seconds;
    }
    return ran / counted;
}

/* ---- warnings ---- */

/*
 * The CPU time in seconds that a row may lack in all its rounds: 2 % of the time that its workers had, because a loss
 * of 2 % moves a ratio by twice the precision that a sweep aims at; a millisecond for each worker and run, in which it
 * starts and at the end waits for the others; and three ticks of 10 ms, in which some systems measure CPU time. Eight
 * workers with 20 runs of 50 ms may lack 0.35 s of 8 s, a third of a core; longer runs may lack down to 2 %.
 */
static double tolerated_loss(const sweep *s, const sweep_row *row, double had_seconds)
{
    return 0.02 * had_seconds + 0.001 * row->workers * s->rounds_done + 0.03;
}

/* How many cores a row lacked, on the average of its rounds; 0 if that can be chance. */
static double lost_cores(const sweep *s, const sweep_row *row)
{
    double seconds = 0.0;
    for (int i = 0; i < s->rounds_done; i++)
        seconds += row->runs[i].counting_seconds;
    const double had = row->workers * seconds;
    const double lost = had * (1.0 - sweep_cpu_share(s, row));
    return lost > tolerated_loss(s, row, had) ? lost / seconds : 0.0;
}

static void warn_of_lost_cores(sweep *s)
{
    const sweep_row *worst = NULL;
    double most = 0.0;
    for (const sweep_row *row = s->rows; row < s->rows + s->row_count; row++) {
        const double lost = lost_cores(s, row);
        if (lost > most) {
            most = lost;
            worst = row;
        }
    }
    char text[16];
    if (worst)
        warnings_add(&s->warnings, "cpu_share",
                     "'%s' got only %.1f %% of its CPU time (%s cores less): other programs use the CPUs, or a quota "
                     "limits the process; treat the ratios with caution",
                     worst->label, 100.0 * sweep_cpu_share(s, worst), three_digits(text, most));
}

static void warn_of_noise(sweep *s)
{
    int count;
    const sweep_ratio worst = largest(s, error_of_ratio, &count);
    if (worst.value > sweep_precision)
        warnings_add(&s->warnings, "noise",
                     "the ratio of '%s' to '%s' is known to +-%.1f %% only: other programs disturb the timing, or the "
                     "rounds are too few or too short (-T, --rounds); treat the ratios with caution",
                     worst.row->label, worst.base->label, 100.0 * worst.value);
}

static double chance_of_order(const sweep *s, const sweep_row *row, const sweep_row *base)
{
    double ratios[sweep_most_rounds];
    read_ratios(ratios, s, row, base);
    return -mcpi_few_runs_p_value(ratios, (size_t)s->rounds_done);
}

/* Only few runs are a reason to warn. Too many mean that ratios alternate, which the reversed order can cause and which
   makes the interval wider than it need be. One sweep in 100 may warn by chance, however many ratios it has. */
static void warn_of_drift(sweep *s)
{
    const double false_alarms = 0.01;
    int count;
    const sweep_ratio worst = largest(s, chance_of_order, &count);
    if (count > 0 && -worst.value * count < false_alarms)
        warnings_add(
            &s->warnings, "drift",
            "the ratio of '%s' to '%s' changed during the sweep, so its 95 %% interval is too narrow: the clock "
            "or other programs changed; treat the ratios with caution",
            worst.row->label, worst.base->label);
}

static void warn_of_pauses(sweep *s)
{
    int discarded = 0;
    char text[16];
    for (const sweep_row *row = s->rows; row < s->rows + s->row_count; row++) {
        discarded += row->discarded;
        if (row->paused > 0)
            warnings_add(&s->warnings, "paused_timing",
                         "the process was stopped in each of %d attempts to time '%s'; treat its ratios with caution",
                         most_attempts, row->label);
    }
    if (s->paused_seconds > 0.0)
        warnings_add(&s->warnings, "paused", "the process was stopped for %s s; %d timing%s discarded and repeated",
                     three_digits(text, s->paused_seconds), discarded, discarded == 1 ? " was" : "s were");
}

void sweep_warn(sweep *s)
{
    warn_of_pauses(s);
    if (s->rounds_done == 0)
        return;
    warn_of_lost_cores(s);
    warn_of_noise(s);
    warn_of_drift(s);
}
