/* All there is to adding a backend, once it is written: one line here. */
#include "core/backend.h"
#include "cpu/cpu.h"
#include "cuda/cuda.h"

const mcpi_backend *const mcpi_backends[] = {&mcpi_backend_cpu, &mcpi_backend_cuda, NULL};
