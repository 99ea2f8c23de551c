/*
 * A stress test: count and count again, until stopped; two counts that differ are a fault, and the device is named.
 *
 * Who counts is who was asked for: GPUs, and of the CPU each core by itself, its thread bound to it. Who checks whom:
 *
 *   a GPU's range    in full by another GPU; by the same one in another launch shape if there is no other, or if the
 *                    others are behind. Of each range slices by the CPU, with the scalar kernel: as many as it can.
 *   a core's range   in full by another core; by the same one with another kernel if there is no other, or if the
 *                    others are behind.
 *
 * Where two counts differ, mcpi/dart.h decides which of them is wrong, and whose it is counts again: right now, and the
 * fault is transient; wrong again, and it is persistent. It goes on counting in either case. A device that reports an
 * error or does not answer is left out, and the others go on.
 */
#ifndef MCPI_STRESS_H
#define MCPI_STRESS_H

#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One list makes the enum and the names. */
#define MCPI_FAULT_MAP(X)                                           \
    X(TRANSIENT, "transient")   /* it counted again, and right */   \
    X(PERSISTENT, "persistent") /* it counted again, wrong again */ \
    X(UNDECIDED, "undecided")   /* the definition agrees with neither, or one of them could not count again */

typedef enum mcpi_fault {
#define MCPI_FAULT_ENUM(name, text) MCPI_##name,
    MCPI_FAULT_MAP(MCPI_FAULT_ENUM)
#undef MCPI_FAULT_ENUM
        MCPI_FAULTS /* how many there are */
} mcpi_fault;

/* "transient", ...; "?" for what is none. */
const char *mcpi_fault_name(mcpi_fault fault);

/* What a GPU says of itself, through NVML. NaN: not known. */
typedef struct mcpi_reading {
    double temperature_celsius;
    double power_watts;
    double sm_clock_hertz;
    double ecc_corrected, ecc_uncorrected; /* memory errors since the driver was loaded */
    uint32_t throttle;                     /* why its clocks are lowered: a bit for each name of mcpi_throttle_name */
} mcpi_reading;

/* NVML's clocks event reason of that bit, as in "sw_power_cap"; NULL beyond the last. */
const char *mcpi_throttle_name(unsigned bit);

/* One GPU or one core. */
typedef struct mcpi_stress_row {
    mcpi_device device; /* of a core: "cpu:3", with the system's number */
    int tested;         /* it was asked for; a core that was not only checks slices */
    int up;             /* it is at work */
    uint64_t ranges;    /* that it counted first */
    uint64_t recounts;  /* ranges that had been counted, by others or by itself, and that it counted again */
    uint64_t slices;    /* core: slices of GPUs' ranges that it counted again; GPU: slices of its ranges that were */
    uint64_t darts;     /* that it counted, in all of these */
    uint64_t faults[MCPI_FAULTS]; /* disagreements that it was wrong in, or may have been */
    char first_fault[400];        /* which darts, what it counted, and what is right; empty if there is none */
    char failure[400]; /* why it is not at work any more, or never was; empty if it is at work. A device that is broken
                          (mcpi_device.broken) has a row with its failure, and fails the test */
    mcpi_reading reading;   /* GPU: the latest */
    double hottest_celsius; /* GPU: the highest temperature so far; NaN: not known */
    uint32_t throttled;     /* GPU: all that has throttled it so far */
} mcpi_stress_row;

typedef struct mcpi_stress_report {
    uint64_t seed, stream, first;
    double seconds;           /* since the start, without pauses */
    double paused_seconds;    /* not in that: pauses of more than a second in which the process was stopped */
    double asked_seconds;     /* time_limit_seconds; 0: until stopped */
    int interrupted;          /* `stop` ended the test before that time was over */
    char no_gpu[200];         /* why no GPU is tested, if the selection includes all GPUs and there is none; otherwise
                                 empty */
    uint64_t confirmed_darts; /* in ranges that were counted twice, to the same count */
    uint64_t disagreements;   /* pairs of counts that differ, and counts that contradict themselves */
    int hung; /* a call of a driver may never return, or threads were left behind: a program that has nothing more to do
                 should end by _exit */
    size_t row_count;
    mcpi_stress_row *rows; /* the devices in the order they were asked for, the CPU as its cores */
} mcpi_stress_report;

typedef struct mcpi_stress_options {
    /* What is to be tested: devices, seed, stream, first, threads (how many cores; 0: all), kernel; time_limit_seconds,
       which begins with the call; stop and user. As for mcpi_run; nothing else of it is looked at. */
    mcpi_options run;
    /* A device that works on one range for longer hangs. 0: ten seconds, several hundred times what a range takes. */
    double deadline_seconds;
    /* Called once, before anything is counted, with a row for each device. If it returns 0, the test does not begin,
       and mcpi_stress returns NO_DEVICE. May be NULL. */
    int (*ready)(void *user, const mcpi_stress_report *report);
    /* Called from the thread that called mcpi_stress, about ten times a second, with `run.user`; may be NULL. */
    void (*watch)(void *user, const mcpi_stress_report *report);
} mcpi_stress_options;

/*
 * Test until told to stop, or for the time given, or until nothing is left that counts. What was counted by then is
 * still counted again, unless `stop` returns MCPI_STOP_AT_ONCE: then the report is that of the moment. OK if all that
 * was asked for has counted and nothing disagreed; MISMATCH if anything did; DEVICE_FAILED if a device failed, hung, is
 * broken or never counted, with its name in the message; STOPPED if nothing of this was found, but `stop` ended the
 * test before the time given was over: with these four *report is set. BAD_OPTION, NO_DEVICE, NO_MEMORY or SYSTEM, with
 * *report NULL, if it could not begin. `error` may be NULL. Free the report with mcpi_stress_report_free.
 */
mcpi_status mcpi_stress(const mcpi_stress_options *options, mcpi_stress_report **report, mcpi_error *error);
void mcpi_stress_report_free(mcpi_stress_report *report);

#ifdef __cplusplus
}
#endif

#endif
