#include "core/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/* ---- names ---- */

static const char prefix[] = "mcpi-", suffix[] = ".tmp", letters[] = "abcdefghijklmnopqrstuvwxyz234567";

enum { prefix_length = sizeof prefix - 1, suffix_length = sizeof suffix - 1, random_length = 12 };
_Static_assert(prefix_length + random_length + sizeof suffix == MCPI_TEMPORARY_SIZE, "the size of a temporary name");

bool mcpi_temporary_is_name(const char *name)
{
    return strlen(name) == MCPI_TEMPORARY_SIZE - 1 && strncmp(name, prefix, prefix_length) == 0 &&
           strspn(name + prefix_length, letters) == random_length &&
           strcmp(name + prefix_length + random_length, suffix) == 0;
}

bool mcpi_temporary_name(const char *path, char *temporary)
{
    unsigned char random[random_length];
    if (!mcpi_files_folder_of(path, temporary) || getrandom(random, sizeof random, 0) != sizeof random)
        return false;
    if (strlen(temporary) + MCPI_TEMPORARY_SIZE > PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    char *end = stpcpy(temporary + strlen(temporary), prefix);
    for (int i = 0; i < random_length; i++)
        *end++ = letters[random[i] % (sizeof letters - 1)];
    memcpy(end, suffix, sizeof suffix);
    return true;
}

/* ---- temporary files ---- */

static int open_named(const mcpi_files *files, const char *temporary)
{
    return files->open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
}

/* A file without a name, which disappears if the process is killed. -1 if the file system does not support it. */
static int open_unnamed(const mcpi_files *files, const char *temporary)
{
    char folder[PATH_MAX];
    if (!mcpi_files_folder_of(temporary, folder))
        return -1;
    return files->open(folder, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
}

bool mcpi_temporary_try(const mcpi_files *files, const char *path)
{
    char temporary[PATH_MAX];
    if (!mcpi_temporary_name(path, temporary))
        return false;
    const int unnamed = open_unnamed(files, temporary);
    const int file = unnamed >= 0 ? unnamed : open_named(files, temporary);
    if (file < 0)
        return false;
    if (unnamed < 0)
        mcpi_files_discard(files, temporary);
    files->close(file);
    return true;
}

/* Keeping the owner may fail. Without it, the set-user-ID and set-group-ID bits are dropped. */
static bool set_permissions(int file, const struct stat *old, mode_t mode)
{
    if (!old)
        return mode == 0 || fchmod(file, mode) == 0;
    struct stat now;
    if (fstat(file, &now) == 0 && (now.st_uid != old->st_uid || now.st_gid != old->st_gid) &&
        fchown(file, old->st_uid, old->st_gid) != 0)
        return fchmod(file, old->st_mode & 0777) == 0;
    return fchmod(file, old->st_mode & 07777) == 0;
}

typedef struct content {
    const struct stat *old;
    mode_t mode;
    const void *bytes;
    size_t count;
} content;

static bool fill(const mcpi_files *files, int file, const content *what)
{
    (void)set_permissions(file, what->old, what->mode); /* not every file system has permissions */
    return mcpi_files_write_all(files, file, what->bytes, what->count) && files->fsync(file) == 0;
}

static bool write_named(const mcpi_files *files, const char *temporary, const content *what)
{
    const int file = open_named(files, temporary);
    if (file < 0)
        return false;
    if (mcpi_files_close_after(files, file, fill(files, file, what)))
        return true;
    mcpi_files_discard(files, temporary);
    return false;
}

bool mcpi_temporary_write(const mcpi_files *files, const char *temporary, const struct stat *old, mode_t mode,
                          const void *bytes, size_t count)
{
    const content what = {old, mode, bytes, count};
    const int file = open_unnamed(files, temporary);
    if (file < 0)
        return write_named(files, temporary, &what);
    const bool filled = fill(files, file, &what);
    const bool named = filled && files->link_open(file, temporary) == 0;
    if (mcpi_files_close_after(files, file, named))
        return true;
    if (named)
        mcpi_files_discard(files, temporary);
    /* Without /proc the unnamed file cannot be named. */
    return filled && !named && write_named(files, temporary, &what);
}
