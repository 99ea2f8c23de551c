/* The program around a thrower: OpenMP's workers throw batches until all are thrown or the time is up. */
#include <omp.h>

#include "thrower.h"

int main(int argc, char **argv)
{
    const peer_task task = peer_parse(argc, argv);
    uint64_t taken = 0, thrown = 0, hits = 0;
    double start = 0;

#pragma omp parallel num_threads(task.workers) reduction(+ : thrown, hits)
    {
        thrower *own = thrower_open(task.seed, (unsigned)omp_get_thread_num());
#pragma omp barrier
#pragma omp single
        start = peer_clock();
        do { /* the first batch at any time: a busy machine may start a worker too late */
            uint64_t batch;
#pragma omp atomic capture
            batch = taken++;
            if (batch >= task.batches)
                break;
            hits += thrower_throw(own, batch);
            thrown++;
        } while (peer_clock() < start + task.seconds);
        thrower_close(own);
    }
    peer_print(thrown * PEER_BATCH, hits, peer_clock() - start);
}
