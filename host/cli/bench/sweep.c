#include "cli/bench/sweep.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>

#include "cli/io/complain.h"
#include "cli/io/exit_process.h"
#include "cli/io/interrupt.h"
#include "cli/io/three_digits.h"
#include "cli/run/run_report.h"
#include "core/backend.h"
#include "core/selection.h"
#include "core/status.h"
#include "mcpi/dart.h"

enum { most_devices = 1 + sweep_most_gpus, most_attempts = 5 };

/* A spread above this indicates that other programs disturbed the timing. */
static const double noisy_spread = 0.05;

/* So does a share of CPU time below this, in runs so long that the end, when workers wait for each other, does not
   matter. */
static const double quiet_share = 0.9;
static const double long_seconds = 0.05;

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

void sweep_init(sweep *s, const cli_options *options, int rounds)
{
    mcpi_device devices[most_devices];
    const size_t count = mcpi_list_devices(devices, most_devices);
    memset(s, 0, sizeof *s);
    s->options = options;
    s->progress = progress_start(options);
    s->rounds = rounds;
    for (size_t i = 0; i < count && i < most_devices; i++)
        take_device(s, &devices[i]);
}

const mcpi_device *sweep_other_model(const sweep *s, unsigned gpus)
{
    for (unsigned i = 1; i < gpus; i++)
        if (strcmp(s->gpus[i].name, s->gpus[0].name) != 0)
            return &s->gpus[i];
    return NULL;
}

/* ---- rows ---- */

/* The kernel that was requested, if the device has it: the CPU does not have the kernels of a GPU. */
static const char *kernel_for(const sweep *s, const mcpi_device *device)
{
    mcpi_kernel kernels[MCPI_KERNELS_MAX];
    const char *const name = s->options->run.kernel;
    const size_t count = name ? mcpi_list_kernels(device, kernels, MCPI_KERNELS_MAX) : 0;
    for (size_t i = 0; i < count && i < MCPI_KERNELS_MAX; i++)
        if (strcmp(kernels[i].name, name) == 0)
            return name;
    return NULL;
}

