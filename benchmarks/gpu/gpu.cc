#include "gpu.h"

#include <benchmark/benchmark.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>

#include "golden.h"

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

void open_gpu()
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
    benchmark::AddCustomContext("gpu", properties().name);
    benchmark::AddCustomContext("multiprocessors", std::to_string(multiprocessors()));
    benchmark::AddCustomContext("cuda_driver", std::to_string(driver));
    benchmark::AddCustomContext("cuda_runtime", std::to_string(runtime));
}

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

double time_launch(const std::function<cudaError_t(cudaStream_t)> &launch)
{
    cudaEvent_t start, stop;
    check(cudaEventCreate(&start), "cudaEventCreate");
    check(cudaEventCreate(&stop), "cudaEventCreate");
    check(cudaEventRecord(start, nullptr), "cudaEventRecord");
    check(launch(nullptr), "launch");
    check(cudaEventRecord(stop, nullptr), "cudaEventRecord");
    check(cudaEventSynchronize(stop), "cudaEventSynchronize");
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, start, stop), "cudaEventElapsedTime");
    cudaEventDestroy(stop);
    cudaEventDestroy(start);
    return 1e-3 * milliseconds;
}

mcpi_geometry geometry_of(const Rung &rung, const mcpi_job &job)
{
    int resident = 0;
    check(rung.resident(&resident), "cudaOccupancyMaxActiveBlocksPerMultiprocessor");
    return mcpi_geometry_for(&job, (unsigned)resident * multiprocessors());
}

void prepare(const Rung &rung, const mcpi_job &job)
{
    if (rung.prepare)
        check(rung.prepare(job, geometry_of(rung, job)), "prepare");
}

Timing count_darts(const Rung &rung, const mcpi_job &job)
{
    const mcpi_geometry geometry = geometry_of(rung, job);
    DeviceNumbers slice_hits(geometry.slices + 1); /* the last one takes the sum */
    uint64_t *const memory = slice_hits.zeroed();
    const double seconds =
        time_launch([&](cudaStream_t stream) { return rung.launch(&job, &geometry, memory, stream); });
    const std::vector<uint64_t> hits = slice_hits.fetch(geometry.slices);
    return {std::accumulate(hits.begin(), hits.end(), uint64_t{0}), seconds};
}

uint64_t golden_hits(uint64_t darts)
{
    for (const GoldenRow &row : golden_rows())
        if (row.seed == 0 && row.stream == 0 && row.first == 0 && row.darts == darts && darts > 0)
            return row.hits;
    fail("%llu: not a number of darts that tests/golden.tsv has from dart 0 of seed 0, stream 0",
         (unsigned long long)darts);
}

uint64_t start_benchmarks(int argc, char **argv)
{
    static char repetitions[] = "--benchmark_repetitions=15";
    static char interleaving[] = "--benchmark_enable_random_interleaving=true";
    std::vector<char *> arguments = {argv[0], repetitions, interleaving};
    arguments.insert(arguments.end(), argv + 1, argv + argc);
    int count = (int)arguments.size();
    benchmark::Initialize(&count, arguments.data());
    uint64_t darts = 10000000000;
    if (count > 1) {
        char *end;
        darts = std::strtoull(arguments[1], &end, 10);
        if (count > 2 || *end != '\0') {
            benchmark::ReportUnrecognizedArguments(count, arguments.data());
            std::exit(2);
        }
    }
    golden_hits(darts);
    open_gpu();
    return darts;
}
