/*
 * A trial finds the fastest kernel of a device, with ranges that must be counted anyway. Every kernel gives the same
 * count, so a trial wastes no darts, and a wrong choice costs only time.
 *
 * A device starts with the kernel that its backend prefers. After it has counted for half a second, its kernels take
 * turns: each counts two short ranges. Clocks have settled by then. Taking turns twice is also fair to a kernel that
 * counted while the clock was still rising. Another kernel is chosen if its slower range was more than 2 % faster than
 * the faster range of the preferred kernel. On a device that other programs use as well, rates vary by more than that,
 * and the preferred kernel stays.
 *
 * The cost is bounded: the trial takes 10 ms for each kernel, and starts only after half a second of counting. A
 * shorter run has no trial.
 *
 * These functions take no lock: the engine calls them with its own lock held.
 */
#ifndef MCPI_ENGINE_KERNEL_TRIAL_H
#define MCPI_ENGINE_KERNEL_TRIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { MCPI_TRIAL_ROUNDS = 2 };

/* Seconds that a device counts before its trial, and the duration of a range of the trial in seconds. */
static const double mcpi_trial_after_seconds = 0.5;
static const double mcpi_trial_range_seconds = 0.005;

typedef struct mcpi_trial {
    size_t kernels;                                              /* that take part; the first one is preferred */
    size_t kept;                                                 /* the kernel to count with outside the trial */
    size_t taken;                                                /* ranges handed out */
    size_t returned;                                             /* ranges of these that were counted or lost */
    bool spoilt;                                                 /* a range was lost: nothing is decided */
    double slowest[MCPI_KERNELS_MAX], fastest[MCPI_KERNELS_MAX]; /* darts per second; 0 before the first range */
} mcpi_trial;

/* A trial of `kernels` kernels, from 1 to MCPI_KERNELS_MAX. With one kernel no range is ever due. */
mcpi_trial mcpi_trial_of(size_t kernels);

/* Does the next range of the device belong to the trial, after the device has counted for this many seconds? */
bool mcpi_trial_is_due(const mcpi_trial *trial, double counted_seconds);

/* Hand out a range of the trial. Returns the kernel that must count it. */
size_t mcpi_trial_take(mcpi_trial *trial);

/* A range of the trial has been counted by `kernel` at this rate; or it was lost. */
void mcpi_trial_add(mcpi_trial *trial, size_t kernel, double darts_per_second);
void mcpi_trial_lose(mcpi_trial *trial);

#ifdef __cplusplus
}
#endif

#endif
