/* A dispute: two counts differ, or one contradicts itself. Which device is wrong, and is its fault transient or
   persistent? Call these with the lock held. */
#ifndef MCPI_STRESS_DISPUTE_H
#define MCPI_STRESS_DISPUTE_H

#include "stress/test_state.h"

/* Open a dispute. `self` is the tester that found it. The dispute takes over the entry of the draft, if there is one.
   May release the lock for a while. */
void mcpi_dispute_open(tester *self, const mcpi_dispute *draft);

/* What a tester counts next for the first dispute of its inbox. */
mcpi_task mcpi_dispute_task(const tester *self);

/* That task gave `hits`, or MCPI_NO_COUNT. May release the lock for a while. */
void mcpi_dispute_counted(tester *self, uint64_t hits);

/* The tester is lost, so its disputes stay undecided. */
void mcpi_disputes_abandon(tester *self);

#endif
