/*
 * The state of the machine before and after the work of a command. It tells whether a rate is that of an idle machine,
 * and of which clocks.
 */
#ifndef MCPI_CLI_IO_MACHINE_STATE_H
#define MCPI_CLI_IO_MACHINE_STATE_H

#include "cli/io/json.h"
#include "sensors/sensors.h"

enum { MACHINE_GPUS_MAX = 16 };

typedef struct gpu_clock {
    char uuid[sizeof((mcpi_device *)0)->uuid];
    double hertz; /* of its multiprocessors; NaN if NVML does not report it */
} gpu_clock;

typedef struct machine_state {
    double load;      /* processes that ran or waited, averaged over a minute; NaN if unknown */
    double cpu_hertz; /* mean over CPUs; NaN if unknown */
    size_t gpu_count; /* 0 unless read_gpu_clocks was called */
    gpu_clock gpus[MACHINE_GPUS_MAX];
} machine_state;

/*
 * The state now, from /proc and /sys. `root` is a prefix of every path that is read: "" for this machine. Reading the
 * clock of a CPU can take 10 ms on kernels before 5.18, so no further CPU is read after 2 ms.
 */
machine_state read_machine_state(const char *root);

/* Add the clocks of those of the devices that are GPUs. Costs nothing but a call of NVML for each, once the sensors are
   open; opening them may take seconds, so only commands that open them anyway do this. `sensors` may be NULL. */
void read_gpu_clocks(machine_state *state, const mcpi_sensors *sensors, const mcpi_device *devices, size_t count);

/* "key":{"load_average":..,"cpu_clock_hertz":..}, with "gpus":[{"uuid":"..","sm_clock_hertz":..}] if there are any. */
void put_machine_state(json_writer *j, const char *key, const machine_state *state);

#endif
