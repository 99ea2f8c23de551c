/*
 * Writing a file whole: into a temporary file beside it, flushed to disk, renamed. Or in place, where it must be.
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

/* Flush the folder of a path to disk: so a new name is. Not every file system can; failures are ignored. */
void mcpi_flush_folder(const mcpi_files *files, const char *path);

/* Overwrite a file that is there. On failure false, with errno set, and it can hold anything. */
bool mcpi_write_in_place(const mcpi_files *files, const char *path, const void *bytes, size_t count);

/* Whether a rename failed in a way that leaves the file to be written in place. */
bool mcpi_needs_in_place(int reason);

/*
 * Make a target hold these bytes: a file as a whole or not at all, one that cannot be replaced in place. The target's
 * kind becomes MCPI_TARGET_IN_PLACE if that is found out only now. Not for descriptors and streams. On failure false,
 * with errno set.
 */
bool mcpi_replace(const mcpi_files *files, mcpi_target *target, mode_t mode, const void *bytes, size_t count);

#ifdef __cplusplus
}
#endif

#endif
