/*
 * The watchdog: the thread that called looks at the call that each lane is in, and gives up those that take too long.
 *
 * How long is too long? No call that works takes seconds. Only a driver can get stuck; a CPU lane that is slow is
 * waiting for its CPU. The limits are multiples of a deadline, 10 s unless the caller says otherwise, of time in which
 * the process was running (core/run_clock.h).
 *
 * - submit, and collect on a GPU: 2 deadlines. Jobs are sized for 25 ms, so this is 800 times what they should take.
 *   It is also more than the deadline that the backend keeps itself while it polls.
 * - collect on a CPU: 6. The counting itself happens in it: a range of 25 ms, or a slice that a faster kernel counted
 *   in that time, which takes the slowest one a tenth of a second to half a second. That leaves a factor of 100 for a
 *   machine that is overloaded or emulated.
 * - open, select, close: 6. Waking several GPUs takes a driver many seconds, and so can compiling a kernel. To close a
 *   device waits for all its jobs.
 */
#ifndef MCPI_ENGINE_WATCHDOG_H
#define MCPI_ENGINE_WATCHDOG_H

#include "engine/lane.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Seconds that the present call of a lane may take; INFINITY if it is in none. */
double mcpi_call_limit(const mcpi_lane *lane);

/* Give up the lanes that are stuck. With the lock held. */
void mcpi_watchdog_look(mcpi_lanes *group);

#ifdef __cplusplus
}
#endif

#endif
