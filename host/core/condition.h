/* Waiting for a condition for a time, which no setting of the clock moves. */
#ifndef MCPI_CORE_CONDITION_H
#define MCPI_CORE_CONDITION_H

#include <pthread.h>

/* Make a condition that can be waited for so. */
void mcpi_condition_init(pthread_cond_t *condition);

/* Wait for it for at most `seconds`, with the lock held. May return earlier without a signal. */
void mcpi_condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, double seconds);

#endif
