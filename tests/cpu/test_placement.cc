/* The topology of made-up machines, from hwloc, and the order in which workers take their CPUs. */
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "cpu/machine/placement.h"

namespace
{

using Numbers = std::vector<int>;

std::vector<mcpi_cpu> located(const Numbers &mask, bool known)
{
    std::vector<mcpi_cpu> cpus;
    for (const int number : mask) {
        mcpi_cpu cpu{};
        cpu.number = number;
        cpus.push_back(cpu);
    }
    EXPECT_EQ(mcpi_locate_cpus(cpus.data(), cpus.size()), known);
    return cpus;
}

Numbers order(std::vector<mcpi_cpu> cpus)
{
    mcpi_order_cpus(cpus.data(), cpus.size());
    Numbers numbers;
    for (const mcpi_cpu &cpu : cpus)
        numbers.push_back(cpu.number);
    return numbers;
}

std::vector<Numbers> places(std::vector<mcpi_cpu> cpus, mcpi_pin pin)
{
    mcpi_order_cpus(cpus.data(), cpus.size());
    mcpi_places *made = mcpi_places_of(cpus.data(), cpus.size(), pin);
    std::vector<Numbers> all;
    for (size_t i = 0; i < made->count; i++)
        all.emplace_back(made->list[i].cpus, made->list[i].cpus + made->list[i].count);
    std::free(made);
    return all;
}

/* A CPU of which a test says where it lies. */
mcpi_cpu cpu(int number, int core, unsigned node, unsigned package = 0, unsigned cache = 0, int speed = 0)
{
    mcpi_cpu made{};
    made.number = number;
    made.core = core;
    made.speed = speed;
    made.in[MCPI_NODE] = node;
    made.in[MCPI_PACKAGE] = package;
    made.in[MCPI_CACHE] = cache;
    return made;
}

TEST(Order, IsThatOfTheNumbersWhereNothingIsShared)
{
    EXPECT_EQ(order({cpu(3, 3, 0), cpu(5, 5, 0), cpu(9, 9, 0)}), (Numbers{3, 5, 9}));
}

TEST(Order, GoesOnWithTheLargerNodeWhenTheSmallerHasNoMore)
{
    EXPECT_EQ(order({cpu(0, 0, 0), cpu(1, 1, 0), cpu(2, 2, 0), cpu(3, 3, 1)}), (Numbers{0, 3, 1, 2}));
    EXPECT_EQ(order({cpu(0, 0, 0), cpu(1, 1, 1), cpu(2, 2, 1), cpu(3, 3, 1), cpu(4, 4, 2), cpu(5, 5, 2)}),
              (Numbers{0, 1, 4, 2, 5, 3}));
}

/* Two nodes of two packages of two caches of two cores. */
TEST(Order, DealsOverNodesThenPackagesThenCaches)
{
    std::vector<mcpi_cpu> cpus;
    for (int i = 0; i < 16; i++)
        cpus.push_back(cpu(i, i, i / 8, i / 4, i / 2));
    EXPECT_EQ(order(cpus), (Numbers{0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15}));
}

/* Two fast cores with two threads, and three slow ones with one. */
TEST(Order, PutsFasterCoresFirstAndSecondThreadsLast)
{
    EXPECT_EQ(order({cpu(0, 0, 0, 0, 0, 1), cpu(1, 0, 0, 0, 0, 1), cpu(2, 2, 0, 0, 0, 1), cpu(3, 2, 0, 0, 0, 1),
                     cpu(4, 4, 0), cpu(5, 5, 0), cpu(6, 6, 0)}),
              (Numbers{0, 2, 4, 5, 6, 1, 3}));
}

TEST(Places, AreThreadsOrTheCoresAroundThem)
{
    const std::vector<mcpi_cpu> cpus = {cpu(0, 0, 0), cpu(1, 1, 0), cpu(2, 0, 0), cpu(3, 1, 0), cpu(4, 4, 0)};
    EXPECT_EQ(places(cpus, MCPI_PIN_THREADS), (std::vector<Numbers>{{0}, {1}, {4}, {2}, {3}}));
    EXPECT_EQ(places(cpus, MCPI_PIN_CORES), (std::vector<Numbers>{{0, 2}, {1, 3}, {4}, {0, 2}, {1, 3}}));
}

TEST(Topology, IsOfThisProcess)
{
    mcpi_topology topology;
    mcpi_read_topology(&topology);
    EXPECT_EQ(topology.threads, mcpi_affinity_list(nullptr, 0));
    EXPECT_GE(topology.workers, 1U);
    EXPECT_LE(topology.workers, topology.threads);
    EXPECT_GE(topology.cores, 1U);
    EXPECT_LE(topology.cores, topology.threads);
    EXPECT_GE(topology.nodes, 1U);
    EXPECT_LE(topology.nodes, topology.cores);
}

#ifdef MCPI_WITH_HWLOC

/* hwloc takes a machine of its own making for this one while this lives. */
class Machine
{
  public:
    Machine(const char *variable, const std::string &value) : name(variable)
    {
        setenv(name, value.c_str(), 1);
    }
    ~Machine()
    {
        unsetenv(name);
    }
    Machine(const Machine &) = delete;
    Machine &operator=(const Machine &) = delete;

