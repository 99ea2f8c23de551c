/*
 * mcpi-mpi stress: a test of each node of a job, with one verdict. Every process tests its part; rank 0 prints.
 */
#ifndef MCPI_CLI_STRESS_STRESS_NODES_H
#define MCPI_CLI_STRESS_STRESS_NODES_H

#include "cli/args/options.h"
#include "cli/stress/job_link.h"

/* For rank 0, which tests its own node, has the options of the test and writes the files. Returns the exit code. */
int stress_lead(const cli_options *options, const report_files *files, const job_link *link);

/* For the other ranks, after rank 0 called link->open with this opening and all take part. `tests`: this process tests
   its node, with the devices, expectations and metrics of its own options; otherwise it only waits for the end. */
void stress_follow(const cli_options *options, const void *opening, const job_link *link, bool tests);

#endif
