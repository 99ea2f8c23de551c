/*
 * A trial: which of a device's kernels is the fastest, found out with ranges that have to be counted anyway. Every
 * kernel gives the same count, so a trial costs no dart, and a wrong choice costs only time.
 *
 * A device starts with the kernel that its backend prefers. After half a second of counting each of its kernels counts
 * two short ranges in turn. Clocks have settled by then; taking turns, and twice, does justice to kernels that counted
 * while the clock still rose. Another kernel is kept if even its slower range was more than 2 % faster than the faster
 * one of the preferred kernel. On a device that others use, too, rates vary more than that, and the preference stays.
 *
 * The cost is bounded: a run is past its first half second, and the trial takes 10 ms for each kernel. A run that is
 * shorter has none.
 *
 * Not locked: the engine calls it under its own lock.
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

/* Seconds that a device counts before its trial, and seconds of a range of the trial. */
static const double mcpi_trial_after_seconds = 0.5;
static const double mcpi_trial_range_seconds = 0.005;

typedef struct mcpi_trial {
    size_t kernels;                                              /* that take part; the first one is preferred */
    size_t kept;                                                 /* the kernel to count with outside the trial */
    size_t taken;                                                /* ranges handed out */
    size_t returned;                                             /* of these, counted or lost */
    bool spoilt;                                                 /* a range was lost: nothing is decided */
    double slowest[MCPI_KERNELS_MAX], fastest[MCPI_KERNELS_MAX]; /* darts a second; 0 before the first range */
} mcpi_trial;

/* A trial of `kernels` kernels, from 1 to MCPI_KERNELS_MAX. Of one there is nothing to try. */
mcpi_trial mcpi_trial_of(size_t kernels);

/* Is the device's next range to be one of the trial, after it has counted for that many seconds? */
bool mcpi_trial_is_due(const mcpi_trial *trial, double counted_seconds);

/* Hand out a range of the trial: the kernel that is to count it. */
size_t mcpi_trial_take(mcpi_trial *trial);

/* A range of the trial has been counted by `kernel` at that rate, or will not be. */
void mcpi_trial_add(mcpi_trial *trial, size_t kernel, double darts_per_second);
void mcpi_trial_lose(mcpi_trial *trial);

#ifdef __cplusplus
}
#endif

#endif
