#include "cli/run/run_warnings.h"

#include <inttypes.h>
#include <math.h>

#include "cli/io/three_digits.h"
#include "stats/dispersion.h"

/* By chance, a p-value is below this once in a million runs. */
static const double least_p_value = 1e-6;

/* The |z| that a standard normal exceeds with this probability. */
static const double largest_z = 4.9;

void warn_of_z(warning_list *w, const mcpi_result *result)
{
    const double z = result->estimate.z;
    if (result->darts >= MCPI_FEWEST_NORMAL_DARTS && fabs(z) > largest_z)
        warnings_add(
            w, "z",
            "the count has z = %+.2f; by chance that is beyond +-%.1f once in a million runs: suspect the machine", z,
            largest_z);
}

static void warn_of_slice(warning_list *w, const mcpi_result *result)
{
    const mcpi_dispersion *const d = &result->dispersion;
    char rank[32] = "";
    char p_value[16];
    if (d->slices == 0 || !(d->largest_p_value < least_p_value))
        return;
    if (result->sharing.processes > 1)
        snprintf(rank, sizeof rank, " of rank %" PRIu64, d->largest_rank);
    warnings_add(w, "slice_z",
                 "the count of darts [%" PRIu64 ", %" PRIu64 ") by %s%s has z = %+.2f, the farthest of %" PRIu64
                 " slices, which has a probability of %s by chance: suspect this device",
                 d->largest_first, d->largest_first + d->largest_darts, d->largest_device, rank, d->largest_z,
                 d->slices, three_digits(p_value, d->largest_p_value));
}

static void warn_of_dispersion(warning_list *w, const mcpi_dispersion *d)
{
    char chi_square[16];
    char p_value[16];
    if (d->slices > 0 && d->p_value < least_p_value)
        warnings_add(w, "dispersion",
                     "the counts of %" PRIu64 " slices scatter too %s: chi-square %s, which has a probability of %s by "
                     "chance: suspect the machine",
                     d->slices, d->chi_square > (double)d->slices ? "much" : "little",
                     three_digits(chi_square, d->chi_square), three_digits(p_value, d->p_value));
}

static void warn_of_device(warning_list *w, const mcpi_device_result *device)
{
    if (device->restarts > 0)
        warnings_add(w, "worker_restarted", "started %u worker process%s again: %s", device->restarts,
                     device->restarts > 1 ? "es" : "", device->first_restart);
    if (device->failure[0])
        warnings_add(w, "worker_failed", "dropped %s", device->failure);
}

void warn_of_result(warning_list *w, const mcpi_result *result)
{
    char pause[16];
    if (!result->complete)
        warnings_add(w, "incomplete", "the result is incomplete: not all darts were counted%s",
                     result->darts < result->goal ? "" : " twice, as requested");
    warn_of_z(w, result);
    warn_of_slice(w, result);
    warn_of_dispersion(w, &result->dispersion);
    for (size_t i = 0; i < result->device_count; i++)
        warn_of_device(w, &result->devices[i]);
    if (result->paused_seconds > 0.0)
        warnings_add(w, "paused", "the process was stopped for %s s; this time is not counted",
                     three_digits(pause, result->paused_seconds));
}
