/*
 * The devices of a stress test, each GPU and each CPU core by itself, and their ways to count.
 */
#ifndef MCPI_STRESS_TESTERS_H
#define MCPI_STRESS_TESTERS_H

#include "engine/lane.h"
#include "engine/plan.h"

/* The usual way to count, and the first of the other ways, which recount what the same device counted before: with
   another kernel, and on a GPU in another launch shape. A GPU has a way for each of its kernels, but at least two; a
   core has two. */
enum { MCPI_USUAL, MCPI_OTHER };

/* A device that counts, or a broken device, which has no backend and no ways. */
typedef struct mcpi_tester {
    const mcpi_backend *backend;
    mcpi_device device; /* the id of a core: "cpu:3" */
    unsigned way_count;
    mcpi_worker_options ways[MCPI_LANE_WAYS];
    mcpi_kernel kernels[MCPI_KERNELS_MAX]; /* GPU: the kernels that the ways name */
    bool tested;                           /* it was selected: it takes ranges */
    bool recounts;                         /* it takes slices of the ranges of GPUs */
    int scalar;                            /* the way that counts these slices: that of the scalar kernel */
} mcpi_tester;

typedef struct mcpi_testers {
    size_t count;
    mcpi_tester *list;  /* in the order requested; then those that only check slices; then broken devices */
    const char *no_gpu; /* why no GPU is among them, although the selection includes all GPUs; otherwise empty */
    mcpi_plan plan;     /* holds what the testers' ways point to */
} mcpi_testers;

/* Choose testers from the devices of `backends` (ended by NULL), by devices, threads and kernel of `options`. GPUs get
   `deadline_seconds` for a job. BAD_OPTION, NO_DEVICE or NO_MEMORY on failure, with *testers empty. */
mcpi_status mcpi_testers_make(const mcpi_options *options, const mcpi_backend *const *backends, double deadline_seconds,
                              mcpi_testers *testers, mcpi_error *error);
void mcpi_testers_free(mcpi_testers *testers);

#endif
