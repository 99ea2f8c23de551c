/*
 * The transport of cluster/transport.h between threads: each thread is a rank.
 */
#ifndef MCPI_TESTS_CLUSTER_THREAD_TRANSPORT_H
#define MCPI_TESTS_CLUSTER_THREAD_TRANSPORT_H

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

extern "C" {
#include "cluster/transport.h"
}

/* What all threads of a run share. */
struct Hub {
    explicit Hub(unsigned ranks) : ranks(ranks), inboxes(ranks), looks(ranks)
    {
    }

    struct Message {
        unsigned from;
        std::string bytes;
    };

    const unsigned ranks;
    std::mutex lock;
    std::vector<std::deque<Message>> inboxes;
    std::vector<unsigned> looks; /* of each rank, for messages */
};

/* One thread's end of it. */
class ThreadTransport
{
  public:
    ThreadTransport(Hub &hub, unsigned rank) : hub(hub)
    {
        transport = {this, rank, hub.ranks, send, receive, give_up};
    }
    const mcpi_transport *get() const
    {
        return &transport;
    }

  private:
    static ThreadTransport *self(void *user)
    {
        return static_cast<ThreadTransport *>(user);
    }

    static void send(void *user, unsigned to, const void *message, size_t bytes)
    {
        Hub &hub = self(user)->hub;
        const unsigned from = self(user)->transport.rank;
        std::lock_guard<std::mutex> guard(hub.lock);
        hub.inboxes[to].push_back({from, std::string(static_cast<const char *>(message), bytes)});
    }

    static void *receive(void *user, size_t *bytes, unsigned *from)
    {
        Hub &hub = self(user)->hub;
        std::lock_guard<std::mutex> guard(hub.lock);
        std::deque<Hub::Message> &inbox = hub.inboxes[self(user)->transport.rank];
        hub.looks[self(user)->transport.rank]++;
        if (inbox.empty())
            return nullptr;
        const Hub::Message message = inbox.front();
        inbox.pop_front();
        *bytes = message.bytes.size();
        *from = message.from;
        void *copy = std::malloc(message.bytes.size() + 1);
        std::memcpy(copy, message.bytes.data(), message.bytes.size());
        return copy;
    }

    __attribute__((noreturn)) static void give_up(void *user, const char *why)
    {
        (void)user;
        throw std::runtime_error(why);
    }

    Hub &hub;
    mcpi_transport transport;
};

#endif
