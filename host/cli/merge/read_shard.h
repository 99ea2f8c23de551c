/* Read a file with counts: a result (JSON), a merged result or a checkpoint. */
#ifndef MCPI_CLI_MERGE_READ_SHARD_H
#define MCPI_CLI_MERGE_READ_SHARD_H

#include "save/merge.h"

/* Read the file of this name, or standard input for "-". The caller frees shard->state with free(). On failure it is
   NULL, and the reason has been printed; so are doubts about the counts. */
mcpi_status read_shard(const char *name, mcpi_shard *shard);

#endif
