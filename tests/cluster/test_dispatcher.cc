/* Rank 0 of a shared run: each dart is counted exactly once, whatever the ranks do. Ranks and time are made up. */
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <deque>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

extern "C" {
#include "cluster/chunk_size.h"
#include "cluster/dispatcher.h"
#include "core/queue.h"
#include "engine/goal.h"
#include "engine/record.h"
}

namespace
{

/* Not Philox: three darts of each four hit, in an uneven order, since only the adding up is tested here. */
uint64_t hits_before(uint64_t dart)
{
    return dart - dart / 4 - (dart % 4 > 1);
}

uint64_t hits_of(uint64_t first, uint64_t darts)
{
    return hits_before(first + darts) - hits_before(first);
}

struct Report {
    std::vector<mcpi_part> counted, confirmed;
    std::vector<mcpi_range> held;
    bool replaces = false, asks = false, able = true, finished = false, interrupted = false, timed_out = false;
    double rate = 1000, waited_seconds = 0;
    uint64_t previous = 100;
};

/* A dispatcher, and what it has sent to each rank. */
class Dispatcher : public testing::Test
{
  protected:
    ~Dispatcher() override
    {
        mcpi_dispatcher_close(dispatcher);
        mcpi_liveness_close(&liveness);
    }

    void open(unsigned ranks, uint64_t darts)
    {
        options.darts = darts;
        inboxes.resize(ranks);
        grants_seen.resize(ranks);
        ASSERT_TRUE(mcpi_liveness_open(&liveness, ranks, 0.0));
        liveness.note = [](void *user, const char *text) { static_cast<Dispatcher *>(user)->notes.push_back(text); };
        liveness.user = this;
        const mcpi_dispatcher_calls calls = {this, send, give_up};
        dispatcher = mcpi_dispatcher_open(&options, &liveness, &calls);
        ASSERT_NE(dispatcher, nullptr);
    }

    static void send(void *user, unsigned to, const void *message, size_t bytes)
    {
        static_cast<Dispatcher *>(user)->inboxes[to].emplace_back(static_cast<const char *>(message), bytes);
    }
    __attribute__((noreturn)) static void give_up(void *user, const char *why)
    {
        (void)user;
        throw std::runtime_error(why);
    }

    void hear(unsigned from, const Report &report)
    {
        mcpi_report_message head{};
        head.kind = MCPI_MESSAGE_REPORT;
        head.grants_seen = grants_seen[from];
        head.counted = report.counted.size();
        head.confirmed = report.confirmed.size();
        head.held = report.held.size();
        head.replaces = report.replaces;
        head.asks = report.asks;
        head.able = report.able;
        head.finished = report.finished;
        head.interrupted = report.interrupted;
        head.timed_out = report.timed_out;
        head.opening = 50;
        head.previous = report.previous;
        head.rate = report.rate;
        head.seconds_left = INFINITY;
        head.waited_seconds = report.waited_seconds;
        std::vector<uint64_t> words(sizeof head / 8);
        std::memcpy(words.data(), &head, sizeof head);
        for (const std::vector<mcpi_part> *parts : {&report.counted, &report.confirmed})
            for (const mcpi_part &part : *parts)
                words.insert(words.end(), {part.first, part.darts, part.hits});
        for (const mcpi_range &range : report.held)
            words.insert(words.end(), {range.first, range.darts});
        mcpi_liveness_received(&liveness, from, now);
        mcpi_dispatcher_receive(dispatcher, from, reinterpret_cast<const mcpi_report_message *>(words.data()),
                                words.size() * 8);
    }

    /* The next message to a rank; one without a kind if there is none. */
    mcpi_grant_message next(unsigned rank)
    {
        mcpi_grant_message message{};
        if (inboxes[rank].empty())
            return message;
        std::memcpy(&message, inboxes[rank].front().data(), inboxes[rank].front().size());
        inboxes[rank].pop_front();
        grants_seen[rank] += message.kind == MCPI_MESSAGE_GRANT;
        return message;
    }

    mcpi_range ask(unsigned rank)
    {
        Report report;
        report.asks = true;
        hear(rank, report);
        const mcpi_grant_message grant = next(rank);
        EXPECT_EQ(grant.kind, MCPI_MESSAGE_GRANT);
        return {grant.first, grant.darts};
    }

    static mcpi_part part_of(mcpi_range range)
    {
        return {range.first, range.darts, hits_of(range.first, range.darts)};
    }

