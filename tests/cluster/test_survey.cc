/* A survey whose ranks are threads: what rank 0 knows about the others, and what they know about it. */
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/cluster/thread_transport.h"

extern "C" {
#include "cluster/mailbox.h"
#include "cluster/survey.h"
#include "core/backend.h"
#include "core/status.h"
}

namespace
{

/* Each rank of a job; rank 0 is the thread of the test, and the clock is made up once the survey is open. */
class Survey : public testing::Test
{
  protected:
    void open(mcpi_error unable = {})
    {
        for (unsigned rank = 0; rank < ranks; rank++)
            transports.push_back(std::make_unique<ThreadTransport>(hub, rank));
        surveys.resize(ranks);
        openings.resize(ranks);
        ASSERT_TRUE(mcpi_liveness_open(&liveness, ranks, mcpi_seconds()));
        liveness.note = [](void *user, const char *text) {
            static_cast<std::vector<std::string> *>(user)->push_back(text);
        };
        liveness.user = &notes;
        std::vector<std::thread> others;
        for (unsigned rank = 1; rank < ranks; rank++)
            others.emplace_back([this, rank, unable] { join(rank, rank == 2 ? unable : mcpi_error{}); });
        const uint64_t opening[2] = {17, 4};
        status = mcpi_survey_open(transports[0]->get(), &liveness, opening, sizeof opening, &surveys[0], &error);
        for (std::thread &other : others)
            other.join();
        now = mcpi_seconds();
    }

    void TearDown() override
    {
        std::vector<std::thread> others;
        for (unsigned rank = 1; rank < surveys.size(); rank++)
            if (surveys[rank])
                others.emplace_back([this, rank] { mcpi_survey_close(surveys[rank]); });
        if (surveys.size() > 0 && surveys[0])
            mcpi_survey_close(surveys[0]);
        for (std::thread &other : others)
            other.join();
        mcpi_liveness_close(&liveness);
    }

    void report(unsigned rank, uint64_t value)
    {
        mcpi_survey_report(surveys[rank], &value, sizeof value);
    }

    void exchange_all()
    {
        for (mcpi_survey *survey : surveys)
            mcpi_survey_exchange(survey, now);
        for (mcpi_survey *survey : surveys)
            mcpi_survey_exchange(survey, now);
    }

    /* Time goes on, and all but rank `dead` show that they are alive. */
    void pass(double seconds, unsigned dead)
    {
        for (double passed = 0; passed < seconds; passed += 0.5) {
            now += 0.5;
            for (unsigned rank = 0; rank < surveys.size(); rank++)
                if (rank != dead)
                    mcpi_survey_exchange(surveys[rank], now);
            mcpi_survey_exchange(surveys[0], now);
        }
    }

    mcpi_standing standing(unsigned rank)
    {
        return mcpi_survey_standing(surveys[0], rank, now);
    }

    static constexpr unsigned ranks = 3;
    Hub hub{ranks};
    std::vector<std::unique_ptr<ThreadTransport>> transports;
    std::vector<mcpi_survey *> surveys;
    std::vector<std::vector<uint64_t>> openings;
    mcpi_liveness liveness{};
    std::vector<std::string> notes;
    mcpi_status status = MCPI_OK;
    mcpi_error error{};
    double now = 0;

