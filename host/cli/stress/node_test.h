/*
 * The stress test of one node of a job. It runs on a thread of its own, so that the process shows that it is alive
 * whatever a driver does. What it complains of becomes lines of its account.
 */
#ifndef MCPI_CLI_STRESS_NODE_TEST_H
#define MCPI_CLI_STRESS_NODE_TEST_H

#include "cli/args/options.h"
#include "cli/stress/job_link.h"

typedef struct node_test node_test;

/* Start it; the options are copied. `details`: its last account has all of them. NULL without memory or a thread. */
node_test *node_test_start(const cli_options *options, bool details);

/* What rank 0 wants of it. `seconds`: since the last call, as far as this process was not stopped. A test that does not
   go on for too long is given up, with an account that says so. */
void node_test_direct(node_test *test, const job_want *want, double seconds);

/* Its latest account as a message (cli/node_account.h), to be freed; NULL: nothing is new. */
void *node_test_take(node_test *test, size_t *bytes);

/* The last account has been made. */
bool node_test_has_ended(node_test *test);

/* After that. A test that was given up is left as it is, and the process ends without clean-up. */
void node_test_free(node_test *test);

#endif
