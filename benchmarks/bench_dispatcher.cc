/*
 * The work of rank 0 of mcpi-mpi for each chunk: receive a report, add its counts to the set, and hand out the next
 * chunk. Without a network, and with ranks that take turns: each chunk is reported as counted when its rank asks for
 * the next one. So the set of counted ranges is as fragmented as in a run.
 */
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "cluster/dispatcher.h"

namespace
{

struct Job {
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    mcpi_liveness liveness{};
    mcpi_dispatcher *dispatcher = nullptr;
    std::vector<mcpi_part> chunks; /* that each rank has */
    std::vector<uint64_t> grants;

    explicit Job(unsigned ranks) : chunks(ranks), grants(ranks)
    {
        options.darts = UINT64_C(1) << 63;
        mcpi_liveness_open(&liveness, ranks, 0.0);
        const mcpi_dispatcher_calls calls = {this, send, give_up};
        dispatcher = mcpi_dispatcher_open(&options, &liveness, &calls);
    }
    ~Job()
    {
        mcpi_dispatcher_close(dispatcher);
        mcpi_liveness_close(&liveness);
    }

    static void send(void *user, unsigned to, const void *message, size_t bytes)
    {
        auto *job = static_cast<Job *>(user);
        mcpi_grant_message grant{};
        std::memcpy(&grant, message, bytes < sizeof grant ? bytes : sizeof grant);
        job->chunks[to] = {grant.first, grant.darts, 0};
        job->grants[to]++;
    }
    __attribute__((noreturn)) static void give_up(void *user, const char *why)
    {
        (void)user;
        (void)why;
        std::abort();
    }

    void exchange(unsigned rank)
    {
        struct {
            mcpi_report_message head;
            mcpi_part part;
        } report{};
        report.head.kind = MCPI_MESSAGE_REPORT;
        report.head.grants_seen = grants[rank];
        report.head.counted = chunks[rank].darts > 0;
        report.head.asks = report.head.able = 1;
        report.head.opening = report.head.previous = 1000000;
        report.head.rate = 1e9;
        report.head.seconds_left = INFINITY;
        report.part = chunks[rank];
        mcpi_dispatcher_receive(dispatcher, rank, &report.head,
                                sizeof report.head + report.head.counted * sizeof report.part);
    }
};

/* Ranks ask in an order that is not that of their chunks, as in a run. */
void exchange(benchmark::State &state)
{
    const auto ranks = static_cast<unsigned>(state.range(0));
    Job job(ranks);
    uint64_t turn = 0;
    for (auto _ : state)
        job.exchange(static_cast<unsigned>(turn++ * 7919 % ranks));
    state.counters["exchanges/s"] = benchmark::Counter(static_cast<double>(turn), benchmark::Counter::kIsRate);
}
BENCHMARK(exchange)->Arg(1)->Arg(10)->Arg(100)->Arg(1000)->Arg(10000)->Arg(100000);

} // namespace

BENCHMARK_MAIN();
