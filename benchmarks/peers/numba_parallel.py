"""The pure loop of seed.py, compiled and made parallel by Numba.

    numba_parallel.py SECONDS WORKERS SEED      prints      DARTS HITS SECONDS

Numba seeds its generators, a Mersenne Twister for each thread, by itself in every process: SEED is not used.
"""
import random
import sys
import time

import numba

BATCH = 1 << 20  # darts of all workers between two looks at the clock


@numba.njit(parallel=True)
def throw(darts):
    hits = 0
    for _ in numba.prange(darts):
        x = random.random()
        y = random.random()
        hits += x * x + y * y <= 1
    return hits


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    seconds, workers = float(sys.argv[1]), int(sys.argv[2])
    numba.set_num_threads(workers)
    throw(BATCH)  # compiles it and starts the threads, before the clock runs
    darts = hits = 0
    start = time.monotonic()
    while darts == 0 or time.monotonic() < start + seconds:
        hits += throw(BATCH)
        darts += BATCH
    print(darts, hits, time.monotonic() - start)


if __name__ == '__main__':
    main()
