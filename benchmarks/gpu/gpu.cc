#include "bench_gpu.h"

#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>

#include "issue_rate.h"
#include "sm_clock.h"
#include "tests/core/golden.h"

void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    std::vfprintf(stderr, format, arguments);
    va_end(arguments);
    std::fputc('\n', stderr);
    std::exit(1);
}

void check(cudaError_t code, const char *call)
{
    if (code != cudaSuccess)
        fail("%s: %s: %s", call, cudaGetErrorName(code), cudaGetErrorString(code));
}

namespace
{

cudaDeviceProp properties()
{
    cudaDeviceProp found;
    check(cudaGetDeviceProperties(&found, 0), "cudaGetDeviceProperties");
    return found;
}

unsigned attribute(cudaDeviceAttr which)
{
    int value = 0;
    check(cudaDeviceGetAttribute(&value, which, 0), "cudaDeviceGetAttribute");
    return (unsigned)value;
}

/* The counters of all multiprocessors at two moments of a stream. */
class Stamps
{
  public:
    Stamps() : memory(2 * words), base(memory.zeroed())
    {
    }

    void take(int moment)
    {
        check(take_stamps(multiprocessors(), reinterpret_cast<Stamp *>(base + moment * words), nullptr), "take_stamps");
    }

    /* The median over the multiprocessors whose counters ran on in between. */
    double clock_hz() const
    {
        const std::vector<uint64_t> found = memory.fetch(2 * words);
        std::vector<Stamp> stamps(2 * stamps_max);
        std::memcpy(stamps.data(), found.data(), stamps.size() * sizeof(Stamp));
        std::vector<double> clocks;
        for (unsigned i = 0; i < stamps_max; i++) {
            const Stamp &from = stamps[i], &to = stamps[stamps_max + i];
            if (from.nanoseconds > 0 && to.nanoseconds > from.nanoseconds && to.cycles > from.cycles)
                clocks.push_back(1e9 * (double)(to.cycles - from.cycles) / (double)(to.nanoseconds - from.nanoseconds));
        }
        return clocks.empty() ? NAN : spread_of(clocks).median;
    }

  private:
    static constexpr size_t words = stamps_max * sizeof(Stamp) / sizeof(uint64_t);
    DeviceNumbers memory;
    uint64_t *base;
};

} // namespace

bool is_simulated()
{
    static const bool simulated = std::strstr(properties().name, "Simulated") != nullptr;
    return simulated;
}

unsigned multiprocessors()
{
    static const int count = properties().multiProcessorCount;
    return (unsigned)count;
}

double cycles_a_dart(double darts_per_second, double clock_hz)
{
    return 32.0 * subpartitions * multiprocessors() * clock_hz / darts_per_second;
}

DeviceNumbers::DeviceNumbers(size_t size) : size(size)
{
    check(cudaMalloc((void **)&memory, size * sizeof *memory), "cudaMalloc");
}

DeviceNumbers::~DeviceNumbers()
{
    cudaFree(memory);
}

uint64_t *DeviceNumbers::zeroed()
{
    check(cudaMemset(memory, 0, size * sizeof *memory), "cudaMemset");
    return memory;
}

std::vector<uint64_t> DeviceNumbers::fetch(size_t count) const
{
    std::vector<uint64_t> numbers(count);
    check(cudaMemcpy(numbers.data(), memory, count * sizeof *memory, cudaMemcpyDeviceToHost), "cudaMemcpy");
    return numbers;
}

Timing time_launch(const std::function<cudaError_t(cudaStream_t)> &launch)
{
    cudaEvent_t start, stop;
    check(cudaEventCreate(&start), "cudaEventCreate");
    check(cudaEventCreate(&stop), "cudaEventCreate");
    Stamps stamps;
    stamps.take(0);
    check(cudaEventRecord(start, nullptr), "cudaEventRecord");
    check(launch(nullptr), "launch");
    check(cudaEventRecord(stop, nullptr), "cudaEventRecord");
    stamps.take(1);
    check(cudaEventSynchronize(stop), "cudaEventSynchronize");
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, start, stop), "cudaEventElapsedTime");
    cudaEventDestroy(stop);
    cudaEventDestroy(start);
    return {0, 1e-3 * milliseconds, stamps.clock_hz()};
}

mcpi_geometry geometry_of(const Rung &rung, const mcpi_job &job)
{
    int resident = 0;
    check(rung.resident(&resident), "cudaOccupancyMaxActiveBlocksPerMultiprocessor");
    return mcpi_geometry_for(&job, (unsigned)resident * multiprocessors(), 0);
}

void prepare(const Rung &rung, const mcpi_job &job)
{
    if (rung.prepare)
        check(rung.prepare(job, geometry_of(rung, job)), "prepare");
}

namespace
{

/* Counts a job by `launch`, which runs the launch that it is given. */
template <class Launch> uint64_t count(const Rung &rung, const mcpi_job &job, Launch launch)
{
    const mcpi_geometry geometry = geometry_of(rung, job);
    DeviceNumbers slice_hits(geometry.slices + 1); /* the last one takes the sum */
    uint64_t *const memory = slice_hits.zeroed();
    launch([&](cudaStream_t stream) { return rung.launch(&job, &geometry, memory, stream); });
    const std::vector<uint64_t> hits = slice_hits.fetch(geometry.slices);
    return std::accumulate(hits.begin(), hits.end(), uint64_t{0});
}

} // namespace

uint64_t count_darts(const Rung &rung, const mcpi_job &job)
{
    return count(rung, job, [](auto launch) { check(launch(nullptr), "launch"); });
}

Timing time_darts(const Rung &rung, const mcpi_job &job)
{
    Timing timing;
    timing.hits = count(rung, job, [&](auto launch) { timing = time_launch(launch); });
    return timing;
}

uint64_t golden_hits(uint64_t darts)
{
    for (const GoldenRow &row : golden_rows())
        if (row.seed == 0 && row.stream == 0 && row.first == 0 && row.darts == darts && darts > 0)
            return row.hits;
    fail("%llu: not a number of darts that tests/golden.tsv has from dart 0 of seed 0, stream 0",
         (unsigned long long)darts);
}

void open_gpu(const char *program, const Options &options)
{
    int gpus = 0;
    const cudaError_t code = cudaGetDeviceCount(&gpus);
    if (code != cudaSuccess || gpus == 0) {
        std::fprintf(stderr, "no GPU: %s\n", cudaGetErrorString(code == cudaSuccess ? cudaErrorNoDevice : code));
        std::exit(4);
    }
    check(cudaSetDevice(0), "cudaSetDevice");
    int driver = 0, runtime = 0;
    check(cudaDriverGetVersion(&driver), "cudaDriverGetVersion");
    check(cudaRuntimeGetVersion(&runtime), "cudaRuntimeGetVersion");
    const unsigned capability =
        10 * attribute(cudaDevAttrComputeCapabilityMajor) + attribute(cudaDevAttrComputeCapabilityMinor);
    Line(options)
        .put("program", program)
        .put("gpu", properties().name)
        .put("architecture", "sm_" + std::to_string(capability))
        .put("multiprocessors", (uint64_t)multiprocessors())
        .put("fp64_ratio", (uint64_t)attribute(cudaDevAttrSingleToDoublePrecisionPerfRatio))
        .put("cuda_driver", (uint64_t)driver)
        .put("cuda_runtime", (uint64_t)runtime)
        .put("size", options.size);
}
