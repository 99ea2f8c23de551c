/* The CUDA backend. In builds without CUDA, its replacement, which has no device and says why. */
#ifndef MCPI_CUDA_CUDA_H
#define MCPI_CUDA_CUDA_H

#include "core/backend.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const mcpi_backend mcpi_backend_cuda;

#ifdef __cplusplus
}
#endif

#endif