    void count(unsigned rank, mcpi_range range, bool finished = true)
    {
        Report report;
        report.counted = {part_of(range)};
        report.finished = finished;
        hear(rank, report);
    }

    /* Count all that is left. */
    void count_rest(unsigned rank)
    {
        for (;;) {
            Report report;
            report.asks = true;
            hear(rank, report);
            const mcpi_grant_message grant = next(rank);
            if (grant.kind != MCPI_MESSAGE_GRANT)
                return;
            count(rank, {grant.first, grant.darts});
        }
    }

    void expect_whole()
    {
        const mcpi_ending ending = mcpi_dispatcher_ending(dispatcher);
        EXPECT_TRUE(ending.complete);
        EXPECT_EQ(ending.darts, options.darts);
        EXPECT_EQ(ending.hits, hits_of(options.first, options.darts));
    }

    void finish(unsigned rank)
    {
        Report report;
        report.finished = true;
        hear(rank, report);
    }

    double now = 0;
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    mcpi_liveness liveness{};
    mcpi_dispatcher *dispatcher = nullptr;
    std::vector<std::deque<std::string>> inboxes;
    std::vector<uint64_t> grants_seen;
    std::vector<std::string> notes;
};

TEST_F(Dispatcher, ARequestIsAnsweredWhenSomethingComesBack)
{
    open(2, 100);
    mcpi_range all = ask(0);
    while (all.darts < 100) {
        const mcpi_range more = ask(0);
        ASSERT_EQ(more.first, all.first + all.darts);
        all.darts += more.darts;
    }
    Report asks;
    asks.asks = true;
    hear(1, asks);
    EXPECT_TRUE(inboxes[1].empty());
    Report unable;
    unable.able = false;
    unable.finished = true;
    unable.counted = {part_of({0, 30})};
    hear(0, unable);
    const mcpi_grant_message grant = next(1);
    ASSERT_EQ(grant.kind, MCPI_MESSAGE_GRANT);
    EXPECT_EQ(grant.first, 30U);
    count(1, {grant.first, grant.darts});
    count_rest(1);
    expect_whole();
    EXPECT_EQ(mcpi_dispatcher_ending(dispatcher).sharing.rounds, 2U);
}

/* Messages of rank 0 to itself are none. */
TEST_F(Dispatcher, AddsUpWhatTheSharingTook)
{
    open(3, 100);
    count(1, ask(1));
    Report waited;
    waited.finished = true;
    waited.waited_seconds = 2.5;
    hear(1, waited);
    waited.waited_seconds = 0.5;
    hear(2, waited);
    count_rest(0);
    expect_whole();
    const mcpi_sharing sharing = mcpi_dispatcher_ending(dispatcher).sharing;
    EXPECT_EQ(sharing.processes, 3U);
    EXPECT_EQ(sharing.rounds, 1U);
    EXPECT_EQ(sharing.chunks, grants_seen[0] + grants_seen[1]);
    EXPECT_EQ(sharing.reports, 4U);
    EXPECT_EQ(sharing.report_bytes, 4 * sizeof(mcpi_report_message) + sizeof(mcpi_part));
    EXPECT_EQ(sharing.waited_seconds, 2.5) << "the longest";
}

TEST_F(Dispatcher, AllThatWaitAreServedAtOnce)
{
    open(3, 1000);
    for (uint64_t given = 0; given < 1000; given += ask(2).darts)
        ;
    Report asks;
    asks.asks = true;
    for (const unsigned rank : {0U, 1U})
        hear(rank, asks);
    Report unable;
    unable.able = false;
    hear(2, unable);
    EXPECT_EQ(next(0).kind, MCPI_MESSAGE_GRANT);
    EXPECT_EQ(next(1).kind, MCPI_MESSAGE_GRANT);
}

TEST_F(Dispatcher, TheRunIsNotOverBeforeAllRecountsAre)
{
    open(2, 100);
    finish(1);
    Report report;
    for (uint64_t counted = 0; counted < 100;) {
        const mcpi_range range = ask(0);
        count(0, range, false);
        counted += range.darts;
    }
    EXPECT_TRUE(inboxes[1].empty());
    finish(0);
    EXPECT_EQ(next(1).kind, MCPI_MESSAGE_OVER);
    expect_whole();
}

/* A report that crosses a grant on its way does not know of it. */
TEST_F(Dispatcher, ARankThatHasNotSeenItsGrantHasNotFinished)
{
    open(2, 100);
    Report asks;
    asks.asks = true;
    hear(1, asks);
    finish(1);
    count_rest(0);
    finish(0);
    EXPECT_TRUE(inboxes[0].empty());
    const mcpi_grant_message grant = next(1);
    ASSERT_EQ(grant.kind, MCPI_MESSAGE_GRANT);
    count(1, {grant.first, grant.darts});
    expect_whole();
}

TEST_F(Dispatcher, WithdrawnDartsAreForAnyRank)
{
    open(2, 300);
    const mcpi_range first = ask(1);
    count(1, first);
    const mcpi_range second = ask(1);
    Report asks;
    asks.asks = true;
    hear(1, asks); /* its grant is on its way while the rank finds out that it counted wrong */
    Report withdraws;
    withdraws.replaces = true;
    withdraws.held = {second};
    hear(1, withdraws);
    const mcpi_grant_message third = next(1);
    ASSERT_EQ(third.kind, MCPI_MESSAGE_GRANT);
    count(1, second, false);
    count(1, {third.first, third.darts});
    count_rest(0);
    finish(0);
    expect_whole();
}

/* Ranks 1 and 65 are one team of the set: what rank 65 withdraws takes the counts of rank 1 out as well. */
TEST_F(Dispatcher, WhatOthersCountAgainIsNotPutBack)
{
    open(66, 1000);
    const mcpi_range first = ask(1);
    count(1, first);
    count(65, ask(65));
    Report withdraws;
    withdraws.replaces = true;
    hear(65, withdraws);
    const mcpi_range again = ask(2);
    ASSERT_EQ(again.first, first.first);
    withdraws.counted = {part_of(first)};
    hear(1, withdraws);
    count(2, again);
    count_rest(0);
    for (unsigned rank = 0; rank < 66; rank++)
        finish(rank);
    expect_whole();
}

TEST_F(Dispatcher, ARankThatCountsWhatItWasNotGivenEndsTheJob)
{
    open(2, 1000);
    const mcpi_range range = ask(0);
    EXPECT_THROW(count(1, range), std::runtime_error);
}

/* ---- ranks that are not heard ---- */

/* A report can say that a rank holds darts that another has counted. */
TEST_F(Dispatcher, DartsThatAreCountedTwiceEndTheJobAsAnInternalError)
{
    open(2, 100);
    const mcpi_range range = ask(0);
    count(0, range);
    Report wrong;
    wrong.replaces = true;
    wrong.held = {range};
    try {
        hear(1, wrong);
        FAIL() << "the job goes on";
    } catch (const std::runtime_error &error) {
        EXPECT_EQ(std::string(error.what()).rfind("internal error: darts of [", 0), 0U) << error.what();
    }
}

TEST_F(Dispatcher, ASilentRankIsLostOnlyWhenOthersNeedWhatItHas)
{
    open(3, 2000);
    const mcpi_range lost = ask(2);
    finish(1);
    for (now = 1; now < 100; now += 0.5) {
        mcpi_liveness_received(&liveness, 1, now);
        mcpi_dispatcher_look(dispatcher, now);
    }
    ASSERT_EQ(notes.size(), 1U); /* there is still something for the others in the queue */
    EXPECT_EQ(notes[0], "rank 2 has not been heard from for 5 s");
    count_rest(0);
    finish(0);
    EXPECT_TRUE(inboxes[0].empty());
    mcpi_dispatcher_look(dispatcher, now);
    ASSERT_EQ(notes.size(), 2U);
    EXPECT_EQ(notes[1], "rank 2 is lost (nothing heard for 100 s): the other ranks count its " +
                            std::to_string(lost.darts) + " darts");
    count_rest(0);
    finish(0);
    expect_whole();
    EXPECT_EQ(mcpi_dispatcher_ending(dispatcher).sharing.lost, 1U);
}

TEST_F(Dispatcher, ARankThatComesBackInTimeGoesOn)
{
    open(2, 500);
    const mcpi_range range = ask(1);
    count_rest(0);
    finish(0);
    for (now = 1; now < 19; now++)
        mcpi_dispatcher_look(dispatcher, now);
    count(1, range);
    EXPECT_EQ(notes.back(), "rank 1 responds again after 19 s");
    expect_whole();
    EXPECT_EQ(mcpi_dispatcher_ending(dispatcher).sharing.lost, 0U);
}

TEST_F(Dispatcher, WhileRankZeroWasStoppedNobodyWasSilent)
{
    open(2, 500);
    ask(1);
    count_rest(0);
    finish(0);
    now = 1000;
    mcpi_dispatcher_look(dispatcher, now);
    EXPECT_TRUE(notes.empty());
    mcpi_dispatcher_look(dispatcher, now + 0.9);
    EXPECT_TRUE(notes.empty());
}

TEST_F(Dispatcher, ALostRankCannotConfirmItsCounts)
{
    options.verify = MCPI_VERIFY_FULL;
    open(2, 500);
    const mcpi_range range = ask(1);
    count(1, range);
    ask(1);
    count_rest(0);
    finish(0);
    for (now = 1; now < 30; now++)
        mcpi_dispatcher_look(dispatcher, now);
    uint64_t again = 0;
    for (Report asks;;) {
        asks.asks = true;
        hear(0, asks);
        const mcpi_grant_message grant = next(0);
        if (grant.kind != MCPI_MESSAGE_GRANT)
            break;
        again += grant.first < range.first + range.darts && range.first < grant.first + grant.darts;
        count(0, {grant.first, grant.darts});
    }
    EXPECT_GT(again, 0U);
    expect_whole();
}

TEST_F(Dispatcher, ARankThatDiesBeforeItAsksIsLostIfOnlyItCouldCount)
{
    open(2, 500);
    Report unable;
    unable.able = false;
    unable.finished = true;
    hear(0, unable);
    finish(1); /* its device is still being opened */
    for (now = 1; now < 30; now++)
        mcpi_dispatcher_look(dispatcher, now);
    EXPECT_EQ(next(0).kind, MCPI_MESSAGE_OVER);
    EXPECT_FALSE(mcpi_dispatcher_ending(dispatcher).complete);
}

TEST_F(Dispatcher, ARankThatWasLostBeforeTheRunIsNotWaitedFor)
{
    open(2, 500);
    mcpi_liveness_give_up(&liveness, 1, 0, "the run begins without it");
    Report unable;
    unable.able = false;
    unable.finished = true;
    hear(0, unable);
    EXPECT_TRUE(inboxes[0].empty());
    mcpi_dispatcher_look(dispatcher, 0.1);
    EXPECT_EQ(next(0).kind, MCPI_MESSAGE_OVER);
}

TEST_F(Dispatcher, EveryRankThatAsksGetsAChunk)
{
    open(4, 1000);
    Report asks;
    asks.asks = true;
    const mcpi_range all = ask(0);
    mcpi_range last = all;
    while (last.first + last.darts < 1000)
        last = ask(0);
    for (const unsigned rank : {1U, 2U, 3U})
        hear(rank, asks);
    Report unable;
    unable.able = false;
    unable.finished = true;
    hear(0, unable);
    for (const unsigned rank : {1U, 2U, 3U})
        EXPECT_EQ(next(rank).kind, MCPI_MESSAGE_GRANT) << rank;
}

TEST_F(Dispatcher, AStoppedRunDoesNotWaitForALostRankForEver)
{
    open(2, 1000);
    const mcpi_range range = ask(1);
    Report stops;
    stops.interrupted = true;
    stops.finished = true;
    hear(0, stops);
    for (now = 1; now < 30; now++)
        mcpi_dispatcher_look(dispatcher, now);
    EXPECT_EQ(notes.size(), 2U);
    count_rest(0);
    finish(0);
    const mcpi_ending ending = mcpi_dispatcher_ending(dispatcher);
    EXPECT_FALSE(ending.complete);
    EXPECT_TRUE(ending.interrupted);
    EXPECT_EQ(ending.darts, range.first + range.darts);
}

/* ---- all of it, at random ---- */

/* What a rank has counted, with a device that counts wrong if `wrong`. */
struct Counted {
    mcpi_part part;
    bool wrong;
};

bool touch(const mcpi_part &part, uint64_t first, uint64_t end)
{
    return part.first < end && first < part.first + part.darts;
}

/* A rank that counts, lies, fails, dies, sleeps and is slow to read its messages. */
struct Simulated {
    std::vector<mcpi_range> held;
    std::vector<Counted> counted;
    std::vector<mcpi_part> unreported;
    bool able = true, dead = false, asked = false, over = false;
    bool liar = false, lied = false; /* and has still to withdraw that */
    int withdrawals = 3;             /* at most */
    uint64_t goal = 0;
    double sleeps_until = 0;

