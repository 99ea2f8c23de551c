/* Dividing jobs into slices: every dart is in one slice, and the slices suit the device. */
#include <gtest/gtest.h>

#include <random>

#include "core/slices.h"
#include "cuda/geometry.h"
#include "mcpi/dart.h"

namespace
{

constexpr unsigned h200 = 132 * 8;

mcpi_job job_of(uint64_t darts, uint64_t first = 0)
{
    return {0, 0, first, darts};
}

void expect_sound(const mcpi_job &job, unsigned resident, unsigned shape)
{
    SCOPED_TRACE(testing::Message() << job.darts << " darts from " << job.first << ", resident " << resident
                                    << ", shape " << shape);
    const mcpi_geometry geometry = mcpi_geometry_for(&job, resident, shape);
    ASSERT_GE(geometry.slices, 1u);
    ASSERT_LE(geometry.slices, MCPI_SLICES_MAX);
    ASSERT_EQ(geometry.slice_darts % 2, 0u);

    const uint64_t extent = job.first % 2 + job.darts;
    ASSERT_LT((geometry.slices - 1) * geometry.slice_darts, extent) << "the last slice is empty";
    ASSERT_GE((unsigned __int128)geometry.slices * geometry.slice_darts, extent) << "the slices end too early";
    if (geometry.slices > 1 && shape == 0) {
        ASSERT_GE(geometry.slice_darts, MCPI_SLICE_DARTS_MIN);
    }
    if (job.darts < MCPI_SLICES_MAX / 2 * MCPI_SLICE_DARTS_MAX) {
        ASSERT_LE(geometry.slice_darts, (shape + 1) * MCPI_SLICE_DARTS_MAX);
    }
}

TEST(CudaGeometry, SlicesCoverTheJob)
{
    std::mt19937_64 random(1);
    for (const unsigned resident : {1u, 7u, 64u, h200, MCPI_SLICES_MAX / 2, MCPI_SLICES_MAX + 1})
        for (int bits = 0; bits < 63; bits++)
            for (const uint64_t first : {UINT64_C(0), UINT64_C(1), random() >> 2}) {
                const uint64_t power = UINT64_C(1) << bits;
                const uint64_t most = MCPI_DART_END - first;
                for (const uint64_t darts : {power - 1, power, power + 1, power + (random() & (power - 1)), most})
                    for (const unsigned shape : {0u, 1u})
                        if (darts > 0 && darts <= most)
                            expect_sound(job_of(darts, first), resident, shape);
            }
}

TEST(CudaGeometry, SlicesMeetWhereTheContractSays)
{
    const mcpi_job job = job_of(1000001, 12345);
    const mcpi_geometry geometry = mcpi_geometry_for(&job, 7, 0);
    uint64_t next = job.first;
    for (unsigned i = 0; i < geometry.slices; i++) {
        const mcpi_job slice = mcpi_slice(&job, geometry.slice_darts, i);
        EXPECT_EQ(slice.first, next);
        EXPECT_GE(slice.darts, 1u);
        next = slice.first + slice.darts;
    }
    EXPECT_EQ(next, job.first + job.darts);
}

TEST(CudaGeometry, SmallJobsAreOneSlice)
{
    for (const uint64_t darts : {UINT64_C(1), UINT64_C(1000), 2 * MCPI_SLICE_DARTS_MIN - 1}) {
        const mcpi_job job = job_of(darts);
        EXPECT_EQ(mcpi_geometry_for(&job, h200, 0).slices, 1u) << darts;
    }
}

TEST(CudaGeometry, LargeJobsFillWholeWaves)
{
    for (uint64_t darts = h200 * MCPI_SLICE_DARTS_MIN; darts < UINT64_C(1) << 40; darts += darts / 3) {
        const mcpi_job job = job_of(darts);
        EXPECT_EQ(mcpi_geometry_for(&job, h200, 0).slices % h200, 0u) << darts;
    }
}

TEST(CudaGeometry, TheOtherShapeCutsElsewhere)
{
    for (const unsigned resident : {1u, 7u, h200, MCPI_SLICES_MAX})
        for (uint64_t darts = 5; darts < UINT64_C(1) << 45; darts += darts / 2) {
            const mcpi_job job = job_of(darts);
            const mcpi_geometry usual = mcpi_geometry_for(&job, resident, 0);
            const mcpi_geometry other = mcpi_geometry_for(&job, resident, 1);
            EXPECT_NE(usual.slice_darts, other.slice_darts) << darts;
            EXPECT_NE(usual.slices, other.slices) << darts;
        }
}

} // namespace
