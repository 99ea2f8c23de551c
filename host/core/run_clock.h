/*
 * The clock of a run: it counts the seconds in which the process was running.
 *
 * A process can be stopped: by SIGSTOP, by Ctrl-Z, by a frozen cgroup. That time does not count, and no device
 * is to blame for it. The clock has a thread that reads it ten times a second and does nothing else. If two readings in
 * a row are more than a second apart, that thread was not running, so the process was stopped. The gap is then a pause.
 *
 * All threads of a run read this clock. The first reading after a pause takes it off, so no thread sees a deadline that
 * only the pause has passed. A pause of less than a second is not noticed. The time in which the machine sleeps
 * (suspend) is no pause: the monotonic clock of Linux does not count it in the first place.
 */
#ifndef MCPI_CORE_RUN_CLOCK_H
#define MCPI_CORE_RUN_CLOCK_H

#include <pthread.h>
#include <stdbool.h>

typedef struct mcpi_run_clock mcpi_run_clock;

/* Start a clock that reads `source`: mcpi_seconds, or a made-up clock in tests. NULL without memory. If the system
   refuses the thread, the clock works without it and notices no pauses. */
mcpi_run_clock *mcpi_run_clock_start(double (*source)(void));

/* Stop and free the clock. NULL is ignored. */
void mcpi_run_clock_stop(mcpi_run_clock *clock);

/* Seconds of `source`, minus all pauses so far. Any thread may call it. */
double mcpi_run_clock_read(mcpi_run_clock *clock);

/* All pauses so far, in seconds. */
double mcpi_run_clock_paused(mcpi_run_clock *clock);

/* Wait for a condition of mcpi_condition_init, with the lock held. False if the clock has reached `until`. True if the
   wait ended earlier, which may happen without a signal. */
bool mcpi_run_clock_wait(mcpi_run_clock *clock, pthread_cond_t *condition, pthread_mutex_t *lock, double until);

#endif
