/*
 * What GPUs say of themselves: temperature, power, clock, what throttles them, memory errors. Through NVML, the library
 * that nvidia-smi uses, which comes with the driver and is loaded at run time: where it is not, nothing is known.
 */
#ifndef MCPI_SENSORS_SENSORS_H
#define MCPI_SENSORS_SENSORS_H

#include <stdbool.h>

#include "mcpi/stress.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mcpi_sensors mcpi_sensors;

/* The library of that name, as dlopen takes it; without a name NVML. NULL if it cannot be loaded, lacks a function that
   all versions have, or finds no driver. It may take seconds to wake the driver. */
mcpi_sensors *mcpi_sensors_open(const char *name);
void mcpi_sensors_close(mcpi_sensors *sensors);

/* A reading that knows nothing. */
mcpi_reading mcpi_no_reading(void);

/* Ask the GPU of that UUID. What it does not tell is not known. `sensors` may be NULL. */
mcpi_reading mcpi_sensors_read(const mcpi_sensors *sensors, const char *uuid);

#ifdef __cplusplus
}
#endif

#endif
