/* What an observer of events is told of a run, held against what can happen: dart by dart, and worker by worker. */
#ifndef MCPI_TESTS_CORE_EVENT_LEDGER_H
#define MCPI_TESTS_CORE_EVENT_LEDGER_H

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "mcpi/mcpi.h"

/* An event, with copies of what it points to. */
struct ToldEvent {
    mcpi_event event;
    std::string device, kernel, message;
};

class EventLedger
{
  public:
    std::vector<ToldEvent> told;
    std::string broken; /* the first thing that cannot be; empty if there is none */

    explicit EventLedger(const mcpi_options &options) : first_(options.first), darts_(options.darts)
    {
        const mcpi_state *const state = options.resume;
        const bool full = options.verify == MCPI_VERIFY_FULL;
        for (size_t i = 0; state && i < (full ? state->confirmed_count : state->part_count); i++) {
            const mcpi_part &part = full ? state->confirmed[i] : state->parts[i];
            move(part.first, part.darts, FREE, COUNTED, "a part overlaps another");
        }
    }

    static void observe(void *ledger, const mcpi_event *event)
    {
        static_cast<EventLedger *>(ledger)->tell(*event);
    }

    void tell(const mcpi_event &event)
    {
        require(told.empty() || told.back().event.seconds <= event.seconds, "time runs backwards");
        told.push_back({event, event.device, event.kernel, event.message});
        follow_worker(event);
        follow_darts(event);
    }

    size_t count(mcpi_event_kind kind) const
    {
        return std::count_if(told.begin(), told.end(), [=](const ToldEvent &one) { return one.event.kind == kind; });
    }
    const ToldEvent *find(mcpi_event_kind kind) const
    {
        const auto found =
            std::find_if(told.begin(), told.end(), [=](const ToldEvent &one) { return one.event.kind == kind; });
        return found == told.end() ? nullptr : &*found;
    }
    /* Counted and not withdrawn, apart from what the run resumed. */
    uint64_t darts() const
    {
        return sum(&mcpi_event::darts);
    }
    uint64_t hits() const
    {
        return sum(&mcpi_event::hits);
    }
    /* What a worker counted, withdrawn or not. */
    mcpi_worker_result counted_by(const std::string &device, int worker) const
    {
        mcpi_worker_result total{};
        for (const ToldEvent &one : told) {
            if (one.event.kind != MCPI_EVENT_COUNTED || one.device != device || one.event.worker != worker)
                continue;
            total.ranges++;
            total.darts += one.event.darts;
            total.hits += one.event.hits;
        }
        return total;
    }
    /* Nothing is taken and neither counted nor given back. */
    bool all_are_back() const
    {
        return std::count(darts_.begin(), darts_.end(), TAKEN) == 0;
    }

  private:
    enum Dart : char { FREE, TAKEN, COUNTED };
    enum Worker { UNKNOWN, OPEN, LOST };

    uint64_t first_;
    std::vector<Dart> darts_;
    std::map<std::pair<std::string, int>, Worker> workers_;

    void require(bool kept, const char *what)
    {
        if (!kept && broken.empty())
            broken = what;
    }

    void move(uint64_t first, uint64_t darts, Dart from, Dart to, const char *otherwise)
    {
        for (uint64_t dart = first - first_; dart < first - first_ + darts; dart++) {
            const bool inside = dart < darts_.size();
            require(inside && darts_[dart] == from, otherwise);
            if (inside)
                darts_[dart] = to;
        }
    }

    void follow_darts(const mcpi_event &event)
    {
        if (event.kind == MCPI_EVENT_TAKEN)
            move(event.first, event.darts, FREE, TAKEN, "a range was taken twice");
        if (event.kind == MCPI_EVENT_COUNTED)
            move(event.first, event.darts, TAKEN, COUNTED, "a range was counted that was not taken");
        if (event.kind == MCPI_EVENT_GIVEN_BACK)
            move(event.first, event.darts, TAKEN, FREE, "a range was given back that was not taken");
        if (event.kind == MCPI_EVENT_WITHDRAWN)
            move(event.first, event.darts, COUNTED, FREE, "a range was withdrawn that was not counted");
        require(event.hits <= event.darts, "more hits than darts");
    }

    void follow_worker(const mcpi_event &event)
    {
        if (event.kind == MCPI_EVENT_WITHDRAWN)
            return;
        Worker &worker = workers_[{event.device, event.worker}];
        if (event.kind == MCPI_EVENT_OPENED) {
            require(worker == UNKNOWN, "a worker was opened twice");
            worker = OPEN;
        } else if (event.kind >= MCPI_EVENT_FAILED) {
            require(worker != LOST, "a worker was lost twice");
            worker = LOST;
        } else {
            /* What it holds is given back when it is lost. */
            const bool gives_back = event.kind == MCPI_EVENT_GIVEN_BACK || event.kind == MCPI_EVENT_NOT_RECOUNTED;
            require(worker == (gives_back ? LOST : OPEN), "a worker was not open");
        }
    }

    uint64_t sum(uint64_t mcpi_event::*what) const
    {
        uint64_t total = 0;
        for (const ToldEvent &one : told) {
            total += one.event.kind == MCPI_EVENT_COUNTED ? one.event.*what : 0;
            total -= one.event.kind == MCPI_EVENT_WITHDRAWN ? one.event.*what : 0;
        }
        return total;
    }
};

#endif
