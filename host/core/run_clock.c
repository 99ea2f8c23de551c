#include "core/run_clock.h"

#include <stdlib.h>

#include "core/condition.h"

static const double tick_seconds = 0.1;

/* A longer gap between two readings is a pause. It is ten ticks because a busy machine may delay a thread for
   several. */
static const double longest_gap_seconds = 1.0;

struct mcpi_run_clock {
    double (*source)(void);
    pthread_mutex_t lock;
    pthread_cond_t changed; /* signalled when the thread has to end */
    pthread_t thread;
    bool ticking; /* the thread is running */
    bool over;
    double last;   /* last reading of the source */
    double paused; /* seconds */
};

/* With the lock held. */
static double update(mcpi_run_clock *clock)
{
    const double now = clock->source();
    const double gap = now - clock->last;
    if (clock->ticking && gap > longest_gap_seconds)
        clock->paused += gap;
    clock->last = now;
    return now - clock->paused;
}

static void *tick(void *argument)
{
    mcpi_run_clock *const clock = argument;
    pthread_mutex_lock(&clock->lock);
    while (!clock->over) {
        update(clock);
        mcpi_condition_wait(&clock->changed, &clock->lock, tick_seconds);
    }
    pthread_mutex_unlock(&clock->lock);
    return NULL;
}

mcpi_run_clock *mcpi_run_clock_start(double (*source)(void))
{
    mcpi_run_clock *const clock = calloc(1, sizeof *clock);
    if (!clock)
        return NULL;
    clock->source = source;
    clock->last = source();
    pthread_mutex_init(&clock->lock, NULL);
    mcpi_condition_init(&clock->changed);
    pthread_mutex_lock(&clock->lock);
    clock->ticking = pthread_create(&clock->thread, NULL, tick, clock) == 0;
    pthread_mutex_unlock(&clock->lock);
    return clock;
}

static void end_thread(mcpi_run_clock *clock)
{
    pthread_mutex_lock(&clock->lock);
    clock->over = true;
    pthread_cond_signal(&clock->changed);
    pthread_mutex_unlock(&clock->lock);
    pthread_join(clock->thread, NULL);
}

void mcpi_run_clock_stop(mcpi_run_clock *clock)
{
    if (!clock)
        return;
    if (clock->ticking)
        end_thread(clock);
    pthread_cond_destroy(&clock->changed);
    pthread_mutex_destroy(&clock->lock);
    free(clock);
}

double mcpi_run_clock_read(mcpi_run_clock *clock)
{
    pthread_mutex_lock(&clock->lock);
    const double now = update(clock);
    pthread_mutex_unlock(&clock->lock);
    return now;
}

double mcpi_run_clock_paused(mcpi_run_clock *clock)
{
    pthread_mutex_lock(&clock->lock);
    update(clock);
    const double paused = clock->paused;
    pthread_mutex_unlock(&clock->lock);
    return paused;
}

bool mcpi_run_clock_wait(mcpi_run_clock *clock, pthread_cond_t *condition, pthread_mutex_t *lock, double until)
{
    const double left = until - mcpi_run_clock_read(clock);
    if (left > 0.0)
        mcpi_condition_wait(condition, lock, left);
    return mcpi_run_clock_read(clock) < until;
}
