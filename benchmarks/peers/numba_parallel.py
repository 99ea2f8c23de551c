"""The pure loop of seed.py, compiled and made parallel by Numba.

    numba_parallel.py SECONDS DARTS WORKERS SEED      prints      DARTS HITS SECONDS

Numba seeds its generators, a Mersenne Twister for each thread, by itself in every process: SEED is not used.
"""
import os
import random
import sys
import time

if len(sys.argv) != 5:
    sys.exit(__doc__)
os.environ['NUMBA_NUM_THREADS'] = sys.argv[3]  # otherwise no more than there are CPUs

import numba  # noqa: E402

BATCH = 1 << 20  # darts of all workers between two looks at the clock; DARTS is a multiple


@numba.njit(parallel=True)
def throw(darts):
    hits = 0
    for _ in numba.prange(darts):
        x = random.random()
        y = random.random()
        hits += x * x + y * y <= 1
    return hits


def main():
    seconds, limit = float(sys.argv[1]), int(sys.argv[2])
    throw(BATCH)  # compiles it and starts the threads, before the clock runs
    darts = hits = 0
    start = time.monotonic()
    while darts == 0 or (darts < limit and time.monotonic() < start + seconds):
        hits += throw(BATCH)
        darts += BATCH
    print(darts, hits, time.monotonic() - start)


if __name__ == '__main__':
    main()
