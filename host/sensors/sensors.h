/*
 * Sensors of GPUs: temperature, power, clock, throttle reasons, memory errors. They are read through NVML, the library
 * of nvidia-smi, which is part of the driver and is loaded at run time. Without it no sensor can be read.
 */
#ifndef MCPI_SENSORS_SENSORS_H
#define MCPI_SENSORS_SENSORS_H

#include <stdbool.h>

#include "mcpi/stress.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mcpi_sensors mcpi_sensors;

/* Load a library by its name, as dlopen takes it; NULL: NVML. Returns NULL if it cannot be loaded, lacks a function
   that all versions have, or finds no driver. Waking up the driver may take seconds. */
mcpi_sensors *mcpi_sensors_open(const char *name);
void mcpi_sensors_close(mcpi_sensors *sensors);

/* A reading in which no value is known. */
mcpi_reading mcpi_no_reading(void);

/* Read the sensors of the GPU with that UUID. Values that it does not report are unknown. `sensors` may be NULL. */
mcpi_reading mcpi_sensors_read(const mcpi_sensors *sensors, const char *uuid);

/* The joules that the board of that GPU has used since the driver was loaded; NaN if they are unknown. `sensors` may be
   NULL. */
double mcpi_sensors_energy(const mcpi_sensors *sensors, const char *uuid);

#ifdef __cplusplus
}
#endif

#endif
