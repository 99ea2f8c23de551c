/* Read a file with counts: a result (JSON), a merged result or a checkpoint. */
#ifndef MCPI_CLI_MERGE_READ_SHARD_H
#define MCPI_CLI_MERGE_READ_SHARD_H

#include "mcpi/mcpi.h"

/* The content of one file. */
typedef struct shard_file {
    const char *name;     /* for messages */
    mcpi_state *state;    /* it requested the darts from its first one to its goal */
    uint64_t unconfirmed; /* darts of the state that a run with --verify full counted only once */
    uint64_t timed_darts; /* darts of the state of which it is known how long they took, */
    double seconds;       /* and how long */
} shard_file;

/* Read the file of this name, or standard input for "-". The caller frees shard->state with free(). On failure it is
   NULL, and the reason has been printed; so are doubts about the counts. */
mcpi_status read_shard(const char *name, shard_file *shard);

#endif
