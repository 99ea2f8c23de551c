/*
 * Only one run at a time writes a checkpoint file: it holds a lock on FILE.lock, which the system releases however the
 * run ends. The lock is not on the file itself, because every save replaces that.
 *
 * The lock file contains the name of the run's temporary file. The next run removes the temporary file that a killed
 * run has left behind.
 */
#include "save/checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/backend.h"
#include "core/c_locale.h"
#include "core/replace.h"
#include "core/status.h"
#include "core/target.h"
#include "core/temporary.h"
#include "save/state_text.h"

struct mcpi_checkpoint {
    const mcpi_files *files;
    int lock;          /* -1: the file system has no locks */
    bool whole;        /* the file holds a valid checkpoint, which the next save keeps as the previous one */
    bool supersedes;   /* the counts in the saved files have been withdrawn */
    const char *name;  /* as given; stored after the struct */
    mcpi_target where; /* the file that the name resolves to */
    char previous[PATH_MAX], lock_name[PATH_MAX], temporary[PATH_MAX];
    char note[400]; /* warnings not read yet */
};

static const char in_place_note[] =
    "cannot be replaced atomically, so it is written in place: a crash can leave it incomplete";
static const char not_a_lock[] = "not a lock file of mcpi; move or remove it";

/* ---- opening ---- */