  private:
    void join(unsigned rank, mcpi_error unable)
    {
        void *message = mcpi_await_rank_zero(transports[rank]->get());
        const auto *opening = static_cast<const uint64_t *>(mcpi_survey_opening(message));
        if (mcpi_kind_of(message) == MCPI_MESSAGE_SURVEY)
            openings[rank] = {opening[0], opening[1]};
        std::free(message);
        surveys[rank] = mcpi_survey_join(transports[rank]->get(), &unable);
    }
};

TEST_F(Survey, AllLearnWhatItIsAbout)
{
    open();
    EXPECT_EQ(status, MCPI_OK);
    EXPECT_EQ(openings[1], (std::vector<uint64_t>{17, 4}));
    EXPECT_EQ(openings[2], (std::vector<uint64_t>{17, 4}));
}

TEST_F(Survey, DoesNotBeginIfARankCannot)
{
    mcpi_error unable{};
    mcpi_fail(&unable, MCPI_BAD_OPTION, "--time: wrong");
    open(unable);
    EXPECT_EQ(status, MCPI_BAD_OPTION);
    EXPECT_STREQ(error.message, "rank 2: --time: wrong");
    EXPECT_EQ(surveys[0], nullptr);
    EXPECT_EQ(surveys[1], nullptr);
    EXPECT_EQ(surveys[2], nullptr);
}

TEST_F(Survey, RankZeroHasTheLatestReportOfEach)
{
    open();
    EXPECT_EQ(standing(1).report, nullptr);
    report(0, 10);
    report(1, 11);
    report(1, 12);
    exchange_all();
    EXPECT_EQ(*static_cast<const uint64_t *>(standing(0).report), 10U);
    EXPECT_EQ(*static_cast<const uint64_t *>(standing(1).report), 12U);
    EXPECT_EQ(standing(1).bytes, sizeof(uint64_t));
    EXPECT_EQ(standing(1).reports, 2U);
    EXPECT_EQ(standing(2).report, nullptr);
}

TEST_F(Survey, AnyRankStopsAll)
{
    open();
    mcpi_survey_stop(surveys[2], 1);
    exchange_all();
    for (mcpi_survey *survey : surveys)
        EXPECT_EQ(mcpi_survey_want(survey).stop, 1U);
    mcpi_survey_stop(surveys[0], 2);
    mcpi_survey_stop(surveys[1], 1); /* less urgent */
    exchange_all();
    for (mcpi_survey *survey : surveys)
        EXPECT_EQ(mcpi_survey_want(survey).stop, 2U);
}

TEST_F(Survey, AllHearOfANewRound)
{
    open();
    mcpi_survey_ask(surveys[0], true);
    exchange_all();
    for (mcpi_survey *survey : surveys) {
        EXPECT_EQ(mcpi_survey_want(survey).round, 1U);
        EXPECT_EQ(mcpi_survey_want(survey).details, 1U);
    }
}

TEST_F(Survey, ASilentRankIsLostOnlyWhenItIsGivenUp)
{
    open();
    report(2, 5);
    exchange_all();
    pass(30, 2);
    EXPECT_GE(standing(2).silent_seconds, mcpi_lost_seconds);
    EXPECT_LT(standing(1).silent_seconds, 2.0);
    EXPECT_FALSE(standing(2).lost);
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_EQ(notes[0], "rank 2 has not been heard from for 5 s");
    mcpi_survey_give_up(surveys[0], 2, now);
    EXPECT_TRUE(standing(2).lost);
    EXPECT_EQ(*static_cast<const uint64_t *>(standing(2).report), 5U);
    report(2, 6); /* too late */
    exchange_all();
    EXPECT_EQ(*static_cast<const uint64_t *>(standing(2).report), 5U);
}

TEST_F(Survey, ARankThatComesBackIsHeardAgain)
{
    open();
    pass(30, 2);
    report(2, 7);
    exchange_all();
    EXPECT_LT(standing(2).silent_seconds, 1.0);
    EXPECT_EQ(*static_cast<const uint64_t *>(standing(2).report), 7U);
}

TEST_F(Survey, RanksLearnThatAllHaveFinished)
{
    open();
    std::thread first([this] { mcpi_survey_close(surveys[0]); });
    for (unsigned rank = 1; rank < ranks; rank++) {
        while (!mcpi_survey_want(surveys[rank]).over)
            mcpi_survey_exchange(surveys[rank], now);
        mcpi_survey_close(surveys[rank]);
    }
    first.join();
    EXPECT_EQ(liveness.lost, 0U);
    surveys.clear();
}

/* ---- the line from a rank to rank 0 ---- */

TEST(Lifeline, ShowsASignOfLifeEverySecond)
{
    Hub hub(2);
    const ThreadTransport transport(hub, 1);
    mcpi_lifeline line = mcpi_lifeline_open(100);
    for (unsigned quarters = 1; quarters <= 12; quarters++) {
        EXPECT_EQ(mcpi_lifeline_receive(&line, transport.get(), 100 + quarters / 4.0), nullptr);
        EXPECT_EQ(hub.inboxes[0].size(), quarters / 4);
    }
    for (const Hub::Message &message : hub.inboxes[0])
        EXPECT_EQ(mcpi_kind_of(message.bytes.data()), uint64_t{MCPI_MESSAGE_ALIVE});
}

/* Receive nothing from rank 0, every half second. */
void wait_in_silence(mcpi_lifeline &line, const ThreadTransport &transport, double begin, double end)
{
    for (double now = begin; now < end; now += 0.5)
        ASSERT_NO_THROW(mcpi_lifeline_receive(&line, transport.get(), now)) << now;
}

TEST(Lifeline, GivesUpWhenRankZeroIsSilent)
{
    Hub hub(2);
    const ThreadTransport transport(hub, 1);
    const ThreadTransport rank_zero(hub, 0);
    const mcpi_message alive = {MCPI_MESSAGE_ALIVE};
    mcpi_lifeline line = mcpi_lifeline_open(0);
    wait_in_silence(line, transport, 0.5, 100);
    rank_zero.get()->send(rank_zero.get()->user, 1, &alive, sizeof alive);
    wait_in_silence(line, transport, 100, 100 + mcpi_rank_zero_seconds);
    EXPECT_THROW(mcpi_lifeline_receive(&line, transport.get(), 100 + mcpi_rank_zero_seconds), std::runtime_error);
}

/* Slurm suspends all processes of a job, often for hours. */
TEST(Lifeline, DoesNotCountTheTimeForWhichThisProcessWasStopped)
{
    Hub hub(2);
    const ThreadTransport transport(hub, 1);
    mcpi_lifeline line = mcpi_lifeline_open(0);
    wait_in_silence(line, transport, 10000, 10000 + mcpi_rank_zero_seconds);
    EXPECT_THROW(mcpi_lifeline_receive(&line, transport.get(), 10000 + mcpi_rank_zero_seconds), std::runtime_error);
}

} // namespace
