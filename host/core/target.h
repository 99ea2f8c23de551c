/*
 * What a file name refers to, before anything is written: a file that can be replaced, a file that can only be written
 * in place, a descriptor of this process, or a device or FIFO.
 */
#ifndef MCPI_CORE_TARGET_H
#define MCPI_CORE_TARGET_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "core/files.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum mcpi_target_kind {
    MCPI_TARGET_FILE,       /* a regular file, or a new name: replaced atomically */
    MCPI_TARGET_IN_PLACE,   /* a regular file that cannot be replaced by renaming */
    MCPI_TARGET_STREAM,     /* a device or a FIFO: opened and written to */
    MCPI_TARGET_DESCRIPTOR, /* a descriptor of this process: written to, at its own offset */
} mcpi_target_kind;

typedef struct mcpi_target {
    mcpi_target_kind kind;
    int descriptor;      /* of MCPI_TARGET_DESCRIPTOR, otherwise -1 */
    bool exists;         /* whether `now` is set */
    struct stat now;     /* of the existing file */
    char path[PATH_MAX]; /* with symbolic links resolved; otherwise the name as given */
} mcpi_target;

/*
 * Resolve a name. "-", /dev/stdout, /dev/stderr, /dev/fd/N and /proc/self/fd/N are descriptors. The target of a
 * dangling link is a new file. Nothing is opened or created.
 *
 * On failure false, with errno set: ELOOP for a cycle of links, EACCES for a link that another user has put into a
 * folder like /tmp, EISDIR for a folder, ENXIO for a socket, EBADF for a descriptor that is not open for writing,
 * ENAMETOOLONG, or what the file system says.
 */
bool mcpi_target_resolve(const char *name, mcpi_target *target);

/*
 * Find out whether the target can be written. A file becomes MCPI_TARGET_IN_PLACE if it can be written but not
 * replaced: it is a mount point, its folder accepts no new files, or another user owns the file in a folder like /tmp.
 * Nothing remains on disk. On failure false, with errno set. Devices and FIFOs are not tried, because opening a FIFO
 * may block until another process reads it.
 */
bool mcpi_target_try(const mcpi_files *files, mcpi_target *target);

/*
 * Whether two targets are the same file: the same existing file, or the same new name in the same folder. Two devices
 * are never the same, because a device such as /dev/null accepts several outputs.
 */
bool mcpi_target_same(const mcpi_target *a, const mcpi_target *b);

#ifdef __cplusplus
}
#endif

#endif
