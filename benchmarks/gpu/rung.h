/* A rung of the ladder: one way to count darts on a GPU. */
#ifndef MCPI_BENCHMARKS_GPU_RUNG_H
#define MCPI_BENCHMARKS_GPU_RUNG_H

#include <cuda_runtime_api.h>

#include <functional>
#include <string>
#include <vector>

#include "cuda/geometry.h"

struct Rung {
    std::string name;

    /* Like resident and launch of cuda/kernels/table.h: all rungs use mcpi's geometry. Only the launch is timed. */
    std::function<cudaError_t(int *slices)> resident;
    std::function<cudaError_t(const mcpi_job *, const mcpi_geometry *, uint64_t *slice_hits, cudaStream_t)> launch;

    /* For a rung that does not count darts as mcpi/dart.h defines them, but an even number of its own from dart 0: the
       count that it must give, computed by the host. A rung without it must give the golden counts. */
    std::function<uint64_t(const mcpi_job &, const mcpi_geometry &)> expect;

    /* What must be on the device before a launch of this geometry, if anything. */
    std::function<cudaError_t(const mcpi_job &, const mcpi_geometry &)> prepare;

    /* Why it cannot run here; empty if it can. */
    std::string missing;

    bool exact() const
    {
        return !expect;
    }
};

Rung host_api_rung();             /* cuRAND's host API fills memory, a kernel reduces it */
Rung xorwow_rung();               /* a XORWOW state a thread, curand_uniform */
Rung philox_rung();               /* a Philox state a thread, curand_uniform4 */
std::vector<Rung> kernel_rungs(); /* the kernels of mcpi that this GPU admits, the preferred one first */

#endif
