/* The CPU as a backend: one device, for which the engine opens one worker for each core that it uses. */
#ifndef MCPI_CPU_CPU_H
#define MCPI_CPU_CPU_H

#include "core/backend.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const mcpi_backend mcpi_backend_cpu;

#ifdef __cplusplus
}
#endif

#endif
