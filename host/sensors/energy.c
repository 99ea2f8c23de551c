/*
 * The powercap tree is that of Documentation/power/powercap/powercap.rst in Linux. Only domains at its top that are
 * named "package-..." count: the domains below them ("core", "dram") are parts of a package, "psys" contains the
 * packages, and the tree "intel-rapl-mmio" has the same packages again.
 */
#include "sensors/energy.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/status.h"

static const double rapl_step_seconds = 1e-3;
static const double nvml_step_seconds = 0.1;
static const double least_steps = 10;  /* a half-width of 10 % */
static const double most_watts = 1000; /* of one counter */

enum { PATH_SIZE = 512 };

struct mcpi_energy_meter {
    double step_seconds; /* between two updates of a counter */
    char absence[600];
    size_t counters;
    /* CPU */
    char powercap[256];
    unsigned domains[MCPI_ENERGY_COUNTERS_MAX];      /* intel-rapl:N */
    uint64_t overflows_at[MCPI_ENERGY_COUNTERS_MAX]; /* microjoules; 0: never, or not known */
    /* GPU */
    const mcpi_sensors *sensors;
    char uuid[48];
};

/* ---- files of the powercap tree ---- */

/* Read the first line of a domain's file. Returns 0 or errno. */
static int read_line(const mcpi_energy_meter *meter, unsigned domain, const char *name, char *line, size_t size)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/intel-rapl:%u/%s", meter->powercap, domain, name);
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return errno;
    const ssize_t length = read(file, line, size - 1);
    const int failed = length < 0 ? errno : 0;
    close(file);
    line[length > 0 ? length : 0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    return failed;
}

/* Returns 0 or errno. */
static int read_microjoules(const mcpi_energy_meter *meter, unsigned domain, const char *name, uint64_t *microjoules)
{
    char line[64];
    char *end;
    const int failed = read_line(meter, domain, name, line, sizeof line);
    if (failed)
        return failed;
    errno = 0;
    *microjoules = strtoull(line, &end, 10);
    return end == line || *end ? EINVAL : errno;
}

static bool is_package(const mcpi_energy_meter *meter, unsigned domain)
{
    static const char package[] = "package-";
    char name[64];
    return read_line(meter, domain, "name", name, sizeof name) == 0 && strncmp(name, package, sizeof package - 1) == 0;
}

/* ---- opening a meter ---- */

static void explain_unreadable(mcpi_energy_meter *meter, int reason)
{
    meter->counters = 0;
    if (reason == EACCES || reason == EPERM)
        snprintf(meter->absence, sizeof meter->absence,
                 "energy_uj is readable by root only (CVE-2020-8694): run as root, or chmod a+r "
                 "%s/intel-rapl:*/energy_uj",
                 meter->powercap);
    else
        snprintf(meter->absence, sizeof meter->absence, "RAPL cannot be read: %s/intel-rapl:*/energy_uj: %s",
                 meter->powercap, strerror(reason));
}

/* False ends the search. */
static bool add_package(mcpi_energy_meter *meter, unsigned domain)
{
    uint64_t now;
    const size_t i = meter->counters;
    const int failed = i == MCPI_ENERGY_COUNTERS_MAX ? E2BIG : read_microjoules(meter, domain, "energy_uj", &now);
    if (failed) {
        explain_unreadable(meter, failed);
        return false;
    }
    if (read_microjoules(meter, domain, "max_energy_range_uj", &meter->overflows_at[i]) != 0)
        meter->overflows_at[i] = 0;
    meter->domains[i] = domain;
    meter->counters++;
    return true;
}

/* A domain at the top: intel-rapl:0, but not its part intel-rapl:0:0. */
static bool is_domain(const char *name, unsigned *domain)
{
    static const char prefix[] = "intel-rapl:";
    const size_t length = sizeof prefix - 1;
    if (strncmp(name, prefix, length) != 0 || !isdigit((unsigned char)name[length]))
        return false;
    char *end;
    *domain = (unsigned)strtoul(name + length, &end, 10);
    return *end == '\0';
}