    void forget(uint64_t first, uint64_t end)
    {
        for (size_t i = counted.size(); i-- > 0;)
            if (touch(counted[i].part, first, end))
                counted.erase(counted.begin() + static_cast<long>(i));
    }
};

class AtRandom : public Dispatcher
{
  protected:
    void SetUp() override
    {
        options.save = [](void *user, const mcpi_state *state) {
            ASSERT_NE(state, nullptr);
            const uint64_t end = state->first + state->goal;
            for (const auto &parts : {std::make_pair(state->parts, state->part_count),
                                      std::make_pair(state->confirmed, state->confirmed_count)}) {
                uint64_t at = state->first;
                for (size_t i = 0; i < parts.second; i++) {
                    ASSERT_GE(parts.first[i].first, at);
                    ASSERT_LE(parts.first[i].hits, parts.first[i].darts);
                    at = parts.first[i].first + parts.first[i].darts;
                }
                ASSERT_LE(at, end);
            }
            ++*static_cast<unsigned *>(user);
        };
        options.user = &saves;
    }

    void read(unsigned rank)
    {
        Simulated &s = ranks[rank];
        const mcpi_grant_message message = next(rank);
        s.over |= message.kind == MCPI_MESSAGE_OVER;
        if (message.kind != MCPI_MESSAGE_GRANT)
            return;
        const uint64_t end = options.first + message.goal;
        s.asked = false;
        s.goal = end;
        for (size_t i = s.counted.size(); i-- > 0;)
            if (s.counted[i].part.first < end && end < s.counted[i].part.first + s.counted[i].part.darts)
                s.counted.erase(s.counted.begin() + static_cast<long>(i));
        s.forget(message.first, message.first + message.darts);
        ASSERT_LE(message.first + message.darts, end);
        if (s.able)
            s.held.push_back({message.first, message.darts});
    }

