/* The results of all ranks of a run, put together by rank 0. */
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "tests/core/outcome.h"
#include "tests/core/worker_sums.h"

extern "C" {
#include "cluster/mpi/gather.h"
#include "engine/result.h"
}

namespace
{

void add_worker(mcpi_device_result &device, mcpi_worker_result &worker, uint64_t darts)
{
    worker.ranges = darts / 100;
    worker.darts = darts;
    worker.hits = darts / 4 * 3;
    worker.busy_seconds = static_cast<double>(darts) / 1024;
    worker.darts_per_second = 1024;
    device.workers++;
    device.ranges += worker.ranges;
    device.darts += worker.darts;
    device.hits += worker.hits;
    device.busy_seconds += worker.busy_seconds;
    device.darts_per_second += worker.darts_per_second;
}

/* The darts of each worker, device by device. */
using Counts = std::vector<std::vector<uint64_t>>;

/* The message of a rank whose devices are gpu:0, gpu:1 ... */
class Message
{
  public:
    Message(unsigned rank, const std::string &node, const Counts &counts)
    {
        own_.result = mcpi_result_new(counts.size(), 8);
        mcpi_result &own = *own_.result;
        own.complete = 1;
        for (const std::vector<uint64_t> &workers : counts) {
            mcpi_device_result &device = own.devices[own.device_count];
            std::snprintf(device.device.id, sizeof device.device.id, "gpu:%zu", own.device_count++);
            device.per_worker = own.per_worker + own.worker_count;
            for (const uint64_t darts : workers)
                add_worker(device, own.per_worker[own.worker_count++], darts);
        }
        if (own.worker_count > 0) {
            mcpi_worker_result &last = own.per_worker[own.worker_count - 1];
            last.pid = 4711;
            std::snprintf(last.failure, sizeof last.failure, "the last worker of %s", node.c_str());
        }
        const mcpi_error none{};
        size_t bytes = 0;
        text_ = mcpi_result_message(rank, node.c_str(), &own, &none, &bytes);
        EXPECT_EQ(bytes % 8, 0U);
    }
    ~Message()
    {
        std::free(text_);
    }
    Message(const Message &) = delete;
    Message &operator=(const Message &) = delete;
    operator void *() const
    {
        return text_;
    }

  private:
    Outcome own_;
    void *text_;
};

/* A rank that is lost, and one without devices, have no rows. */
TEST(Gather, HasTheWorkersOfEachDeviceOfEachRank)
{
    const Message first(0, "a", {{400, 800}, {1200}});
    const Message none(2, "b", {});
    const Message last(3, "c", {{1600, 0, 2000}});
    void *const messages[] = {first, nullptr, none, last};
    mcpi_gathered gathered{};
    ASSERT_TRUE(mcpi_gather(messages, 4, &gathered));
    Outcome all;
    all.result = gathered.result;
    EXPECT_TRUE(gathered.all_recounted);
    ASSERT_EQ(all.result->device_count, 3U);
    ASSERT_EQ(all.result->worker_count, 6U);
    expect_worker_sums(*all.result);
    const Counts expected = {{400, 800}, {1200}, {1600, 0, 2000}};
    const std::string nodes[] = {"a", "a", "c"};
    const unsigned ranks[] = {0, 0, 3};
    for (size_t i = 0; i < 3; i++) {
        const mcpi_device_result &device = all.result->devices[i];
        EXPECT_EQ(device.node, nodes[i]);
        EXPECT_EQ(device.rank, ranks[i]);
        ASSERT_EQ(device.workers, expected[i].size());
        for (unsigned number = 0; number < device.workers; number++) {
            const mcpi_worker_result &worker = device.per_worker[number];
            const bool is_last = i > 0 && number + 1 == device.workers;
            EXPECT_EQ(worker.darts, expected[i][number]);
            EXPECT_EQ(worker.pid, is_last ? 4711 : 0);
            EXPECT_EQ(worker.failure, is_last ? "the last worker of " + nodes[i] : "");
        }
    }
}

} // namespace
