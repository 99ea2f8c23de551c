/*
 * The state of a test, shared by the files that carry it out: run_test.c starts and ends the test, pairs.c is the
 * policy of its lanes, dispute.c determines which of two counts is wrong, thermometer.c reads the sensors, snapshot.c
 * reports the state. Only these files include this header. The state may be read and changed only under the lock of the
 * lanes.
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
    mcpi_dispute *inbox;     /* disputes that it must count for, oldest first */
    double last_collect;
    double checking_seconds;
    unsigned opinions;   /* recounts of its own ranges so far; they use its other ways in turn */
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
    bool interrupted;      /* by options.run.stop, before the time limit */
    bool over;             /* no lane is left to wait for */
    bool thermometer_left; /* its thread no longer uses this structure, or was never started */
    uint64_t confirmed_darts, disagreements;
} test;

#endif
