/*
 * What a state says of the darts that were counted twice, and what a run does that resumes it with MCPI_VERIFY_FULL: it
 * counts everything else again, since nobody can know whether a wrong count is in it.
 */
#include <gtest/gtest.h>

#include "tests/engine/usual_devices.h"
#include "tests/save/kept_state.h"

extern "C" {
#include "engine/run.h"
}

namespace
{

constexpr uint64_t darts = 1000000;
constexpr uint64_t golden_hits = 785850; /* golden.tsv: seed 0, stream 0, darts [0, 1000000) */

uint64_t truth(const mcpi_part &part)
{
    return count_by_definition({0, 0, part.first, part.darts});
}

uint64_t darts_in(const std::vector<mcpi_part> &some)
{
    uint64_t sum = 0;
    for (const mcpi_part &part : some)
        sum += part.darts;
    return sum;
}

struct Leg {
    mcpi_status status = MCPI_OK;
    mcpi_result *result = nullptr;
    mcpi_error error{};
    std::vector<Kept> states;
    size_t stop_after = SIZE_MAX; /* states */

    void go(mcpi_options options)
    {
        mcpi_plan plan;
        options.user = this;
        options.save_seconds = 0.01;
        options.save = [](void *user, const mcpi_state *state) {
            static_cast<Leg *>(user)->states.emplace_back(*state);
        };
        options.stop = [](void *user) {
            const auto *self = static_cast<Leg *>(user);
            return static_cast<int>(self->states.size() >= self->stop_after);
        };
        ASSERT_EQ(mcpi_plan_make(&options, fake_backends, &plan, &error), MCPI_OK) << error.message;
        status = mcpi_engine_run(&plan, &result, &error);
        mcpi_plan_free(&plan);
        ASSERT_NE(result, nullptr);
    }
    ~Leg()
    {
        mcpi_result_free(result);
    }
};

mcpi_options options_for(mcpi_verify verify, const mcpi_state *resume = nullptr)
{
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    options.devices = "gpu";
    options.darts = darts;
    options.verify = verify;
    options.resume = resume;
    return options;
}

TEST(Confirmed, GrowsBehindWhatIsCounted)
{
    Fleet fleet({cpu(1, 1e6), gpu(2e6)});
    Leg run;
    run.go(options_for(MCPI_VERIFY_FULL));
    EXPECT_EQ(run.status, MCPI_OK);
    bool behind = false;
    for (const Kept &kept : run.states) {
        for (const mcpi_part &part : kept.confirmed)
            EXPECT_EQ(part.hits, truth(part));
        const uint64_t confirmed = darts_in(kept.confirmed);
        EXPECT_LE(confirmed, darts_in(kept.parts));
        behind |= confirmed > 0 && confirmed < darts_in(kept.parts);
    }
    EXPECT_TRUE(behind);
    EXPECT_EQ(darts_in(run.states.back().confirmed), darts);
    EXPECT_EQ(run.states.back().confirmed.size(), 1U);
}

TEST(Confirmed, IsNothingUnlessAllIsRecounted)
{
    for (const mcpi_verify verify : {MCPI_VERIFY_OFF, MCPI_VERIFY_ON}) {
        Fleet fleet({cpu(), gpu(2e6)});
        Leg run;
        run.go(options_for(verify));
        EXPECT_TRUE(run.states.back().confirmed.empty());
    }
}

/* A run was killed after its GPU had lied and before that was found: nothing but the marks can tell. */
TEST(Confirmed, AResumeThatVerifiesAllCountsTheRestAgain)
{
    Kept kept;
    Leg begun;
    {
        Fleet fleet({cpu(1, 4e5), gpu(2e6)});
        begun.stop_after = 10;
        begun.go(options_for(MCPI_VERIFY_FULL));
        ASSERT_EQ(begun.status, MCPI_STOPPED);
        for (const Kept &state : begun.states)
            if (!state.confirmed.empty() && darts_in(state.confirmed) < darts_in(state.parts))
                kept = state;
    }
    ASSERT_FALSE(kept.parts.empty());
    kept.parts.back().hits++;
    const uint64_t confirmed = darts_in(kept.confirmed);
    Fleet fleet({cpu(), gpu(0)});
    Leg rest;
    rest.go(options_for(MCPI_VERIFY_FULL, kept.get()));
    EXPECT_EQ(rest.status, MCPI_OK);
    EXPECT_TRUE(rest.result->complete);
    EXPECT_EQ(rest.result->hits, golden_hits);
    EXPECT_EQ(rest.result->resumed_darts, confirmed);
    EXPECT_EQ(rest.result->verify.darts, darts - confirmed);
}

TEST(Confirmed, IsNotRecountedAgain)
{
    Kept kept;
    {
        Fleet fleet({cpu(), gpu(0)});
        Leg run;
        run.go(options_for(MCPI_VERIFY_FULL));
        kept = run.states.back();
    }
    Fleet fleet({cpu(), gpu(0)});
    Leg rest;
    rest.go(options_for(MCPI_VERIFY_FULL, kept.get()));
    EXPECT_EQ(rest.status, MCPI_OK);
    EXPECT_EQ(rest.result->hits, golden_hits);
    EXPECT_EQ(rest.result->resumed_darts, darts);
    EXPECT_EQ(rest.result->verify.darts, 0U);
    EXPECT_EQ(darts_in(rest.states.back().confirmed), darts);
}

/* Marks outlive a run that does not make any. */
TEST(Confirmed, StaysThroughARunThatSamples)
{
    Kept kept;
    mcpi_part half = {0, darts / 2, count_by_definition({0, 0, 0, darts / 2})};
    kept.state = {0, 0, 0, darts, 0.0, darts, 0, nullptr, 0, nullptr, MCPI_VERIFY_ON, 0};
    kept.parts = kept.confirmed = {half};
    Fleet fleet({cpu(), gpu(0)});
    Leg run;
    run.go(options_for(MCPI_VERIFY_ON, kept.get()));
    EXPECT_EQ(run.result->hits, golden_hits);
    ASSERT_EQ(run.states.back().confirmed.size(), 1U);
    EXPECT_EQ(run.states.back().confirmed[0].darts, half.darts);
}

/* More slices wait than there is room for, and their only recounter fails: those who wait for room go on, and the run
   says that not all was recounted. */
TEST(Confirmed, ARecounterThatFailsEndsTheWaiting)
{
    Behaviour failing = cpu();
    failing.collect_fails_at = 3;
    Behaviour flood = gpu(0);
    flood.slice_darts = 64;
    Fleet fleet({failing, flood});
    Leg leg;
    leg.go(options_for(MCPI_VERIFY_FULL));
    EXPECT_EQ(std::string(leg.error.message).rfind("not all could be recounted", 0), 0U) << leg.error.message;
    EXPECT_FALSE(leg.result->complete);
    EXPECT_EQ(leg.result->hits, golden_hits);
    EXPECT_EQ(darts_in(leg.states.back().confirmed), 3 * 64U);
}

/* A goal that was planned from counts that are not taken over is planned again. */
TEST(Confirmed, GoalsAreNotPlannedFromCountsThatAreDropped)
{
    mcpi_options options = options_for(MCPI_VERIFY_FULL);
    options.darts = uint64_t{1} << 40;
    options.target_error = 1.2e-3;
    uint64_t end = 0;
    Kept kept;
    {
        Fleet fleet({cpu(), gpu(0)});
        Leg honest;
        honest.go(options);
        ASSERT_EQ(honest.status, MCPI_OK);
        end = honest.result->darts;
        kept = honest.states.back();
    }
    ASSERT_GT(kept.confirmed.size(), 1U) << "the first goal is no boundary";
    kept.state.goal += 1000000;       /* as if planned from a lie */
    kept.parts.back().darts += 10000; /* which */
    kept.parts.back().hits += 1;      /* this is */
    for (const bool confirms_the_first_goal : {true, false}) {
        if (!confirms_the_first_goal)
            kept.confirmed.clear();
        Fleet fleet({cpu(), gpu(0)});
        Leg rest;
        options.resume = kept.get();
        rest.go(options);
        EXPECT_EQ(rest.status, MCPI_OK);
        EXPECT_EQ(rest.result->darts, end);
        EXPECT_EQ(rest.result->hits, count_by_definition({0, 0, 0, end}));
    }
}

} // namespace
