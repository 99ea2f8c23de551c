/* Recount a state with any function that performs a run. See mcpi_recount in mcpi/mcpi.h. */
#ifndef MCPI_RECOUNT_RECOUNT_STATE_H
#define MCPI_RECOUNT_RECOUNT_STATE_H

#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* mcpi_run, or a function with the same contract. */
typedef mcpi_status (*mcpi_runner)(const mcpi_options *options, mcpi_result **result, mcpi_error *error);

/* As mcpi_recount. Each part is one run of `runner`. */
mcpi_status mcpi_recount_state(mcpi_runner runner, const mcpi_state *state, const mcpi_recount_options *options,
                               mcpi_recount_report **report, mcpi_error *error);

#ifdef __cplusplus
}
#endif

#endif
