/* The least that a program using a GPU can do: create a context on the first one. mcpi's start is compared with it. */
#include <cuda_runtime_api.h>
#include <stdio.h>

int main(void)
{
    const cudaError_t code = cudaFree(NULL);
    if (code != cudaSuccess)
        fprintf(stderr, "cudaFree: %s\n", cudaGetErrorString(code));
    return code != cudaSuccess;
}
