/* Temporary files: their names, and writing one so that nothing remains if the process is killed, if the file system
   supports that. */
#ifndef MCPI_CORE_TEMPORARY_H
#define MCPI_CORE_TEMPORARY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "core/files.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The size of "mcpi-abcdefghijkl.tmp" with its zero, well within the limit of file names. */
enum { MCPI_TEMPORARY_SIZE = 22 };

/* Whether a name, without a folder, has the form of mcpi's temporary files. */
bool mcpi_temporary_is_name(const char *name);

/*
 * An unpredictable name for a temporary file in the folder of `path`. `temporary` has PATH_MAX bytes. On failure false,
 * with errno set: ENAMETOOLONG.
 */
bool mcpi_temporary_name(const char *path, char *temporary);

/* Whether the folder of `path` accepts new files. Nothing remains on disk. On failure false, with errno set. */
bool mcpi_temporary_try(const mcpi_files *files, const char *path);

/*
 * Write a new file `temporary`, flushed to disk. Never follows a link and never opens an existing file. If the file
 * system supports O_TMPFILE, the name appears only when the file is complete. The file gets mode `mode`, or 0666
 * without the bits of the umask if `mode` is 0. A file that replaces `old` gets its permissions, and its owner and
 * group if the process may set them. On failure false, with errno set, and no file of that name remains.
 */
bool mcpi_temporary_write(const mcpi_files *files, const char *temporary, const struct stat *old, mode_t mode,
                          const void *bytes, size_t count);

#ifdef __cplusplus
}
#endif

#endif
