/*
 * Dealing out what several processes of one machine can all see: CPUs and GPUs. Each thing goes to one of those that
 * see it, so that nothing is used twice and nobody has more than others for no reason.
 */
#ifndef MCPI_CLUSTER_MPI_ASSIGN_DEVICES_H
#define MCPI_CLUSTER_MPI_ASSIGN_DEVICES_H

#include <stdbool.h>
#include <stddef.h>

#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One thing as one process sees it. The same name is the same thing. */
typedef struct mcpi_device_claim {
    char name[48];
    unsigned process;
    bool granted;
} mcpi_device_claim;

/* The claim of a process to a device. A device with a UUID is known by it, whatever its number is in each process; one
   without is known by its id, which must then mean the same device in all processes. */
mcpi_device_claim mcpi_claim_device(const mcpi_device *device, unsigned process);

/*
 * Grant one claim of each name. Those with the fewest claims come first, since they leave no choice, and then in the
 * order of names; each goes to the process that has been granted the least, and of these to the first. The claims are
 * left in the order of their names. False without memory.
 */
bool mcpi_assign_devices(mcpi_device_claim *claims, size_t count, unsigned processes);

#ifdef __cplusplus
}
#endif

#endif
