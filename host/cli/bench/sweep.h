/*
 * A sweep: rows that count one after another.
 *
 * First every row counts the same darts, and the counts must be equal: the time of a wrong count is worthless. Then all
 * rows are timed in turn, for several rounds, so that other activity of the machine affects all of them alike. Whenever
 * a row counts darts that were counted before, the counts must agree.
 */
#ifndef MCPI_CLI_BENCH_SWEEP_H
#define MCPI_CLI_BENCH_SWEEP_H

#include "cli/run/progress.h"
#include "stats/spread.h"

/* One worker and a list of up to 128 numbers, and a few more, for two kinds of workers; or 256 GPUs. */
enum { sweep_most_rows = 300, sweep_most_rounds = 9, sweep_most_gpus = 256 };

typedef enum sweep_kind { SWEEP_CPU, SWEEP_GPU, SWEEP_TOGETHER } sweep_kind;

/* One timed run. */
typedef struct sweep_run {
    uint64_t darts, hits;
    double setup_seconds, counting_seconds;
    double cpu_seconds; /* CPU time of the process and its worker processes during the run */
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
    unsigned share;     /* a timed run counts this multiple of the common darts; 0: it runs for sweep.round_seconds */
    uint64_t hits;      /* hits in the common darts */
    sweep_run runs[sweep_most_rounds];
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
    int rounds, rounds_done;
    int row_count;
    sweep_row rows[sweep_most_rows];
    int counted;
    sweep_count counts[sweep_most_rows + 1];
    run_origin origin;             /* ended when counting ended */
    double paused_seconds;         /* time for which the process was stopped while a row counted */
    sweep_count disputed, dispute; /* two counts of the same darts that differ; neither has a `by` if there are none */
} sweep;

/* A sweep without rows. Selected GPUs that are broken are reported. */
void sweep_init(sweep *s, const cli_options *options, int rounds);

/* Add a row for `threads` workers on the CPU. */
sweep_row *sweep_add_cpu(sweep *s, const char *label, unsigned threads);

/* Add a row for each GPU alone, or for 1, 2, 4 ... and all GPUs together. */
void sweep_add_each_gpu(sweep *s);
void sweep_add_gpu_steps(sweep *s);

/* Add a row for all GPUs with `threads` CPU workers, unless there are none or --device selects GPUs by name without the
   CPU. */
void sweep_add_together(sweep *s, unsigned threads);

/* Add all rows again, with workers of another kind. */
void sweep_repeat(sweep *s, mcpi_workers kind);

/* "threads" or "processes" */
const char *sweep_kind_name(mcpi_workers kind);

/* The first of the first `gpus` GPUs that is another model than GPU number 0; NULL if there is none. */
const mcpi_device *sweep_other_model(const sweep *s, unsigned gpus);

/*
 * Carry out the sweep. Errors are reported at once. MISMATCH if counts disagree; then no round counts as done.
 * BAD_OPTION if there are not enough darts for all rows. s->rounds_done is the number of complete rounds, also if the
 * last one was interrupted.
 */
mcpi_status sweep_carry_out(sweep *s);

bool sweep_disagrees(const sweep *s);

/* Counting times of a row in seconds, and its rates in darts per second, over the complete rounds. */
mcpi_spread sweep_times(const sweep *s, const sweep_row *row);
mcpi_spread sweep_rates(const sweep *s, const sweep_row *row);

/* Its rate over that of `base` in the same round. */
mcpi_spread sweep_ratios(const sweep *s, const sweep_row *row, const sweep_row *base);

/* Half the distance between the extremes, as a share of the median. */
double sweep_noise(const mcpi_spread *values);

/* Print "All 5 count H hits in the N darts ..."; nothing if counts disagree. */
void sweep_text(FILE *out, const sweep *s);

/* The median share of the counting time in which CPU workers ran; NaN for other rows, and for rows with more workers
   than CPUs. Other programs or a quota reduce it. */
double sweep_cpu_share(const sweep *s, const sweep_row *row);

/* Print a warning if other activity disturbed the timing, unless --quiet. */
void sweep_warn_of_noise(const sweep *s);

#endif
