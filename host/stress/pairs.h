/*
 * What the lanes of a test do: every range is counted twice, and the two counts are compared. These are the functions
 * of a policy (engine/lane.h). With the lock held.
 */
#ifndef MCPI_STRESS_PAIRS_H
#define MCPI_STRESS_PAIRS_H

#include "stress/test_state.h"

mcpi_step mcpi_pairs_next(mcpi_lane *lane, mcpi_task *task);
void mcpi_pairs_counted(mcpi_lane *lane, const mcpi_task *task, const mcpi_counts *counts, uint64_t hits);
void mcpi_pairs_contradicted(mcpi_lane *lane, const mcpi_error *error);
void mcpi_pairs_lost(mcpi_lane *lane);

/* Is there a tester that takes ranges of that kind of device, or may yet? */
bool mcpi_pairs_take(const test *t, mcpi_device_kind kind);

#endif
