/*
 * The connection of a process to the other processes of a job. main_mpi.c implements it with host/cluster; tests use a
 * fake.
 */
#ifndef MCPI_CLI_STRESS_JOB_LINK_H
#define MCPI_CLI_STRESS_JOB_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcpi/mcpi.h"

/* The requests of rank 0 to all ranks. */
typedef struct job_want {
    int stop;       /* an interrupt_request, the most urgent of all processes */
    uint64_t round; /* a new number requests a new report */
    bool details;   /* the report must have all details */
    bool over;      /* all have finished */
} job_want;

/* The state of a rank, as seen by rank 0. */
typedef struct job_standing {
    const char *node;   /* the name of its machine */
    bool first_on_node; /* the first rank on its node */
    const void *report; /* the latest report; NULL: none has arrived. Valid until the next exchange */
    size_t bytes;
    double silent_seconds;
    bool silent; /* for so long that it is reported */
    bool gone;   /* for so long that the others need not wait for it */
    bool lost;   /* given up */
} job_standing;

typedef struct job_link {
    void *user;
    unsigned ranks;

    /* Send rank 0 a copy of a report, a multiple of 8 bytes. */
    void (*report)(void *user, const void *report, size_t bytes);
    /* Ask all ranks to stop. */
    void (*stop)(void *user, int request);
    /* Send and receive pending messages; call it several times a second. */
    job_want (*exchange)(void *user);

    /* Rank 0: send `opening` to all ranks. On success all take part, on failure none. */
    mcpi_status (*open)(void *user, const void *opening, size_t bytes, mcpi_error *error);
    void (*ask)(void *user, bool details);
    job_standing (*standing)(void *user, unsigned rank);
    void (*give_up)(void *user, unsigned rank);

    /* Rank 0: all ranks have finished. Other ranks: rank 0 has said so. */
    void (*close)(void *user);
} job_link;

#endif
