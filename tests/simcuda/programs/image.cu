// One kernel, built with each kind of image that a program may embed.
#include "check.h"

__global__ void answer(int *out)
{
    *out = 42;
}

int main()
{
    int *device = nullptr, host = 0;
    cudaError_t e = cudaMalloc((void **)&device, sizeof *device);
    if (!e) {
        answer<<<1, 1>>>(device);
        e = cudaGetLastError();
    }
    if (!e)
        e = cudaMemcpy(&host, device, sizeof host, cudaMemcpyDeviceToHost);
    printf("%d: %s\n", host, cudaGetErrorName(e));
}
