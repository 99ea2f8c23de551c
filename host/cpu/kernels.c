#include "cpu/kernels.h"

#include <stdio.h>
#include <string.h>

#include "mcpi/backend.h"

const mcpi_count_kernel mcpi_count_kernels[] = {
    {"scalar", mcpi_count_scalar, 0, ""},
#if defined(__x86_64__)
    {"avx2", mcpi_count_avx2, MCPI_FEATURE_AVX2, "AVX2"},
    {"avx512", mcpi_count_avx512, MCPI_FEATURE_AVX2 | MCPI_FEATURE_AVX512BW, "AVX-512BW"},
#endif
};

const size_t mcpi_count_kernels_size = sizeof mcpi_count_kernels / sizeof *mcpi_count_kernels;

bool mcpi_kernel_runs(const mcpi_count_kernel *kernel, mcpi_features features)
{
    return (kernel->needs & ~features.usable) == 0;
}

/* Why a kernel that does not run does not. */
static void explain(const mcpi_count_kernel *kernel, mcpi_features features, char *text, size_t size)
{
    const bool in_cpu = (kernel->needs & ~features.in_cpu) == 0;
    const char *reason = in_cpu ? "the operating system does not enable" : "this CPU has no";
    snprintf(text, size, "%s %s", reason, kernel->needs_name);
}

static const mcpi_count_kernel *fastest(mcpi_features features)
{
    size_t i = mcpi_count_kernels_size - 1;
    while (!mcpi_kernel_runs(&mcpi_count_kernels[i], features))
        i--;
    return &mcpi_count_kernels[i];
}

static const mcpi_count_kernel *find(const char *name)
{
    for (size_t i = 0; i < mcpi_count_kernels_size; i++)
        if (strcmp(mcpi_count_kernels[i].name, name) == 0)
            return &mcpi_count_kernels[i];
    return NULL;
}

static mcpi_status fail_unknown(const char *name, mcpi_error *error)
{
    char known[200] = "";
    for (size_t i = 0, used = 0; i < mcpi_count_kernels_size; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", mcpi_count_kernels[i].name);
    return mcpi_fail(error, MCPI_BAD_OPTION, "kernel %s: unknown; this build has %s", name, known);
}

mcpi_status mcpi_pick_kernel(const char *name, mcpi_features features, const mcpi_count_kernel **kernel,
                             mcpi_error *error)
{
    const mcpi_count_kernel *picked = name ? find(name) : fastest(features);
    if (!picked)
        return fail_unknown(name, error);
    if (!mcpi_kernel_runs(picked, features)) {
        char reason[96];
        explain(picked, features, reason, sizeof reason);
        return mcpi_fail(error, MCPI_BAD_OPTION, "kernel %s: %s", name, reason);
    }
    *kernel = picked;
    return MCPI_OK;
}

size_t mcpi_list_kernels(mcpi_kernel *kernels, size_t capacity)
{
    const mcpi_features features = mcpi_probe_features(&mcpi_this_machine);
    for (size_t i = 0; i < mcpi_count_kernels_size && i < capacity; i++) {
        const mcpi_count_kernel *from = &mcpi_count_kernels[i];
        mcpi_kernel *to = &kernels[i];
        memset(to, 0, sizeof *to);
        snprintf(to->name, sizeof to->name, "%s", from->name);
        to->available = mcpi_kernel_runs(from, features);
        if (!to->available)
            explain(from, features, to->note, sizeof to->note);
    }
    return mcpi_count_kernels_size;
}
