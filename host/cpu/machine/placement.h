/* The order in which workers take the CPUs of this process, and the CPUs on which each worker may run. */
#ifndef MCPI_CPU_MACHINE_PLACEMENT_H
#define MCPI_CPU_MACHINE_PLACEMENT_H

#include "core/backend.h"
#include "cpu/machine/topology.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Sort CPUs, which are in the order of their numbers and have been located, into the order in which workers take them,
 * and fill in `sibling`. First comes one hardware thread of each physical core, the faster cores first, then the second
 * threads in the same order, and so on. Workers share caches, packages and nodes as late as possible: they are
 * distributed over the nodes one by one, within each node over its packages, and within each package over its caches.
 */
void mcpi_order_cpus(mcpi_cpu *cpus, size_t count);

/* The places of sorted CPUs: one CPU each, or with MCPI_PIN_CORES all CPUs of its core. Free them with free(). NULL
   without memory. */
mcpi_places *mcpi_places_of(const mcpi_cpu *cpus, size_t count, mcpi_pin pin);

/* mcpi_backend.places */
mcpi_places *mcpi_cpu_places(const mcpi_device *device, mcpi_pin pin);

#ifdef __cplusplus
}
#endif

#endif
