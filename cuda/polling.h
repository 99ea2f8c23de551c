/* When the host looks at a job of the GPU again. Pure arithmetic, so that it is tested without a GPU. */
#ifndef MCPI_CUDA_POLLING_H
#define MCPI_CUDA_POLLING_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Seconds that a job of `darts` darts should take after one of `last_darts` took `last_seconds`; 0: not known. A short
 * job says little of a much longer one, since launching takes its time as well.
 */
double mcpi_polling_expected(uint64_t darts, uint64_t last_darts, double last_seconds);

/*
 * Seconds to sleep before the next look at a job that was not done at `now`, between 10 us and 1 ms, or more while its
 * end is far away. `begin`: when the host began to wait. `expected`: when the job should be done; 0: not known.
 *
 * Until shortly before the expected end the host sleeps without a look. Around it the naps are short, so that the end
 * is noticed within microseconds. Behind it, or where nothing is expected, they grow with the time waited, so that a
 * long wait costs little and adds at most a sixteenth of itself.
 */
double mcpi_polling_pause(double begin, double expected, double now);

#ifdef __cplusplus
}
#endif

#endif
