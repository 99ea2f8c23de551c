/* A thread of its own, for the driver may take long to answer, or never. */
#include <math.h>

#include "core/c_locale.h"
#include "core/condition.h"
#include "sensors/sensors.h"
#include "stress/test_state.h"

static void wait_a_second(crew *c)
{
    const double until = mcpi_crew_now(c) + 1.0;
    while (!c->over && mcpi_run_clock_wait(c->clock, &c->news, &c->lock, until))
        ;
}

static void note(mcpi_stress_row *row, const mcpi_reading *reading)
{
    row->reading = *reading;
    row->hottest_celsius =
        fmax(row->hottest_celsius, reading->temperature_celsius); /* of a number and NaN: the number */
    row->throttled |= reading->throttle;
}

static void read_all(crew *c, const mcpi_sensors *sensors)
{
    for (member *m = c->members; m < c->members + c->roster.count; m++) {
        if (m->counter->device.kind != MCPI_GPU)
            continue;
        pthread_mutex_unlock(&c->lock);
        const mcpi_reading reading = mcpi_sensors_read(sensors, m->counter->device.uuid);
        pthread_mutex_lock(&c->lock);
        note(&m->row, &reading);
    }
}

void *mcpi_thermometer(void *argument)
{
    MCPI_C_LOCALE;
    crew *const c = argument;
    mcpi_sensors *const sensors = mcpi_sensors_open(NULL);
    pthread_mutex_lock(&c->lock);
    while (sensors && !c->over) {
        read_all(c, sensors);
        wait_a_second(c);
    }
    pthread_mutex_unlock(&c->lock);
    mcpi_sensors_close(sensors);
    pthread_mutex_lock(&c->lock);
    c->thermometer_left = true;
    pthread_cond_broadcast(&c->news);
    pthread_mutex_unlock(&c->lock);
    mcpi_crew_release(c);
    return NULL;
}
