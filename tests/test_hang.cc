/* Cases that hang, for the test of the watchdog. */
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <thread>

namespace
{

std::atomic<bool> never{false};

TEST(Hang, Waits)
{
    while (!never)
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
}

TEST(Hang, Loops)
{
    while (!never)
        ;
}

/* Longer than a period of the watchdog, and at work all the time. */
TEST(Hang, DoesNotThoughItTakesLong)
{
    const std::clock_t start = std::clock();
    while (std::clock() - start < CLOCKS_PER_SEC * 6 / 5)
        ;
}

} // namespace