    void tell(unsigned rank, bool replaces)
    {
        Simulated &s = ranks[rank];
        Report report;
        report.replaces = replaces;
        report.counted = s.unreported;
        if (replaces) {
            report.held = s.held;
            report.counted.clear();
            for (const Counted &one : s.counted) {
                report.counted.push_back(one.part);
                if (random() % 2 && !one.wrong)
                    report.confirmed.push_back(one.part);
            }
        }
        report.able = s.able;
        report.asks = s.able && !s.asked && s.held.size() < 2;
        report.finished = s.held.empty() && !s.lied;
        report.rate = rate * (rank + 1);
        s.unreported.clear();
        s.asked |= report.asks;
        if (mcpi_liveness_received(&liveness, rank, now))
            hear(rank, report);
        else
            s.over = true;
    }

    /* Some neighbours become one, as in the set of a process. */
    static void add(Simulated &s, const Counted &one, bool joins)
    {
        for (Counted &old : s.counted) {
            if (!joins || old.part.first + old.part.darts != one.part.first || one.part.first == s.goal)
                continue;
            old.part.darts += one.part.darts;
            old.part.hits += one.part.hits;
            old.wrong |= one.wrong;
            return;
        }
        s.counted.push_back(one);
    }

    /* Count a part of what it holds. */
    void work(unsigned rank)
    {
        Simulated &s = ranks[rank];
        if (s.held.empty())
            return;
        mcpi_range &range = s.held[random() % s.held.size()];
        const uint64_t darts = 1 + random() % range.darts;
        Counted one = {part_of({range.first, darts}), s.liar && random() % 2};
        if (one.wrong)
            one.part.hits = random() % 2 ? darts : 0;
        s.lied |= one.wrong;
        add(s, one, random() % 2);
        s.unreported.push_back(one.part);
        range.first += darts;
        range.darts -= darts;
        if (range.darts == 0)
            s.held.erase(s.held.begin() + (&range - s.held.data()));
    }

