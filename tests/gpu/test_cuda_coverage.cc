// Which GPUs the code of a build runs on, by the rules of the CUDA C++ Programming Guide.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cuda/coverage.h"

namespace
{

std::string coverage(const char *architectures)
{
    char text[200];
    mcpi_write_coverage(text, sizeof text, architectures);
    return text;
}

// The capabilities of GPUs that have been built, from Volta on.
const std::vector<int> built = {70, 72, 75, 80, 86, 87, 89, 90, 100, 103, 110, 120, 121};

TEST(CudaCoverage, MachineCodeRunsOnTheSameMajorVersionFromItsMinorVersionOn)
{
    EXPECT_EQ(mcpi_cuda_coverage("80-real", 75), MCPI_NOT_COVERED);
    EXPECT_EQ(mcpi_cuda_coverage("80-real", 80), MCPI_COVERED_BY_MACHINE_CODE);
    EXPECT_EQ(mcpi_cuda_coverage("80-real", 89), MCPI_COVERED_BY_MACHINE_CODE);
    EXPECT_EQ(mcpi_cuda_coverage("80-real", 90), MCPI_NOT_COVERED);
    EXPECT_EQ(mcpi_cuda_coverage("86-real", 80), MCPI_NOT_COVERED);
    EXPECT_EQ(mcpi_cuda_coverage("100-real", 103), MCPI_COVERED_BY_MACHINE_CODE);
    EXPECT_EQ(mcpi_cuda_coverage("100-real", 110), MCPI_NOT_COVERED);
}

TEST(CudaCoverage, PtxRunsOnItsCapabilityAndAllAbove)
{
    EXPECT_EQ(mcpi_cuda_coverage("75-virtual", 70), MCPI_NOT_COVERED);
    for (const int capability : {75, 80, 90, 121})
        EXPECT_EQ(mcpi_cuda_coverage("75-virtual", capability), MCPI_COVERED_BY_PTX) << capability;
}

TEST(CudaCoverage, AnEntryWithoutAKindIsBoth)
{
    EXPECT_EQ(mcpi_cuda_coverage("80", 86), MCPI_COVERED_BY_MACHINE_CODE);
    EXPECT_EQ(mcpi_cuda_coverage("80", 90), MCPI_COVERED_BY_PTX);
    EXPECT_EQ(mcpi_cuda_coverage("80", 75), MCPI_NOT_COVERED);
}

TEST(CudaCoverage, CodeForOneArchitectureRunsOnThatAlone)
{
    for (const char *const list : {"90a", "90a-real", "90a-virtual"}) {
        EXPECT_NE(mcpi_cuda_coverage(list, 90), MCPI_NOT_COVERED) << list;
        EXPECT_EQ(mcpi_cuda_coverage(list, 100), MCPI_NOT_COVERED) << list;
    }
    EXPECT_EQ(mcpi_cuda_coverage("100a", 103), MCPI_NOT_COVERED);
}

TEST(CudaCoverage, CodeForAFamilyRunsOnItsMajorVersion)
{
    EXPECT_EQ(mcpi_cuda_coverage("100f-real", 103), MCPI_COVERED_BY_MACHINE_CODE);
    EXPECT_EQ(mcpi_cuda_coverage("100f-virtual", 103), MCPI_COVERED_BY_PTX);
    EXPECT_EQ(mcpi_cuda_coverage("100f", 110), MCPI_NOT_COVERED);
    EXPECT_EQ(mcpi_cuda_coverage("103f", 100), MCPI_NOT_COVERED);
}

TEST(CudaCoverage, MachineCodeWinsWhereverItStands)
{
    EXPECT_EQ(mcpi_cuda_coverage("75-virtual,90-real", 90), MCPI_COVERED_BY_MACHINE_CODE);
    EXPECT_EQ(mcpi_cuda_coverage("90-real,75-virtual", 90), MCPI_COVERED_BY_MACHINE_CODE);
}

// What cuda/FindNvcc.cmake chooses on a machine without a GPU.
TEST(CudaCoverage, TheDefaultsLeaveOutNoGpuFromTheirLowestOn)
{
    const char *const cuda12 = "70,75-real,80-real,86-real,89-real,90";
    const char *const cuda13 = "75,80-real,86-real,89-real,90-real,100-real,110-real,120";
    for (const int capability : built) {
        EXPECT_NE(mcpi_cuda_coverage(cuda12, capability), MCPI_NOT_COVERED) << capability;
        EXPECT_EQ(mcpi_cuda_coverage(cuda13, capability) == MCPI_NOT_COVERED, capability < 75) << capability;
    }
}

// With PTX of the newest only, a GPU between two entries had no code that it could run.
TEST(CudaCoverage, WithoutPtxOfTheLowestThereAreGaps)
{
    EXPECT_EQ(mcpi_cuda_coverage("75-real,80-real,90-real,120", 110), MCPI_NOT_COVERED);
    EXPECT_EQ(mcpi_cuda_coverage("75,80-real,90-real,120", 110), MCPI_COVERED_BY_PTX);
}

TEST(CudaCoverage, AnEmptyListCoversNothing)
{
    EXPECT_EQ(mcpi_cuda_coverage("", 90), MCPI_NOT_COVERED);
    EXPECT_EQ(coverage(""), "");
}

TEST(CudaCoverage, IsWrittenAsCapabilities)
{
    EXPECT_EQ(coverage("90-real"), "9.0");
    EXPECT_EQ(coverage("75-virtual"), "PTX 7.5 and newer");
    EXPECT_EQ(coverage("75,80-real,120"), "7.5, 8.0, 12.0, PTX 7.5 and newer");
    EXPECT_EQ(coverage("90a,100f-virtual"), "9.0a, PTX 10.0f");
}

TEST(CudaCoverage, TextIsCutToItsRoom)
{
    char text[8] = "xxxxxxx";
    mcpi_write_coverage(text, sizeof text, "75-real,80-real,90");
    EXPECT_STREQ(text, "7.5, 8.");
    mcpi_write_coverage(text, 0, "75-real");
}

} // namespace
