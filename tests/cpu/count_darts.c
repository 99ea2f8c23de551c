/* count_darts KERNEL DARTS: a single call of a counting kernel, for tools that count its instructions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/kernels.h"

static const mcpi_count_kernel *find(const char *name)
{
    for (size_t i = 0; i < mcpi_count_kernels_size; i++)
        if (strcmp(mcpi_count_kernels[i].name, name) == 0)
            return &mcpi_count_kernels[i];
    return NULL;
}

int main(int argc, char **argv)
{
    const mcpi_count_kernel *kernel = argc == 3 ? find(argv[1]) : NULL;
    if (!kernel)
        return 2;
    if (!mcpi_kernel_runs(kernel, mcpi_probe_features(&mcpi_this_machine))) {
        printf("skipped: no %s here\n", kernel->needs_name);
        return 77;
    }
    printf("%llu\n", (unsigned long long)kernel->count(0, 0, 0, strtoull(argv[2], NULL, 10)));
    return 0;
}
