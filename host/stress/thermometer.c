/* The sensors have their own thread, because the driver may answer late or never. */
#include "stress/thermometer.h"

#include <math.h>

#include "core/c_locale.h"
#include "sensors/sensors.h"

static void wait_a_second(test *t)
{
    const double until = mcpi_lanes_now(&t->lanes) + 1.0;
    while (!t->over && mcpi_run_clock_wait(t->lanes.clock, &t->lanes.news, &t->lanes.lock, until))
        ;
}

static void note(mcpi_stress_row *row, const mcpi_reading *reading)
{
    row->reading = *reading;
    row->hottest_celsius = fmax(row->hottest_celsius, reading->temperature_celsius); /* fmax ignores NaN */
    row->throttled |= reading->throttle;
}

static void read_all(test *t, const mcpi_sensors *sensors)
{
    for (tester *gpu = t->testers; gpu < t->testers + t->roles.count; gpu++) {
        if (gpu->role->device.kind != MCPI_GPU)
            continue;
        pthread_mutex_unlock(&t->lanes.lock);
        const mcpi_reading reading = mcpi_sensors_read(sensors, gpu->role->device.uuid);
        pthread_mutex_lock(&t->lanes.lock);
        note(&gpu->row, &reading);
    }
}

static void *read_sensors(void *argument)
{
    MCPI_C_LOCALE;
    test *const t = argument;
    mcpi_sensors *const sensors = mcpi_sensors_open(NULL);
    pthread_mutex_lock(&t->lanes.lock);
    while (sensors && !t->over) {
        read_all(t, sensors);
        wait_a_second(t);
    }
    pthread_mutex_unlock(&t->lanes.lock);
    mcpi_sensors_close(sensors);
    pthread_mutex_lock(&t->lanes.lock);
    t->thermometer_left = true;
    pthread_cond_broadcast(&t->lanes.news);
    mcpi_lanes_let_go(&t->lanes);
    return NULL;
}

static bool has_gpu(const test *t)
{
    for (size_t i = 0; i < t->roles.count; i++)
        if (t->roles.list[i].device.kind == MCPI_GPU)
            return true;
    return false;
}

/* The thread is never joined, because it may be stuck. */
void mcpi_thermometer_start(test *t)
{
    pthread_t thread;
    t->thermometer_left = !has_gpu(t) || pthread_create(&thread, NULL, read_sensors, t) != 0;
    if (t->thermometer_left)
        return;
    pthread_detach(thread);
    t->lanes.references++;
}

void mcpi_thermometer_end(test *t, double seconds)
{
    const double until = mcpi_lanes_now(&t->lanes) + seconds;
    t->over = true;
    pthread_cond_broadcast(&t->lanes.news);
    while (!t->thermometer_left && mcpi_run_clock_wait(t->lanes.clock, &t->lanes.news, &t->lanes.lock, until))
        ;
}
