/*
 * Ends a test program when one of its cases hangs, and names the case. Each test program is linked with this.
 *
 * A case hangs if it only waits for some seconds, or if it has used up its CPU time. The clock on the wall decides
 * nothing: on a busy machine a case takes longer, but does no more. MCPI_WATCHDOG="SECONDS CPU_SECONDS" in the
 * environment sets both limits; MCPI_WATCHDOG=off is for a debugger, in which a case waits.
 */
#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <initializer_list>

#include <unistd.h>

namespace
{

constexpr double least_share = 0.02; /* of a CPU: with less, the case only waits. A busy machine leaves it more. */

double seconds = 30, most_cpu_seconds = MCPI_WATCHDOG_CPU_SECONDS;

char name[400];
double cpu_at_start, cpu_at_look;
timer_t timer;

double cpu_seconds()
{
    timespec used{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

void end_program(const char *what)
{
    for (const char *part : std::initializer_list<const char *>{"watchdog: ", name, what})
        if (write(STDERR_FILENO, part, std::strlen(part)) < 0)
            break;
    _exit(1);
}

extern "C" void look(int)
{
    const double now = cpu_seconds();
    if (now - cpu_at_look < least_share * seconds)
        end_program(" hangs: it waits\n");
    if (now - cpu_at_start > most_cpu_seconds)
        end_program(" hangs: it does not end\n");
    cpu_at_look = now;
}

void look_every(double period)
{
    const auto whole = static_cast<time_t>(period);
    const timespec each = {whole, static_cast<long>(1e9 * (period - static_cast<double>(whole)))};
    const itimerspec setting = {each, each};
    timer_settime(timer, 0, &setting, nullptr);
}

class Watchdog : public testing::EmptyTestEventListener
{
    /* Not SIGALRM: the program under test uses it. */
    void OnTestProgramStart(const testing::UnitTest &) override
    {
        struct sigaction action {
        };
        action.sa_handler = look;
        action.sa_flags = SA_RESTART;
        sigaction(SIGPROF, &action, nullptr);
        sigevent event{};
        event.sigev_notify = SIGEV_SIGNAL;
        event.sigev_signo = SIGPROF;
        timer_create(CLOCK_MONOTONIC, &event, &timer);
    }
    void OnTestStart(const testing::TestInfo &test) override
    {
        std::snprintf(name, sizeof name, "%s.%s", test.test_suite_name(), test.name());
        cpu_at_start = cpu_at_look = cpu_seconds();
        look_every(seconds);
    }
    void OnTestEnd(const testing::TestInfo &) override
    {
        look_every(0);
    }
};

const bool watching = [] {
    const char *const wanted = std::getenv("MCPI_WATCHDOG");
    if (wanted && std::sscanf(wanted, "%lf %lf", &seconds, &most_cpu_seconds) != 2)
        return false;
    testing::UnitTest::GetInstance()->listeners().Append(new Watchdog); /* which owns it */
    return true;
}();

} // namespace
