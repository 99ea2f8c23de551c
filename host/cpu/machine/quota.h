/* The number of cores that this process may use. */
#ifndef MCPI_CPU_MACHINE_QUOTA_H
#define MCPI_CPU_MACHINE_QUOTA_H

#ifdef __cplusplus
extern "C" {
#endif

/* The number of CPUs in its affinity mask, or its cgroups' quota if that is lower; at least 1. */
unsigned mcpi_usable_cores(void);

/*
 * The lowest CPU quota of the process's cgroups and their ancestors, in cores, rounded up; UINT_MAX without a quota.
 * `root` is a prefix of every path that is read: "" for this machine, or a folder with a made-up /proc and /sys for
 * tests.
 */
unsigned mcpi_quota_cores(const char *root);

#ifdef __cplusplus
}
#endif

#endif
