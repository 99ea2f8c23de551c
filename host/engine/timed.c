#include "engine/timed.h"

#include <errno.h>
#include <time.h>

void mcpi_timed_init(pthread_cond_t *condition)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

bool mcpi_timed_wait(pthread_cond_t *condition, pthread_mutex_t *lock, double until)
{
    const time_t seconds = (time_t)until;
    const struct timespec time = {seconds, (long)(1e9 * (until - (double)seconds))};
    return pthread_cond_timedwait(condition, lock, &time) != ETIMEDOUT;
}
