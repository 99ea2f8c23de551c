/*
 * Declares the few functions of NVML that are needed, as in the "NVML API Reference Guide", so that the build does not
 * need the CUDA toolkit. Each function returns 0 for success.
 */
#include "sensors/sensors.h"

#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>

typedef struct nvml_device *nvml_device;

enum { TEMPERATURE_GPU = 0, CLOCK_SM = 1, ECC_CORRECTED = 0, ECC_UNCORRECTED = 1, ECC_SINCE_LOADED = 0 };

typedef struct nvml {
    int (*init)(void);
    int (*shutdown)(void);
    int (*find)(const char *uuid, nvml_device *device);
    int (*temperature)(nvml_device device, int sensor, unsigned *celsius);
    int (*power)(nvml_device device, unsigned *milliwatts);
    int (*clock)(nvml_device device, int type, unsigned *megahertz);
    int (*throttle)(nvml_device device, unsigned long long *reasons);
    int (*ecc)(nvml_device device, int type, int counter, unsigned long long *errors);
    int (*energy)(nvml_device device, unsigned long long *millijoules); /* NULL before driver 384 */
} nvml;

struct mcpi_sensors {
    void *library;
    nvml call;
};

/* Names of NVML's bits, from nvmlClocksEventReasonGpuIdle = 1 on. */
static const char *const throttle_names[] = {
    "gpu_idle",
    "applications_clocks_setting",
    "sw_power_cap",
    "hw_slowdown",
    "sync_boost",
    "sw_thermal_slowdown",
    "hw_thermal_slowdown",
    "hw_power_brake_slowdown",
    "display_clock_setting",
};

const char *mcpi_throttle_name(unsigned bit)
{
    return bit < sizeof throttle_names / sizeof *throttle_names ? throttle_names[bit] : NULL;
}

/* Store a function of the library in *function, in the way that POSIX recommends. False if the library does not have
   it. */
static bool find_function(void *library, const char *name, void *function)
{
    *(void **)function = dlsym(library, name);
    return *(void **)function != NULL;
}

static bool find_functions(void *library, nvml *call)
{
    const bool found = find_function(library, "nvmlInit_v2", &call->init) &&
                       find_function(library, "nvmlShutdown", &call->shutdown) &&
                       find_function(library, "nvmlDeviceGetHandleByUUID", &call->find) &&
                       find_function(library, "nvmlDeviceGetTemperature", &call->temperature) &&
                       find_function(library, "nvmlDeviceGetPowerUsage", &call->power) &&
                       find_function(library, "nvmlDeviceGetClockInfo", &call->clock) &&
                       find_function(library, "nvmlDeviceGetTotalEccErrors", &call->ecc);
    if (!find_function(library, "nvmlDeviceGetTotalEnergyConsumption", &call->energy))
        call->energy = NULL;
    /* Renamed in driver 535; a future driver may drop the old name. */
    return found && (find_function(library, "nvmlDeviceGetCurrentClocksEventReasons", &call->throttle) ||
                     find_function(library, "nvmlDeviceGetCurrentClocksThrottleReasons", &call->throttle));
}

mcpi_sensors *mcpi_sensors_open(const char *name)
{
    void *const library = dlopen(name ? name : "libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    mcpi_sensors *const sensors = library ? calloc(1, sizeof *sensors) : NULL;
    if (sensors && find_functions(library, &sensors->call) && sensors->call.init() == 0) {
        sensors->library = library;
        return sensors;
    }
    free(sensors);
    if (library)
        dlclose(library);
    return NULL;
}

void mcpi_sensors_close(mcpi_sensors *sensors)
{
    if (!sensors)
        return;
    sensors->call.shutdown();
    dlclose(sensors->library);
    free(sensors);
}

mcpi_reading mcpi_no_reading(void)
{
    return (mcpi_reading){NAN, NAN, NAN, NAN, NAN, 0};
}

static double read_errors(const nvml *call, nvml_device device, int type)
{
    unsigned long long errors;
    return call->ecc(device, type, ECC_SINCE_LOADED, &errors) == 0 ? (double)errors : NAN;
}

mcpi_reading mcpi_sensors_read(const mcpi_sensors *sensors, const char *uuid)
{
    mcpi_reading reading = mcpi_no_reading();
    nvml_device device;
    unsigned value;
    unsigned long long reasons;
    if (!sensors || sensors->call.find(uuid, &device) != 0)
        return reading;
    const nvml *const call = &sensors->call;
    if (call->temperature(device, TEMPERATURE_GPU, &value) == 0)
        reading.temperature_celsius = value;
    if (call->power(device, &value) == 0)
        reading.power_watts = 1e-3 * value;
    if (call->clock(device, CLOCK_SM, &value) == 0)
        reading.sm_clock_hertz = 1e6 * value;
    if (call->throttle(device, &reasons) == 0)
        reading.throttle = (uint32_t)reasons;
    reading.ecc_corrected = read_errors(call, device, ECC_CORRECTED);
    reading.ecc_uncorrected = read_errors(call, device, ECC_UNCORRECTED);
    return reading;
}

double mcpi_sensors_energy(const mcpi_sensors *sensors, const char *uuid)
{
    nvml_device device;
    unsigned long long millijoules;
    if (!sensors || !sensors->call.energy || sensors->call.find(uuid, &device) != 0 ||
        sensors->call.energy(device, &millijoules) != 0)
        return NAN;
    return 1e-3 * (double)millijoules;
}
