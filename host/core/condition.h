/* Condition variables with a timeout on the monotonic clock, so that setting the system clock does not change the
   wait. */
#ifndef MCPI_CORE_CONDITION_H
#define MCPI_CORE_CONDITION_H

#include <pthread.h>

/* Initialise a condition for mcpi_condition_wait. */
void mcpi_condition_init(pthread_cond_t *condition);

/* Wait for at most `seconds`, with the lock held. May return early without a signal. */
void mcpi_condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, double seconds);

#endif
