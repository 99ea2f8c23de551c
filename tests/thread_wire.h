/*
 * The wire of ranks/wire.h between threads: each is a process of a run. As strict as MPI is: collective calls wait for
 * everyone, and a message is on its way until it has been received.
 */
#ifndef MCPI_TESTS_THREAD_WIRE_H
#define MCPI_TESTS_THREAD_WIRE_H

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

extern "C" {
#include "ranks/wire.h"
}

/* What all threads of a run share. */
struct Hub {
    explicit Hub(unsigned ranks) : ranks(ranks), slots(ranks), tallies(ranks), on_its_way(ranks)
    {
    }

    /* Wait for everyone; whoever comes last does `last` first. */
    template <typename Action> void meet(Action last)
    {
        std::unique_lock<std::mutex> guard(lock);
        const uint64_t round = meetings;
        if (++present == ranks) {
            last();
            present = 0;
            meetings++;
            changed.notify_all();
            return;
        }
        changed.wait(guard, [&] { return meetings != round; });
    }

    struct Message {
        unsigned from;
        std::string bytes;
    };

    const unsigned ranks;
    std::atomic<uint64_t> counters[MCPI_COUNTERS]{};
    std::mutex lock;
    std::condition_variable changed;
    unsigned present = 0;
    uint64_t meetings = 0;
    std::vector<std::string> slots;
    std::string shared;
    std::vector<mcpi_tallies> tallies;
    unsigned brought = 0, fetched = 0;
    std::vector<bool> on_its_way;
    std::deque<Message> messages;
};

/* One thread's end of it. */
class ThreadWire
{
  public:
    ThreadWire(Hub &hub, unsigned rank) : hub(hub), rank(rank)
    {
        wire = {this, rank, hub.ranks, false, add, combine, combined, gather, share, send, receive, give_up};
    }
    const mcpi_wire *get() const
    {
        return &wire;
    }

  private:
    static ThreadWire *self(void *user)
    {
        return static_cast<ThreadWire *>(user);
    }

    static void *copy(const std::string &bytes)
    {
        void *memory = std::malloc(bytes.size() + 1);
        std::memcpy(memory, bytes.data(), bytes.size());
        return memory;
    }

    static uint64_t add(void *user, mcpi_counter counter, uint64_t amount)
    {
        return self(user)->hub.counters[counter].fetch_add(amount);
    }

    static void combine(void *user, const mcpi_tallies *mine)
    {
        Hub &hub = self(user)->hub;
        std::lock_guard<std::mutex> guard(hub.lock);
        hub.tallies[self(user)->rank] = *mine;
        hub.brought++;
    }

    static bool combined(void *user, mcpi_tallies *all)
    {
        Hub &hub = self(user)->hub;
        std::lock_guard<std::mutex> guard(hub.lock);
        if (hub.brought < hub.ranks)
            return false;
        *all = hub.tallies[0];
        for (unsigned i = 1; i < hub.ranks; i++)
            mcpi_add_tallies(&hub.tallies[i], all);
        if (++hub.fetched == hub.ranks)
            hub.brought = hub.fetched = 0;
        return true;
    }

    static void *gather(void *user, const void *mine, size_t bytes, size_t *all_bytes)
    {
        Hub &hub = self(user)->hub;
        hub.slots[self(user)->rank].assign(static_cast<const char *>(mine), bytes);
        hub.meet([] {});
        void *all = nullptr;
        if (self(user)->rank == 0) {
            std::string joined;
            for (const std::string &slot : hub.slots)
                joined += slot;
            all = copy(joined);
            *all_bytes = joined.size();
        }
        hub.meet([] {});
        return all;
    }

    static void *share(void *user, void *mine, size_t *bytes)
    {
        Hub &hub = self(user)->hub;
        if (self(user)->rank == 0)
            hub.shared.assign(static_cast<const char *>(mine), *bytes);
        hub.meet([] {});
        void *theirs = self(user)->rank == 0 ? mine : copy(hub.shared);
        *bytes = hub.shared.size();
        hub.meet([] {});
        return theirs;
    }

    static bool send(void *user, const void *message, size_t bytes)
    {
        Hub &hub = self(user)->hub;
        std::lock_guard<std::mutex> guard(hub.lock);
        if (hub.on_its_way[self(user)->rank])
            return false;
        hub.on_its_way[self(user)->rank] = true;
        hub.messages.push_back({self(user)->rank, std::string(static_cast<const char *>(message), bytes)});
        return true;
    }

    static void *receive(void *user, size_t *bytes, unsigned *from)
    {
        Hub &hub = self(user)->hub;
        std::lock_guard<std::mutex> guard(hub.lock);
        if (hub.messages.empty())
            return nullptr;
        const Hub::Message message = hub.messages.front();
        hub.messages.pop_front();
        hub.on_its_way[message.from] = false;
        *bytes = message.bytes.size();
        *from = message.from;
        return copy(message.bytes);
    }

    __attribute__((noreturn)) static void give_up(void *user, const char *why)
    {
        (void)user;
        throw std::runtime_error(why);
    }

    Hub &hub;
    const unsigned rank;
    mcpi_wire wire;
};

#endif
