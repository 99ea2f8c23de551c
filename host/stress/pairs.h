/*
 * The lane policy (engine/lane.h) of a test: every range is counted twice, and the two counts are compared. Call these
 * with the lock held.
 */
#ifndef MCPI_STRESS_PAIRS_H
#define MCPI_STRESS_PAIRS_H

#include "stress/test_state.h"

mcpi_step mcpi_pairs_next(mcpi_lane *lane, mcpi_task *task);
void mcpi_pairs_counted(mcpi_lane *lane, const mcpi_task *task, const mcpi_counts *counts, uint64_t hits);
bool mcpi_pairs_reopens(mcpi_lane *lane, const mcpi_error *error);
void mcpi_pairs_lost(mcpi_lane *lane);

/* Does any tester take ranges of that kind of device, now or later? */
bool mcpi_pairs_take(const test *t, mcpi_device_kind kind);

#endif
