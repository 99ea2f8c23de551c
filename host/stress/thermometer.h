/* A thread that reads the sensors of all GPUs of a test every second. */
#ifndef MCPI_STRESS_THERMOMETER_H
#define MCPI_STRESS_THERMOMETER_H

#include "stress/test_state.h"

/* Start the thread if there is a GPU. Without the thread the test continues. With the lock held. */
void mcpi_thermometer_start(test *t);

/* Wait for the thread, but at most this many seconds: the driver may never answer. With the lock held. */
void mcpi_thermometer_end(test *t, double seconds);

#endif
