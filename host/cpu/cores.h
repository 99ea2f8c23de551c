/* Which cores this process may use, and how many. */
#ifndef MCPI_CPU_CORES_H
#define MCPI_CPU_CORES_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The CPUs of its affinity mask, or its cgroups' quota if that is less; at least 1. */
unsigned mcpi_cores(void);

/* Write the system's numbers of at most `capacity` CPUs of the affinity mask, in order; return how many there are. */
size_t mcpi_affinity_list(int *numbers, size_t capacity);

/* Bind the calling thread to one of them. 0, or an errno. */
int mcpi_bind_thread(int number);

/*
 * The least CPU quota of the process's cgroups and their ancestors, in cores and rounded up; UINT_MAX without one.
 * `root` goes before every path that is read: "" for this machine, a folder with a made-up /proc and /sys for tests.
 */
unsigned mcpi_quota_cores(const char *root);

#ifdef __cplusplus
}
#endif

#endif
