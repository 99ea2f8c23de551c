/*
 * A sweep: rows that count one after another.
 *
 * First every row counts the same darts, and the counts must be equal: the time of a wrong count is worthless. Then all
 * rows are timed in turn, for several rounds, so that other activity of the machine affects all of them alike. Every
 * other round has the reverse order, so that a clock that falls or rises during the sweep favours no row. Whenever a
 * row counts darts that were counted before, the counts must agree.
 *
 * Rows are compared by the ratio of their rates in the same round. Unless --rounds says how many, rounds go on until
 * every ratio is known well enough, or a limit is reached.
 */
#ifndef MCPI_CLI_BENCH_SWEEP_H
#define MCPI_CLI_BENCH_SWEEP_H

#include "cli/io/warnings.h"
#include "cli/run/progress.h"
#include "sensors/sensors.h"
#include "stats/spread.h"

enum {
    sweep_most_gpus = 256,
    /* one worker, the numbers of --threads, and each GPU, with all kernels of --kernel; all GPUs; all devices */
    sweep_most_rows = (1 + number_list_most + sweep_most_gpus) * cli_most_kernels + 2,
    sweep_most_rounds = cli_most_rounds,
    sweep_most_counts = sweep_most_rows + 32
};

/* The error of a ratio, as a share of it, that a sweep aims at. */
extern const double sweep_precision;

typedef enum sweep_kind { SWEEP_CPU, SWEEP_GPU, SWEEP_TOGETHER } sweep_kind;

/* One timed run. */
typedef struct sweep_run {
    uint64_t darts, hits;
    double setup_seconds, counting_seconds, total_seconds;
    double paused_seconds; /* while the process was stopped; not in the times above */
    double cpu_seconds;    /* CPU time of the process and its worker processes during the run */
} sweep_run;

typedef struct sweep_row {
    sweep_kind kind;
    char label[40];
    const char *devices; /* as --device takes it */
    unsigned threads;    /* CPU workers */
    unsigned gpus;
    unsigned workers; /* threads and GPUs */
    mcpi_workers worker_kind;
    mcpi_device device; /* the device, the first of several GPUs or the CPU; with the kernel of all devices, or "-" */
    const char *kernel; /* as --kernel takes it; NULL: each device's own choice */
    bool is_base;       /* other rows are compared with it; set for the first row */
    unsigned share;     /* a timed run counts this multiple of the common darts; 0: it runs for sweep.round_seconds */
    uint64_t hits;      /* hits in the common darts */
    sweep_run *runs;    /* of each round */
    int discarded;      /* timings that were repeated because the process was stopped meanwhile */
    int paused;         /* timings that were kept, although it was */
} sweep_row;

/* A count of darts from --first on, and the row that made it first. */
typedef struct sweep_count {
    uint64_t darts, hits;
    const sweep_row *by;
} sweep_count;

typedef struct sweep {
    const cli_options *options;
    progress progress;
    mcpi_device cpu;
    unsigned gpu_count; /* GPUs that --device selects and that can count, as mcpi_list_devices orders them */
    mcpi_device gpus[sweep_most_gpus];
    char selections[2 * sweep_most_gpus * 16]; /* texts for sweep_row.devices */
    size_t selections_size;
    uint64_t darts;       /* the common darts; 0 until the first row has counted for `round_seconds` */
    double round_seconds; /* see `darts` and sweep_row.share */
    int least_rounds, most_rounds, rounds_done;
    bool incomplete; /* it was stopped or failed before everything was measured */
    int room;        /* for the runs of each row */
    int row_count;
    sweep_row rows[sweep_most_rows];
    int counted;
    sweep_count counts[sweep_most_counts];
    mcpi_sensors *sensors; /* of the GPUs; NULL if there are none */
    machine_state before;  /* with the clocks of the GPUs */
    run_origin origin;     /* ended when counting ended */
    warning_list warnings;
    double paused_seconds;         /* time for which the process was stopped while a row counted */
    sweep_count disputed, dispute; /* two counts of the same darts that differ; neither has a `by` if there are none */
} sweep;

/* A sweep without rows, on the heap. Selected GPUs that are broken are reported. NULL, with a message, without
   memory. */
sweep *sweep_new(const cli_options *options);
void sweep_free(sweep *s);

