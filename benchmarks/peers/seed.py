"""The seed's Python: pi by single darts or by NumPy's arrays; in one process, by threads, by a pool of processes.

    seed.py pure|numpy serial|threads|processes SECONDS DARTS WORKERS SEED      prints      DARTS HITS SECONDS
"""
import functools
import multiprocessing
import multiprocessing.pool
import random
import sys
import time

# Darts between two looks at the clock. An array of coordinates has 64 KiB: the C library hands arrays of twice the size
# back to the kernel each time, and the page faults then take three times as long as all the rest. DARTS is a multiple.
BATCH = 1 << 13


def pure_thrower(seed, worker):
    """Throws darts one by one."""
    draw = random.Random('%d %d' % (seed, worker)).random

    def throw():
        hits = 0
        for _ in range(BATCH):
            x, y = draw(), draw()
            hits += x * x + y * y <= 1
        return hits
    return throw


def numpy_thrower(seed, worker):
    """Throws arrays of darts."""
    import numpy
    generator = numpy.random.default_rng([seed, worker])
    coordinates = numpy.empty((2, BATCH))

    def throw():
        x, y = generator.random(out=coordinates)
        return int(numpy.count_nonzero(x * x + y * y <= 1))
    return throw


THROWERS = {'pure': pure_thrower, 'numpy': numpy_thrower}
POOLS = {'threads': multiprocessing.pool.ThreadPool, 'processes': multiprocessing.get_context('fork').Pool}


def throw_share(end, batches, workers, draws, seed, worker):
    """The darts and the hits of one worker: its share of the batches, as far as it comes before the clock, the same in
    all processes, reads `end`. The first batch at any time: a busy machine may start a worker too late."""
    throw = THROWERS[draws](seed, worker)
    darts = hits = 0
    for _ in range(batches * (worker + 1) // workers - batches * worker // workers):
        hits += throw()
        darts += BATCH
        if time.monotonic() >= end:
            break
    return darts, hits


def throw_together(map_workers, draws, seconds, darts, workers, seed):
    """Let the workers throw the darts, or for so long, and print what they threw."""
    start = time.monotonic()
    task = functools.partial(throw_share, start + seconds, darts // BATCH, workers, draws, seed)
    darts, hits = map(sum, zip(*map_workers(task, range(workers))))
    print(darts, hits, time.monotonic() - start)


def main():
    if len(sys.argv) != 7:
        sys.exit(__doc__)
    draws, form, seconds, darts, workers, seed = sys.argv[1:]
    task = draws, float(seconds), int(darts), int(workers), int(seed)
    THROWERS[draws](0, 0)  # imports what it needs: forked processes have it then, before the clock runs
    if form == 'serial':
        if workers != '1':
            sys.exit('serial: one worker, not ' + workers)
        throw_together(map, *task)
    else:
        with POOLS[form](int(workers)) as pool:
            throw_together(pool.map, *task)


if __name__ == '__main__':
    main()
