/*
 * The goals of a run with a target error when a device counts wrong: goals that were planned from its counts are
 * planned again, so the run ends at the dart where it ends without that device.
 */
#include <gtest/gtest.h>

#include "tests/engine/usual_devices.h"

extern "C" {
#include "engine/goal.h"
#include "engine/run.h"
}

namespace
{

const double target = 1.2e-3;

mcpi_options options_for(const char *devices, mcpi_verify verify)
{
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    options.devices = devices;
    options.darts = uint64_t{1} << 40;
    options.verify = verify;
    options.target_error = target;
    return options;
}

struct Leg {
    mcpi_status status = MCPI_OK;
    mcpi_result *result = nullptr;
    mcpi_error error{};

    explicit Leg(const mcpi_options &options)
    {
        mcpi_plan plan;
        status = mcpi_plan_make(&options, fake_backends, &plan, &error);
        if (status != MCPI_OK)
            return;
        status = mcpi_engine_run(&plan, &result, &error);
        mcpi_plan_free(&plan);
    }
    Leg(const Leg &) = delete;
    Leg &operator=(const Leg &) = delete;
    ~Leg()
    {
        mcpi_result_free(result);
    }
};

/* It can recount only once the first goals have been counted. */
Behaviour late_cpu()
{
    Behaviour behaviour;
    behaviour.kind = MCPI_CPU;
    behaviour.open_seconds = 0.3;
    return behaviour;
}

uint64_t truth(uint64_t darts)
{
    return count_by_definition({0, 0, 0, darts});
}

/* After how many darts an honest run ends. */
uint64_t last_goal()
{
    static const uint64_t last = [] {
        const mcpi_options options = options_for("gpu", MCPI_VERIFY_OFF);
        uint64_t goal = mcpi_first_goal(&options);
        for (uint64_t next; (next = mcpi_next_goal(&options, goal, truth(goal))) != goal;)
            goal = next;
        return goal;
    }();
    return last;
}

/* Liars of several kinds: one whose counts change the goals by a few darts, one that makes them larger (with all misses
   in half of the darts), and one that counts alone and makes the first goal the last (with all misses, the error is 0).
 */
std::vector<std::vector<Behaviour>> fleets_with_a_liar()
{
    Behaviour off_by_one = gpu();
    off_by_one.lies = true;
    off_by_one.slice_darts = uint64_t{1} << 40; /* so that every sample shows it */
    Behaviour misses = gpu(1e7);
    misses.pretends = true;
    Behaviour fast_misses = gpu(1e9);
    fast_misses.pretends = true;
    return {{late_cpu(), off_by_one, gpu()}, {late_cpu(), misses, gpu(1e7)}, {late_cpu(), fast_misses, gpu(2e6)}};
}

void expect_the_honest_end(const Leg &run)
{
    ASSERT_NE(run.result, nullptr) << run.error.message;
    EXPECT_EQ(run.status, MCPI_MISMATCH);
    EXPECT_TRUE(run.result->complete);
    EXPECT_EQ(run.result->darts, last_goal());
    EXPECT_EQ(run.result->goal, last_goal());
    EXPECT_EQ(run.result->hits, truth(run.result->darts));
}

TEST(GoalsWithALiar, AreThoseOfAnHonestRun)
{
    for (const std::vector<Behaviour> &devices : fleets_with_a_liar()) {
        for (const mcpi_verify verify : {MCPI_VERIFY_ON, MCPI_VERIFY_FULL}) {
            Fleet fleet(devices);
            expect_the_honest_end(Leg(options_for("gpu", verify)));
        }
    }
}

TEST(GoalsWithALiar, ATraceEndsAtTheGoal)
{
    for (const std::vector<Behaviour> &devices : fleets_with_a_liar()) {
        Fleet fleet(devices);
        mcpi_options options = options_for("gpu", MCPI_VERIFY_FULL);
        options.trace = 1;
        const Leg run(options);
        expect_the_honest_end(run);
        ASSERT_GT(run.result->trace_count, 0U);
        for (size_t i = 0; i < run.result->trace_count; i++)
            EXPECT_EQ(run.result->trace[i].hits, truth(run.result->trace[i].darts));
        EXPECT_EQ(run.result->trace[run.result->trace_count - 1].darts, last_goal());
        EXPECT_EQ(run.result->trace_missing, 0U);
    }
}

/* Every state that is saved after the lie was found leads to the honest end, and none holds darts beyond its goal. */
TEST(GoalsWithALiar, StatesLeadToTheHonestEnd)
{
    struct Kept {
        mcpi_state state{};
        std::vector<mcpi_part> parts;
    };
    for (const std::vector<Behaviour> &devices : fleets_with_a_liar()) {
        std::vector<Kept> states;
        mcpi_options options = options_for("gpu", MCPI_VERIFY_ON);
        options.user = &states;
        options.save_seconds = 0.05;
        options.save = [](void *user, const mcpi_state *state) {
            static_cast<std::vector<Kept> *>(user)->push_back(
                {*state, {state->parts, state->parts + state->part_count}});
        };
        {
            Fleet fleet(devices);
            expect_the_honest_end(Leg(options));
        }
        int resumed = 0;
        for (Kept &kept : states) {
            uint64_t end = 0;
            bool honest = true;
            for (const mcpi_part &part : kept.parts) {
                end = part.first + part.darts;
                honest &= part.hits == count_by_definition({0, 0, part.first, part.darts});
            }
            EXPECT_LE(end, kept.state.goal);
            if (!honest || kept.parts.empty())
                continue;
            mcpi_options rest = options_for("gpu", MCPI_VERIFY_OFF);
            kept.state.parts = kept.parts.data();
            rest.resume = &kept.state;
            Fleet fleet({gpu()});
            const Leg run(rest);
            EXPECT_EQ(run.status, MCPI_OK);
            EXPECT_EQ(run.result->darts, last_goal());
            EXPECT_EQ(run.result->hits, truth(last_goal()));
            resumed++;
        }
        EXPECT_GT(resumed, 0);
    }
}

/* Until the next save, the checkpoint holds the wrong counts. So that is at once. */
TEST(GoalsWithALiar, AStateIsSavedWhenCountsAreWithdrawn)
{
    struct Saves {
        std::vector<bool> honest;
    } saves;
    Behaviour liar = gpu(1e7);
    liar.pretends = true;
    Fleet fleet({late_cpu(), liar, gpu(1e6)});
    mcpi_options options = options_for("gpu", MCPI_VERIFY_FULL);
    options.user = &saves;
    options.save_seconds = 1000;
    options.save = [](void *user, const mcpi_state *state) {
        bool honest = true;
        for (size_t i = 0; i < state->part_count; i++)
            honest &= state->parts[i].hits == count_by_definition({0, 0, state->parts[i].first, state->parts[i].darts});
        static_cast<Saves *>(user)->honest.push_back(honest);
    };
    expect_the_honest_end(Leg(options));
    EXPECT_EQ(saves.honest, (std::vector<bool>{true, true})) << "one when the lie was found, and one at the end";
}

/* The scatter is that of the counts in the result. */
TEST(GoalsWithALiar, TheScatterIsThatOfTheOthers)
{
    Behaviour liar = gpu(1e7);
    liar.pretends = true;
    Behaviour honest = gpu(1e7);
    liar.slice_darts = honest.slice_darts = 20000;
    Fleet fleet({late_cpu(), liar, honest});
    const Leg leg(options_for("gpu", MCPI_VERIFY_FULL));
    expect_the_honest_end(leg);
    EXPECT_GT(leg.result->dispersion.slices, 0U);
    EXPECT_GT(leg.result->dispersion.p_value, 1e-6);
}

/* What a stopped run is said to be heading for does not come from a count that was withdrawn. */
TEST(GoalsWithALiar, AStoppedRunHeadsForAnHonestGoal)
{
    const mcpi_options honest = options_for("gpu", MCPI_VERIFY_OFF);
    const uint64_t pilot = mcpi_first_goal(&honest);
    Behaviour liar = gpu(1e7);
    liar.pretends = true;
    Fleet fleet({late_cpu(), liar, gpu(1e7)});
    mcpi_options options = options_for("gpu", MCPI_VERIFY_FULL);
    options.user = &fleet;
    options.stop = [](void *user) { return static_cast<int>(static_cast<Fleet *>(user)->records[1].closed > 0); };
    const Leg run(options);
    ASSERT_NE(run.result, nullptr);
    EXPECT_EQ(run.status, MCPI_MISMATCH);
    EXPECT_TRUE(run.result->goal == pilot || run.result->goal == last_goal()) << run.result->goal;
    EXPECT_LE(run.result->darts, run.result->goal);
    EXPECT_EQ(run.result->hits, truth(run.result->darts));
}

} // namespace