    /* Some of what it counted was wrong; it is for others now. */
    void withdraw(unsigned rank)
    {
        Simulated &s = ranks[rank];
        for (size_t i = s.counted.size(); i-- > 0;)
            if (s.counted[i].wrong || random() % 2)
                s.counted.erase(s.counted.begin() + static_cast<long>(i));
        s.liar = s.lied = false;
        tell(rank, true);
    }

    void step(unsigned rank)
    {
        Simulated &s = ranks[rank];
        const unsigned what = random() % 100;
        if (s.dead || s.over || now < s.sleeps_until)
            return;
        if (what < 30)
            read(rank);
        else if (what < 60)
            work(rank);
        else if (what < 95)
            tell(rank, false);
        else if (what < 97 && (s.lied || s.withdrawals-- > 0))
            withdraw(rank);
        else if (what == 97 && rank > 0 && random() % 8 == 0)
            s.dead = !s.lied; /* nobody would know */
        else if (what == 98 && rank > 0 && random() % 8 == 0) {
            s.able = false;
            s.held.clear();
            tell(rank, false);
        } else if (what == 99 && rank > 0 && random() % 8 == 0 && !s.lied)
            s.sleeps_until = now + random() % 40;
    }

    void begin(unsigned seed)
    {
        random.seed(seed);
        mcpi_dispatcher_close(dispatcher);
        mcpi_liveness_close(&liveness);
        inboxes.clear();
        grants_seen.clear();
        const unsigned count = seed % 20 == 19 ? 60 + random() % 80 : 1 + random() % 6;
        ranks.assign(count, {});
        for (Simulated &s : ranks)
            s.liar = random() % 3 == 0;
        options.first = random() % 3;
        options.verify = seed % 5 == 0 ? MCPI_VERIFY_FULL : MCPI_VERIFY_ON;
        now = 0;
    }

