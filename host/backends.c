/* To add a backend, once it is written, name it here. */
#include "core/backend.h"

extern const mcpi_backend mcpi_backend_cpu, mcpi_backend_cuda;

const mcpi_backend *const mcpi_backends[] = {&mcpi_backend_cpu, &mcpi_backend_cuda, NULL};
