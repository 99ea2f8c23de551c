/* The GPU that a benchmark runs on, and its clock. */
#ifndef MCPI_BENCHMARKS_GPU_GPU_H
#define MCPI_BENCHMARKS_GPU_GPU_H

#include <cuda_runtime_api.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "rung.h"
#include "series.h"

/* Say why and end the program with 1. */
[[noreturn]] void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
void check(cudaError_t code, const char *call);

/* Speeds mean nothing on the simulator that tests use. */
bool is_simulated();

unsigned multiprocessors();

/* What a warp instruction a dart costs: cycles of a sub-partition, from darts a second of the whole GPU. A
   multiprocessor has 4 sub-partitions, a warp instruction is one of 32 threads. */
double cycles_a_dart(double darts_per_second, double clock_hz);

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

/* The result of one launch. */
struct Timing {
    uint64_t hits;
    double seconds;  /* of the launch alone, by the GPU's clock: from the event before it to the one behind it */
    double clock_hz; /* of the multiprocessors meanwhile, by their own counters; NAN where those do not tell */
};

/* Run `launch` on a stream. Of the timing, hits are left to the caller. */
Timing time_launch(const std::function<cudaError_t(cudaStream_t)> &launch);

/* The geometry that mcpi gives this job on this GPU, for a kernel of the rung's occupancy. */
mcpi_geometry geometry_of(const Rung &rung, const mcpi_job &job);

/* Put on the GPU what the rung needs for this job, untimed. */
void prepare(const Rung &rung, const mcpi_job &job);

/* The hits of a job that the rung has been prepared for. */
uint64_t count_darts(const Rung &rung, const mcpi_job &job);

/* The same, timed. */
Timing time_darts(const Rung &rung, const mcpi_job &job);

/* The hits of darts [0, darts) of seed 0, stream 0 by golden.tsv. Ends the program if there is no golden count for
   them. */
uint64_t golden_hits(uint64_t darts);

/* Open the first GPU, and write a line about it. Ends the program with 4 if there is no GPU. */
void open_gpu(const char *program, const Options &options);

#endif
