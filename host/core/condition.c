#include "core/condition.h"

#include <math.h>
#include <time.h>

void mcpi_condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

void mcpi_condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, double seconds)
{
    const long nanoseconds_a_second = 1000000000;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)seconds;
    until.tv_nsec += (long)(1e9 * (seconds - floor(seconds)));
    if (until.tv_nsec >= nanoseconds_a_second) {
        until.tv_nsec -= nanoseconds_a_second;
        until.tv_sec++;
    }
    pthread_cond_timedwait(condition, lock, &until);
}
