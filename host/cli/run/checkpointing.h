/* Saving a run to a file and continuing it: --continue, --checkpoint, --resume, --checkpoint-every. */
#ifndef MCPI_CLI_RUN_CHECKPOINTING_H
#define MCPI_CLI_RUN_CHECKPOINTING_H

#include "cli/args/options.h"

typedef struct checkpointing {
    mcpi_checkpoint *checkpoint; /* NULL: nothing is saved */
    mcpi_state *resumed;         /* NULL: the run begins */
    mcpi_error failure;          /* of the last save; status OK if it succeeded */
} checkpointing;

/*
 * Open what the options name and complete `run` with what it says: a run that is resumed has its seed, its range and
 * its target error from the file, and what the options say of them must agree. On failure BAD_OPTION, and it has been
 * complained about.
 */
mcpi_status checkpointing_open(checkpointing *k, const cli_options *options, mcpi_options *run);

/* Save a state; NULL, for which there was no memory, fails. A failure is complained about once, until a save succeeds.
 */
void checkpointing_save(checkpointing *k, const mcpi_state *state);

void checkpointing_close(checkpointing *k);

/* Darts of a state that were counted only once, as far as is known. */
uint64_t unconfirmed_darts(const mcpi_state *state);

#endif
