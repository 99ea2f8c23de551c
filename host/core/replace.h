/*
 * Writing a whole file: to a temporary file in the same folder, flushed to disk and renamed, or in place if renaming is
 * not possible.
 */
#ifndef MCPI_CORE_REPLACE_H
#define MCPI_CORE_REPLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/files.h"
#include "core/target.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Flush the folder of a path to disk, so that a new name in it is durable. Failures are ignored: not every file system
   supports this. */
void mcpi_flush_folder(const mcpi_files *files, const char *path);

/* Overwrite an existing file. On failure false, with errno set; the content of the file is then undefined. */
bool mcpi_write_in_place(const mcpi_files *files, const char *path, const void *bytes, size_t count);

/* Whether a rename failed with an error after which writing in place may still work. */
bool mcpi_needs_in_place(int reason);

/*
 * Replace the content of a target: atomically for a file, in place if it cannot be replaced. If this becomes known only
 * now, the target's kind becomes MCPI_TARGET_IN_PLACE. Not for descriptors and streams. On failure false, with errno
 * set.
 */
bool mcpi_replace(const mcpi_files *files, mcpi_target *target, mode_t mode, const void *bytes, size_t count);

#ifdef __cplusplus
}
#endif

#endif
