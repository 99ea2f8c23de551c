#include "model.h"

#include <algorithm>

extern "C" {
#include "mcpi/mcpi.h"
#include "ranks/pace.h"
}

namespace
{

/* The shortest chunk at the end, as a share of the usual one; that of engine/queue.c. */
constexpr double least_chunk = 0.02;

/* Chunks of the shortest length, once they do not shrink any more. */
constexpr int shortest_chunks = 2;

/* Nobody turns faster than the counter, which serves all once in `turn` seconds: what a node loses with a chunk that is
   shorter than that. */
double lost_with(double chunk_seconds, double turn)
{
    return std::max(0.0, turn - chunk_seconds);
}

/* When two usual chunks of work are left for each, a chunk is half of the rest, so that the rest halves with each. */
int shrinking_chunks()
{
    return (int)std::ceil(std::log2(1 / least_chunk));
}

/* The shortest chunks cost nothing more: for whoever waits there, others finish the work. */
double lost_to_shrinking_chunks(double usual, double turn)
{
    double lost = 0;
    for (int i = 1; i < shrinking_chunks(); i++)
        lost += lost_with(std::ldexp(usual, -i), turn);
    return lost;
}

} // namespace

Prediction predict(const Cluster &cluster)
{
    Prediction p{};
    const auto nodes = (double)cluster.nodes;
    const double turn = nodes * cluster.add;
    const double round_trip = cluster.add + 2 * cluster.latency;
    p.chunk_seconds = mcpi_usual_chunk_seconds((unsigned)cluster.nodes);
    p.load = turn / p.chunk_seconds;
    const double usual_chunks = std::max(0.0, cluster.seconds / p.chunk_seconds - 2);
    p.adds = 1 + usual_chunks + shrinking_chunks() + shortest_chunks + 1;
    /* All ask at once: on average a node waits half a turn for its first chunk, which takes no time, and then, behind
       all others, a whole one. */
    p.start_seconds = 1.5 * turn + 2 * round_trip;
    p.waiting_seconds = usual_chunks * lost_with(p.chunk_seconds, turn);
    /* Whoever ends first waits for the others: for a shortest chunk or two, and for the counter to tell all. */
    p.end_seconds = lost_to_shrinking_chunks(p.chunk_seconds, turn) + 2 * least_chunk * p.chunk_seconds + 0.5 * turn;
    p.lost_seconds = p.start_seconds + p.waiting_seconds + p.end_seconds;
    if (std::isfinite(cluster.report_every)) {
        const double parts = cluster.report_every / std::max(p.chunk_seconds, turn) + 1;
        p.reports_a_second = (nodes - 1) / cluster.report_every;
        p.report_bytes_a_second = p.reports_a_second * (16 + parts * sizeof(mcpi_part));
    }
    return p;
}