    /* Some seeds continue a state that has gaps, some of it counted twice. */
    void resume_with_gaps(uint64_t darts)
    {
        options.resume = nullptr;
        if (random() % 3 > 0)
            return;
        resumed.clear();
        for (uint64_t at = random() % 300; at < darts; at += random() % 300) {
            const uint64_t room = darts - at;
            const uint64_t part = 1 + random() % (room < 200 ? room : 200);
            resumed.push_back(part_of({options.first + at, part}));
            at += part + 1;
        }
        state = {0, 0, options.first, darts, 0.0, darts, resumed.size(), resumed.data(), 0, nullptr, MCPI_VERIFY_ON, 0};
        state.confirmed = resumed.data();
        state.confirmed_count = resumed.size() / 2;
        options.resume = &state;
    }

    void send_signs_of_life()
    {
        for (unsigned rank = 0; rank < ranks.size(); rank++)
            if (!ranks[rank].dead && now >= ranks[rank].sleeps_until)
                mcpi_liveness_received(&liveness, rank, now);
    }

    void run_to_its_end(unsigned seed)
    {
        const auto count = static_cast<unsigned>(ranks.size());
        for (unsigned steps = 0; !ranks[0].over; steps++) {
            ASSERT_LT(steps, 1000000U) << "seed " << seed;
            step(random() % count);
            now += 0.01;
            if (steps % 100 == 0)
                send_signs_of_life();
            mcpi_dispatcher_look(dispatcher, now);
            if (random() % 100 == 0)
                mcpi_record_save(mcpi_dispatcher_record(dispatcher), nullptr);
        }
    }

    std::vector<Simulated> ranks;
    std::mt19937 random;
    std::vector<mcpi_part> resumed;
    mcpi_state state{};
    double rate = 100;
    unsigned saves = 0;
};

TEST_F(AtRandom, EachDartIsCountedOnce)
{
    for (unsigned seed = 0; seed < 400; seed++) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        begin(seed);
        const uint64_t darts = 1 + random() % 3000;
        resume_with_gaps(darts);
        open(static_cast<unsigned>(ranks.size()), darts);
        run_to_its_end(seed);
        expect_whole();
    }
    EXPECT_GT(saves, 0U);
}

/* Goals that were planned from wrong counts are planned again. */
TEST_F(AtRandom, ATargetErrorEndsAtTheDartThatTrueCountsLeadTo)
{
    for (unsigned seed = 0; seed < 400; seed++) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        begin(seed);
        rate = 1e5 * (1 + random() % 10);
        options.target_error = 1e-3 * (1 + random() % 3);
        options.darts = uint64_t{1} << 40;
        uint64_t last = mcpi_first_goal(&options);
        for (uint64_t after; (after = mcpi_next_goal(&options, last, hits_of(options.first, last))) != last;)
            last = after;
        open(static_cast<unsigned>(ranks.size()), options.darts);
        run_to_its_end(seed);
        const mcpi_ending ending = mcpi_dispatcher_ending(dispatcher);
        EXPECT_TRUE(ending.complete);
        EXPECT_EQ(ending.goal, last);
        EXPECT_EQ(ending.darts, last);
        EXPECT_EQ(ending.hits, hits_of(options.first, last));
    }
}

/* ---- parts ---- */

TEST(ChunkSize, IsLongerWhereVeryManyRanksShareOneRankZero)
{
    EXPECT_EQ(mcpi_usual_chunk_seconds(1), 0.25);
    EXPECT_EQ(mcpi_usual_chunk_seconds(2500), 0.25);
    EXPECT_EQ(mcpi_usual_chunk_seconds(100000), 10.0);
}

} // namespace
