#include "cpu/kernels.h"

#include <stdio.h>
#include <string.h>

#include "core/backend.h"
#include "core/status.h"

#if defined(__x86_64__)
#define ON_X86(function) function
#else
#define ON_X86(function) NULL
#endif
#if defined(__aarch64__)
#define ON_ARM(function) function
#else
#define ON_ARM(function) NULL
#endif

const mcpi_count_kernel mcpi_count_kernels[] = {
    {"scalar", mcpi_count_scalar, 0, ""},
    {"avx2", ON_X86(mcpi_count_avx2), MCPI_FEATURE_AVX2, "AVX2"},
    {"avx512", ON_X86(mcpi_count_avx512), MCPI_FEATURE_AVX2 | MCPI_FEATURE_AVX512BW, "AVX-512BW"},
    {"neon", ON_ARM(mcpi_count_neon), MCPI_FEATURE_NEON, "NEON"},
    {"sve2", ON_ARM(mcpi_count_sve2), MCPI_FEATURE_NEON | MCPI_FEATURE_SVE2, "SVE2 with 128-bit vectors"},
};

const size_t mcpi_count_kernels_size = sizeof mcpi_count_kernels / sizeof *mcpi_count_kernels;

bool mcpi_kernel_runs(const mcpi_count_kernel *kernel, mcpi_features features)
{
    return kernel->count && (kernel->needs & ~features.usable) == 0;
}

void mcpi_explain_kernel(const mcpi_count_kernel *kernel, mcpi_features features, char *text, size_t size)
{
    const bool in_cpu = (kernel->needs & ~features.in_cpu) == 0;
    const char *reason = in_cpu ? "the operating system does not enable" : "this CPU has no";
    snprintf(text, size, "%s %s", reason, kernel->needs_name);
}

/* A kernel earlier in the table is preferred only if it is faster by more than noise. */
static const double margin = 1.03;

static const mcpi_count_kernel *fastest(mcpi_features features, const double *darts_per_second)
{
    size_t best = 0;
    for (size_t i = mcpi_count_kernels_size - 1; i > 0; i--) {
        if (!mcpi_kernel_runs(&mcpi_count_kernels[i], features))
            continue;
        if (best == 0 || (darts_per_second && darts_per_second[i] > margin * darts_per_second[best]))
            best = i;
    }
    return &mcpi_count_kernels[best];
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
    return mcpi_fail(error, MCPI_BAD_OPTION, "kernel %s: unknown; the kernels are %s", name, known);
}

mcpi_status mcpi_pick_kernel(const char *name, mcpi_features features, const double *darts_per_second,
                             const mcpi_count_kernel **kernel, mcpi_error *error)
{
    const mcpi_count_kernel *picked = name ? find(name) : fastest(features, darts_per_second);
    if (!picked)
        return fail_unknown(name, error);
    if (!mcpi_kernel_runs(picked, features)) {
        char reason[96];
        mcpi_explain_kernel(picked, features, reason, sizeof reason);
        return mcpi_fail(error, MCPI_BAD_OPTION, "kernel %s: %s", name, reason);
    }
    *kernel = picked;
    return MCPI_OK;
}