  private:
    const char *name;
};

/* 0, 1 ... count - 1 */
Numbers first_of_all(int count)
{
    Numbers numbers;
    for (int i = 0; i < count; i++)
        numbers.push_back(i);
    return numbers;
}

Numbers order_of(const Numbers &mask, const char *synthetic)
{
    const Machine machine("HWLOC_SYNTHETIC", synthetic);
    return order(located(mask, true));
}

TEST(Hwloc, KnowsOnePackageWithoutSecondThreads)
{
    EXPECT_EQ(order_of(first_of_all(6), "package:1 l3:1 core:6 pu:1"), (Numbers{0, 1, 2, 3, 4, 5}));
}

/* As Linux counts them on most servers with two packages: first all first threads, then all second ones. */
constexpr const char *server = "numa:2 core:4 pu:2(indexes=0,8,1,9,2,10,3,11,4,12,5,13,6,14,7,15)";

TEST(Hwloc, KnowsTwoNodesOfFourCoresWithTwoThreads)
{
    EXPECT_EQ(order_of(first_of_all(16), server), (Numbers{0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15}));
    EXPECT_EQ(order_of(first_of_all(16), "numa:2 core:4 pu:2"),
              (Numbers{0, 8, 2, 10, 4, 12, 6, 14, 1, 9, 3, 11, 5, 13, 7, 15}));
}

TEST(Hwloc, KnowsCachesAndPackages)
{
    EXPECT_EQ(order_of(first_of_all(8), "numa:1 l3:4 core:2 pu:1"), (Numbers{0, 2, 4, 6, 1, 3, 5, 7}));
    EXPECT_EQ(order_of(first_of_all(8), "package:2 l3:2 core:2 pu:1"), (Numbers{0, 4, 2, 6, 1, 5, 3, 7}));
}

TEST(Hwloc, KnowsWhatAMaskLeavesOfTheMachine)
{
    EXPECT_EQ(order_of({1, 2, 6, 10}, server), (Numbers{1, 6, 2, 10})) << "two cores of one node, one of the other";
    EXPECT_EQ(order_of({8, 9, 12, 13}, server), (Numbers{8, 12, 9, 13})) << "second threads only";
    EXPECT_EQ(order_of({0, 8, 9}, server), (Numbers{0, 9, 8})) << "the second thread of core 1 is its first here";
    EXPECT_EQ(order_of({0, 1, 2, 4}, server), (Numbers{0, 4, 1, 2})) << "uneven nodes";
    const Machine machine("HWLOC_SYNTHETIC", server);
    EXPECT_EQ(places(located({0, 8, 9}, true), MCPI_PIN_CORES), (std::vector<Numbers>{{0, 8}, {9}, {0, 8}}));
}

TEST(Hwloc, LeavesACpuThatItDoesNotKnowByItself)
{
    EXPECT_EQ(order_of({0, 1, 99}, "core:1 pu:2"), (Numbers{0, 99, 1}));
}

/* Of hybrid.xml, cores 0 and 1 are slow and have one thread each, core 2 is fast and has threads 2 and 3. */
TEST(Hwloc, KnowsFastAndSlowCores)
{
    const Machine machine("HWLOC_XMLFILE", std::string(MCPI_TEST_DATA) + "/cpu/hybrid.xml");
    const std::vector<mcpi_cpu> cpus = located({0, 1, 2, 3}, true);
    EXPECT_GT(cpus[2].speed, cpus[0].speed);
    EXPECT_EQ(order(cpus), (Numbers{2, 0, 1, 3}));
}

TEST(Hwloc, MayFail)
{
    const Machine machine("HWLOC_COMPONENTS", "stop"); /* none of its ways to look */
    const std::vector<mcpi_cpu> cpus = located({4, 7}, false);
    EXPECT_EQ(cpus[1].core, 7);
    EXPECT_EQ(order(cpus), (Numbers{4, 7}));
}

#else

TEST(Hwloc, IsNotThere)
{
    const std::vector<mcpi_cpu> cpus = located({4, 7, 9}, false);
    EXPECT_EQ(cpus[2].core, 9);
    EXPECT_EQ(order(cpus), (Numbers{4, 7, 9}));
}

#endif

} // namespace
