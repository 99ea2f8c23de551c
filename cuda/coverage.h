/* The GPUs on which the code of a build runs. Pure functions. */
#ifndef MCPI_CUDA_COVERAGE_H
#define MCPI_CUDA_COVERAGE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * `architectures` is a list as in CMAKE_CUDA_ARCHITECTURES, but separated by commas: "70-virtual,75-real,90". An entry
 * is machine code (-real), PTX (-virtual) or both. Capabilities are numbers: 75 is 7.5. The rules are those of the CUDA
 * C++ Programming Guide, "Compute Capabilities" and "Feature availability":
 *
 * - Machine code for X.Y runs on X.Z with Z >= Y.
 * - PTX for X.Y runs on that capability and on all higher ones. The driver compiles it.
 * - 90a, code for one architecture, runs on 9.0 only; 100f, for a family, on 10.Z with Z >= 0. Both also hold for PTX.
 */
typedef enum mcpi_coverage {
    MCPI_NOT_COVERED,
    MCPI_COVERED_BY_PTX,
    MCPI_COVERED_BY_MACHINE_CODE,
} mcpi_coverage;

mcpi_coverage mcpi_cuda_coverage(const char *architectures, int capability);

/* Write what a build covers, as "7.5, 9.0a, PTX 7.5 and newer", truncated to `size`. */
void mcpi_write_coverage(char *text, size_t size, const char *architectures);

#ifdef __cplusplus
}
#endif

#endif