/* The file's name with a suffix. False if the result cannot be used as a name. */
static bool name_beside(const mcpi_checkpoint *checkpoint, const char *suffix, char *name)
{
    struct stat there;
    if (strlen(checkpoint->where.path) + strlen(suffix) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    stpcpy(stpcpy(name, checkpoint->where.path), suffix);
    return lstat(name, &there) == 0 || errno == ENOENT;
}

static bool is_other_than_regular(const char *name)
{
    struct stat there;
    return lstat(name, &there) == 0 && !S_ISREG(there.st_mode);
}

static mcpi_status refuse(const mcpi_checkpoint *checkpoint, const char *reason, mcpi_error *error)
{
    return mcpi_fail(error, MCPI_BAD_OPTION, "checkpoint %s: cannot be written: %s", checkpoint->name, reason);
}

static mcpi_status refuse_name(const mcpi_checkpoint *checkpoint, const char *name, const char *reason,
                               mcpi_error *error)
{
    return mcpi_fail(error, MCPI_BAD_OPTION, "checkpoint %s: cannot be written: %s: %s", checkpoint->name, name,
                     reason);
}

/* Resolve the name, and find the names of the files beside the target. */
static mcpi_status find_names(mcpi_checkpoint *checkpoint, mcpi_error *error)
{
    mcpi_target *const where = &checkpoint->where;
    if (!mcpi_target_resolve(checkpoint->name, where))
        return refuse(checkpoint, strerror(errno), error);
    if (where->kind == MCPI_TARGET_STREAM || where->kind == MCPI_TARGET_DESCRIPTOR)
        return refuse(checkpoint, "it is not a regular file", error);
    if (!name_beside(checkpoint, ".previous", checkpoint->previous) ||
        !name_beside(checkpoint, ".lock", checkpoint->lock_name) ||
        !mcpi_temporary_name(where->path, checkpoint->temporary))
        return refuse(checkpoint, errno == ENAMETOOLONG ? "the name is too long with .previous added" : strerror(errno),
                      error);
    if (is_other_than_regular(checkpoint->previous))
        return refuse_name(checkpoint, checkpoint->previous, "not a regular file", error);
    return MCPI_OK;
}

/* ---- the lock ---- */

/* Whether the open file still has that name: the previous run may have removed it meanwhile. */
static bool is_still_there(int file, const char *name)
{
    struct stat opened;
    struct stat named;
    return fstat(file, &opened) == 0 && lstat(name, &named) == 0 && opened.st_dev == named.st_dev &&
           opened.st_ino == named.st_ino;
}

/* Error numbers of file systems and servers that do not support such locks. 524 is the kernel's own ENOTSUPP. */
static bool has_no_locks(int reason)
{
    enum { kernel_enotsupp = 524 };
    return reason == ENOSYS || reason == ENOLCK || reason == EOPNOTSUPP || reason == EINVAL ||
           reason == kernel_enotsupp;
}

static mcpi_status open_lock(mcpi_checkpoint *checkpoint, mcpi_error *error)
{
    struct stat opened;
    checkpoint->lock =
        checkpoint->files->open(checkpoint->lock_name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
    if (checkpoint->lock < 0)
        return refuse_name(checkpoint, checkpoint->lock_name, errno == ELOOP ? not_a_lock : strerror(errno), error);
    if (fstat(checkpoint->lock, &opened) != 0 || !S_ISREG(opened.st_mode) || opened.st_nlink > 1)
        return refuse_name(checkpoint, checkpoint->lock_name, not_a_lock, error);
    return MCPI_OK;
}

static void close_lock(mcpi_checkpoint *checkpoint)
{
    if (checkpoint->lock >= 0)
        checkpoint->files->close(checkpoint->lock);
    checkpoint->lock = -1;
}

/* Read the locked file: it is empty or contains the name of a temporary file. False if it contains anything else. */
static bool read_lock(const mcpi_checkpoint *checkpoint, char name[static MCPI_TEMPORARY_SIZE])
{
    char text[MCPI_TEMPORARY_SIZE + 1];
    const ssize_t length = pread(checkpoint->lock, text, sizeof text, 0);
    name[0] = '\0';
    if (length == 0)
        return true;
    if (length != MCPI_TEMPORARY_SIZE || text[length - 1] != '\n')
        return false;
    text[length - 1] = '\0';
    memcpy(name, text, MCPI_TEMPORARY_SIZE);
    return mcpi_temporary_is_name(name);
}

/* Remove the temporary file of a killed run, and record the name of this run's own. */
static bool take_over(const mcpi_checkpoint *checkpoint)
{
    char left[PATH_MAX];
    memcpy(left, checkpoint->temporary, sizeof left);
    char *const base = strrchr(left, '/') + 1;
    char line[MCPI_TEMPORARY_SIZE + 1];
    snprintf(line, sizeof line, "%s\n", base);
    if (!read_lock(checkpoint, base))
        return false;
    if (*base)
        checkpoint->files->unlink(left);
    /* A full disk does not stop the run from starting: the saves will report it. */
    (void)!pwrite(checkpoint->lock, line, MCPI_TEMPORARY_SIZE, 0);
    return true;
}

static void add_note(mcpi_checkpoint *checkpoint, const char *text)
{
    char *const note = checkpoint->note;
    const size_t length = strlen(note);
    snprintf(note + length, sizeof checkpoint->note - length, "%s%s", length > 0 ? "; " : "", text);
}

static void go_without_lock(mcpi_checkpoint *checkpoint, int reason)
{
    char text[150];
    snprintf(text, sizeof text, "not locked against other runs: the file system has no locks (flock: %s)",
             strerror(reason));
    add_note(checkpoint, text);
    checkpoint->files->unlink(checkpoint->lock_name);
    close_lock(checkpoint);
}

/* Also true if the file system has no locks: then the run goes without, and removes the lock file. */
static bool lock_open_file(mcpi_checkpoint *checkpoint, int *missing)
{
    *missing = 0;
    int locked;
    while ((locked = checkpoint->files->flock(checkpoint->lock, LOCK_EX | LOCK_NB)) != 0 && errno == EINTR)
        ;
    if (locked == 0)
        return true;
    *missing = errno;
    return has_no_locks(errno);
}

static mcpi_status take_lock(mcpi_checkpoint *checkpoint, mcpi_error *error)
{
    for (;;) {
        int missing;
        const mcpi_status status = open_lock(checkpoint, error);
        if (status != MCPI_OK)
            return status;
        if (!lock_open_file(checkpoint, &missing))
            return mcpi_fail(error, MCPI_BAD_OPTION, "checkpoint %s: %s", checkpoint->name,
                             errno == EWOULDBLOCK ? "another run is writing it" : strerror(errno));
        if (is_still_there(checkpoint->lock, checkpoint->lock_name)) {
            if (!take_over(checkpoint))
                return refuse_name(checkpoint, checkpoint->lock_name, not_a_lock, error);
            if (missing)
                go_without_lock(checkpoint, missing);
            return MCPI_OK;
        }
        close_lock(checkpoint);
    }
}

bool mcpi_checkpoint_is_written(const char *path)
{
    char name[PATH_MAX];
    if (snprintf(name, sizeof name, "%s.lock", path) >= (int)sizeof name)
        return false;
    const int lock = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    const bool written = lock >= 0 && flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (lock >= 0)
        close(lock);
    return written;
}

/* ---- reading ---- */

/* Only regular files hold checkpoints, and opening a FIFO could block forever. */
static bool is_other_file(const char *name)
{
    struct stat there;
    return stat(name, &there) == 0 && !S_ISREG(there.st_mode);
}

static mcpi_status load(const char *name, mcpi_state **state, mcpi_error *error)
{
    size_t length;
    mcpi_error cause;
    *state = NULL;
    if (is_other_file(name))
        return mcpi_fail(error, MCPI_BAD_OPTION, "checkpoint %s: cannot be read: not a regular file", name);
    char *text = mcpi_files_read(name, &length);
    if (!text)
        return mcpi_fail(error, MCPI_BAD_OPTION, "checkpoint %s: cannot be read: %s", name, strerror(errno));
    const mcpi_status status = mcpi_state_parse(text, length, state, &cause);
    free(text);
    return status == MCPI_OK ? status : mcpi_fail(error, status, "checkpoint %s: %s", name, cause.message);
}

/* Only a valid checkpoint may be kept as the previous one. */
static bool is_whole(const char *name)
{
    mcpi_state *state = NULL;
    const bool whole = load(name, &state, NULL) == MCPI_OK;
    free(state);
    return whole;
}

mcpi_status mcpi_checkpoint_load(const char *name, mcpi_state **state, mcpi_error *error)
{
    MCPI_C_LOCALE;
    mcpi_error cause;
    const mcpi_status status = load(name, state, &cause);
    if (status == MCPI_OK)
        return status;
    mcpi_target where;
    char previous[PATH_MAX];
    const bool resolved = mcpi_target_resolve(name, &where) && where.kind != MCPI_TARGET_DESCRIPTOR;
    if (resolved && snprintf(previous, sizeof previous, "%s.previous", where.path) < (int)sizeof previous &&
        is_whole(previous))
        return mcpi_fail(error, status, "%s; the previous one is intact: %s", cause.message, previous);
    return mcpi_fail(error, status, "%s", cause.message);
}

/* ---- open and close ---- */

static mcpi_status open_files(mcpi_checkpoint *checkpoint, mcpi_error *error)
{
    mcpi_status status = find_names(checkpoint, error);
    if (status == MCPI_OK)
        status = take_lock(checkpoint, error);
    if (status != MCPI_OK)
        return status;
    if (!mcpi_target_try(checkpoint->files, &checkpoint->where) ||
        !mcpi_temporary_try(checkpoint->files, checkpoint->where.path)) {
        const int reason = errno;
        if (checkpoint->lock >= 0)
            checkpoint->files->unlink(checkpoint->lock_name);
        return refuse(checkpoint, strerror(reason), error);
    }
    checkpoint->whole = is_whole(checkpoint->where.path);
    if (checkpoint->where.kind == MCPI_TARGET_IN_PLACE)
        add_note(checkpoint, in_place_note);
    return MCPI_OK;
}

mcpi_status mcpi_checkpoint_open_on(const mcpi_files *files, const char *name, mcpi_checkpoint **opened,
                                    mcpi_error *error)
{
    const size_t size = strlen(name) + 1;
    *opened = NULL;
    mcpi_checkpoint *checkpoint = calloc(1, sizeof *checkpoint + size);
    if (!checkpoint)
        return mcpi_fail(error, MCPI_NO_MEMORY, "checkpoint %s: out of memory", name);
    checkpoint->files = files;
    checkpoint->lock = -1;
    checkpoint->name = memcpy(checkpoint + 1, name, size);
    const mcpi_status status = open_files(checkpoint, error);
    if (status == MCPI_OK) {
        *opened = checkpoint;
    } else {
        close_lock(checkpoint);
        free(checkpoint);
    }
    return status;
}

mcpi_status mcpi_checkpoint_open(const char *name, mcpi_checkpoint **checkpoint, mcpi_error *error)
{
    MCPI_C_LOCALE;
    return mcpi_checkpoint_open_on(&mcpi_posix_files, name, checkpoint, error);
}

void mcpi_checkpoint_close(mcpi_checkpoint *checkpoint)
{
    if (!checkpoint)
        return;
    checkpoint->files->unlink(checkpoint->temporary); /* a failed save may have left it */
    if (checkpoint->lock >= 0)
        checkpoint->files->unlink(checkpoint->lock_name);
    close_lock(checkpoint);
    free(checkpoint);
}

size_t mcpi_checkpoint_note(mcpi_checkpoint *checkpoint, char *text, size_t size)
{
    const size_t length = strlen(checkpoint->note);
    if (length > 0)
        snprintf(text, size, "checkpoint %s: %s", checkpoint->name, checkpoint->note);
    checkpoint->note[0] = '\0';
    return length;
}

/* ---- saving ---- */

/* Removes first what a failed save may have left. */
static bool write_temporary(const mcpi_checkpoint *checkpoint, const void *bytes, size_t count)
{
    checkpoint->files->unlink(checkpoint->temporary);
    const struct stat *const old = checkpoint->where.exists ? &checkpoint->where.now : NULL;
    return mcpi_temporary_write(checkpoint->files, checkpoint->temporary, old, 0, bytes, count);
}

/* Gives the old content a second name first, so that FILE always exists. Some file systems have no links; there it is
   renamed. */
static bool keep_previous(const mcpi_checkpoint *checkpoint)
{
    const mcpi_files *const files = checkpoint->files;
    const char *const name = checkpoint->where.path;
    if (access(name, F_OK) != 0)
        return true; /* FILE was removed: FILE.previous is the only checkpoint left */
    if (files->unlink(checkpoint->previous) != 0 && errno != ENOENT)
        return false;
    return files->link(name, checkpoint->previous) == 0 || files->rename(name, checkpoint->previous) == 0;
}

static bool drop_previous(const mcpi_checkpoint *checkpoint)
{
    return checkpoint->files->unlink(checkpoint->previous) == 0 || errno == ENOENT;
}

static bool rename_temporary(const mcpi_checkpoint *checkpoint, const char *to)
{
    if (checkpoint->files->rename(checkpoint->temporary, to) != 0)
        return false;
    mcpi_flush_folder(checkpoint->files, to);
    return true;
}

static void remove_temporary(const mcpi_checkpoint *checkpoint)
{
    const int reason = errno;
    checkpoint->files->unlink(checkpoint->temporary);
    errno = reason;
}

static bool replace(mcpi_checkpoint *checkpoint, const void *bytes, size_t count)
{
    if (!write_temporary(checkpoint, bytes, count))
        return false;
    const bool keeps = checkpoint->whole && !checkpoint->supersedes;
    if ((!keeps || keep_previous(checkpoint)) && rename_temporary(checkpoint, checkpoint->where.path)) {
        checkpoint->whole = true;
        return !checkpoint->supersedes || drop_previous(checkpoint);
    }
    remove_temporary(checkpoint);
    return false;
}

static bool write_previous(const mcpi_checkpoint *checkpoint, const void *bytes, size_t count)
{
    if (!write_temporary(checkpoint, bytes, count))
        return false;
    if (rename_temporary(checkpoint, checkpoint->previous))
        return true;
    remove_temporary(checkpoint);
    return false;
}

/* Copies the old content into a separate file. */
static bool copy_to_previous(const mcpi_checkpoint *checkpoint)
{
    size_t count;
    char *const bytes = mcpi_files_read(checkpoint->where.path, &count);
    if (!bytes)
        return false;
    const bool copied = write_previous(checkpoint, bytes, count);
    const int reason = errno;
    free(bytes);
    errno = reason;
    return copied;
}

/* While it is written the file is incomplete, so the previous one is not touched until the write has succeeded. */
static bool overwrite(mcpi_checkpoint *checkpoint, const void *bytes, size_t count)
{
    if (checkpoint->supersedes ? !write_previous(checkpoint, bytes, count)
                               : checkpoint->whole && !copy_to_previous(checkpoint))
        return false;
    checkpoint->whole = mcpi_write_in_place(checkpoint->files, checkpoint->where.path, bytes, count);
    return checkpoint->whole;
}

static bool save(mcpi_checkpoint *checkpoint, const void *bytes, size_t count)
{
    if (checkpoint->where.kind == MCPI_TARGET_IN_PLACE)
        return overwrite(checkpoint, bytes, count);
    if (replace(checkpoint, bytes, count))
        return true;
    if (!checkpoint->where.exists || !mcpi_needs_in_place(errno))
        return false;
    checkpoint->where.kind = MCPI_TARGET_IN_PLACE;
    add_note(checkpoint, in_place_note);
    return overwrite(checkpoint, bytes, count);
}

mcpi_status mcpi_checkpoint_save(mcpi_checkpoint *checkpoint, const mcpi_state *state, mcpi_error *error)
{
    MCPI_C_LOCALE;
    size_t length;
    char *text = mcpi_state_format(state, &length);
    if (!text)
        return mcpi_fail(error, MCPI_NO_MEMORY, "checkpoint %s: out of memory", checkpoint->name);
    checkpoint->supersedes |= state->supersedes != 0;
    const bool saved = save(checkpoint, text, length);
    const int reason = errno;
    checkpoint->supersedes = checkpoint->supersedes && !saved;
    free(text);
    if (saved)
        return MCPI_OK;
    return mcpi_fail(error, MCPI_SYSTEM, "checkpoint %s: cannot be saved: %s", checkpoint->name, strerror(reason));
}
