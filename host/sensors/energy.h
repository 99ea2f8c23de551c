/*
 * Energy: the joules that a device used between two readings of its counters.
 *
 * CPU: RAPL, read through the powercap tree of Linux, for Intel and AMD processors. The figure is that of all processor
 * packages as a whole: it includes idle cores, caches, and whatever other programs do. GPU: the energy counter of NVML,
 * which counts the whole board. Neither can be divided among programs.
 *
 * The counters advance in steps: RAPL about every millisecond, NVML about every 20 to 100 ms. The energy of an interval
 * is therefore uncertain by what the device uses in one step, and unknown for intervals of less than ten steps: below
 * 10 ms for a CPU, below 1 s for a GPU. A reading takes some microseconds.
 */
#ifndef MCPI_SENSORS_ENERGY_H
#define MCPI_SENSORS_ENERGY_H

#include "sensors/sensors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The counters of one device. */
typedef struct mcpi_energy_meter mcpi_energy_meter;

/* All packages of the CPU. `powercap` is the folder of the powercap tree; NULL: /sys/class/powercap. NULL without
   memory. */
mcpi_energy_meter *mcpi_energy_open_cpu(const char *powercap);

/* The GPU with that UUID. `sensors` may be NULL; otherwise it must stay open as long as the meter. NULL without
   memory. */
mcpi_energy_meter *mcpi_energy_open_gpu(const mcpi_sensors *sensors, const char *uuid);

void mcpi_energy_close(mcpi_energy_meter *meter);

/* Why the meter measures nothing, and what to do, in one line; empty if it measures. */
const char *mcpi_energy_absence(const mcpi_energy_meter *meter);

enum { MCPI_ENERGY_COUNTERS_MAX = 32 };

/* The counters at one time. */
typedef struct mcpi_energy_reading {
    double seconds; /* by mcpi_seconds */
    bool known;     /* all counters could be read */
    uint64_t microjoules[MCPI_ENERGY_COUNTERS_MAX];
} mcpi_energy_reading;

/* `meter` may be NULL, also below: then nothing is known. */
mcpi_energy_reading mcpi_energy_read(const mcpi_energy_meter *meter);

typedef struct mcpi_energy {
    double joules;
    double half_width; /* of the interval around `joules` that the resolution of the counters leaves */
} mcpi_energy;

/*
 * The energy between two readings of the same meter. Both members are NaN if it is unknown: a counter could not be read
 * or was reset, the interval is shorter than ten steps of the counter, or it is so long that a counter may have
 * overflowed more than once (at 1000 W; RAPL counters overflow after some 100 to 1000 s). Counters that overflowed once
 * are handled. For a longer interval, add up the energy of parts of it.
 */
mcpi_energy mcpi_energy_between(const mcpi_energy_meter *meter, const mcpi_energy_reading *before,
                                const mcpi_energy_reading *after);

#ifdef __cplusplus
}
#endif

#endif
