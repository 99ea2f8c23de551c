#include "core/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int posix_open(const char *name, int flags, mode_t mode)
{
    return open(name, flags, mode);
}

/* Through /proc, because linkat with AT_EMPTY_PATH needs a privilege. */
static int posix_link_open(int file, const char *name)
{
    char link_name[40];
    snprintf(link_name, sizeof link_name, "/proc/self/fd/%d", file);
    return linkat(AT_FDCWD, link_name, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
}

const mcpi_files mcpi_posix_files = {
    posix_open, write, ftruncate, fsync, close, link, posix_link_open, rename, unlink, flock,
};

bool mcpi_files_write_all(const mcpi_files *files, int file, const void *bytes, size_t count)
{
    const char *next = bytes;
    while (count > 0) {
        const ssize_t written = files->write(file, next, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            errno = written == 0 ? ENOSPC : errno;
            return false;
        }
        next += written;
        count -= (size_t)written;
    }
    return true;
}

bool mcpi_files_are_same(const char *a, const char *b)
{
    struct stat of_a;
    struct stat of_b;
    return stat(a, &of_a) == 0 && stat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

bool mcpi_files_folder_of(const char *path, char *folder)
{
    const char *const slash = strrchr(path, '/');
    const size_t length = slash ? (size_t)(slash - path) + 1 : 2;
    if (length >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(folder, slash ? path : "./", length);
    folder[length] = '\0';
    return true;
}

/* No file of mcpi is larger than this. A larger one may be a device without an end. */
static const size_t largest = 1 << 28;

char *mcpi_files_read_open(FILE *file, size_t *count)
{
    char *bytes = NULL;
    *count = 0;
    for (size_t room = 1 << 16;; room *= 2) {
        char *const more = room <= largest ? realloc(bytes, room + 1) : NULL;
        if (!more) {
            errno = room <= largest ? ENOMEM : EFBIG;
            break;
        }
        bytes = more;
        *count += fread(bytes + *count, 1, room - *count, file);
        if (ferror(file))
            break;
        if (*count < room) {
            bytes[*count] = '\0';
            return bytes;
        }
    }
    const int reason = errno;
    free(bytes);
    errno = reason;
    return NULL;
}

char *mcpi_files_read(const char *name, size_t *count)
{
    FILE *file = fopen(name, "rb");
    if (!file)
        return NULL;
    char *const bytes = mcpi_files_read_open(file, count);
    const int reason = errno;
    fclose(file);
    errno = reason;
    return bytes;
}

bool mcpi_files_close_after(const mcpi_files *files, int file, bool succeeded)
{
    const int reason = errno;
    const bool closed = files->close(file) == 0;
    if (!succeeded)
        errno = reason;
    return succeeded && closed;
}

void mcpi_files_discard(const mcpi_files *files, const char *temporary)
{
    const int reason = errno;
    files->unlink(temporary);
    errno = reason;
}
