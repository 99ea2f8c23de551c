/*
 * The state of a test, shared by the files that carry it out: run_test.c begins and ends it, pairs.c is what its lanes
 * do, dispute.c finds out which of two counts is wrong, thermometer.c reads the sensors, snapshot.c says how it stands.
 * No one else includes this. It may be looked at and changed only under the lock of its lanes.
 */
#ifndef MCPI_STRESS_TEST_STATE_H
#define MCPI_STRESS_TEST_STATE_H

#include "core/queue.h"
#include "core/recount_queue.h"
#include "engine/lane.h"
#include "mcpi/stress.h"
#include "stress/verdict.h"

/* A lane of the test: a GPU or a core, with a handle for each of its ways of counting. */
typedef struct tester {
    mcpi_lane lane; /* first: the lane is the tester */
    struct test *test;
    size_t index;            /* in the test */
    const mcpi_tester *role; /* what it was chosen for */
    mcpi_dispute *inbox;     /* for which it has to count, the oldest first */
    double last_collect;
    double checking_seconds;
    unsigned opinions;   /* second opinions on its own ranges so far: they come in all its other ways in turn */
    mcpi_stress_row row; /* what it has done so far */
} tester;

typedef struct test {
    mcpi_lanes lanes;
    mcpi_stress_options options;
    mcpi_testers roles;
    tester *testers; /* one for each role */
    mcpi_queue queue;
    mcpi_pending pending;
    mcpi_recount_queue recount_queue;
    size_t checkers;       /* cores that check slices: this many slices of each GPU may wait for them */
    bool stopping;         /* nothing new is begun */
    bool interrupted;      /* because of options.run.stop, before the time given was over */
    bool over;             /* no lane that is waited for is left */
    bool thermometer_left; /* that thread touches nothing here any more, or was never started */
    uint64_t confirmed_darts, disagreements;
} test;

#endif
