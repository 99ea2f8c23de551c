/* Waiting for a condition until a time of mcpi_seconds, which no setting of the clock moves. */
#ifndef MCPI_ENGINE_TIMED_H
#define MCPI_ENGINE_TIMED_H

#include <pthread.h>
#include <stdbool.h>

/* Make a condition that can be waited for so. */
void mcpi_timed_init(pthread_cond_t *condition);

/* Wait for it, with the lock held. False when it is `until`; true before, for whatever reason. */
bool mcpi_timed_wait(pthread_cond_t *condition, pthread_mutex_t *lock, double until);

#endif
