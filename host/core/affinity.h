/*
 * CPUs by their system numbers: the CPUs that this process may use, the CPUs near a device, and binding threads to
 * CPUs. This is what all backends share. Topology (cores, caches, nodes) belongs to the CPU backend.
 */
#ifndef MCPI_CORE_AFFINITY_H
#define MCPI_CORE_AFFINITY_H

#include <stddef.h>

#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The CPUs on which a thread may run. With none, the thread is not bound. */
typedef struct mcpi_place {
    size_t count;
    const int *cpus;
} mcpi_place;

/* The places of a device's workers, in the order in which workers take them. */
typedef struct mcpi_places {
    size_t count;
    mcpi_place *list;
    int *cpus; /* storage for the CPUs of all places */
} mcpi_places;

/*
 * The maximum number of workers of one device: 4 for each online hardware thread, and at least 1024. Each worker is a
 * thread. More workers do not count faster, and they use up process ids that other programs need.
 */
unsigned mcpi_most_workers(void);

/* BAD_OPTION, and a message that names --threads and the limit, if `threads` is above mcpi_most_workers. */
mcpi_status mcpi_check_threads(unsigned threads, mcpi_error *error);

/* Allocate `places` empty places and storage for `cpus` CPUs. Free everything with free(). NULL without memory. */
mcpi_places *mcpi_places_make(size_t places, size_t cpus);

/* Write at most `capacity` CPUs of this process's affinity mask, in ascending order. Returns the number of CPUs in the
   mask. */
size_t mcpi_affinity_list(int *cpus, size_t capacity);

/* Bind the calling thread, and threads that it starts later, to the CPUs of a place. Returns 0 or an errno. */
int mcpi_bind_thread(const mcpi_place *place);

/*
 * One place: the CPUs of the affinity mask that are near the PCI device at `address` ("0000:3b:00.0", upper or lower
 * case). Linux lists them in local_cpulist (Documentation/ABI/testing/sysfs-bus-pci). No place if the list is not
 * available or contains no CPU of the mask. NULL without memory. `root` is a prefix of the path that is read: "" for
 * this machine.
 */
mcpi_places *mcpi_places_near(const char *root, const char *address);

#ifdef __cplusplus
}
#endif

#endif
