/*
 * Random numbers as from a library on a CPU: cuRAND's host API fills memory with them, part by part, and a kernel
 * reduces each part to its hits.
 */
#include <algorithm>
#include <memory>

#include "float_dart.h"
#include "gpu.h"
#include "pairs.h"
#include "rung.h"

#if MCPI_HAVE_CURAND

#include <curand.h>

namespace
{

constexpr uint64_t part_darts = uint64_t{1} << 27; /* a GiB of floats */

/* Call part(darts) for each part of the job. */
template <class Part> void each_part(const mcpi_job &job, Part part)
{
    for (uint64_t done = 0; done < job.darts; done += part_darts)
        part(std::min(part_darts, job.darts - done));
}

void check(curandStatus_t status, const char *call)
{
    if (status != CURAND_STATUS_SUCCESS)
        fail("%s: cuRAND status %d", call, (int)status);
}

/* A generator, back at its start. */
void rewind(curandGenerator_t generator, uint64_t seed)
{
    check(curandSetPseudoRandomGeneratorSeed(generator, seed), "curandSetPseudoRandomGeneratorSeed");
    check(curandSetGeneratorOffset(generator, 0), "curandSetGeneratorOffset");
}

class HostApi
{
  public:
    ~HostApi()
    {
        cudaFree(floats);
        if (generator)
            curandDestroyGenerator(generator);
    }

    curandStatus_t create()
    {
        return curandCreateGenerator(&generator, CURAND_RNG_PSEUDO_PHILOX4_32_10);
    }

    cudaError_t reserve(const mcpi_job &job)
    {
        rewind(generator, job.seed);
        cudaFree(floats);
        floats = nullptr;
        return cudaMalloc((void **)&floats, 2 * std::min(part_darts, job.darts) * sizeof *floats);
    }

    cudaError_t count(const mcpi_job &job, unsigned blocks, uint64_t *hits, cudaStream_t stream)
    {
        cudaError_t code = cudaSuccess;
        check(curandSetStream(generator, stream), "curandSetStream");
        check(curandSetGeneratorOffset(generator, 0), "curandSetGeneratorOffset");
        each_part(job, [&](uint64_t darts) {
            check(curandGenerateUniform(generator, floats, 2 * darts), "curandGenerateUniform");
            if (code == cudaSuccess)
                code = count_pairs(blocks, floats, darts, hits, stream);
        });
        return code;
    }

  private:
    curandGenerator_t generator = nullptr;
    float *floats = nullptr;
};

/* cuRAND promises the same numbers from its generator for the host (Host API Overview). */
uint64_t count_on_host(const mcpi_job &job, const mcpi_geometry &)
{
    curandGenerator_t generator;
    check(curandCreateGeneratorHost(&generator, CURAND_RNG_PSEUDO_PHILOX4_32_10), "curandCreateGeneratorHost");
    rewind(generator, job.seed);
    uint64_t hits = 0;
    each_part(job, [&](uint64_t darts) {
        std::vector<float> floats(2 * darts);
        check(curandGenerateUniform(generator, floats.data(), floats.size()), "curandGenerateUniform");
        for (uint64_t i = 0; i < floats.size(); i += 2)
            hits += float_hit(floats[i], floats[i + 1]);
    });
    curandDestroyGenerator(generator);
    return hits;
}

} // namespace

Rung host_api_rung()
{
    const auto api = std::make_shared<HostApi>();
    Rung rung;
    rung.name = "host_api_float";
    rung.resident = count_pairs_resident;
    rung.prepare = [api](const mcpi_job &job, const mcpi_geometry &) { return api->reserve(job); };
    rung.launch = [api](const mcpi_job *job, const mcpi_geometry *geometry, uint64_t *slice_hits, cudaStream_t stream) {
        return api->count(*job, geometry->slices, slice_hits, stream);
    };
    rung.expect = count_on_host;
    if (is_simulated())
        rung.missing = "cuRAND's host API needs a driver, which a simulated device has not";
    else
        check(api->create(), "curandCreateGenerator");
    return rung;
}

#else

Rung host_api_rung()
{
    Rung rung;
    rung.name = "host_api_float";
    rung.missing = "libcurand was not found when this was built";
    return rung;
}

#endif
