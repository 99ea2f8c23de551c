/*
 * mcpi-mpi stress: a test of each node of a job, and one verdict. Each process has its part; rank 0 prints.
 */
#ifndef MCPI_CLI_STRESS_STRESS_NODES_H
#define MCPI_CLI_STRESS_STRESS_NODES_H

#include "cli/args/options.h"
#include "cli/stress/job_link.h"

/* Rank 0, which tests its own node and has the options of the test. `file` is where -o writes, opened already, or NULL.
   Returns the exit code. */
int stress_lead(const cli_options *options, FILE *file, const job_link *link);

/* The others, when link->open was called at rank 0 with this opening, and all take part. `tests`: this process tests
   its node, with the devices, expectations and metrics of its own options; otherwise it only waits for the end. */
void stress_follow(const cli_options *options, const void *opening, const job_link *link, bool tests);

#endif
