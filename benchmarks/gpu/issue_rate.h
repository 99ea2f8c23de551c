/*
 * The cycles of one instruction: kernels that issue one kind of instruction as fast as a GPU can.
 *
 * A multiprocessor has four sub-partitions, each with its own schedulers and pipes. One CUDA block runs on each
 * multiprocessor, with eight warps for each sub-partition. Each thread has eight chains that are independent for
 * several instructions, so a warp that waits for a result never leaves the pipe idle.
 *
 *     cycles a warp instruction = cycles of the block / (8 warps * instructions of a thread)
 */
#ifndef MCPI_BENCHMARKS_GPU_ISSUE_RATE_H
#define MCPI_BENCHMARKS_GPU_ISSUE_RATE_H

#include <cuda_runtime_api.h>

#include <cstdint>
#include <vector>

constexpr unsigned issue_threads = 1024;     /* a block, one on each multiprocessor */
constexpr unsigned issue_warps = 32;         /* a block */
constexpr unsigned subpartitions = 4;        /* a multiprocessor */
constexpr unsigned issue_instructions = 256; /* of a thread in each turn; tests/gpu/sass_pure counts them */

struct IssueLoop {
    const char *instruction; /* its name in a disassembly */

    /* Each thread takes `turns` turns and leaves its result in results[thread]. Warp w of all blocks leaves its clock
       before and after in ticks[2 * w] and ticks[2 * w + 1]. */
    cudaError_t (*launch)(unsigned blocks, uint32_t turns, uint64_t *results, uint64_t *ticks, cudaStream_t);

    /* The same result, computed by the host. */
    uint64_t (*expect)(uint32_t thread, uint32_t turns);
};

/* IMAD.WIDE, IMAD.HI, IMAD, LOP3, FFMA, DFMA and I2F, in this order. */
std::vector<IssueLoop> issue_loops();

#endif
