/* The model of docs/gpu.md: how fast a GPU would count if the busiest pipe of its multiprocessors never waited. */
#ifndef MCPI_CUDA_PREDICTION_H
#define MCPI_CUDA_PREDICTION_H

#ifdef __cplusplus
extern "C" {
#endif

/* Cycles that one part of a multiprocessor takes for a dart of each thread of a warp. `architecture` is the compute
   capability without its dot: 90. NaN for a kernel or an architecture that sass.tsv does not have. */
double mcpi_predicted_cycles(const char *kernel, int architecture);

/* Darts per second of a GPU; NaN if the cycles are unknown. */
double mcpi_predicted_rate(const char *kernel, int architecture, unsigned multiprocessors, double clock_hertz);

#ifdef __cplusplus
}
#endif

#endif
