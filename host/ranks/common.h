/*
 * A run that several processes have in common: the pool of engine/pool.h, over a wire.
 *
 * All hold the same list of gaps, and one counter walks along it: whoever adds to the counter has taken the units it
 * has passed. That is all they do while they count. When the counter is at its end, their counts are added up. Darts
 * that are missing then make a new list of gaps, as does a target error that is not reached yet; otherwise the run is
 * over. Rank 0 keeps the checkpoint: the others report to it what they have counted, now and then.
 */
#ifndef MCPI_RANKS_COMMON_H
#define MCPI_RANKS_COMMON_H

#include "engine/pool.h"
#include "ranks/wire.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mcpi_common mcpi_common;

/* What the run came to; at rank 0 only. */
typedef struct mcpi_ending {
    uint64_t darts, hits; /* of the prefix */
    uint64_t resumed_darts;
    uint64_t goal;
    bool complete;
    bool interrupted; /* on request; of what had been handed out nothing is missing */
    mcpi_tallies tallies;
    unsigned rounds; /* lists of gaps there were */
} mcpi_ending;

/*
 * Called by all processes at the same point. What the run is about (seed, stream, range, target error, time limit,
 * resume, save) is rank 0's to say: at the others *options is completed with it. The wire and the options must live as
 * long as what is returned; NULL without memory.
 */
mcpi_common *mcpi_common_open(const mcpi_wire *wire, mcpi_options *options);
void mcpi_common_close(mcpi_common *common);

/* For mcpi_plan. */
const mcpi_pool *mcpi_common_pool(const mcpi_common *common);

/* Once the engine has returned. */
mcpi_ending mcpi_common_ending(const mcpi_common *common);

/* Rank 0, then: mcpi_done_trace, of a run with mcpi_options.trace. */
size_t mcpi_common_trace(const mcpi_common *common, mcpi_point *points, size_t *missing);

#ifdef __cplusplus
}
#endif

#endif
