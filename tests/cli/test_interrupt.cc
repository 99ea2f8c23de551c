/* What each signal asks for, by those before it. The times are made up. */
#include <gtest/gtest.h>

#include <csignal>

#include <unistd.h>

extern "C" {
#include "cli/io/exit_process.h"
#include "cli/io/interrupt.h"
#include "mcpi/mcpi.h"
}

namespace
{

constexpr int all[] = {SIGINT, SIGTERM, SIGHUP};

TEST(Interrupt, TheFirstOneAsksToFinish)
{
    for (const int signal : all)
        EXPECT_EQ(interrupt_after(INTERRUPT_NONE, signal, 1e6), INTERRUPT_FINISH);
}

TEST(Interrupt, ARepeatWithinASecondIsTheSameRequest)
{
    for (const int signal : all)
        for (const double seconds : {0.0, 0.5, 0.999})
            for (const interrupt_request found : {INTERRUPT_FINISH, INTERRUPT_PRINT})
                EXPECT_EQ(interrupt_after(found, signal, seconds), found) << signal << " after " << seconds;
}

TEST(Interrupt, OnlyALaterSigintIsInAHurry)
{
    EXPECT_EQ(interrupt_after(INTERRUPT_FINISH, SIGINT, 1.0), INTERRUPT_PRINT);
    EXPECT_EQ(interrupt_after(INTERRUPT_PRINT, SIGINT, 1.0), INTERRUPT_END);
    for (const int signal : {SIGTERM, SIGHUP}) {
        EXPECT_EQ(interrupt_after(INTERRUPT_FINISH, signal, 3600.0), INTERRUPT_FINISH);
        EXPECT_EQ(interrupt_after(INTERRUPT_PRINT, signal, 3600.0), INTERRUPT_PRINT);
    }
}

TEST(Interrupt, NothingComesAfterTheEnd)
{
    EXPECT_EQ(interrupt_after(INTERRUPT_END, SIGINT, 10.0), INTERRUPT_END);
}

TEST(Interrupt, SaysToARunWhatTheRunUnderstands)
{
    EXPECT_EQ(static_cast<int>(INTERRUPT_NONE), 0);
    EXPECT_EQ(static_cast<int>(INTERRUPT_FINISH), static_cast<int>(MCPI_STOP));
    EXPECT_EQ(static_cast<int>(INTERRUPT_PRINT), static_cast<int>(MCPI_STOP_AT_ONCE));
}

/* What a process does that gets two of them, more than a second apart. */
[[noreturn]] void interrupt_twice()
{
    raise(SIGINT);
    usleep(1100000);
    raise(SIGINT);
    _exit(0);
}

TEST(InterruptDeathTest, TheSecondOneIsLeftToARunThatPolls)
{
    const auto run = [] {
        interrupt_catch();
        interrupt_poll_begin();
        interrupt_twice();
    };
    EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

TEST(InterruptDeathTest, TheSecondOneEndsAProgramWhoseRunIsOver)
{
    const auto run = [] {
        interrupt_catch();
        interrupt_poll_begin();
        interrupt_poll_end();
        interrupt_twice();
    };
    EXPECT_EXIT(run(), testing::ExitedWithCode(EXIT_INTERRUPTED), "");
}

} // namespace
