/* Two counts differ, or one contradicts itself: which device is wrong, and how lastingly? With the lock held. */
#ifndef MCPI_STRESS_DISPUTE_H
#define MCPI_STRESS_DISPUTE_H

#include "stress/test_state.h"

/* The tester is the one that found it out. The draft's entry, if there is one, is the dispute's from now on. May let go
   of the lock. */
void mcpi_dispute_open(tester *self, const mcpi_dispute *draft);

/* What a tester counts next for the first dispute of its inbox. */
mcpi_task mcpi_dispute_task(const tester *self);

/* That has come to `hits`, or to MCPI_NO_COUNT. May let go of the lock. */
void mcpi_dispute_counted(tester *self, uint64_t hits);

/* The tester is lost, so its disputes stay undecided. */
void mcpi_disputes_abandon(tester *self);

#endif
