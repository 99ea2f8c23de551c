/* A thread that reads the sensors of all GPUs of a test every second. */
#ifndef MCPI_STRESS_THERMOMETER_H
#define MCPI_STRESS_THERMOMETER_H

#include "stress/test_state.h"

/* If there is a GPU; a test can do without the thread. With the lock held. */
void mcpi_thermometer_start(test *t);

/* Wait for it, but only for some seconds: the driver may never answer. With the lock held. */
void mcpi_thermometer_end(test *t, double seconds);

#endif
