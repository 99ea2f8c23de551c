/*
 * The clock of a run in which a fake device hangs. It goes as the real one does until the hanging call is all that the
 * run still waits for. Then it skips half a second at every reading, until the watchdog must have noticed. So a test
 * waits for no deadline, and a busy machine lets none pass by.
 */
#ifndef MCPI_TESTS_CORE_SKIPPING_CLOCK_H
#define MCPI_TESTS_CORE_SKIPPING_CLOCK_H

#include "tests/core/fake_backend.h"

/* A run skips gaps of more than a second, which it takes for a pause of the process. */
constexpr double skipped_seconds = 0.5;

/* A deadline passes even if some of the skips are lost in pauses; two do not. */
constexpr int skips_for(double seconds)
{
    return static_cast<int>(1.3 * seconds / skipped_seconds);
}

class SkippingClock
{
  public:
    /* Skip more than `seconds`. `others_leave`: not before all other devices are closed. */
    SkippingClock(const Fleet &f, double seconds, bool others_leave) : fleet(f), all_leave(others_leave)
    {
        skips() = false;
        skips_left() = skips_for(seconds);
    }
    SkippingClock(const SkippingClock &) = delete;
    SkippingClock &operator=(const SkippingClock &) = delete;
    ~SkippingClock()
    {
        skips() = false;
    }

    /* Threads that are left behind may still read it when the test is over. */
    static double read()
    {
        if (skips() && skips_left() > 0 && skips_left()-- > 0)
            skipped()++;
        return mcpi_seconds() + skipped_seconds * skipped();
    }

    /* Called by the observer of the run, twenty times a second. A device that does not hang is in a call at one of the
       looks, or submits something between them, unless it has nothing to do. */
    void look()
    {
        int submitted = 0;
        for (const Record &record : fleet.records)
            submitted += record.submitted;
        const bool idle = fleet.hanging > 0 && fleet.calls == 0 && submitted == submitted_before && others_have_left();
        submitted_before = submitted;
        idle_looks = idle ? idle_looks + 1 : 0;
        if (idle_looks == 3)
            skips() = true;
    }

  private:
    const Fleet &fleet;
    bool all_leave;
    int submitted_before = -1;
    int idle_looks = 0;

    bool others_have_left() const
    {
        int open = 0; /* the one that hangs is open, too */
        for (const Record &record : fleet.records)
            open += record.opened != record.closed;
        return !all_leave || open <= 1;
    }

    static std::atomic<bool> &skips()
    {
        static std::atomic<bool> yes{false};
        return yes;
    }
    static std::atomic<int> &skips_left()
    {
        static std::atomic<int> left{0};
        return left;
    }
    static std::atomic<int> &skipped()
    {
        static std::atomic<int> count{0};
        return count;
    }
};

#endif
