/*
 * What a process of a job has of the others. main_mpi.c makes it of host/cluster; tests make it up.
 */
#ifndef MCPI_CLI_STRESS_JOB_LINK_H
#define MCPI_CLI_STRESS_JOB_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcpi/mcpi.h"

/* What rank 0 wants of all. */
typedef struct job_want {
    int stop;       /* an interrupt_request, the most urgent of all processes */
    uint64_t round; /* each new one asks for a new report */
    bool details;   /* that report has all details */
    bool over;      /* all have finished */
} job_want;

/* How a rank stands, for rank 0. */
typedef struct job_standing {
    const char *node;   /* the name of its machine */
    bool first_on_node; /* of the ranks there */
    const void *report; /* the latest; NULL: none has come. Valid until the next exchange */
    size_t bytes;
    double silent_seconds;
    bool silent; /* so long that users should know */
    bool gone;   /* so long that nobody needs to wait for it */
    bool lost;   /* given up */
} job_standing;

typedef struct job_link {
    void *user;
    unsigned ranks;

    /* Send rank 0 a copy of a report, a multiple of 8 bytes. */
    void (*report)(void *user, const void *report, size_t bytes);
    /* All are to stop. */
    void (*stop)(void *user, int request);
    /* Send and receive what is due; to be called several times a second. */
    job_want (*exchange)(void *user);

    /* Rank 0: all are told `opening` and take part, or none does. */
    mcpi_status (*open)(void *user, const void *opening, size_t bytes, mcpi_error *error);
    void (*ask)(void *user, bool details);
    job_standing (*standing)(void *user, unsigned rank);
    void (*give_up)(void *user, unsigned rank);

    /* Rank 0: all have finished. The others: rank 0 has said so. */
    void (*close)(void *user);
} job_link;

#endif
