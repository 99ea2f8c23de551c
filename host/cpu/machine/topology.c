/* Uses hwloc's default discovery, which leaves out devices, so that no driver is woken up. */
#include "cpu/machine/topology.h"

#include <hwloc.h>
#include <unistd.h>

static unsigned ancestor_of(hwloc_topology_t machine, hwloc_obj_type_t type, hwloc_obj_t thread)
{
    hwloc_obj_t ancestor = hwloc_get_ancestor_obj_by_type(machine, type, thread);
    return ancestor ? ancestor->logical_index : 0;
}

/* The first node to which it belongs. A machine with two kinds of memory has nodes for each kind. */
static unsigned node_of(hwloc_topology_t machine, hwloc_obj_t thread)
{
    for (hwloc_obj_t node = NULL; (node = hwloc_get_next_obj_by_type(machine, HWLOC_OBJ_NUMANODE, node));)
        if (hwloc_bitmap_isset(node->cpuset, thread->os_index))
            return node->logical_index;
    return 0;
}

static int speed_of(hwloc_topology_t machine, hwloc_obj_t thread)
{
    int speed = 0;
    const int kind = hwloc_cpukinds_get_by_cpuset(machine, thread->cpuset, 0);
    if (kind < 0 || hwloc_cpukinds_get_info(machine, (unsigned)kind, NULL, &speed, NULL, NULL, 0) != 0 || speed < 0)
        return 0;
    return speed;
}

/* A CPU that hwloc does not know keeps a core of its own. */
static void locate(hwloc_topology_t machine, mcpi_cpu *cpu)
{
    cpu->core = cpu->number;
    hwloc_obj_t thread = hwloc_get_pu_obj_by_os_index(machine, (unsigned)cpu->number);
    if (!thread)
        return;
    hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(machine, HWLOC_OBJ_CORE, thread);
    if (core)
        cpu->core = hwloc_bitmap_first(core->cpuset);
    cpu->speed = speed_of(machine, thread);
    cpu->in[MCPI_CACHE] = ancestor_of(machine, HWLOC_OBJ_L3CACHE, thread);
    cpu->in[MCPI_PACKAGE] = ancestor_of(machine, HWLOC_OBJ_PACKAGE, thread);
    cpu->in[MCPI_NODE] = node_of(machine, thread);
}

/* Whether the folder exists in which hwloc finds the processors. A container may have no /sys. */
static bool has_sysfs(void)
{
    enum { readable = R_OK | X_OK };
    return access("/sys/bus/cpu/devices/cpu0/topology", readable) == 0 ||
           access("/sys/devices/system/cpu/cpu0/topology", readable) == 0;
}

/* Without sysfs hwloc's component for Linux finds nothing and prints a warning. Other components ask the processor
   itself. */
static bool load(hwloc_topology_t *machine)
{
    if (hwloc_topology_init(machine) != 0)
        return false;
    if (!has_sysfs())
        hwloc_topology_set_components(*machine, HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST, "linux");
    if (hwloc_topology_load(*machine) == 0)
        return true;
    hwloc_topology_destroy(*machine);
    return false;
}

bool mcpi_locate_cpus(mcpi_cpu *cpus, size_t count)
{
    hwloc_topology_t machine;
    const bool known = load(&machine);
    for (size_t i = 0; i < count; i++) {
        if (known)
            locate(machine, &cpus[i]);
        else
            cpus[i].core = cpus[i].number;
    }
    if (known)
        hwloc_topology_destroy(machine);
    return known;
}
