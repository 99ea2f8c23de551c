/* The location of CPUs in the machine: from hwloc if mcpi was built with it, otherwise from a stand-in. */
#ifndef MCPI_CPU_MACHINE_TOPOLOGY_H
#define MCPI_CPU_MACHINE_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What cores share, from the innermost level outwards. */
enum { MCPI_CACHE, MCPI_PACKAGE, MCPI_NODE, MCPI_LEVELS };

/* A CPU of the system: a hardware thread. */
typedef struct mcpi_cpu {
    int number;               /* the system's number */
    int core;                 /* the lowest CPU number of its physical core */
    int speed;                /* higher for a faster kind of core; 0 if all are alike or the speed is not known */
    unsigned in[MCPI_LEVELS]; /* its third-level cache, package and NUMA node; 0 if it has none */
    unsigned sibling, turn;   /* for mcpi_order_cpus: CPUs before it in its core; CPUs before it in its group and its
                                 cache, package or node */
} mcpi_cpu;

/*
 * Fill in core, speed and `in` of `count` CPUs, whose numbers are set and whose other fields are 0. False if the
 * topology is not known: then each CPU is treated as a core of its own, and all are in one node.
 *
 * HWLOC_SYNTHETIC and HWLOC_XMLFILE make hwloc describe another machine, which the tests use. A call takes some
 * milliseconds.
 */
bool mcpi_locate_cpus(mcpi_cpu *cpus, size_t count);

#ifdef __cplusplus
}
#endif

#endif
