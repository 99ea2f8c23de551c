/* The feature probe, names, and the choice of a kernel, on made-up CPUs. */
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <unistd.h>

#include "cpu/cpu.h"
#include "cpu/kernels.h"
#include "cpu/machine/probe.h"
#include "cpu/selftest.h"

namespace
{

/* What the fake machine answers. The functions of a mcpi_machine take no context, so it stands here. */
std::map<uint32_t, mcpi_cpuid> leaves;
uint64_t xcr0;
int xcr0_reads;
unsigned sve2_bits;

constexpr uint32_t osxsave = 1u << 27, avx2 = 1u << 5, avx512f = 1u << 16, avx512bw = 1u << 30;
constexpr uint64_t ymm_state = 0x07, zmm_state = 0xe7;

class Probe : public testing::Test
{
  protected:
    void SetUp() override
    {
        leaves = {{0, {0x0d, 0, 0, 0}}, {1, {0, 0, osxsave, 0}}, {7, {0, avx2 | avx512f | avx512bw, 0, 0}}};
        xcr0 = zmm_state;
        xcr0_reads = 0;
        sve2_bits = 0;
    }

    void TearDown() override
    {
        std::remove(cpuinfo.c_str());
    }

    void expect(unsigned in_cpu, unsigned usable) const
    {
        const mcpi_features features = mcpi_probe_features(&machine);
        EXPECT_EQ(features.in_cpu, in_cpu);
        EXPECT_EQ(features.usable, usable);
    }

    void set_brand(const std::string &brand) const
    {
        char text[48] = "";
        std::memcpy(text, brand.data(), std::min(brand.size(), sizeof text));
        leaves[0x80000000] = {0x80000004, 0, 0, 0};
        for (uint32_t i = 0; i < 3; i++)
            std::memcpy(&leaves[0x80000002 + i], text + 16 * i, 16);
    }

    std::string name() const
    {
        char text[96];
        mcpi_probe_name(&machine, text, sizeof text);
        return text;
    }

