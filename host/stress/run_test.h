/*
 * The stress test. See mcpi/stress.h for what it does. This variant is given the backends.
 */
#ifndef MCPI_STRESS_RUN_TEST_H
#define MCPI_STRESS_RUN_TEST_H

#include "core/backend.h"
#include "mcpi/stress.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Test devices of `backends` (ended by NULL), as mcpi_stress does. */
mcpi_status mcpi_stress_run(const mcpi_stress_options *options, const mcpi_backend *const *backends,
                            mcpi_stress_report **report, mcpi_error *error);

#ifdef __cplusplus
}
#endif

#endif
