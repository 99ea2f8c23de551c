// The straightforward C++ program: std::mt19937_64, std::uniform_real_distribution, std::thread.
#include <random>
#include <thread>
#include <vector>

#include "peer.h"

namespace
{

struct tally {
    uint64_t darts = 0;
    uint64_t hits = 0;
};

uint64_t throw_batch(std::mt19937_64 &engine)
{
    std::uniform_real_distribution<double> coordinate(0.0, 1.0);
    uint64_t hits = 0;
    for (int i = 0; i < PEER_BATCH; i++) {
        const double x = coordinate(engine);
        const double y = coordinate(engine);
        hits += x * x + y * y <= 1.0;
    }
    return hits;
}

/* The worker's share of the batches, as far as it comes before the clock reads `end`. */
tally throw_share(double end, const peer_task &task, unsigned worker)
{
    std::seed_seq sequence{static_cast<uint32_t>(task.seed), static_cast<uint32_t>(task.seed >> 32), worker};
    std::mt19937_64 engine(sequence);
    const uint64_t batches = task.batches * (worker + 1) / task.workers - task.batches * worker / task.workers;
    tally own;
    while (own.darts < batches * PEER_BATCH) { // the first at any time: a busy machine may start a worker too late
        own.hits += throw_batch(engine);
        own.darts += PEER_BATCH;
        if (peer_clock() >= end)
            break;
    }
    return own;
}

} // namespace

int main(int argc, char **argv)
{
    const peer_task task = peer_parse(argc, argv);
    std::vector<tally> tallies(task.workers);
    std::vector<std::thread> threads;
    const double start = peer_clock();
    for (unsigned worker = 0; worker < task.workers; worker++)
        threads.emplace_back([&, worker] { tallies[worker] = throw_share(start + task.seconds, task, worker); });
    for (std::thread &thread : threads)
        thread.join();
    const double seconds = peer_clock() - start;

    tally total;
    for (const tally &own : tallies) {
        total.darts += own.darts;
        total.hits += own.hits;
    }
    peer_print(total.darts, total.hits, seconds);
}
