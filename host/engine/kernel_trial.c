#include "engine/kernel_trial.h"

/* A smaller gain may be chance, so the preferred kernel stays. */
static const double least_gain = 1.02;

mcpi_trial mcpi_trial_of(size_t kernels)
{
    return (mcpi_trial){.kernels = kernels};
}

static size_t ranges_of(const mcpi_trial *trial)
{
    return trial->kernels > 1 ? trial->kernels * MCPI_TRIAL_ROUNDS : 0;
}

bool mcpi_trial_is_due(const mcpi_trial *trial, double counted_seconds)
{
    return trial->taken < ranges_of(trial) && counted_seconds >= mcpi_trial_after_seconds;
}

size_t mcpi_trial_take(mcpi_trial *trial)
{
    return trial->taken++ % trial->kernels;
}

static void decide(mcpi_trial *trial)
{
    double best = least_gain * trial->fastest[0];
    for (size_t i = 1; i < trial->kernels; i++) {
        if (trial->slowest[i] > best) {
            best = trial->slowest[i];
            trial->kept = i;
        }
    }
}

static void count_returned(mcpi_trial *trial)
{
    if (++trial->returned == ranges_of(trial) && !trial->spoilt)
        decide(trial);
}

void mcpi_trial_add(mcpi_trial *trial, size_t kernel, double darts_per_second)
{
    if (trial->slowest[kernel] <= 0.0 || darts_per_second < trial->slowest[kernel])
        trial->slowest[kernel] = darts_per_second;
    if (darts_per_second > trial->fastest[kernel])
        trial->fastest[kernel] = darts_per_second;
    count_returned(trial);
}

void mcpi_trial_lose(mcpi_trial *trial)
{
    trial->spoilt = true;
    count_returned(trial);
}
