/*
 * The watchdog: the calling thread checks the call that each lane is in, and gives up lanes whose call takes too long.
 *
 * No working call takes seconds. Only a driver can get stuck; a slow CPU lane is waiting for its CPU. The limits are
 * multiples of a deadline, 10 s unless the caller sets another one. Only time in which the process was running counts
 * (core/run_clock.h).
 *
 * submit, and collect on a GPU: 2 deadlines. Jobs are sized for 25 ms, so this is 800 times their planned duration. It
 * is also longer than the deadline of the CUDA backend for its own polling.
 *
 * collect on a CPU: 6 deadlines. The counting itself happens in this call: a range of 25 ms, or a slice that a faster
 * kernel counted in 25 ms and that takes the slowest kernel 0.1 to 0.5 s. That leaves a factor of 100 for an overloaded
 * or emulated machine.
 *
 * open, select, close: 6 deadlines. A driver can need many seconds to wake several GPUs, or to compile a kernel.
 * Closing a device waits for all its jobs.
 */
#ifndef MCPI_ENGINE_WATCHDOG_H
#define MCPI_ENGINE_WATCHDOG_H

#include "engine/lane.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Seconds that the present call of a lane may take; INFINITY if the lane is in no call. */
double mcpi_call_limit(const mcpi_lane *lane);

/* Give up the lanes that are stuck. With the lock held. */
void mcpi_watchdog_look(mcpi_lanes *group);

#ifdef __cplusplus
}
#endif

#endif
