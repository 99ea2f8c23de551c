/*
 * A stress test: count and recount until stopped. Two counts that differ are a fault, and the faulty device is named.
 *
 * The selected devices count: GPUs and, of the CPU, each core by itself, with its thread bound to it. Counts are
 * checked as follows:
 *
 *   a GPU's range    in full by another GPU; by the same GPU in another launch shape if there is no other, or if the
 *                    others are behind. The CPU also recounts slices of each range with the scalar kernel, as many as
 *                    it can.
 *   a core's range   in full by another core; by the same core with another kernel if there is no other, or if the
 *                    others are behind.
 *
 * If two counts differ, mcpi/dart.h decides which of them is wrong, and the device that made it counts again. If it is
 * right this time, the fault is transient; if it is wrong again, the fault is persistent. The device continues in
 * either case. A device that reports an error or does not respond is excluded, and the others continue.
 */
#ifndef MCPI_STRESS_H
#define MCPI_STRESS_H

#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/* One list makes the enum and the names. */
#define MCPI_FAULT_MAP(X)                                         \
    X(TRANSIENT, "transient")   /* its recount was right */       \
    X(PERSISTENT, "persistent") /* its recount was wrong again */ \
    X(UNDECIDED, "undecided")   /* the definition agrees with neither count, or a device could not recount */

typedef enum mcpi_fault {
#define MCPI_FAULT_ENUM(name, text) MCPI_##name,
    MCPI_FAULT_MAP(MCPI_FAULT_ENUM)
#undef MCPI_FAULT_ENUM
        MCPI_FAULTS /* number of kinds */
} mcpi_fault;

/* "transient", ...; "?" for an invalid value. */
const char *mcpi_fault_name(mcpi_fault fault);

/* Sensor values of a GPU, from NVML. NaN: unknown. */
typedef struct mcpi_reading {
    double temperature_celsius;
    double power_watts;
    double sm_clock_hertz;
    double ecc_corrected, ecc_uncorrected; /* memory errors since the driver was loaded */
    uint32_t throttle;                     /* why its clocks are lowered: one bit for each name of mcpi_throttle_name */
} mcpi_reading;

/* The name of NVML's clocks event reason of that bit, as in "sw_power_cap"; NULL after the last. */
const char *mcpi_throttle_name(unsigned bit);

/* One GPU or one core. */
typedef struct mcpi_stress_row {
    mcpi_device device; /* for a core: "cpu:3", numbered as in the system */
    int tested;         /* it was selected; other cores only check slices */
    int up;             /* it is working */
    uint64_t ranges;    /* ranges that it counted first */
    uint64_t recounts;  /* ranges that it recounted after another device or itself */
    uint64_t slices;    /* core: slices of GPUs' ranges that it recounted; GPU: recounted slices of its ranges */
    uint64_t darts;     /* darts that it counted in all of these */
    uint64_t faults[MCPI_FAULTS]; /* disagreements in which it was wrong, or may have been */
    char first_fault[400];        /* the darts, its count, and the correct one; empty if there is none */
    char failure[400];      /* why it is no longer working, or never worked; empty if it is working. A broken device
                               (mcpi_device.broken) has a row with its failure, and fails the test */
    mcpi_reading reading;   /* GPU: the latest values */
    double hottest_celsius; /* GPU: the highest temperature so far; NaN: unknown */
    uint32_t throttled;     /* GPU: all reasons for throttling so far */
} mcpi_stress_row;

typedef struct mcpi_stress_report {
    uint64_t seed, stream, first;
    double seconds;           /* time since the start, without pauses */
    double paused_seconds;    /* not included: pauses of more than a second in which the process was stopped */
    double asked_seconds;     /* time_limit_seconds; 0: until stopped */
    int interrupted;          /* `stop` ended the test before that time was over */
    char no_gpu[200];         /* why no GPU is tested, if the selection includes all GPUs and there is none; otherwise
                                 empty */
    uint64_t confirmed_darts; /* darts in ranges that were counted twice, with equal counts */
    uint64_t disagreements;   /* pairs of counts that differ, and counts that contradict themselves */
    int hung; /* a driver call may never return, or threads were left behind: a program that has nothing else to do
                 should end with _exit */
    size_t row_count;
    mcpi_stress_row *rows; /* the devices in the order of the selection, the CPU as its cores */
} mcpi_stress_report;

typedef struct mcpi_stress_options {
    /* The test: devices, seed, stream, first, threads (number of cores; 0: all), kernel; time_limit_seconds, measured
       from the call; stop and user. As for mcpi_run; other members are ignored. */
    mcpi_options run;
    /* In seconds. A device that works longer on one range is treated as hung. 0: ten seconds, several hundred times
       what a range takes. */
    double deadline_seconds;
    /* Called once, before anything is counted, with a row for each device. If it returns 0, the test does not start,
       and mcpi_stress returns NO_DEVICE. May be NULL. */
    int (*ready)(void *user, const mcpi_stress_report *report);
    /* Called about ten times a second from the thread that called mcpi_stress, with `run.user`; may be NULL. */
    void (*watch)(void *user, const mcpi_stress_report *report);
} mcpi_stress_options;

/*
 * Test until stopped, for the given time, or until no device is left. Ranges counted by then are still recounted,
 * unless `stop` returns MCPI_STOP_AT_ONCE: then the report shows the current state.
 *
 * OK if every selected device counted and no counts disagreed. MISMATCH if counts disagreed. DEVICE_FAILED if a device
 * failed, hung, is broken or never counted; the message names it. STOPPED if none of this happened, but `stop` ended
 * the test before the given time was over. With these four *report is set. BAD_OPTION, NO_DEVICE, NO_MEMORY or SYSTEM,
 * with *report NULL, if the test could not start. `error` may be NULL. Free the report with mcpi_stress_report_free.
 */
mcpi_status mcpi_stress(const mcpi_stress_options *options, mcpi_stress_report **report, mcpi_error *error);
void mcpi_stress_report_free(mcpi_stress_report *report);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
