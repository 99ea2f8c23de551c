/* How many cores this process may use. */
#ifndef MCPI_CPU_MACHINE_QUOTA_H
#define MCPI_CPU_MACHINE_QUOTA_H

#ifdef __cplusplus
extern "C" {
#endif

/* The CPUs of its affinity mask, or its cgroups' quota if that is less; at least 1. */
unsigned mcpi_usable_cores(void);

/*
 * The least CPU quota of the process's cgroups and their ancestors, in cores and rounded up; UINT_MAX without one.
 * `root` goes before every path that is read: "" for this machine, a folder with a made-up /proc and /sys for tests.
 */
unsigned mcpi_quota_cores(const char *root);

#ifdef __cplusplus
}
#endif

#endif
