/*
 * A quota is set on a cgroup and applies to everything below it. /proc/self/cgroup names this process's cgroup in each
 * hierarchy; /proc/self/mountinfo says where hierarchies are mounted and which cgroup is the root of each mount. The
 * path of the cgroup is the mount point and its name below that root.
 *
 *     version 2   cpu.max holds "200000 100000", microseconds of CPU in each period, or "max 100000"
 *     version 1   cpu.cfs_quota_us holds 200000, or -1, and cpu.cfs_period_us 100000
 */
#include "cpu/machine/quota.h"

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/affinity.h"

/* A mount of a cgroup hierarchy that can have CPU quotas. */
typedef struct hierarchy {
    bool version2;
    char top[PATH_MAX];   /* the cgroup at the root of the mount */
    char point[PATH_MAX]; /* the mount point */
} hierarchy;

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Open the file at the concatenation of the three. */
static FILE *open_file(const char *root, const char *folder, const char *name)
{
    char path[2 * PATH_MAX];
    const int length = snprintf(path, sizeof path, "%s%s%s", root, folder, name);
    return (size_t)length < sizeof path ? fopen(path, "r") : NULL;
}

/* Returns the number of variables that were read; 0 if the file cannot be read. */
__attribute__((format(scanf, 4, 5))) static int scan_file(const char *root, const char *folder, const char *name,
                                                          const char *format, ...)
{
    FILE *file = open_file(root, folder, name);
    if (!file)
        return 0;
    va_list variables;
    va_start(variables, format);
    const int filled = vfscanf(file, format, variables);
    va_end(variables);
    fclose(file);
    return filled;
}

/* The quota of the cgroup in this folder, in cores. */
static unsigned group_cores(const char *root, bool version2, const char *folder)
{
    int64_t quota = -1, period = -1;
    if (version2) {
        scan_file(root, folder, "/cpu.max", "%" SCNd64 " %" SCNd64, &quota, &period);
    } else {
        scan_file(root, folder, "/cpu.cfs_quota_us", "%" SCNd64, &quota);
        scan_file(root, folder, "/cpu.cfs_period_us", "%" SCNd64, &period);
    }
    if (quota <= 0 || period <= 0)
        return UINT_MAX;
    const int64_t cores = (quota - 1) / period + 1;
    return cores < UINT_MAX ? (unsigned)cores : UINT_MAX;
}

/* The cgroup's name below the root of the mount; "" if it is not below. */
static const char *below_top(const char *name, const char *top)
{
    const size_t length = strcmp(top, "/") == 0 ? 0 : strlen(top);
    const bool below = strncmp(name, top, length) == 0 && (name[length] == '/' || name[length] == '\0');
    return below ? name + length : "";
}

/* The minimum of the quotas from the cgroup `name` up to the root of the mount. */
static unsigned branch_cores(const char *root, const hierarchy *mount, const char *name)
{
    char folder[2 * PATH_MAX];
    snprintf(folder, sizeof folder, "%s%s", mount->point, below_top(name, mount->top));
    char *const branch = folder + strlen(mount->point);
    unsigned cores = group_cores(root, mount->version2, folder);
    for (char *last = strrchr(branch, '/'); last; last = strrchr(branch, '/')) {
        *last = '\0';
        cores = least(cores, group_cores(root, mount->version2, folder));
    }
    return cores;
}

/* Whether a comma-separated list holds the word. */
static bool lists(const char *list, const char *word)
{
    const size_t length = strlen(word);
    for (const char *item = list; item; item = strchr(item, ',')) {
        item += *item == ',';
        if (strncmp(item, word, length) == 0 && (item[length] == ',' || item[length] == '\0'))
            return true;
    }
    return false;
}

/* Read a line of /proc/self/mountinfo (see proc(5)). False if it is not a hierarchy with CPU quotas. */
static bool read_mount(const char *line, hierarchy *mount)
{
    char type[32], options[1024];
    const char *tail = strstr(line, " - ");
    const char *format = "%*s %*s %*s %4095s %4095s";
    _Static_assert(PATH_MAX == 4096, "the format has the size of a path in it");
    if (!tail || sscanf(line, format, mount->top, mount->point) != 2 ||
        sscanf(tail, " - %31s %*s %1023s", type, options) != 2)
        return false;
    mount->version2 = strcmp(type, "cgroup2") == 0;
    return mount->version2 || (strcmp(type, "cgroup") == 0 && lists(options, "cpu"));
}

/* Read a line of /proc/self/cgroup, "number:controllers:name" (see cgroups(7)). NULL if it is for another hierarchy. */
static const char *read_group(char *line, bool version2)
{
    char *controllers = strchr(line, ':');
    char *name = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!name)
        return NULL;
    *name++ = '\0';
    controllers++;
    name[strcspn(name, "\n")] = '\0';
    const bool wanted = version2 ? *controllers == '\0' : lists(controllers, "cpu");
    return wanted ? name : NULL;
}

static unsigned mount_cores(const char *root, const hierarchy *mount)
{
    unsigned cores = UINT_MAX;
    char *line = NULL;
    size_t size = 0;
    FILE *groups = open_file(root, "/proc/self", "/cgroup");
    while (groups && getline(&line, &size, groups) > 0) {
        const char *name = read_group(line, mount->version2);
        if (name)
            cores = least(cores, branch_cores(root, mount, name));
    }
    free(line);
    if (groups)
        fclose(groups);
    return cores;
}

unsigned mcpi_quota_cores(const char *root)
{
    unsigned cores = UINT_MAX;
    hierarchy mount;
    char *line = NULL;
    size_t size = 0;
    FILE *mounts = open_file(root, "/proc/self", "/mountinfo");
    while (mounts && getline(&line, &size, mounts) > 0)
        if (read_mount(line, &mount))
            cores = least(cores, mount_cores(root, &mount));
    free(line);
    if (mounts)
        fclose(mounts);
    return cores;
}

static unsigned affinity_cores(void)
{
    const size_t count = mcpi_affinity_list(NULL, 0);
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (unsigned)count : online > 0 ? (unsigned)online : 1;
}

unsigned mcpi_usable_cores(void)
{
    return least(affinity_cores(), mcpi_quota_cores(""));
}
