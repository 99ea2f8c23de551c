/*
 * The devices of a stress test: each GPU and each core by itself, and the ways in which each of them counts.
 */
#ifndef MCPI_STRESS_TESTERS_H
#define MCPI_STRESS_TESTERS_H

#include "engine/lane.h"
#include "engine/plan.h"

/* The usual way to count, and the first of those for what the same device counted before: with another kernel, and in
   another launch shape. A GPU has a way for each of its kernels, a core two. */
enum { MCPI_USUAL, MCPI_OTHER };

/* One that counts, or a broken device, which has no backend and no ways. */
typedef struct mcpi_tester {
    const mcpi_backend *backend;
    mcpi_device device; /* of a core: "cpu:3" */
    unsigned way_count;
    mcpi_worker_options ways[MCPI_LANE_WAYS];
    mcpi_kernel kernels[MCPI_KERNELS_MAX]; /* GPU: what the ways name */
    bool tested;                           /* it was asked for: it takes ranges */
    bool recounts;                         /* it takes slices of GPUs' ranges */
    int scalar;                            /* the way it counts them in: that of the scalar kernel */
} mcpi_tester;

typedef struct mcpi_testers {
    size_t count;
    mcpi_tester *list;  /* in the order they were asked for; then those that only check slices; then the broken */
    const char *no_gpu; /* why no GPU is among them, although the selection includes all GPUs; otherwise empty */
    mcpi_plan plan;     /* holds what the testers' ways point to */
} mcpi_testers;

/* Choose from the devices of `backends` (ended by NULL), by devices, threads and kernel of `options`; GPUs are given
   `deadline_seconds` for a job. BAD_OPTION, NO_DEVICE or NO_MEMORY on failure, with *testers empty. */
mcpi_status mcpi_testers_make(const mcpi_options *options, const mcpi_backend *const *backends, double deadline_seconds,
                              mcpi_testers *testers, mcpi_error *error);
void mcpi_testers_free(mcpi_testers *testers);

#endif
