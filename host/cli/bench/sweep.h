/*
 * A sweep: rows that count in turn.
 *
 * First every row counts the same darts, and the counts must be one integer: a time of something that counts wrong is
 * worth nothing. Then all are timed in turn, several times over, so that whatever else the machine does hits all alike.
 * Whenever a row counts darts that were counted before, it must come to what was counted then.
 */
#ifndef MCPI_CLI_BENCH_SWEEP_H
#define MCPI_CLI_BENCH_SWEEP_H

#include "cli/run/progress.h"
#include "stats/spread.h"

/* Up to 20 numbers of workers, 256 GPUs, all together. */
enum { sweep_most_rows = 300, sweep_most_rounds = 9 };

typedef enum sweep_kind { SWEEP_CPU, SWEEP_GPU, SWEEP_TOGETHER } sweep_kind;

/* One timed run. */
typedef struct sweep_run {
    uint64_t darts, hits;
    double setup_seconds, counting_seconds;
    double cpu_seconds; /* that the threads of this process ran on CPUs meanwhile */
} sweep_run;

typedef struct sweep_row {
    sweep_kind kind;
    char label[24];
    const char *devices; /* as --device takes it */
    unsigned threads;    /* CPU workers */
    unsigned workers;    /* threads and GPUs */
    mcpi_device device;  /* what counts, and with which kernel, "-" if with several */
    const char *kernel;  /* as --kernel takes it; NULL: each device's own choice */
    unsigned share;      /* the common darts go so often into a timed run; 0: it is to take sweep.round_seconds */
    uint64_t hits;       /* in the common darts */
    sweep_run runs[sweep_most_rounds];
} sweep_row;

/* Darts from --first on that were counted, and who counted them first. */
typedef struct sweep_count {
    uint64_t darts, hits;
    const sweep_row *by;
} sweep_count;

typedef struct sweep {
    const cli_options *options;
    progress progress;
    uint64_t darts;       /* common ones; 0 until the first row has counted for `round_seconds` */
    double round_seconds; /* see there and sweep_row.share */
    int rounds, rounds_done;
    int row_count;
    sweep_row rows[sweep_most_rows];
    int counted;
    sweep_count counts[sweep_most_rows + 1];
    run_origin origin;             /* ended when counting ended */
    double paused_seconds;         /* in which the process was stopped while a row counted */
    sweep_count disputed, dispute; /* two counts of the same darts that differ; neither has a `by` if there are none */
} sweep;

/* A sweep without rows. */
void sweep_init(sweep *s, const cli_options *options, int rounds);

/* The CPU, and a row for so many workers on it; the first row comes before those of the GPUs. */
mcpi_device sweep_cpu(void);
sweep_row *sweep_add_cpu(sweep *s, const char *label, const mcpi_device *cpu, unsigned threads);

/* A row for each GPU that --device selects and, unless it names GPUs without the CPU, one for `threads` CPU workers and
   all of them. */
void sweep_add_gpus(sweep *s, unsigned threads);

/*
 * Count. What goes wrong is told at once; MISMATCH if counts disagree, and then no round counts as done. BAD_OPTION if
 * there are not enough darts for all rows. s->rounds_done says how many rounds are whole, also where the last one was
 * not finished.
 */
mcpi_status sweep_carry_out(sweep *s);

bool sweep_disagrees(const sweep *s);

/* A row's counting times, and rates in darts a second, over the rounds done. */
mcpi_spread sweep_times(const sweep *s, const sweep_row *row);
mcpi_spread sweep_rates(const sweep *s, const sweep_row *row);

/* Its rate over that of `base` in the same round. */
mcpi_spread sweep_ratios(const sweep *s, const sweep_row *row, const sweep_row *base);

/* Half the distance between the extremes, as a share of the median. */
double sweep_noise(const mcpi_spread *values);

/* "All 5 count H hits in the N darts ...", unless they do not. */
void sweep_text(FILE *out, const sweep *s);

/* The share of their time in which CPU workers ran, the median; NaN for other rows, and those whose workers take turns
   anyway. What keeps it from 1 is other programs or a quota. */
double sweep_cpu_share(const sweep *s, const sweep_row *row);

/* Say so if the machine was not quiet, unless --quiet. */
void sweep_warn_of_noise(const sweep *s);

#endif
