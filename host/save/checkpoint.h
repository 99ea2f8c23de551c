/* Checkpoint files on file systems with failures that tests inject; see mcpi_checkpoint_open in mcpi/mcpi.h. */
#ifndef MCPI_SAVE_CHECKPOINT_H
#define MCPI_SAVE_CHECKPOINT_H

#include <stdbool.h>

#include "core/files.h"
#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Is a run, in this process or another, writing the checkpoint with this path? False if the file system has no locks.
 */
bool mcpi_checkpoint_is_written(const char *path);

mcpi_status mcpi_checkpoint_open_on(const mcpi_files *files, const char *name, mcpi_checkpoint **opened,
                                    mcpi_error *error);

#ifdef __cplusplus
}
#endif

#endif
