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

/* "mcpi-abcdefghijkl.tmp" and its zero: never longer than a name may be. */
enum { MCPI_TEMPORARY_SIZE = 22 };

/* Whether a name, without a folder, is one that mcpi gives to its temporary files. */
bool mcpi_temporary_is_name(const char *name);

/*
 * A name for a temporary file in the folder of `path`, which nobody can foresee. `temporary` has PATH_MAX bytes. On
 * failure false, with errno set: ENAMETOOLONG.
 */
bool mcpi_temporary_name(const char *path, char *temporary);

/* Whether the folder of `path` takes new files. Leaves nothing behind. On failure false, with errno set. */
bool mcpi_temporary_try(const mcpi_files *files, const char *path);

/*
 * Write a new file `temporary`, flushed to disk. It never follows a link and never opens a file that is there. Where
 * the file system can do it (O_TMPFILE), the name appears only when the file is whole. A new file has mode `mode` or,
 * if that is 0, what the umask leaves of 0666; one that takes the place of `old` has the permissions of that, and its
 * owner and group where the process may set them. On failure false, with errno set, and nothing of that name is left.
 */
bool mcpi_temporary_write(const mcpi_files *files, const char *temporary, const struct stat *old, mode_t mode,
                          const void *bytes, size_t count);

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
