/* The GPU that a benchmark runs on, and its clock. */
#ifndef MCPI_BENCHMARKS_GPU_GPU_H
#define MCPI_BENCHMARKS_GPU_GPU_H

#include <cuda_runtime_api.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "rung.h"

/* Say why and end the program with 1. */
[[noreturn]] void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
void check(cudaError_t code, const char *call);

/* Speeds mean nothing on the simulator that tests use. */
bool is_simulated();

unsigned multiprocessors();

/* Numbers in device memory. */
class DeviceNumbers
{
  public:
    explicit DeviceNumbers(size_t size);
    ~DeviceNumbers();
    DeviceNumbers(const DeviceNumbers &) = delete;
    DeviceNumbers &operator=(const DeviceNumbers &) = delete;

    uint64_t *zeroed();
    std::vector<uint64_t> fetch(size_t count) const;

  private:
    size_t size;
    uint64_t *memory = nullptr;
};

/* What one launch came to. */
struct Timing {
    uint64_t hits;
    double seconds; /* of the launch alone, by the GPU's clock: from the event before it to the one behind it */
};

/* Run `launch` on a stream; the seconds it took. */
double time_launch(const std::function<cudaError_t(cudaStream_t)> &launch);

/* The geometry that mcpi gives this job on this GPU, for a kernel of the rung's occupancy. */
mcpi_geometry geometry_of(const Rung &rung, const mcpi_job &job);

/* Put on the GPU what the rung needs for this job, untimed. */
void prepare(const Rung &rung, const mcpi_job &job);

/* Count a job that the rung has been prepared for. */
Timing count_darts(const Rung &rung, const mcpi_job &job);

/* The hits of darts [0, darts) of seed 0, stream 0 by golden.tsv; ends the program if it has no such count. */
uint64_t golden_hits(uint64_t darts);

/* Open the first GPU, or end the program with 4 where there is none, and start Google Benchmark, with 15 interleaved
   repetitions unless the command line has it otherwise. Returns the number of darts to time: what is left of the
   command line, or 1e10. */
uint64_t start_benchmarks(int argc, char **argv);

#endif
