/*
 * The origin of a result: the host and its operating system, the process, the scheduler's job, the times at which a
 * command started and ended, and the state of the machine at these times. Every JSON object of the program except a
 * merged result contains it, so that a number can be traced to a node and a job.
 */
#ifndef MCPI_CLI_IO_ORIGIN_H
#define MCPI_CLI_IO_ORIGIN_H

#include <sys/types.h>
#include <sys/utsname.h>
#include <time.h>

#include "cli/io/json.h"
#include "cli/io/machine_state.h"

/* Facts about a job. A fact is NULL if the scheduler does not provide it. */
typedef enum origin_fact {
    ORIGIN_ID,
    ORIGIN_ARRAY_ID,   /* common to the tasks of an array */
    ORIGIN_ARRAY_TASK, /* the index in the array */
    ORIGIN_STEP,
    ORIGIN_TASK,     /* the number of the process in its step */
    ORIGIN_RESTARTS, /* how often the job was requeued */
    ORIGIN_NODE,     /* the scheduler's name of this node */
    ORIGIN_FACTS
} origin_fact;

typedef struct origin_job {
    const char *scheduler;           /* "slurm", "pbs", "lsf" or "gridengine"; NULL outside of a job */
    const char *facts[ORIGIN_FACTS]; /* of the environment: any bytes, of any length */
} origin_job;

/* The clock cannot be read, or the event has not happened yet. */
#define ORIGIN_NO_TIME ((time_t)-1)

typedef struct run_origin {
    char host[256]; /* empty if the system does not provide it */
    pid_t pid;
    origin_job job;
    time_t started, ended; /* seconds since 1970; ended: ORIGIN_NO_TIME while the command runs */
    struct utsname system;
    machine_state before, after; /* at these times; `after` has no meaning while the command runs */
    const char *mpi;             /* the MPI library of this program; NULL: none. Set by main */
} run_origin;

/* The origin of this process, started now. The facts point into the environment: do not change it afterwards. */
run_origin origin_begin(void);

/* A copy that ended now. */
run_origin origin_end(const run_origin *begun);

/* "origin":{"host":..,"pid":..,"job":{..} or null,"started":"..","ended":"..","system":{..},"before":{..},"after":{..}
   or null,"build":{..}}; strings are cut to 255 bytes. */
void put_origin(json_writer *j, const run_origin *origin);

/* One line of a text report, "job       slurm 1237, array task 7, on node3, ..."; nothing outside of a job. */
void print_job(FILE *out, const run_origin *origin);

/* A time in UTC by ISO 8601, "2026-11-28T21:40:00Z"; null for ORIGIN_NO_TIME and years without four digits. */
void put_utc(json_writer *j, const char *key, time_t seconds);

/* The same as text; empty where put_utc writes null. 21 bytes are enough. */
void format_utc(char *text, size_t size, time_t seconds);

#endif