/*
 * Plan the rounds, and return about how many there will be: N with --rounds N; otherwise an even number, 20 or as many,
 * but at least 10, as leave the shortest runs 25 ms of `seconds`, their time in all rounds together. There will be at
 * least `least` times and at most `most` times as many, an even number, too.
 */
int sweep_plan_rounds(sweep *s, double seconds, double least, double most);

/* Add a row for `threads` workers on the CPU. */
sweep_row *sweep_add_cpu(sweep *s, const char *label, unsigned threads);

/* Add a row for the GPU s->gpus[index], or for all GPUs together, or for 1, 2, 4 ... and all of them. */
sweep_row *sweep_add_gpu(sweep *s, unsigned index);
sweep_row *sweep_add_all_gpus(sweep *s);
void sweep_add_gpu_steps(sweep *s);

/* Add a row for all GPUs with `threads` CPU workers, unless there are none or --device selects GPUs by name without the
   CPU. */
void sweep_add_together(sweep *s, unsigned threads);

/* Add all rows again, with workers of another kind. */
void sweep_repeat(sweep *s, mcpi_workers kind);

/* The kernel of all devices of a row; empty if they have different ones. */
const char *sweep_kernel_of(const sweep_row *row);

/* "threads" or "processes" */
const char *sweep_kind_name(mcpi_workers kind);

/* Whether a device has a kernel of this name, even if it cannot run it. */
bool sweep_has_kernel(const mcpi_device *device, const char *name);

/* The first of the first `gpus` GPUs that is another model than GPU number 0; NULL if there is none. */
const mcpi_device *sweep_other_model(const sweep *s, unsigned gpus);

/*
 * Carry out the sweep. Errors are reported at once. MISMATCH if counts disagree; then no round counts as done.
 * BAD_OPTION if there are not enough darts for all rows. s->rounds_done is the number of complete rounds, also if the
 * last one was interrupted.
 */
mcpi_status sweep_carry_out(sweep *s);

/* What a run of a row counts. */
typedef struct sweep_job {
    uint64_t darts; /* 0: as many as it can in `seconds` */
    double seconds;
    bool from_start; /* GPUs count in new processes, because the driver starts only once in each */
} sweep_job;

/* Another run of a row after the rounds. A failure is reported at once. MISMATCH, reported too, if its count differs
   from an earlier one. */
mcpi_status sweep_run_again(sweep *s, const sweep_row *row, const sweep_job *job, sweep_run *run);

/* The darts from --first on. */
uint64_t sweep_darts_at_most(const sweep *s);

/* The last run has ended: sets s->origin. sweep_carry_out calls it, too. */
void sweep_end(sweep *s);

bool sweep_disagrees(const sweep *s);

/* Counting times of a row in seconds, and its rates in darts per second, over the complete rounds. */
mcpi_spread sweep_times(const sweep *s, const sweep_row *row);
mcpi_spread sweep_rates(const sweep *s, const sweep_row *row);

/* Its rate over that of `base` in the same round. */
mcpi_spread sweep_ratios(const sweep *s, const sweep_row *row, const sweep_row *base);

/* Why there were no more rounds: "precision" (every ratio is known to sweep_precision), "limit", "rounds" (--rounds) or
   "stopped". */
const char *sweep_ended_by(const sweep *s);

/* Print "INCOMPLETE: ..." if the measurement ended early. */
void sweep_complete_text(FILE *out, const sweep *s);

/* Print "All 5 count H hits in the N darts ..."; nothing if counts disagree. */
void sweep_text(FILE *out, const sweep *s);

/* Print how the ratios of this sweep were made, and what they cannot show. */
void sweep_method_text(FILE *out, const sweep *s);

/* Write the keys from "seed" to "rounds_ended_by": the common darts, whether all counts of them agree, and the rounds.
 */
void put_sweep(json_writer *j, const sweep *s);

/* "rounds":[{"darts":..,"hits":..,"setup_seconds":..,"counting_seconds":..,"cpu_seconds":..}, ..] */
void put_rounds(json_writer *j, const sweep *s, const sweep_row *row);

/* The share of the counting time in all rounds in which CPU workers ran; NaN for other rows, and for rows with more
   workers than CPUs. Other programs or a quota reduce it. */
double sweep_cpu_share(const sweep *s, const sweep_row *row);

/* Add warnings about other activity that disturbed the timing to s->warnings. Call it once. */
void sweep_warn(sweep *s);

#endif
