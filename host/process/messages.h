/*
 * The messages between a worker process and the thread that it works for. Both are of the same program version, so the
 * messages are plain structs.
 *
 * A worker process drives one device, with a handle for each way of counting. It answers OPEN, SELECT and each job. It
 * collects its oldest job when it has submitted as many as its backend allows, or when COLLECT asks for it. So a range
 * takes two messages as long as the device is kept busy. One more job than the backend allows may be on its way: it
 * waits in the socket, and the process begins it without waiting for an answer to its last reply.
 *
 * The hits of the slices of a job are in the shared memory, at one place after the other. The place of a job is used
 * again only after the lane has collected it.
 */
#ifndef MCPI_PROCESS_MESSAGES_H
#define MCPI_PROCESS_MESSAGES_H

#include "core/backend.h"

enum {
    MCPI_PROCESS_HANDLES = 16,                   /* the most handles of a worker process */
    MCPI_PROCESS_PLACE = 4096,                   /* the most CPUs of a place */
    MCPI_PROCESS_SLICES = 1 << 15,               /* the most slices of a job */
    MCPI_PROCESS_COUNTS = MCPI_IN_FLIGHT_MAX + 1 /* places for hits in the shared memory */
};

/* Where the hits of the n-th job are in the shared memory, in bytes. */
static inline size_t mcpi_process_place(uint64_t n)
{
    return n % MCPI_PROCESS_COUNTS * MCPI_PROCESS_SLICES * sizeof(uint64_t);
}

typedef enum mcpi_request_kind {
    MCPI_REQUEST_OPEN,
    MCPI_REQUEST_SELECT,
    MCPI_REQUEST_SUBMIT,
    MCPI_REQUEST_COLLECT,
    MCPI_REQUEST_PROFILE,
    MCPI_REQUEST_CLOSE
} mcpi_request_kind;

typedef struct mcpi_request {
    mcpi_request_kind kind;
    unsigned handle;                             /* all but COLLECT */
    mcpi_job job;                                /* SUBMIT */
    char kernel[sizeof((mcpi_kernel *)0)->name]; /* OPEN: empty for the device's own; SELECT */
    bool on;                                     /* PROFILE */
} mcpi_request;

/* Follows a request to open a handle. */
typedef struct mcpi_opening {
    char version[16];
    mcpi_device device;
    double deadline_seconds;
    unsigned shape;
    size_t cpus; /* of the place */
    int cpu[MCPI_PROCESS_PLACE];
} mcpi_opening;

typedef struct mcpi_reply {
    mcpi_request_kind kind;       /* COLLECT for a job */
    mcpi_error error;             /* status OK: all went well */
    unsigned in_flight;           /* OPEN: mcpi_backend.in_flight */
    mcpi_startup startup;         /* OPEN */
    uint64_t slice_darts, slices; /* COLLECT: as in mcpi_counts */
    double busy_seconds, elapsed_seconds;
} mcpi_reply;

#endif
