/*
 * The system calls that write files, in a table: tests put failures into it, such as a full disk, a short write or a
 * file system without locks. Also: reading a whole file.
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
    int (*link_open)(int file, const char *name); /* give a name to a file that was opened with O_TMPFILE */
    int (*rename)(const char *from, const char *to);
    int (*unlink)(const char *name);
    int (*flock)(int file, int operation);
} mcpi_files;

extern const mcpi_files mcpi_posix_files;

/* Write `count` bytes, in as many calls as it takes. On failure false, with errno set; ENOSPC if a call wrote nothing.
 */
bool mcpi_files_write_all(const mcpi_files *files, int file, const void *bytes, size_t count);

/* Close a file after writing to it. False, with the errno of the first call that failed, unless both succeeded. */
bool mcpi_files_close_after(const mcpi_files *files, int file, bool succeeded);

/* Remove a file that could not be finished; errno stays as it is. */
void mcpi_files_discard(const mcpi_files *files, const char *path);

/* Whether two names lead to the same file or folder. */
bool mcpi_files_are_same(const char *a, const char *b);

/*
 * Copy the folder of a path, with its slash, or "./" if the path has none. `folder` has PATH_MAX bytes. False, with
 * errno set to ENAMETOOLONG, if it does not fit.
 */
bool mcpi_files_folder_of(const char *path, char *folder);

/*
 * The whole of a file of up to 256 MiB, to be freed by the caller, with a zero behind it; NULL with errno set. By its
 * name, or what is left of one that is open and stays so.
 */
char *mcpi_files_read(const char *name, size_t *count);
char *mcpi_files_read_open(FILE *file, size_t *count);

#ifdef __cplusplus
}
#endif

#endif