    const std::string cpuinfo = testing::TempDir() + "mcpi_cpuinfo_" + std::to_string(getpid());
    mcpi_machine machine = {
        0,
        [](uint32_t leaf, uint32_t) { return leaves[leaf]; },
        [] {
            xcr0_reads++;
            return xcr0;
        },
        [] { return sve2_bits; },
        cpuinfo.c_str(),
    };
};

constexpr unsigned both = MCPI_FEATURE_AVX2 | MCPI_FEATURE_AVX512BW;
constexpr unsigned arm = MCPI_FEATURE_NEON | MCPI_FEATURE_SVE2;

TEST_F(Probe, FindsBoth)
{
    expect(both, both);
}

TEST_F(Probe, FindsCpuWithoutAvx512)
{
    leaves[7].ebx = avx2;
    expect(MCPI_FEATURE_AVX2, MCPI_FEATURE_AVX2);
}

/* Knights Landing has the one, no CPU the other. */
TEST_F(Probe, NeedsBothPartsOfAvx512)
{
    for (const uint32_t part : {avx512f, avx512bw}) {
        leaves[7].ebx = avx2 | part;
        expect(MCPI_FEATURE_AVX2, MCPI_FEATURE_AVX2);
    }
}

TEST_F(Probe, FindsCpuWithNeither)
{
    leaves[7].ebx = 0;
    expect(0, 0);
}

TEST_F(Probe, NeedsTheZmmStateForAvx512)
{
    xcr0 = ymm_state;
    expect(both, MCPI_FEATURE_AVX2);
}

TEST_F(Probe, NeedsEveryPartOfTheZmmState)
{
    for (const uint64_t part : {0x20, 0x40, 0x80}) {
        xcr0 = zmm_state & ~part;
        expect(both, MCPI_FEATURE_AVX2);
    }
}

TEST_F(Probe, NeedsTheYmmStateForEither)
{
    for (const uint64_t part : {0x02, 0x04}) {
        xcr0 = zmm_state & ~part;
        expect(both, 0);
    }
}

/* XGETBV faults where the operating system has not set OSXSAVE. */
TEST_F(Probe, DoesNotReadXcr0WithoutOsxsave)
{
    leaves[1].ecx = ~osxsave;
    expect(both, 0);
    EXPECT_EQ(xcr0_reads, 0);
}

/* A CPU answers a leaf above its highest with the data of another. */
TEST_F(Probe, DoesNotReadLeavesThatAreNotThere)
{
    leaves[0].eax = 6;
    expect(0, 0);
}

TEST_F(Probe, ReadsNothingFromOtherArchitectures)
{
    leaves.clear();
    expect(0, 0);
    EXPECT_EQ(name(), "unknown CPU");
}

/* A 64-bit Arm: it answers no CPUID. */
class ProbeArm : public Probe
{
  protected:
    void SetUp() override
    {
        Probe::SetUp();
        leaves.clear();
        machine.baseline = MCPI_FEATURE_NEON;
    }
};

TEST_F(ProbeArm, HasNeonWhateverElse)
{
    expect(MCPI_FEATURE_NEON, MCPI_FEATURE_NEON);
}

TEST_F(ProbeArm, FindsSve2)
{
    sve2_bits = 128;
    expect(arm, arm);
}

TEST_F(ProbeArm, NeedsTheWidthThatTheKernelIsCompiledFor)
{
    for (const unsigned bits : {256u, 384u, 512u, 2048u}) {
        sve2_bits = bits;
        expect(arm, MCPI_FEATURE_NEON);
    }
}

/* What Linux says of one core. */
std::string core(const std::string &implementer, const std::string &part)
{
    return "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\nCPU implementer\t: " + implementer +
           "\nCPU architecture: 8\nCPU variant\t: 0x0\nCPU part\t: " + part + "\nCPU revision\t: 1\n\n";
}

TEST_F(ProbeArm, NamesTheCore)
{
    std::ofstream(cpuinfo) << core("0x41", "0xd4f") << core("0x41", "0xd4f");
    EXPECT_EQ(name(), "Neoverse V2");
}

TEST_F(ProbeArm, NamesEachKindOfCore)
{
    std::ofstream(cpuinfo) << core("0x41", "0xd05") << core("0x41", "0xd05") << core("0x41", "0xd0b");
    EXPECT_EQ(name(), "Cortex-A55, Cortex-A76");
}

TEST_F(ProbeArm, NumbersACoreThatItDoesNotKnow)
{
    std::ofstream(cpuinfo) << core("0x41", "0xd0c") << core("0x7a", "0x001");
    EXPECT_EQ(name(), "Neoverse N1, Arm core 0x1 of implementer 0x7a");
}

TEST_F(ProbeArm, CutsTheNamesToTheRoomThereIs)
{
    std::ofstream(cpuinfo) << core("0x41", "0xd05") << core("0x41", "0xd0b") << core("0x41", "0xd05");
    char text[16];
    mcpi_probe_name(&machine, text, sizeof text);
    EXPECT_STREQ(text, "Cortex-A55, Cor");
}

TEST_F(ProbeArm, PrefersTheModelName)
{
    std::ofstream(cpuinfo) << core("0x41", "0xd0c") << "model name\t: Some CPU\n";
    EXPECT_EQ(name(), "Some CPU");
}

TEST_F(Probe, TrimsTheName)
{
    set_brand("     Example(R) CPU  9000 @ 3.20GHz   ");
    EXPECT_EQ(name(), "Example(R) CPU  9000 @ 3.20GHz");
}

TEST_F(Probe, TakesANameThatFillsAllItsRoom)
{
    const std::string brand(48, 'x');
    set_brand(brand);
    EXPECT_EQ(name(), brand);
}

TEST_F(Probe, CutsANameToTheRoomThereIs)
{
    set_brand("Example CPU");
    char text[8];
    mcpi_probe_name(&machine, text, sizeof text);
    EXPECT_STREQ(text, "Example");
}

TEST_F(Probe, FindsTheNameInCpuinfo)
{
    std::ofstream(cpuinfo) << "processor\t: 0\nmodel\t\t: 17\nmodel name\t: Some CPU \nflags\t: a b\n";
    EXPECT_EQ(name(), "Some CPU");
    set_brand("   ");
    EXPECT_EQ(name(), "Some CPU");
}

TEST_F(Probe, FallsBackToTheBoard)
{
    std::ofstream(cpuinfo) << "processor\t: 0\nCPU part\t: 0xd0b\nModel\t\t: Some Board\n";
    EXPECT_EQ(name(), "Some Board");
}

TEST_F(Probe, HasAWordForTheUnknown)
{
    std::ofstream(cpuinfo) << "processor\t: 0\nmodel name\t:\n";
    EXPECT_EQ(name(), "unknown CPU");
}

#if defined(__x86_64__)
/* The compiler's own probe is another implementation. Without this, tests of kernels would skip what was not found. */
TEST_F(Probe, FindsWhatTheCompilersProbeFinds)
{
    const unsigned usable = mcpi_probe_features(&mcpi_this_machine).usable;
    EXPECT_EQ((usable & MCPI_FEATURE_AVX2) != 0, __builtin_cpu_supports("avx2") != 0);
    EXPECT_EQ((usable & MCPI_FEATURE_AVX512BW) != 0,
              __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw"));
}
#elif defined(__aarch64__)
TEST_F(Probe, FindsWhatTheCompilerTakesForGranted)
{
    EXPECT_TRUE(mcpi_probe_features(&mcpi_this_machine).usable & MCPI_FEATURE_NEON);
}
#endif

TEST_F(Probe, FindsSomethingOnThisMachine)
{
    char text[96] = "";
    mcpi_probe_name(&mcpi_this_machine, text, sizeof text);
    EXPECT_STRNE(text, "");
    const mcpi_features features = mcpi_probe_features(&mcpi_this_machine);
    EXPECT_EQ(features.usable & ~features.in_cpu, 0u);
}

/* ---- picking a kernel ---- */

std::string pick(const char *name, mcpi_features features, const double *rates = nullptr)
{
    const mcpi_count_kernel *kernel = nullptr;
    mcpi_error error = {};
    const mcpi_status status = mcpi_pick_kernel(name, features, rates, &kernel, &error);
    EXPECT_EQ(status, error.status);
    EXPECT_EQ(status == MCPI_OK, kernel != nullptr);
    return kernel ? kernel->name : error.message;
}

TEST(Pick, ScalarRunsEverywhere)
{
    EXPECT_EQ(pick(nullptr, {0, 0}), "scalar");
    EXPECT_EQ(pick("scalar", {0, 0}), "scalar");
    EXPECT_EQ(pick("scalar", {both, both}), "scalar");
}

TEST(Pick, NamesWhatIsKnownForWhatIsNot)
{
    std::string known;
    for (size_t i = 0; i < mcpi_count_kernels_size; i++)
        known += std::string(i ? ", " : "") + mcpi_count_kernels[i].name;
    EXPECT_EQ(pick("mmx", {both, both}), "kernel mmx: unknown; the kernels are " + known);
    EXPECT_EQ(pick("", {both, both}), "kernel : unknown; the kernels are " + known);
}

#if defined(__x86_64__)
TEST(Pick, TakesTheFastestThatRuns)
{
    EXPECT_EQ(pick(nullptr, {both, both}), "avx512");
    EXPECT_EQ(pick(nullptr, {both, MCPI_FEATURE_AVX2}), "avx2");
    EXPECT_EQ(pick(nullptr, {both, 0}), "scalar");
}

/* Rates in the table's order: scalar, avx2, avx512. */
TEST(Pick, TakesTheFasterOfTwoByTheirRates)
{
    const double wide_wins[] = {0, 1e9, 2e9}, narrow_wins[] = {0, 2e9, 1e9}, even[] = {0, 1.02e9, 1e9};
    EXPECT_EQ(pick(nullptr, {both, both}, wide_wins), "avx512");
    EXPECT_EQ(pick(nullptr, {both, both}, narrow_wins), "avx2");
    EXPECT_EQ(pick(nullptr, {both, both}, even), "avx512");
    EXPECT_EQ(pick("avx512", {both, both}, narrow_wins), "avx512");
    EXPECT_EQ(pick(nullptr, {both, MCPI_FEATURE_AVX2}, wide_wins), "avx2");
    EXPECT_EQ(pick(nullptr, {both, 0}, wide_wins), "scalar");
}

TEST(Pick, TakesTheOneThatIsNamed)
{
    EXPECT_EQ(pick("avx2", {both, both}), "avx2");
    EXPECT_EQ(pick("avx512", {both, both}), "avx512");
}

TEST(Pick, SaysWhyAKernelDoesNotRun)
{
    EXPECT_EQ(pick("avx2", {0, 0}), "kernel avx2: this CPU has no AVX2");
    EXPECT_EQ(pick("avx512", {MCPI_FEATURE_AVX2, MCPI_FEATURE_AVX2}), "kernel avx512: this CPU has no AVX-512BW");
    EXPECT_EQ(pick("avx512", {both, MCPI_FEATURE_AVX2}),
              "kernel avx512: the operating system does not enable AVX-512BW");
}

TEST(Pick, KnowsKernelsOfOtherArchitectures)
{
    EXPECT_EQ(pick("neon", {both, both}), "kernel neon: this CPU has no NEON");
    EXPECT_EQ(pick("sve2", {both, both}), "kernel sve2: this CPU has no SVE2 with 128-bit vectors");
}
#elif defined(__aarch64__)
TEST(Pick, TakesTheFastestThatRuns)
{
    EXPECT_EQ(pick(nullptr, {arm, arm}), "sve2");
    EXPECT_EQ(pick(nullptr, {arm, MCPI_FEATURE_NEON}), "neon");
}

TEST(Pick, TakesTheOneThatIsNamed)
{
    EXPECT_EQ(pick("neon", {arm, arm}), "neon");
    EXPECT_EQ(pick("sve2", {arm, arm}), "sve2");
}

TEST(Pick, SaysWhyAKernelDoesNotRun)
{
    EXPECT_EQ(pick("sve2", {MCPI_FEATURE_NEON, MCPI_FEATURE_NEON}),
              "kernel sve2: this CPU has no SVE2 with 128-bit vectors");
    EXPECT_EQ(pick("sve2", {arm, MCPI_FEATURE_NEON}),
              "kernel sve2: the operating system does not enable SVE2 with 128-bit vectors");
}

TEST(Pick, KnowsKernelsOfOtherArchitectures)
{
    EXPECT_EQ(pick("avx2", {arm, arm}), "kernel avx2: this CPU has no AVX2");
    EXPECT_EQ(pick("avx512", {arm, arm}), "kernel avx512: this CPU has no AVX-512BW");
}
#endif

/* Whatever a CPU claims: there is no code for it in this build. */
TEST(Pick, NeverTakesAKernelThatWasNotBuilt)
{
    for (size_t i = 0; i < mcpi_count_kernels_size; i++) {
        const mcpi_count_kernel &kernel = mcpi_count_kernels[i];
        EXPECT_EQ(mcpi_kernel_runs(&kernel, {~0u, ~0u}), kernel.count != nullptr) << kernel.name;
    }
}

/* ---- timing kernels ---- */

template <int repeats> uint64_t busy(uint64_t, uint64_t, uint64_t first, uint64_t darts)
{
    volatile uint64_t sum = 0;
    for (uint64_t i = 0; i < repeats * darts; i++)
        sum = sum + first + i;
    return sum;
}

TEST(SelfTest, TimesAllButTheFirst)
{
    const mcpi_count_kernel kernels[] = {{"first", busy<1>, 0, ""},
                                         {"slow", busy<64>, 0, ""},
                                         {"fast", busy<1>, 0, ""},
                                         {"missing", nullptr, MCPI_FEATURE_AVX2, "AVX2"}};
    double rates[] = {-1, -1, -1, -1};
    mcpi_time_kernels(kernels, 4, {0, 0}, rates);
    EXPECT_EQ(rates[0], 0);
    EXPECT_GT(rates[1], 0);
    EXPECT_GT(rates[2], 2 * rates[1]);
    EXPECT_EQ(rates[3], 0);
    mcpi_time_kernels(kernels, 2, {0, 0}, rates);
    EXPECT_GT(rates[1], 0) << "a run needs its rate, though it has no rival";
    mcpi_time_kernels(kernels, 1, {0, 0}, rates);
    EXPECT_EQ(rates[0], 0);
}

TEST(SelfTest, RemembersWhatItMeasured)
{
    const double *rates = mcpi_self_test();
    const std::vector<double> first(rates, rates + mcpi_count_kernels_size);
    EXPECT_EQ(mcpi_self_test(), rates);
    EXPECT_EQ(std::vector<double>(rates, rates + mcpi_count_kernels_size), first);
}

TEST(List, HasEveryKernel)
{
    std::vector<mcpi_kernel> kernels(mcpi_backend_cpu.kernels(nullptr, nullptr, 0));
    ASSERT_EQ(kernels.size(), mcpi_count_kernels_size);
    EXPECT_EQ(mcpi_backend_cpu.kernels(nullptr, kernels.data(), kernels.size()), kernels.size());
    const mcpi_features features = mcpi_probe_features(&mcpi_this_machine);
    for (size_t i = 0; i < kernels.size(); i++) {
        EXPECT_STREQ(kernels[i].name, mcpi_count_kernels[i].name);
        EXPECT_EQ(kernels[i].available != 0, mcpi_kernel_runs(&mcpi_count_kernels[i], features));
        EXPECT_EQ(kernels[i].note[0] == '\0', kernels[i].available != 0);
    }
}

TEST(List, StopsAtTheRoomThereIs)
{
    mcpi_kernel kernels[2];
    std::memset(kernels, 'x', sizeof kernels);
    EXPECT_EQ(mcpi_backend_cpu.kernels(nullptr, kernels, 1), mcpi_count_kernels_size);
    EXPECT_STREQ(kernels[0].name, "scalar");
    EXPECT_EQ(kernels[1].name[0], 'x');
}

} // namespace
