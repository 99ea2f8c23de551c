/*
 * Assigns CPUs and GPUs that several processes of one machine can see. Each device goes to one of the processes that
 * see it, so that none is used twice, and all processes get similar numbers.
 */
#ifndef MCPI_CLUSTER_MPI_ASSIGN_DEVICES_H
#define MCPI_CLUSTER_MPI_ASSIGN_DEVICES_H

#include <stdbool.h>
#include <stddef.h>

#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A device as one process sees it. The same name means the same device. */
typedef struct mcpi_device_claim {
    char name[48];
    unsigned process;
    bool granted;
} mcpi_device_claim;

/* The claim of a process to a device. A device with a UUID is known by the UUID, because its index may differ between
   processes. A device without one is known by its id, which must then mean the same device in all processes. */
mcpi_device_claim mcpi_claim_device(const mcpi_device *device, unsigned process);

/*
 * Grant one claim for each name. Names with the fewest claims come first, because they leave no choice, then in
 * alphabetical order. Each goes to the process with the fewest grants so far, and among equals to the first. The claims
 * are left sorted by name. False without memory.
 */
bool mcpi_assign_devices(mcpi_device_claim *claims, size_t count, unsigned processes);

#ifdef __cplusplus
}
#endif

#endif