static sweep_row *add_row(sweep *s, sweep_kind kind, const char *label, const char *devices, const mcpi_device *device)
{
    sweep_row *row = &s->rows[s->row_count++];
    *row = (sweep_row){.kind = kind, .device = *device, .workers = 1, .worker_kind = s->options->run.workers};
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

static void add_gpu(sweep *s, const mcpi_device *gpu)
{
    add_row(s, SWEEP_GPU, gpu->id, NULL, gpu)->gpus = 1;
}

void sweep_add_each_gpu(sweep *s)
{
    for (unsigned i = 0; i < s->gpu_count; i++)
        add_gpu(s, &s->gpus[i]);
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

static void add_gpus(sweep *s, unsigned gpus)
{
    char label[24];
    snprintf(label, sizeof label, "%u GPUs", gpus);
    sweep_row *const row = add_row(s, SWEEP_GPU, label, select_gpus(s, gpus), &s->gpus[0]);
    if (sweep_other_model(s, gpus))
        snprintf(row->device.name, sizeof row->device.name, "%.70s and other models", s->gpus[0].name);
    row->gpus = row->workers = gpus;
}

void sweep_add_gpu_steps(sweep *s)
{
    if (s->gpu_count > 0)
        add_gpu(s, &s->gpus[0]);
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
        snprintf(row->label, sizeof row->label, "%.24s in %s", s->rows[i].label, sweep_kind_name(kind));
    }
}

/* ---- counting ---- */

static uint64_t all_darts(const sweep *s)
{
    return MCPI_DART_END - s->options->run.first;
}

static void note_pause_in(sweep *s, const sweep_row *row, const mcpi_result *result)
{
    if (!result || result->paused_seconds <= 0.0)
        return;
    s->paused_seconds += result->paused_seconds;
    progress_finish(&s->progress);
    char text[16];
    if (!s->options->quiet)
        complain("the process was stopped for %s s while '%s' counted; this timing is discarded",
                 three_digits(text, result->paused_seconds), row->label);
}

/* Fails a run in which a worker did not start or was dropped: its rate is not that of the row. */
static mcpi_status check_workers(const sweep_row *row, const mcpi_result *result, mcpi_error *error)
{
    for (size_t i = 0; result && i < result->device_count; i++)
        if (result->devices[i].failure[0])
            return mcpi_fail(error, MCPI_DEVICE_FAILED, "'%s': %s", row->label, result->devices[i].failure);
    return MCPI_OK;
}

/* One run of a row: `darts` darts or, if that is 0, as many as it can count in the time of a round. A failure is
   reported at once. */
static mcpi_status count(sweep *s, const sweep_row *row, uint64_t darts, mcpi_result **result)
{
    mcpi_options run = s->options->run;
    mcpi_error error;
    run.devices = row->devices;
    run.kernel = row->kernel;
    run.threads = row->threads;
    run.workers = row->worker_kind;
    run.darts = darts ? darts : all_darts(s);
    run.time_limit_seconds = darts ? 0.0 : s->round_seconds;
    run.verify = MCPI_VERIFY_OFF;
    run.stop = interrupt_requested;
    run.progress = progress_update;
    run.user = &s->progress;
    interrupt_poll_begin();
    mcpi_status status = mcpi_run(&run, result, &error);
    interrupt_poll_end();
    ending_note_devices(*result);
    note_pause_in(s, row, *result);
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
    const mcpi_status status = count(s, row, s->darts, &result);
    if (status == MCPI_OK) {
        s->darts = result->darts;
        row->hits = result->hits;
        snprintf(row->device.kernel, sizeof row->device.kernel, "%s", common_kernel(result));
        if (row->kind == SWEEP_GPU && strcmp(row->device.kernel, "-") != 0)
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

/* `paused`: whether the process was stopped during the run. */
static mcpi_status time_once(sweep *s, sweep_row *row, int round, bool *paused)
{
    mcpi_result *result;
    char line[80];
    snprintf(line, sizeof line, "round %d of %d: %s", round + 1, s->rounds, row->label);
    progress_step(&s->progress, line, row->share ? 0.0 : s->round_seconds);
    const double before = cpu_seconds();
    const mcpi_status status = count(s, row, s->darts * row->share, &result);
    if (status == MCPI_OK) {
        row->runs[round] = (sweep_run){result->darts, result->hits, result->setup_seconds, result->counting_seconds,
                                       cpu_seconds() - before};
        if (row->share > 0)
            hold_against(s, row, result);
    }
    *paused = result && result->paused_seconds > 0.0;
    mcpi_result_free(result);
    return status;
}

/* A timing with a pause is discarded, because the machine did not count continuously. */
static mcpi_status time_row(sweep *s, sweep_row *row, int round)
{
    mcpi_status status = MCPI_OK;
    bool paused = true;
    for (int i = 0; i < most_attempts && paused && status == MCPI_OK && !sweep_disagrees(s); i++)
        status = time_once(s, row, round, &paused);
    if (paused && status == MCPI_OK && !s->options->quiet)
        complain("the process was stopped in each of %d attempts to time '%s'; treat its rates with caution",
                 most_attempts, row->label);
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

static mcpi_status time_all(sweep *s)
{
    mcpi_status status = MCPI_OK;
    for (; s->rounds_done < s->rounds; s->rounds_done++)
        for (int i = 0; i < s->row_count; i++)
            if ((status = time_row(s, &s->rows[i], s->rounds_done)) != MCPI_OK || sweep_disagrees(s))
                return status;
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
    if (status != MCPI_OK)
        complain("%s", error.message);
    mcpi_result_free(result);
    return status;
}

static mcpi_status check_room(const sweep *s)
{
    const uint64_t first = s->options->run.first;
    if (all_darts(s) == 0) {
        complain("--first %" PRIu64 ": there are no darts with this number or above", first);
        return MCPI_BAD_OPTION;
    }
    for (int i = 0; i < s->row_count; i++) {
        const unsigned share = s->rows[i].share ? s->rows[i].share : 1;
        if (s->darts > all_darts(s) / share) {
            complain("--first %" PRIu64 ": there are fewer than %u times %" PRIu64 " darts from that number on", first,
                     share, s->darts);
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
    s->origin = origin_end(&s->options->origin);
    return status;
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

mcpi_spread sweep_ratios(const sweep *s, const sweep_row *row, const sweep_row *base)
{
    double ratios[sweep_most_rounds];
    for (int i = 0; i < s->rounds_done; i++)
        ratios[i] = rate_of(&row->runs[i]) / rate_of(&base->runs[i]);
    return mcpi_spread_of(ratios, (size_t)s->rounds_done);
}

double sweep_noise(const mcpi_spread *values)
{
    return (values->highest - values->lowest) / 2.0 / values->median;
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

double sweep_cpu_share(const sweep *s, const sweep_row *row)
{
    double shares[sweep_most_rounds];
    if (row->kind != SWEEP_CPU || row->workers > row->device.units)
        return NAN;
    for (int i = 0; i < s->rounds_done; i++)
        shares[i] = row->runs[i].cpu_seconds / (row->workers * row->runs[i].counting_seconds);
    return mcpi_spread_of(shares, (size_t)s->rounds_done).median;
}

void sweep_warn_of_noise(const sweep *s)
{
    for (int i = 0; i < s->row_count && !s->options->quiet; i++) {
        const sweep_row *const row = &s->rows[i];
        const mcpi_spread rates = sweep_rates(s, row);
        const double seconds = sweep_times(s, row).median;
        if (sweep_cpu_share(s, row) < quiet_share && seconds >= long_seconds)
            complain("'%s' got only %.0f %% of its CPU time: other programs use the CPUs, or a quota limits the "
                     "process; treat the ratios with caution",
                     row->label, 100.0 * sweep_cpu_share(s, row));
        else if (sweep_noise(&rates) > noisy_spread)
            complain(
                "the rates of '%s' spread by %.0f %%: other programs disturbed the timing, or rounds of %.3g s are "
                "too short for this machine; treat the ratios with caution",
                row->label, 100.0 * sweep_noise(&rates), seconds);
    }
}
