/*
 * What saving asks of the file system, behind functions that tests can put failures into: a disk that is full, a write
 * that is cut short, a folder that may not be written.
 */
#ifndef MCPI_SAVE_FILES_H
#define MCPI_SAVE_FILES_H

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
    int (*fsync)(int file);
    int (*close)(int file);
    int (*link)(const char *name, const char *other);
    int (*rename)(const char *from, const char *to);
    int (*unlink)(const char *name);
} mcpi_files;

extern const mcpi_files mcpi_posix_files;

/*
 * Make `name` hold these bytes: whole, on disk, or not at all. What it held before is kept under `previous`. Where the
 * file system has hard links, there is at no moment a `name` that is missing or holds less than the old content or the
 * new. On failure false, with errno set, and `name` is as it was.
 */
bool mcpi_files_replace(const mcpi_files *files, const char *name, const char *previous, const void *bytes,
                        size_t count);

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
