#include "save/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int posix_open(const char *name, int flags, mode_t mode)
{
    return open(name, flags, mode);
}

const mcpi_files mcpi_posix_files = {posix_open, write, fsync, close, link, rename, unlink};

/* A write may take fewer bytes than it was given, or none because of a signal. */
static bool write_all(const mcpi_files *files, int file, const char *bytes, size_t count)
{
    while (count > 0) {
        const ssize_t written = files->write(file, bytes, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            errno = written == 0 ? ENOSPC : errno;
            return false;
        }
        bytes += written;
        count -= (size_t)written;
    }
    return true;
}

static bool write_file(const mcpi_files *files, const char *name, const void *bytes, size_t count)
{
    const int file = files->open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0)
        return false;
    const bool written = write_all(files, file, bytes, count) && files->fsync(file) == 0;
    const int reason = errno;
    const bool closed = files->close(file) == 0;
    errno = written ? errno : reason;
    return written && closed;
}

/* A name is on disk when its folder is. Not every file system can do that, and none is asked to: the bytes are. */
static void flush_folder(const mcpi_files *files, const char *name)
{
    char folder[PATH_MAX];
    const char *const slash = strrchr(name, '/');
    const size_t length = slash ? (size_t)(slash - name) + 1 : 1;
    if (length >= sizeof folder)
        return;
    memcpy(folder, slash ? name : ".", length);
    folder[length] = '\0';
    const int file = files->open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (file < 0)
        return;
    files->fsync(file);
    files->close(file);
}

/* A second name for the old content, so that the first is never without one. Some file systems have no links. */
static bool keep_previous(const mcpi_files *files, const char *name, const char *previous)
{
    if (files->unlink(previous) != 0 && errno != ENOENT)
        return false;
    if (files->link(name, previous) == 0 || errno == ENOENT)
        return true;
    return files->rename(name, previous) == 0 || errno == ENOENT;
}

bool mcpi_files_replace(const mcpi_files *files, const char *name, const char *previous, const void *bytes,
                        size_t count)
{
    char temporary[PATH_MAX];
    if (snprintf(temporary, sizeof temporary, "%s.new", name) >= (int)sizeof temporary) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (write_file(files, temporary, bytes, count) && keep_previous(files, name, previous) &&
        files->rename(temporary, name) == 0) {
        flush_folder(files, name);
        return true;
    }
    const int reason = errno;
    files->unlink(temporary);
    errno = reason;
    return false;
}

/* Larger is no file of ours: a device that never ends, perhaps. */
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
