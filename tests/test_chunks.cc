/* The policy by which processes share a counter, held to what docs/scaling.md says of it: the real code on simulated
   clusters (benchmarks/scaling/simulation.h). */
#include <gtest/gtest.h>

#include "model.h"

namespace
{

double lost_seconds(const Outcome &outcome)
{
    return outcome.seconds - outcome.ideal_seconds;
}

/* Nodes of many kinds; all of them are to finish together. */
struct Kind {
    const char *name;
    Cluster cluster;
};

Cluster cluster_with(void (*change)(Cluster &cluster))
{
    Cluster cluster;
    cluster.nodes = 100;
    cluster.seconds = 5;
    change(cluster);
    return cluster;
}

const Kind kinds[] = {
    {"even", cluster_with([](Cluster &) {})},
    {"one", cluster_with([](Cluster &c) { c.nodes = 1; })},
    {"half are slow", cluster_with([](Cluster &c) { c.slow_share = 0.5; })},
    {"log-normal", cluster_with([](Cluster &c) { c.sigma = 0.5; })},
    {"four workers each", cluster_with([](Cluster &c) { c.devices = 4; })},
    {"one gets slower", cluster_with([](Cluster &c) { c.stumble_at = 2; })},
    {"they begin one after the other", cluster_with([](Cluster &c) { c.start_spread = 0.5; })},
    {"rank 0 has to look up", cluster_with([](Cluster &c) { c.look_up = 0.002; })},
};

TEST(Scaling, EveryDartIsHandedOutOnce)
{
    for (const Kind &kind : kinds) {
        SCOPED_TRACE(kind.name);
        mcpi_done counted;
        ASSERT_TRUE(mcpi_done_init(&counted, 1000));
        const Outcome outcome = simulate(kind.cluster, &counted);
        EXPECT_EQ(outcome.darts, darts_of(kind.cluster));
        EXPECT_EQ(mcpi_done_prefix(&counted, 0, UINT64_MAX).darts, darts_of(kind.cluster));
        EXPECT_EQ(counted.count, 1U);
        mcpi_done_free(&counted);
    }
}

TEST(Scaling, AllNodesFinishTogether)
{
    for (const Kind &kind : kinds) {
        SCOPED_TRACE(kind.name);
        const Outcome outcome = simulate(kind.cluster);
        EXPECT_LT(outcome.worst_idle_seconds, 0.04);
        EXPECT_GE(outcome.start, 0.0);
        EXPECT_LT(outcome.waiting, 0.01);
    }
}

TEST(Scaling, ANodeThatGetsSlowerInItsLastChunkKeepsTheOthersWaiting)
{
    Cluster cluster = cluster_with([](Cluster &c) { c.stumble_at = 4.8; });
    EXPECT_GT(simulate(cluster).worst_idle_seconds, 0.1);
    EXPECT_LT(simulate(cluster).worst_idle_seconds, 10 * 0.25);
}

TEST(Scaling, TheModelIsThatOfTheSimulation)
{
    for (const double add : {2e-6, 2e-5}) {
        SCOPED_TRACE(add);
        Cluster cluster;
        cluster.add = add;
        const Outcome outcome = simulate(cluster);
        const Prediction prediction = predict(cluster);
        EXPECT_NEAR(prediction.adds * 1000 / (double)outcome.adds, 1.0, 0.05);
        EXPECT_NEAR(prediction.lost_seconds / lost_seconds(outcome), 1.0, 0.3);
        EXPECT_NEAR(prediction.load / outcome.counter_busy, 1.0, 0.25);
    }
}

/* 1000 nodes and additions of a millisecond stand for 50000 and 20 us, had a chunk the same length there. */
TEST(Scaling, ASaturatedCounterSetsThePace)
{
    Cluster cluster;
    cluster.add = 1e-3;
    cluster.seconds = 5;
    const Outcome outcome = simulate(cluster);
    EXPECT_GT(predict(cluster).load, 1.0);
    EXPECT_GT(outcome.counter_busy, 0.9);
    EXPECT_NEAR(predict(cluster).lost_seconds / lost_seconds(outcome), 1.0, 0.3);
}

TEST(Scaling, TheSameClusterComesToTheSameOutcome)
{
    const Cluster cluster = kinds[0].cluster;
    const Outcome once = simulate(cluster);
    const Outcome again = simulate(cluster);
    EXPECT_EQ(once.adds, again.adds);
    EXPECT_EQ(once.seconds, again.seconds);
    Cluster other = cluster;
    other.seed++;
    EXPECT_NE(once.seconds, simulate(other).seconds);
}

TEST(Scaling, ReportsAreOfTheChunksCountedSinceTheLastOne)
{
    Cluster cluster = kinds[0].cluster;
    cluster.report_every = 1;
    const Outcome outcome = simulate(cluster);
    const Prediction prediction = predict(cluster);
    EXPECT_EQ(outcome.report_bytes, 16 * outcome.reports + 24 * outcome.report_parts);
    EXPECT_GE(outcome.reports, 99 * 5U);
    EXPECT_LE(outcome.reports, 99 * 6U);
    EXPECT_NEAR((double)outcome.report_bytes / outcome.seconds / prediction.report_bytes_a_second, 1.0, 0.5);
}

} // namespace
