/* In which order workers take the CPUs of this process, and on which of them each may run. */
#ifndef MCPI_CPU_MACHINE_PLACEMENT_H
#define MCPI_CPU_MACHINE_PLACEMENT_H

#include "core/backend.h"
#include "cpu/machine/topology.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Put CPUs, which are in the order of their numbers and have been located, into the order in which workers take them,
 * and fill in `sibling`: a hardware thread of each physical core, the faster cores first, then the second threads in
 * the same order, and so on. Whatever cores share is shared as late as can be: they are dealt over the nodes one by
 * one, within each node over its packages, and within each of those over their caches.
 */
void mcpi_order_cpus(mcpi_cpu *cpus, size_t count);

/* The places of the ordered CPUs: a CPU each, or with MCPI_PIN_CORES all CPUs of the same core. free() frees them; NULL
   without memory. */
mcpi_places *mcpi_places_of(const mcpi_cpu *cpus, size_t count, mcpi_pin pin);

/* mcpi_backend.places */
mcpi_places *mcpi_cpu_places(const mcpi_device *device, mcpi_pin pin);

#ifdef __cplusplus
}
#endif

#endif
