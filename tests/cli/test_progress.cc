/* The lines of progress in a log, by made-up clocks. */
#include <gtest/gtest.h>

#include <string>

#include "tests/cli/printed.h"

extern "C" {
#include "cli/commands.h"
#include "cli/run/progress.h"
}

namespace
{

double clock_seconds;

double read_clock()
{
    return clock_seconds;
}

/* 1700000000 is 2023-11-14T22:13:20Z. */
time_t time_of_day(time_t *)
{
    return 1700000000 + static_cast<time_t>(clock_seconds);
}

/* A quarter of its darts are counted in 100 s. */
mcpi_progress quarter_done()
{
    mcpi_progress state = {};
    state.darts = state.reached = 250000000;
    state.hits = 196349540;
    state.goal = 1000000000;
    state.counting_seconds = 100;
    return state;
}

class ProgressLog : public testing::Test
{
  protected:
    ProgressLog()
    {
        clock_seconds = 1000;
        options.program = &mcpi_program;
        options.command = &run_command;
        options.interval_seconds = 60;
    }
    /* Starts with these options, beside the made-up clocks. */
    void start()
    {
        p = progress_start(&options);
        p.terminal = p.colour = false;
        p.next_time = options.progress == PROGRESS_ALWAYS ? 0.5 : options.interval_seconds;
        p.seconds = read_clock;
        p.now = time_of_day;
        p.started = clock_seconds;
    }
    /* What is printed when the engine reports `seconds` after the start. */
    std::string at(double seconds, const mcpi_progress &state)
    {
        clock_seconds = p.started + seconds;
        return printed([&](FILE *out) {
            p.out = out;
            progress_update(&p, &state);
        });
    }
    std::string at(double seconds)
    {
        return at(seconds, quarter_done());
    }
    cli_options options = {};
    progress p = {};
};

TEST_F(ProgressLog, HasALineEveryInterval)
{
    start();
    EXPECT_EQ(at(59.9), "");
    EXPECT_EQ(at(60), "mcpi: 2023-11-14T22:31:00Z  25 %  2.50e6 darts/s  5:00 left  pi 3.14159 +- 1.0e-04\n");
    EXPECT_EQ(at(60.1), "");
    EXPECT_EQ(at(119.9), "");
    EXPECT_EQ(at(121).substr(0, 33), "mcpi: 2023-11-14T22:32:01Z  25 % ");
    EXPECT_EQ(at(180.9), "");
    EXPECT_NE(at(181), "");
}

TEST_F(ProgressLog, TakesTheIntervalOfTheCommandLine)
{
    options.interval_seconds = 10;
    start();
    EXPECT_EQ(at(9.9), "");
    EXPECT_NE(at(10), "");
    EXPECT_EQ(at(19.9), "");
    EXPECT_NE(at(20), "");
}

TEST_F(ProgressLog, BeginsAtOnceIfAlwaysAskedFor)
{
    options.progress = PROGRESS_ALWAYS;
    start();
    EXPECT_EQ(at(0.4), "");
    EXPECT_NE(at(0.5), "");
    EXPECT_EQ(at(60), "");
    EXPECT_NE(at(60.5), "");
}

TEST_F(ProgressLog, IsSilentWithQuietAndWithNever)
{
    options.quiet = true;
    start();
    EXPECT_EQ(at(1e6), "");
    options.quiet = false;
    options.progress = PROGRESS_NEVER;
    start();
    EXPECT_EQ(at(1e6), "");
}

TEST_F(ProgressLog, KnowsThatNothingHasBeenCounted)
{
    start();
    EXPECT_EQ(at(60, mcpi_progress{}), "mcpi: 2023-11-14T22:31:00Z  setting up ...\n");
}

TEST_F(ProgressLog, NamesTheStepAndItsTimeLimit)
{
    start();
    EXPECT_EQ(printed([&](FILE *out) {
                  p.out = out;
                  progress_step(&p, "round 3 of 5: all cores", 200);
              }),
              "");
    EXPECT_EQ(at(60), "mcpi: 2023-11-14T22:31:00Z  round 3 of 5: all cores: "
                      "50 %  2.50e6 darts/s  1:40 left  pi 3.14159 +- 1.0e-04\n");
}

/* A terminal shows which run is timed, and is not redrawn during it. */
TEST_F(ProgressLog, DoesNotDisturbATimedRunOnATerminal)
{
    start();
    p.terminal = true;
    const std::string shown = printed([&](FILE *out) {
        p.out = out;
        progress_step(&p, "round 3 of 5: all cores", 0);
    });
    EXPECT_NE(shown.find("round 3 of 5: all cores"), std::string::npos);
    EXPECT_EQ(at(60), "");
}

} // namespace
