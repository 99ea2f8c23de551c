/* Saving a run to a file and continuing it: --continue, --checkpoint, --resume, --checkpoint-every. */
#ifndef MCPI_CLI_RUN_CHECKPOINTING_H
#define MCPI_CLI_RUN_CHECKPOINTING_H

#include "cli/args/options.h"

typedef struct checkpointing {
    mcpi_checkpoint *checkpoint; /* NULL: nothing is saved */
    mcpi_state *resumed;         /* NULL: a new run */
    mcpi_error failure;          /* the error of the last save; status OK if it succeeded */
} checkpointing;

/*
 * Open the files that the options name, and complete `run` from them: a resumed run takes its seed, range and target
 * error from the file, and given options must agree with these. On failure returns BAD_OPTION, after a message.
 */
mcpi_status checkpointing_open(checkpointing *k, const cli_options *options, mcpi_options *run);

/* Save a state; NULL, if there was no memory for one, counts as a failure. Failures are reported once, until a save
   succeeds. */
void checkpointing_save(checkpointing *k, const mcpi_state *state);

void checkpointing_close(checkpointing *k);

/* The number of darts of a state that are not known to have been counted twice. */
uint64_t unconfirmed_darts(const mcpi_state *state);

#endif
