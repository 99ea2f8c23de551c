/* Saving a run to a file and continuing it: --continue, --checkpoint, --resume, --checkpoint-every. */
#ifndef MCPI_CLI_KEEP_H
#define MCPI_CLI_KEEP_H

#include "cli/options.h"

typedef struct keeper {
    mcpi_checkpoint *checkpoint; /* NULL: nothing is saved */
    mcpi_state *resumed;         /* NULL: the run begins */
    mcpi_error failure;          /* of the last save; status OK if it succeeded */
} keeper;

/*
 * Open what the options name and complete `run` with what it says: a run that is resumed has its seed, its range and
 * its target error from the file, and what the options say of them must agree. On failure BAD_OPTION, and it has been
 * complained about.
 */
mcpi_status keep_open(keeper *k, const cli_options *options, mcpi_options *run);

/* Save a state; NULL, for which there was no memory, fails. A failure is complained about once, until a save succeeds.
 */
void keep_state(keeper *k, const mcpi_state *state);

void keep_close(keeper *k);

/* Darts of a state that were counted only once, as far as is known. */
uint64_t unconfirmed_darts(const mcpi_state *state);

#endif
