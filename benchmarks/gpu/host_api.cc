/*
 * Random numbers from a library, as on a CPU: cuRAND's host API fills memory with them, batch by batch, and a kernel
 * reduces each batch to its hits.
 */
#include <algorithm>
#include <memory>

#include "bench_gpu.h"
#include "float_dart.h"
#include "pair_reduction.h"
#include "rung.h"

#include <curand.h>
#include <dlfcn.h>

namespace
{

/* cuRAND's library, loaded at run time: the program also runs without it, and does not have to ship 130 MB. */
class Curand
{
  public:
    Curand()
    {
        const char *const names[] = {"libcurand.so.10", "/usr/local/cuda/lib64/libcurand.so.10", "libcurand.so"};
        for (const char *name : names)
            if (!library)
                library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
        complete = library != nullptr;
        find(create_generator, "curandCreateGenerator");
        find(create_generator_host, "curandCreateGeneratorHost");
        find(destroy_generator, "curandDestroyGenerator");
        find(set_seed, "curandSetPseudoRandomGeneratorSeed");
        find(set_offset, "curandSetGeneratorOffset");
        find(set_stream, "curandSetStream");
        find(generate_uniform, "curandGenerateUniform");
    }

    bool complete;
    decltype(&curandCreateGenerator) create_generator;
    decltype(&curandCreateGeneratorHost) create_generator_host;
    decltype(&curandDestroyGenerator) destroy_generator;
    decltype(&curandSetPseudoRandomGeneratorSeed) set_seed;
    decltype(&curandSetGeneratorOffset) set_offset;
    decltype(&curandSetStream) set_stream;
    decltype(&curandGenerateUniform) generate_uniform;

  private:
    template <class Function> void find(Function &function, const char *name)
    {
        function = library ? reinterpret_cast<Function>(dlsym(library, name)) : nullptr;
        complete = complete && function;
    }

    void *library = nullptr;
};

const Curand &curand()
{
    static const Curand loaded;
    return loaded;
}

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
    check(curand().set_seed(generator, seed), "curandSetPseudoRandomGeneratorSeed");
    check(curand().set_offset(generator, 0), "curandSetGeneratorOffset");
}

class HostApi
{
  public:
    ~HostApi()
    {
        cudaFree(floats);
        if (generator)
            curand().destroy_generator(generator);
    }

    curandStatus_t create()
    {
        return curand().create_generator(&generator, CURAND_RNG_PSEUDO_PHILOX4_32_10);
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
        check(curand().set_stream(generator, stream), "curandSetStream");
        check(curand().set_offset(generator, 0), "curandSetGeneratorOffset");
        each_part(job, [&](uint64_t darts) {
            check(curand().generate_uniform(generator, floats, 2 * darts), "curandGenerateUniform");
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
    check(curand().create_generator_host(&generator, CURAND_RNG_PSEUDO_PHILOX4_32_10), "curandCreateGeneratorHost");
    rewind(generator, job.seed);
    uint64_t hits = 0;
    each_part(job, [&](uint64_t darts) {
        std::vector<float> floats(2 * darts);
        check(curand().generate_uniform(generator, floats.data(), floats.size()), "curandGenerateUniform");
        for (uint64_t i = 0; i < floats.size(); i += 2)
            hits += float_hit(floats[i], floats[i + 1]);
    });
    curand().destroy_generator(generator);
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
    if (!curand().complete)
        rung.missing = "libcurand was not found";
    else if (is_simulated())
        rung.missing = "cuRAND's host API needs a driver, which a simulated device has not";
    else
        check(api->create(), "curandCreateGenerator");
    return rung;
}
