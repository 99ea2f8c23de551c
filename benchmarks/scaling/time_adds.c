/*
 * What one addition to the counter of mcpi-mpi takes: the real wire (host/mpi/wire.h), over whatever mpirun was told to
 * use. A network that adds by itself does not need rank 0; elsewhere rank 0 adds when it looks up. So both are timed:
 * rank 0 looks all the time, and it looks every 2 ms, as it does in a run on several nodes (host/ranks/common.c).
 *
 *     mpirun -np 3 time_adds [ADDS [ROUNDS]]
 *
 * docs/scaling.md has figures, and what follows from them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "mcpi/backend.h"
#include "mpi/wire.h"
#include "stats/spread.h"

typedef struct setting {
    const char *name;
    unsigned adders; /* ranks 1 to this one; the others wait */
    double look_up;  /* seconds between two looks of rank 0 */
} setting;

static void sleep_for(double seconds)
{
    const struct timespec time = {0, (long)(seconds * 1e9)};
    if (seconds > 0.0)
        nanosleep(&time, NULL);
}

static void complain(const char *text)
{
    fprintf(stderr, "time_adds: %s\n", text);
}

static uint64_t add(const mcpi_mpi_wire *w, uint64_t amount)
{
    return w->wire.add((void *)w, MCPI_NEXT_UNIT, amount);
}

/* Rank 0, until the counter stands at `until`. */
static void look_until(const mcpi_mpi_wire *w, uint64_t until, double look_up)
{
    while (add(w, 0) < until)
        sleep_for(look_up);
}

/* Seconds from the first to the last addition of this process; adds up what the counter stood at. */
static double add_many(const mcpi_mpi_wire *w, uint64_t adds, uint64_t *sum)
{
    const double begin = mcpi_seconds();
    for (uint64_t i = 0; i < adds; i++)
        *sum += add(w, 1);
    return mcpi_seconds() - begin;
}

/* Seconds of the round over additions of all: what the counter takes for one. Negative if the adders did not get each
   number once. */
static double time_round(const mcpi_mpi_wire *w, const setting *s, uint64_t adds)
{
    uint64_t begin = add(w, 0);
    uint64_t sum = 0;
    uint64_t all_sums = 0;
    double seconds = 0.0;
    double longest = 0.0;
    const uint64_t all = s->adders * adds;
    MPI_Bcast(&begin, 1, MPI_UINT64_T, 0, w->comm);
    MPI_Barrier(w->comm);
    if (w->wire.rank == 0)
        look_until(w, begin + all, s->look_up);
    else if (w->wire.rank <= s->adders)
        seconds = add_many(w, adds, &sum);
    MPI_Allreduce(&sum, &all_sums, 1, MPI_UINT64_T, MPI_SUM, w->comm);
    MPI_Allreduce(&seconds, &longest, 1, MPI_DOUBLE, MPI_MAX, w->comm);
    return all_sums == all * begin + all * (all - 1) / 2 ? longest / (double)all : -1.0;
}

static int time_setting(const mcpi_mpi_wire *w, const setting *s, uint64_t adds, unsigned rounds)
{
    double *const seconds = malloc(rounds * sizeof *seconds);
    int wrong = seconds == NULL;
    for (unsigned i = 0; i < rounds && seconds; i++) {
        seconds[i] = time_round(w, s, adds);
        wrong |= seconds[i] < 0.0;
    }
    if (w->wire.rank == 0 && wrong) {
        complain("the counter gave a number twice, or not at all");
    } else if (w->wire.rank == 0) {
        const mcpi_spread spread = mcpi_spread_of(seconds, rounds);
        printf("%-34s %6u %10.2f %10.2f %10.2f\n", s->name, s->adders, 1e6 * spread.median, 1e6 * spread.lowest,
               1e6 * spread.highest);
    }
    free(seconds);
    return wrong;
}

static int time_all(const mcpi_mpi_wire *w, uint64_t adds, unsigned rounds)
{
    const unsigned adders = w->wire.ranks - 1;
    const setting settings[] = {
        {"rank 0 looks all the time", 1, 0.0},
        {"rank 0 looks all the time", adders, 0.0},
        {"rank 0 looks every 2 ms", 1, 0.002},
        {"rank 0 looks every 2 ms", adders, 0.002},
    };
    int wrong = 0;
    if (w->wire.rank == 0)
        printf("microseconds an addition: median, lowest, highest of %u rounds of %" PRIu64
               " additions each\n%-34s %6s\n",
               rounds, adds, "", "adders");
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (i % 2 == 0 || adders > 1)
            wrong |= time_setting(w, &settings[i], adds, rounds);
    return wrong;
}

int main(int argc, char **argv)
{
    mcpi_mpi_wire wire;
    int level;
    int wrong = 1;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &level);
    const uint64_t adds = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000;
    const unsigned rounds = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 11;
    mcpi_mpi_wire_open(&wire, MPI_COMM_WORLD, true, complain);
    if (wire.wire.ranks < 2 || adds == 0 || rounds == 0)
        complain("usage: mpirun -np 2 (or more) time_adds [ADDS [ROUNDS]]");
    else
        wrong = time_all(&wire, adds, rounds);
    mcpi_mpi_wire_close(&wire);
    MPI_Finalize();
    return wrong;
}
