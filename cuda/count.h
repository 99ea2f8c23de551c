/* The compute capabilities that the kernels were compiled for. */
#ifndef MCPI_CUDA_COUNT_H
#define MCPI_CUDA_COUNT_H

#ifdef __cplusplus
extern "C" {
#endif

/* The lowest one, as 75 for 7.5. */
int mcpi_count_capability(void);

#ifdef __cplusplus
}
#endif

#endif
