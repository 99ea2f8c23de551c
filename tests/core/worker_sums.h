/* What the workers of a device counted is what the device counted. */
#ifndef MCPI_TESTS_CORE_WORKER_SUMS_H
#define MCPI_TESTS_CORE_WORKER_SUMS_H

#include <gtest/gtest.h>

#include "mcpi/mcpi.h"

inline void expect_worker_sums(const mcpi_result &result)
{
    size_t workers = 0;
    for (size_t i = 0; i < result.device_count; i++) {
        const mcpi_device_result &device = result.devices[i];
        SCOPED_TRACE(device.device.id);
        ASSERT_EQ(device.per_worker, result.per_worker + workers);
        mcpi_worker_result sum{};
        for (unsigned number = 0; number < device.workers; number++) {
            const mcpi_worker_result &worker = device.per_worker[number];
            EXPECT_EQ(worker.ranges == 0, worker.darts == 0);
            EXPECT_LE(worker.hits, worker.darts);
            sum.ranges += worker.ranges;
            sum.darts += worker.darts;
            sum.hits += worker.hits;
            sum.busy_seconds += worker.busy_seconds;
            sum.darts_per_second += worker.darts_per_second;
        }
        EXPECT_EQ(sum.ranges, device.ranges);
        EXPECT_EQ(sum.darts, device.darts);
        EXPECT_EQ(sum.hits, device.hits);
        EXPECT_EQ(sum.busy_seconds, device.busy_seconds);
        EXPECT_NEAR(sum.darts_per_second, device.darts_per_second, 1e-12 * device.darts_per_second);
        workers += device.workers;
    }
    EXPECT_EQ(result.worker_count, workers);
}

#endif
