/*
 * The stress test of one node of a job. It runs on a thread of its own, so that the process keeps responding even if a
 * driver hangs. Its messages become lines of its account.
 */
#ifndef MCPI_CLI_STRESS_NODE_TEST_H
#define MCPI_CLI_STRESS_NODE_TEST_H

#include "cli/args/options.h"
#include "cli/stress/job_link.h"

typedef struct node_test node_test;

/* Start a test; the options are copied. `details`: its last account has all details. NULL if there is no memory or no
   thread. */
node_test *node_test_start(const cli_options *options, bool details);

/* Pass on the requests of rank 0. `seconds`: time since the last call, without pauses of this process. A test that
   makes no progress for too long is given up, with an account that says so. */
void node_test_direct(node_test *test, const job_want *want, double seconds);

/* Its latest account as a message (cli/stress/node_account.h), which the caller frees; NULL: nothing new. */
void *node_test_take(node_test *test, size_t *bytes);

/* Whether the last account has been made. */
bool node_test_has_ended(node_test *test);

/* Call after the test has ended. A test that was given up is left running, and the process ends without clean-up. */
void node_test_free(node_test *test);

#endif
