#include "cli/io/machine_state.h"

#include <ctype.h>
#include <dirent.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/status.h"

static const double most_seconds = 2e-3;

typedef struct mean {
    double sum;
    size_t count;
} mean;

static void add(mean *m, double value)
{
    m->sum += value;
    m->count++;
}

static double value_of(const mean *m)
{
    return m->count ? m->sum / (double)m->count : NAN;
}

__attribute__((format(printf, 1, 2))) static FILE *open_file(const char *format, ...)
{
    char path[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(path, sizeof path, format, arguments);
    va_end(arguments);
    return fopen(path, "re");
}

/* The number that a text begins with; NaN if there is none. */
static double number_in(const char *text)
{
    char *end;
    const double number = strtod(text, &end);
    return end == text ? NAN : number;
}

/* The number that a file begins with; NaN if there is none. Closes the file, which may be NULL. */
static double read_number(FILE *file)
{
    char line[64];
    const bool found = file && fgets(line, sizeof line, file);
    if (file)
        fclose(file);
    return found ? number_in(line) : NAN;
}

static bool is_cpu(const char *name)
{
    return strncmp(name, "cpu", 3) == 0 && isdigit((unsigned char)name[3]);
}

/* The mean of what the frequency governor of each CPU reports. CPUs that are offline report nothing. */
static double read_governors(const char *root)
{
    char path[512];
    snprintf(path, sizeof path, "%s/sys/devices/system/cpu", root);
    DIR *const folder = opendir(path);
    mean hertz = {0};
    const double begin = mcpi_seconds();
    for (const struct dirent *entry; folder && (entry = readdir(folder)) && mcpi_seconds() - begin < most_seconds;) {
        if (!is_cpu(entry->d_name))
            continue;
        const double kilohertz = read_number(open_file("%s/%s/cpufreq/scaling_cur_freq", path, entry->d_name));
        if (kilohertz > 0)
            add(&hertz, 1e3 * kilohertz);
    }
    if (folder)
        closedir(folder);
    return value_of(&hertz);
}

static double read_cpuinfo(const char *root)
{
    FILE *const file = open_file("%s/proc/cpuinfo", root);
    mean hertz = {0};
    char *line = NULL;
    size_t size = 0;
    while (file && getline(&line, &size, file) > 0)
        if (strncmp(line, "cpu MHz", 7) == 0 && strchr(line, ':'))
            add(&hertz, 1e6 * number_in(strchr(line, ':') + 1));
    free(line);
    if (file)
        fclose(file);
    return value_of(&hertz);
}

machine_state read_machine_state(const char *root)
{
    machine_state state = {.load = read_number(open_file("%s/proc/loadavg", root)), .cpu_hertz = read_governors(root)};
    if (isnan(state.cpu_hertz))
        state.cpu_hertz = read_cpuinfo(root);
    return state;
}

void read_gpu_clocks(machine_state *state, const mcpi_sensors *sensors, const mcpi_device *devices, size_t count)
{
    for (size_t i = 0; i < count && state->gpu_count < MACHINE_GPUS_MAX; i++) {
        if (devices[i].kind != MCPI_GPU || !devices[i].uuid[0])
            continue;
        gpu_clock *const gpu = &state->gpus[state->gpu_count++];
        memcpy(gpu->uuid, devices[i].uuid, sizeof gpu->uuid);
        gpu->hertz = mcpi_sensors_read(sensors, gpu->uuid).sm_clock_hertz;
    }
}

void put_machine_state(json_writer *j, const char *key, const machine_state *state)
{
    put_open(j, key, '{');
    put_number(j, "load_average", state->load);
    put_number(j, "cpu_clock_hertz", state->cpu_hertz);
    if (state->gpu_count > 0)
        put_open(j, "gpus", '[');
    for (size_t i = 0; i < state->gpu_count; i++) {
        put_open(j, NULL, '{');
        put_string(j, "uuid", state->gpus[i].uuid);
        put_number(j, "sm_clock_hertz", state->gpus[i].hertz);
        put_close(j, '}');
    }
    if (state->gpu_count > 0)
        put_close(j, ']');
    put_close(j, '}');
}
