#include "core/affinity.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/status.h"

enum { workers_for_each_cpu = 4, workers_anywhere = 1024 };

unsigned mcpi_most_workers(void)
{
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > workers_anywhere / workers_for_each_cpu ? (unsigned)online * workers_for_each_cpu
                                                            : workers_anywhere;
}

mcpi_status mcpi_check_threads(unsigned threads, mcpi_error *error)
{
    if (threads <= mcpi_most_workers())
        return MCPI_OK;
    return mcpi_fail(
        error, MCPI_BAD_OPTION,
        "options.threads %u: must be at most %u here (%d for each hardware thread, or %d if that is more): more "
        "workers do not count faster, and they use up the machine's process ids",
        threads, mcpi_most_workers(), workers_for_each_cpu, workers_anywhere);
}

mcpi_places *mcpi_places_make(size_t places, size_t cpus)
{
    mcpi_places *const made = calloc(1, sizeof *made + places * sizeof *made->list + cpus * sizeof *made->cpus);
    if (!made)
        return NULL;
    made->count = places;
    made->list = (mcpi_place *)(made + 1);
    made->cpus = (int *)(made->list + places);
    return made;
}

/* The affinity mask, with room for *cpus CPUs. Free it with CPU_FREE. NULL on failure. The kernel refuses a mask that
   is smaller than its own, so the size is doubled until the call succeeds. */
static cpu_set_t *affinity_mask(int *cpus)
{
    for (*cpus = CPU_SETSIZE; *cpus <= 1 << 20; *cpus *= 2) {
        cpu_set_t *const set = CPU_ALLOC(*cpus);
        if (!set)
            return NULL;
        if (sched_getaffinity(0, CPU_ALLOC_SIZE(*cpus), set) == 0)
            return set;
        const bool too_small = errno == EINVAL;
        CPU_FREE(set);
        if (!too_small)
            return NULL;
    }
    return NULL;
}

size_t mcpi_affinity_list(int *cpus, size_t capacity)
{
    int size;
    size_t count = 0;
    cpu_set_t *const set = affinity_mask(&size);
    for (int cpu = 0; set && cpu < size; cpu++) {
        if (!CPU_ISSET_S(cpu, CPU_ALLOC_SIZE(size), set))
            continue;
        if (count < capacity)
            cpus[count] = cpu;
        count++;
    }
    CPU_FREE(set);
    return count;
}

int mcpi_bind_thread(const mcpi_place *place)
{
    int last = 0;
    for (size_t i = 0; i < place->count; i++)
        last = place->cpus[i] > last ? place->cpus[i] : last;
    cpu_set_t *const set = CPU_ALLOC(last + 1);
    if (!set)
        return ENOMEM;
    const size_t size = CPU_ALLOC_SIZE(last + 1);
    CPU_ZERO_S(size, set);
    for (size_t i = 0; i < place->count; i++)
        CPU_SET_S(place->cpus[i], size, set);
    const int reason = sched_setaffinity(0, size, set) == 0 ? 0 : errno;
    CPU_FREE(set);
    return reason;
}

/* sysfs writes addresses in lower case, CUDA in upper case. */
static FILE *open_local_cpus(const char *root, const char *address)
{
    char path[PATH_MAX];
    char small[32] = "";
    for (size_t i = 0; address[i] && i + 1 < sizeof small; i++)
        small[i] = (char)tolower((unsigned char)address[i]);
    const int length = snprintf(path, sizeof path, "%s/sys/bus/pci/devices/%s/local_cpulist", root, small);
    return (size_t)length < sizeof path ? fopen(path, "r") : NULL;
}

/* Read the next range of a list as in "0-3,8,10-11"; false at its end. */
static bool read_range(const char **list, long *first, long *last)
{
    char *end;
    *first = strtol(*list, &end, 10);
    if (end == *list)
        return false;
    *last = *end == '-' ? strtol(end + 1, &end, 10) : *first;
    *list = end + (*end == ',');
    return true;
}

/* Keep the CPUs that are in the list. Returns how many remain. Both the list and the CPUs are in ascending order. */
static size_t keep_listed(const char *list, int *cpus, size_t count)
{
    size_t kept = 0;
    size_t next = 0;
    for (long first, last; read_range(&list, &first, &last);)
        for (; next < count && cpus[next] <= last; next++)
            if (cpus[next] >= first)
                cpus[kept++] = cpus[next];
    return kept;
}

mcpi_places *mcpi_places_near(const char *root, const char *address)
{
    const size_t usable = mcpi_affinity_list(NULL, 0);
    mcpi_places *const near = mcpi_places_make(1, usable);
    FILE *const file = open_local_cpus(root, address);
    char *list = NULL;
    size_t size = 0;
    if (near && file && getline(&list, &size, file) > 0) {
        mcpi_affinity_list(near->cpus, usable);
        near->list[0] = (mcpi_place){keep_listed(list, near->cpus, usable), near->cpus};
    }
    if (near && near->list[0].count == 0)
        near->count = 0;
    free(list);
    if (file)
        fclose(file);
    return near;
}
