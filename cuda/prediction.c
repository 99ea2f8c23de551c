#include "cuda/prediction.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "cuda/kernels/cycles.h" /* made from kernels/sass.tsv by the build */

enum { PARTS = 4, WARP = 32 }; /* of a multiprocessor; threads */

double mcpi_predicted_cycles(const char *kernel, int architecture)
{
    for (size_t i = 0; i < sizeof mcpi_kernel_cycles / sizeof *mcpi_kernel_cycles; i++)
        if (mcpi_kernel_cycles[i].architecture == architecture && strcmp(mcpi_kernel_cycles[i].kernel, kernel) == 0)
            return mcpi_kernel_cycles[i].cycles;
    return NAN;
}

double mcpi_predicted_rate(const char *kernel, int architecture, unsigned multiprocessors, double clock_hertz)
{
    return PARTS * WARP / mcpi_predicted_cycles(kernel, architecture) * multiprocessors * clock_hertz;
}
