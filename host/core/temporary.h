/* Temporary files: their names, and writing one so that a kill leaves nothing behind where the file system can do that.
 */
#ifndef MCPI_CORE_TEMPORARY_H
#define MCPI_CORE_TEMPORARY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "core/files.h"

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

#ifdef __cplusplus
}
#endif

#endif
