/*
 * The system calls that write files, as a table, so that tests can inject failures: a full disk, a short write, a file
 * system without locks. Also: reading a whole file.
 */
#ifndef MCPI_CORE_FILES_H
#define MCPI_CORE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mcpi_files {
    int (*open)(const char *name, int flags, mode_t mode);
    ssize_t (*write)(int file, const void *bytes, size_t count);
    int (*truncate)(int file, off_t length);
    int (*fsync)(int file);
    int (*close)(int file);
    int (*link)(const char *name, const char *other);
    int (*link_open)(int file, const char *name); /* name a file that was opened with O_TMPFILE */
    int (*rename)(const char *from, const char *to);
    int (*unlink)(const char *name);
    int (*flock)(int file, int operation);
} mcpi_files;

extern const mcpi_files mcpi_posix_files;

/* Write `count` bytes, with several calls if necessary. On failure false, with errno set; ENOSPC if a call wrote
   nothing. */
bool mcpi_files_write_all(const mcpi_files *files, int file, const void *bytes, size_t count);

/* Close a file after writing to it. True if writing and closing succeeded. Otherwise false, with the errno of the first
   failure. */
bool mcpi_files_close_after(const mcpi_files *files, int file, bool succeeded);

/* Remove a file that could not be finished. Does not change errno. */
void mcpi_files_discard(const mcpi_files *files, const char *temporary);

/* Whether two names lead to the same file or folder. */
bool mcpi_files_are_same(const char *a, const char *b);

/*
 * Copy the folder of a path, with its slash, or "./" if the path has none. `folder` has PATH_MAX bytes. False, with
 * errno set to ENAMETOOLONG, if it does not fit.
 */
bool mcpi_files_folder_of(const char *path, char *folder);

/*
 * Read a whole file of up to 256 MiB, by name, or the rest of an open one, which stays open. The result ends with a
 * zero byte that `count` does not include. Free it with free(). On failure NULL, with errno set.
 */
char *mcpi_files_read(const char *name, size_t *count);
char *mcpi_files_read_open(FILE *file, size_t *count);

#ifdef __cplusplus
}
#endif

#endif
