#include "cuda/polling.h"

/* The shortest nap, about the time of waking up; and the longest nap when the job may end at any time. */
static const double least_seconds = 10e-6;
static const double most_seconds = 1e-3;

/* The rates of successive launches differ by less than this fraction, so the host wakes up earlier by it. */
static const double uncertainty = 0.02;

/* tv_nsec of nanosleep must be less than one second. */
static const double longest_sleep_seconds = 0.9;

/* The last job predicts the time of jobs up to this many times its size. */
static const double comparable = 2.0;

double mcpi_polling_expected(uint64_t darts, uint64_t last_darts, double last_seconds)
{
    return (double)darts <= comparable * (double)last_darts ? last_seconds * (double)darts / (double)last_darts : 0.0;
}

static double between(double least, double seconds, double most)
{
    return seconds < least ? least : seconds > most ? most : seconds;
}

double mcpi_polling_pause(double begin, double expected, double now)
{
    if (now < expected) {
        const double early = expected - uncertainty * (expected - begin);
        return between(least_seconds, early - now, longest_sleep_seconds);
    }
    const double since = expected > begin ? expected : begin;
    return between(least_seconds, (now - since) / 16, most_seconds);
}
