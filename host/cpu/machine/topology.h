/* Where CPUs lie in the machine: by hwloc where it was there when mcpi was built, by a stand-in elsewhere. */
#ifndef MCPI_CPU_MACHINE_TOPOLOGY_H
#define MCPI_CPU_MACHINE_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What cores share, from the inside out. */
enum { MCPI_CACHE, MCPI_PACKAGE, MCPI_NODE, MCPI_LEVELS };

/* A CPU as the system counts them: a hardware thread. */
typedef struct mcpi_cpu {
    int number;               /* the system's */
    int core;                 /* the lowest number on the same physical core */
    int speed;                /* higher for a faster kind of core; 0 where all are alike, or that is not known */
    unsigned in[MCPI_LEVELS]; /* which third-level cache, package, NUMA node it belongs to; 0 where there is none */
    unsigned sibling, turn;   /* mcpi_order_cpus: how many of its core come before it, and of the rest of its group */
} mcpi_cpu;

/*
 * Fill in core, speed and `in` of `count` CPUs, whose numbers are given and all else is 0. False where that cannot be
 * known: each is then taken for a core of its own, and all to be in one node.
 *
 * hwloc takes another machine for this one where HWLOC_SYNTHETIC or HWLOC_XMLFILE tells it to: that is how it is
 * tested. It takes some milliseconds.
 */
bool mcpi_locate_cpus(mcpi_cpu *cpus, size_t count);

#ifdef __cplusplus
}
#endif

#endif
