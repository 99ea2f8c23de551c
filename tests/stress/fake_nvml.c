/* A library with NVML's names and one GPU, whose UUID NVML_FAKE_UUID gives; it is hot, and throttled for that. It has
   used NVML_FAKE_MILLIJOULES; unless that is set, it has no counter of its energy. */
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, NOT_FOUND = 6, NOT_SUPPORTED = 3 };

int nvmlInit_v2(void);
int nvmlShutdown(void);
int nvmlDeviceGetHandleByUUID(const char *uuid, void **device);
int nvmlDeviceGetTemperature(void *device, int sensor, unsigned *celsius);
int nvmlDeviceGetPowerUsage(void *device, unsigned *milliwatts);
int nvmlDeviceGetClockInfo(void *device, int type, unsigned *megahertz);
int nvmlDeviceGetCurrentClocksThrottleReasons(void *device, unsigned long long *reasons);
int nvmlDeviceGetTotalEccErrors(void *device, int type, int counter, unsigned long long *errors);
int nvmlDeviceGetTotalEnergyConsumption(void *device, unsigned long long *millijoules);

int nvmlInit_v2(void)
{
    return getenv("NVML_FAKE_UUID") ? SUCCESS : NOT_SUPPORTED;
}

int nvmlShutdown(void)
{
    return SUCCESS;
}

int nvmlDeviceGetHandleByUUID(const char *uuid, void **device)
{
    *device = NULL;
    return strcmp(uuid, getenv("NVML_FAKE_UUID")) == 0 ? SUCCESS : NOT_FOUND;
}

int nvmlDeviceGetTemperature(void *device, int sensor, unsigned *celsius)
{
    (void)device;
    *celsius = 91;
    return sensor == 0 ? SUCCESS : NOT_SUPPORTED;
}

int nvmlDeviceGetPowerUsage(void *device, unsigned *milliwatts)
{
    (void)device;
    *milliwatts = 699500;
    return SUCCESS;
}

int nvmlDeviceGetClockInfo(void *device, int type, unsigned *megahertz)
{
    (void)device;
    *megahertz = 1410;
    return type == 1 ? SUCCESS : NOT_SUPPORTED;
}

int nvmlDeviceGetCurrentClocksThrottleReasons(void *device, unsigned long long *reasons)
{
    (void)device;
    *reasons = 0x40 | 0x8; /* hardware thermal slowdown, which is a hardware slowdown */
    return SUCCESS;
}

int nvmlDeviceGetTotalEccErrors(void *device, int type, int counter, unsigned long long *errors)
{
    (void)device;
    *errors = 17;
    return type == 0 && counter == 0 ? SUCCESS : NOT_SUPPORTED;
}

int nvmlDeviceGetTotalEnergyConsumption(void *device, unsigned long long *millijoules)
{
    (void)device;
    const char *const used = getenv("NVML_FAKE_MILLIJOULES");
    if (!used)
        return NOT_SUPPORTED;
    *millijoules = strtoull(used, NULL, 10);
    return SUCCESS;
}
