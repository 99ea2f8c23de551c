/*
 * A run of very many processes, simulated: how far does the counter that they share carry?
 *
 * What decides is the real code: the line of gaps and the size of chunks (host/ranks/{gaps,pace}.h), the queue of a
 * process, when it asks for more and how it cuts ranges (host/engine/queue.h), and the set that the keeper of the
 * checkpoint keeps (host/engine/done.h). Simulated are the clock, the darts, the network and the counter, which serves
 * one process after the other.
 *
 * Simpler than in truth: a worker has one range in flight (a GPU has two), recounts are left out, threads wake at once,
 * and what rank 0 does with reports keeps it from nothing else. Nothing fails.
 */
#ifndef MCPI_BENCHMARKS_SIMULATION_H
#define MCPI_BENCHMARKS_SIMULATION_H

#include <cmath>
#include <cstdint>

extern "C" {
#include "engine/done.h"
}

/* Times are in seconds. */
struct Cluster {
    uint64_t nodes = 1000;          /* one process each */
    uint64_t devices = 1;           /* workers of a node, all alike */
    uint64_t opening = 1U << 17;    /* darts of a worker's first range, as its backend has it: this is the CPU's */
    double rate = 1e10;             /* darts a second of a usual node */
    double seconds = 10;            /* what the run would take if nothing were lost */
    double sigma = 0.02;            /* how nodes differ: the logarithm of their rates scatters by this */
    double slow_share = 0;          /* nodes that are slower, */
    double slow_factor = 100;       /* by so much */
    double jitter = 0.01;           /* how ranges differ: their times scatter by this */
    double stumble_at = INFINITY;   /* when the last node gets slower, */
    double stumble_factor = 10;     /* by so much */
    double start_spread = 0;        /* nodes begin at some time within this */
    double add = 2e-6;              /* the counter is busy with one addition; 0 would be a counter without limits */
    double latency = 2e-6;          /* of the network, one way */
    double look_up = 0;             /* the counter's process looks up so often to add; 0: the network adds by itself */
    double report_every = INFINITY; /* to the process that keeps the checkpoint */
    double report = 1e-5;           /* that process is busy with one report */
    uint64_t seed = 1;              /* of everything that scatters */
};

/* What became of it. Shares are of the time of all workers, from the beginning to the end of the run. */
struct Outcome {
    uint64_t darts = 0, chunks = 0;
    uint64_t adds = 0;        /* chunks, and the one with which each node learns that nothing is left */
    double seconds = 0;       /* until the last node had counted its part */
    double ideal_seconds = 0; /* had all counted all the time at their rates */
    double counter_busy = 0;  /* share of the run in which the counter was adding */
    double start = 0;         /* share lost until a node's first chunk came */
    double waiting = 0;       /* share lost to waiting between a worker's first range and its last */
    double idle = 0;          /* share lost when a worker had nothing more to do, until the end of the run */
    double mean_idle_seconds = 0;
    double worst_idle_seconds = 0;
    double longest_add_seconds = 0; /* from asking to the answer */
    uint64_t reports = 0, report_bytes = 0, report_parts = 0;
    double reports_behind_seconds = 0; /* the longest a report lay waiting */
    double reports_read_seconds = 0;   /* from the end of counting until the last report was read */
    uint64_t most_kept = 0;            /* ranges in the set of the process that keeps the checkpoint */
    double keep_seconds = 0;           /* measured here: what the real set took to take in a report, on average */
};

/* The same cluster comes to the same outcome, but for keep_seconds. `counted`, unless NULL, is given every range that
   was counted; a dart that was counted twice makes the result's darts fall short. */
Outcome simulate(const Cluster &cluster, mcpi_done *counted = nullptr);

/* Darts of the run: what its nodes, could they all count all the time, would count in its seconds. */
uint64_t darts_of(const Cluster &cluster);

#endif
