#include "cpu/machine/placement.h"

#include <stdlib.h>

#include "core/c_locale.h"
#include "cpu/machine/quota.h"

/* Whether two CPUs are in one group: equally fast, and with the same number of CPUs of their core before them. */
static bool same_group(const mcpi_cpu *a, const mcpi_cpu *b)
{
    return a->sibling == b->sibling && a->speed == b->speed;
}

static int compare(const void *a, const void *b, void *level)
{
    const mcpi_cpu *const x = a;
    const mcpi_cpu *const y = b;
    const unsigned in_x = x->in[*(const int *)level];
    const unsigned in_y = y->in[*(const int *)level];
    if (x->sibling != y->sibling)
        return x->sibling < y->sibling ? -1 : 1;
    if (x->speed != y->speed)
        return x->speed > y->speed ? -1 : 1;
    if (x->turn != y->turn)
        return x->turn < y->turn ? -1 : 1;
    return (in_x > in_y) - (in_x < in_y);
}

/* Interleave each group: the first CPU of each cache, package or node, then the second one of each, and so on. The
   order within a cache, package or node stays. */
static void interleave(mcpi_cpu *cpus, size_t count, int level)
{
    for (size_t i = 0; i < count; i++) {
        cpus[i].turn = 0;
        for (size_t j = 0; j < i; j++)
            cpus[i].turn += same_group(&cpus[i], &cpus[j]) && cpus[i].in[level] == cpus[j].in[level];
    }
    qsort_r(cpus, count, sizeof *cpus, compare, &level);
}

void mcpi_order_cpus(mcpi_cpu *cpus, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        cpus[i].sibling = 0;
        for (size_t j = 0; j < i; j++)
            cpus[i].sibling += cpus[i].core == cpus[j].core;
    }
    for (int level = 0; level < MCPI_LEVELS; level++)
        interleave(cpus, count, level);
}

/* Store the CPUs of a core next to each other, so that a place can refer to one of them or to all. Returns their
   number. */
static size_t place_core(const mcpi_cpu *cpus, size_t count, int core, bool whole, mcpi_place *list, int *memory)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        if (cpus[i].core == core) {
            memory[size] = cpus[i].number;
            list[i] = (mcpi_place){1, &memory[size++]};
        }
    }
    for (size_t i = 0; whole && i < count; i++)
        if (cpus[i].core == core)
            list[i] = (mcpi_place){size, memory};
    return size;
}

mcpi_places *mcpi_places_of(const mcpi_cpu *cpus, size_t count, mcpi_pin pin)
{
    mcpi_places *const places = mcpi_places_make(count, count);
    size_t used = 0;
    for (size_t i = 0; places && i < count; i++)
        if (cpus[i].sibling == 0)
            used += place_core(cpus, count, cpus[i].core, pin == MCPI_PIN_CORES, places->list, &places->cpus[used]);
    return places;
}

/* The CPUs of this process, in the order in which workers take them. */
typedef struct cpu_list {
    size_t count;
    mcpi_cpu *cpus; /* NULL without memory */
    bool known;     /* whether the topology is known */
} cpu_list;

static cpu_list look_up(void)
{
    const size_t capacity = mcpi_affinity_list(NULL, 0);
    int *const numbers = calloc(capacity + 1, sizeof *numbers);
    cpu_list found = {.cpus = calloc(capacity + 1, sizeof *found.cpus)};
    if (numbers && found.cpus) {
        const size_t now = mcpi_affinity_list(numbers, capacity);
        found.count = now < capacity ? now : capacity;
        for (size_t i = 0; i < found.count; i++)
            found.cpus[i].number = numbers[i];
        found.known = mcpi_locate_cpus(found.cpus, found.count);
        mcpi_order_cpus(found.cpus, found.count);
    }
    free(numbers);
    return found;
}

mcpi_places *mcpi_cpu_places(const mcpi_device *device, mcpi_pin pin)
{
    (void)device;
    const cpu_list found = look_up();
    mcpi_places *const places = found.cpus ? mcpi_places_of(found.cpus, found.count, pin) : NULL;
    free(found.cpus);
    return places;
}

static bool begins_node(const mcpi_cpu *cpus, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (cpus[j].in[MCPI_NODE] == cpus[i].in[MCPI_NODE])
            return false;
    return true;
}

void mcpi_read_topology(mcpi_topology *topology)
{
    MCPI_C_LOCALE;
    const cpu_list found = look_up();
    const unsigned workers = mcpi_usable_cores();
    *topology = (mcpi_topology){.threads = (unsigned)found.count, .workers = workers, .known = found.known};
    if (found.count == 0) /* out of memory, or the system has no affinity mask */
        *topology = (mcpi_topology){workers, workers, 1, workers, 0};
    for (size_t i = 0; i < found.count; i++) {
        topology->cores += found.cpus[i].sibling == 0;
        topology->nodes += begins_node(found.cpus, i);
    }
    free(found.cpus);
}
