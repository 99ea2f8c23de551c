/* When the host polls a job of the GPU. Pure arithmetic, so that it is tested without a GPU. */
#ifndef MCPI_CUDA_POLLING_H
#define MCPI_CUDA_POLLING_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Seconds that a job of `darts` darts should take after one of `last_darts` took `last_seconds`; 0: not known. A short
 * job does not predict a much longer one, because of the overhead of a launch.
 */
double mcpi_polling_expected(uint64_t darts, uint64_t last_darts, double last_seconds);

/*
 * Seconds to sleep before the next poll of a job that was not done at `now`: from 10 us to 1 ms, or more if its end is
 * far away. `begin`: when the host began to wait. `expected`: when the job should be done; 0: not known.
 *
 * The host sleeps without polling until shortly before the expected end. Around it the naps are short, so that the end
 * is noticed within microseconds. After it, or if it is not known, the naps grow with the time waited, so that a long
 * wait costs little and is prolonged by at most a sixteenth.
 */
double mcpi_polling_pause(double begin, double expected, double now);

#ifdef __cplusplus
}
#endif

#endif
