/*
 * CPUs by the system's numbers: which of them this process may use, which are near a device, and where a thread is to
 * run. It is all that backends have in common about them; what CPUs have to do with each other the CPU backend knows.
 */
#ifndef MCPI_CORE_AFFINITY_H
#define MCPI_CORE_AFFINITY_H

#include <stddef.h>

#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where a thread may run: on any of these CPUs. None: it is left where it is. */
typedef struct mcpi_place {
    size_t count;
    const int *cpus;
} mcpi_place;

/* The places of a device's workers, in the order in which they are taken. */
typedef struct mcpi_places {
    size_t count;
    mcpi_place *list;
    int *cpus; /* memory for what the places hold */
} mcpi_places;

/*
 * The most workers of one device: 4 for each hardware thread that is online, and at least 1024. Each worker is a
 * thread. More of them do not count faster, and they take process ids from all other programs on the machine.
 */
unsigned mcpi_most_workers(void);

/* BAD_OPTION, and a message that names --threads and the limit, if `threads` is above mcpi_most_workers. */
mcpi_status mcpi_check_threads(unsigned threads, mcpi_error *error);

/* Room for so many places, all of them empty, and for so many CPUs in them. free() frees all of it; NULL without
   memory. */
mcpi_places *mcpi_places_make(size_t places, size_t cpus);

/* Write at most `capacity` CPUs of this process's affinity mask, in order; return how many there are. */
size_t mcpi_affinity_list(int *cpus, size_t capacity);

/* Bind the calling thread, and those that it will start, to the CPUs of a place. 0, or an errno. */
int mcpi_bind_thread(const mcpi_place *place);

/*
 * One place: the CPUs of the affinity mask that are near the PCI device at `address` ("0000:3b:00.0", in capitals or
 * not), as Linux has them in local_cpulist (Documentation/ABI/testing/sysfs-bus-pci). No place where that is not known,
 * or none of them may be used; NULL without memory. `root` goes before the path that is read: "" for this machine.
 */
mcpi_places *mcpi_places_near(const char *root, const char *address);

#ifdef __cplusplus
}
#endif

#endif
