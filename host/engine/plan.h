/*
 * The plan of a run, computed from its options before anything is started.
 */
#ifndef MCPI_ENGINE_PLAN_H
#define MCPI_ENGINE_PLAN_H

#include "core/backend.h"
#include "mcpi/mcpi.h"

struct mcpi_source;

/* The workers of one device. */
typedef struct mcpi_team {
    const mcpi_backend *backend;
    mcpi_device device;
    unsigned workers;
    const char *worker_program; /* of its worker processes; NULL: its workers are threads */
    mcpi_backend in_processes;  /* then `backend` points to it */
    /* Kernels it may count with, the preferred one first. More than one: the run finds out which is the fastest. */
    size_t kernel_count;
    char kernels[MCPI_KERNELS_MAX][sizeof((mcpi_kernel *)0)->name];
    mcpi_places *places;   /* where the workers run; NULL: anywhere. Shared by all teams of a device */
    double driver_seconds; /* to enumerate the devices of its backend */
    bool counts;           /* takes ranges from the queue */
    bool recounts;         /* takes slices that other teams have counted */
    bool recounted;        /* its own ranges are sliced for recounting */
    /* It recounts slices of its own ranges with this kernel, and those of other teams with the first one above. Empty:
       it does not recount its own ranges. */
    char own_kernel[sizeof((mcpi_kernel *)0)->name];
} mcpi_team;

typedef struct mcpi_plan {
    mcpi_options options;
    struct mcpi_source *source; /* source of ranges; NULL: this process alone counts the whole range */
    double (*seconds)(void);    /* time source of the clock of the run; NULL: mcpi_seconds */
    size_t team_count;
    mcpi_team *teams; /* teams that count, in the order requested; then a team that only recounts, if there is one */
    char *worker_program; /* the one that the options name, or else the installed one */
    size_t left_out_count;
    mcpi_device *left_out; /* devices that auto, gpu or all would have included, but that are not available */
} mcpi_plan;

/*
 * Check `options` and choose the teams, from the devices of `backends` (ended by NULL). BAD_OPTION, NO_DEVICE or
 * NO_MEMORY on failure, with *plan empty. Free the plan with mcpi_plan_free.
 */
mcpi_status mcpi_plan_make(const mcpi_options *options, const mcpi_backend *const *backends, mcpi_plan *plan,
                           mcpi_error *error);

/* The same for a test of the devices. With "gpu", broken devices alone are no error: the plan then has no teams. */
mcpi_status mcpi_plan_test(const mcpi_options *options, const mcpi_backend *const *backends, mcpi_plan *plan,
                           mcpi_error *error);
void mcpi_plan_free(mcpi_plan *plan);

/* The first team of the device with that id, or NULL. */
mcpi_team *mcpi_team_with(const mcpi_plan *plan, const char *id);

/* The options of worker `index` of a team. Each CPU worker has its own place; if there are fewer places than workers,
   none of them is pinned. All workers of a GPU are placed near it. */
mcpi_worker_options mcpi_worker_options_of(const mcpi_team *team, unsigned index);

#endif