static void find_packages(mcpi_energy_meter *meter, DIR *folder)
{
    const struct dirent *entry;
    unsigned domain;
    while ((entry = readdir(folder)))
        if (is_domain(entry->d_name, &domain) && is_package(meter, domain) && !add_package(meter, domain))
            return;
    if (meter->counters == 0)
        snprintf(meter->absence, sizeof meter->absence,
                 "no RAPL: %s has no package (virtual machine, or the module intel_rapl_msr is not loaded?)",
                 meter->powercap);
}

mcpi_energy_meter *mcpi_energy_open_cpu(const char *powercap)
{
    mcpi_energy_meter *const meter = calloc(1, sizeof *meter);
    if (!meter)
        return NULL;
    meter->step_seconds = rapl_step_seconds;
    snprintf(meter->powercap, sizeof meter->powercap, "%s", powercap ? powercap : "/sys/class/powercap");
    DIR *const folder = opendir(meter->powercap);
    if (folder) {
        find_packages(meter, folder);
        closedir(folder);
    } else if (errno == ENOENT) {
        snprintf(meter->absence, sizeof meter->absence, "no RAPL: %s is missing (virtual machine?)", meter->powercap);
    } else {
        explain_unreadable(meter, errno);
    }
    return meter;
}

mcpi_energy_meter *mcpi_energy_open_gpu(const mcpi_sensors *sensors, const char *uuid)
{
    mcpi_energy_meter *const meter = calloc(1, sizeof *meter);
    if (!meter)
        return NULL;
    meter->step_seconds = nvml_step_seconds;
    meter->sensors = sensors;
    snprintf(meter->uuid, sizeof meter->uuid, "%s", uuid);
    meter->counters = isnan(mcpi_sensors_energy(sensors, uuid)) ? 0 : 1;
    if (!sensors)
        snprintf(meter->absence, sizeof meter->absence, "NVML, the library of nvidia-smi, could not be loaded");
    else if (meter->counters == 0)
        snprintf(meter->absence, sizeof meter->absence,
                 "NVML reports no energy for this GPU: only GPUs since Volta count it, and parts of a partitioned GPU "
                 "(MIG) do not");
    return meter;
}

void mcpi_energy_close(mcpi_energy_meter *meter)
{
    free(meter);
}

const char *mcpi_energy_absence(const mcpi_energy_meter *meter)
{
    return meter ? meter->absence : "out of memory";
}

/* ---- readings ---- */

static bool read_counter(const mcpi_energy_meter *meter, size_t i, uint64_t *microjoules)
{
    if (!meter->sensors)
        return read_microjoules(meter, meter->domains[i], "energy_uj", microjoules) == 0;
    const double joules = mcpi_sensors_energy(meter->sensors, meter->uuid);
    *microjoules = isnan(joules) ? 0 : (uint64_t)llround(1e6 * joules);
    return !isnan(joules);
}

mcpi_energy_reading mcpi_energy_read(const mcpi_energy_meter *meter)
{
    mcpi_energy_reading reading = {.seconds = mcpi_seconds(), .known = meter && meter->counters > 0};
    for (size_t i = 0; reading.known && i < meter->counters; i++)
        reading.known = read_counter(meter, i, &reading.microjoules[i]);
    return reading;
}

/* The joules that one counter counted; NaN if they are unknown. */
static double counted(uint64_t before, uint64_t after, uint64_t overflows_at, double seconds)
{
    if (overflows_at == 0)
        return after >= before ? 1e-6 * (double)(after - before) : NAN;
    if (before > overflows_at || after > overflows_at || seconds * most_watts > 1e-6 * (double)overflows_at)
        return NAN;
    return 1e-6 * (double)(after >= before ? after - before : after + (overflows_at - before));
}

mcpi_energy mcpi_energy_between(const mcpi_energy_meter *meter, const mcpi_energy_reading *before,
                                const mcpi_energy_reading *after)
{
    const double seconds = after->seconds - before->seconds;
    if (!meter || !before->known || !after->known || !(seconds >= least_steps * meter->step_seconds))
        return (mcpi_energy){NAN, NAN};
    double joules = 0.0;
    for (size_t i = 0; i < meter->counters; i++)
        joules += counted(before->microjoules[i], after->microjoules[i], meter->overflows_at[i], seconds);
    return (mcpi_energy){joules, joules * meter->step_seconds / seconds};
}
