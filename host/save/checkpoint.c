/*
 * One run writes a checkpoint file at a time: it holds a lock on FILE.lock, which the system lets go of however the run
 * ends. The lock is not on the file itself, because every save puts a new file in its place.
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

#include "mcpi/backend.h"
#include "mcpi/c_locale.h"
#include "save/state.h"

struct mcpi_checkpoint {
    const mcpi_files *files;
    int lock;
    char name[PATH_MAX - 16];
    char previous[PATH_MAX];
    char lock_name[PATH_MAX];
};

/* Whether the file that was opened still is the one of that name: the run before may have removed it meanwhile. */
static bool is_still_there(int file, const char *name)
{
    struct stat opened;
    struct stat named;
    return fstat(file, &opened) == 0 && stat(name, &named) == 0 && opened.st_dev == named.st_dev &&
           opened.st_ino == named.st_ino;
}

static mcpi_status take_lock(mcpi_checkpoint *checkpoint, mcpi_error *error)
{
    for (;;) {
        checkpoint->lock = open(checkpoint->lock_name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (checkpoint->lock < 0)
            return mcpi_fail(error, MCPI_BAD_OPTION, "checkpoint %s: cannot be written: %s: %s", checkpoint->name,
                             checkpoint->lock_name, strerror(errno));
        if (flock(checkpoint->lock, LOCK_EX | LOCK_NB) != 0) {
            const int reason = errno;
            close(checkpoint->lock);
            checkpoint->lock = -1;
            return mcpi_fail(error, MCPI_BAD_OPTION, "checkpoint %s: %s", checkpoint->name,
                             reason == EWOULDBLOCK ? "another run is writing it" : strerror(reason));
        }
        if (is_still_there(checkpoint->lock, checkpoint->lock_name))
            return MCPI_OK;
        close(checkpoint->lock);
    }
}

mcpi_status mcpi_checkpoint_open_on(const mcpi_files *files, const char *name, mcpi_checkpoint **opened,
                                    mcpi_error *error)
{
    *opened = NULL;
    mcpi_checkpoint *checkpoint = calloc(1, sizeof *checkpoint);
    if (!checkpoint)
        return mcpi_fail(error, MCPI_NO_MEMORY, "checkpoint %s: out of memory", name);
    checkpoint->files = files;
    checkpoint->lock = -1;
    if (strlen(name) >= sizeof checkpoint->name || !*name) {
        free(checkpoint);
        return mcpi_fail(error, MCPI_BAD_OPTION, "checkpoint '%s': no name for a file", name);
    }
    snprintf(checkpoint->name, sizeof checkpoint->name, "%s", name);
    snprintf(checkpoint->previous, sizeof checkpoint->previous, "%s.previous", name);
    snprintf(checkpoint->lock_name, sizeof checkpoint->lock_name, "%s.lock", name);
    const mcpi_status status = take_lock(checkpoint, error);
    if (status == MCPI_OK)
        *opened = checkpoint;
    else
        free(checkpoint);
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
    unlink(checkpoint->lock_name);
    close(checkpoint->lock);
    free(checkpoint);
}

mcpi_status mcpi_checkpoint_save(mcpi_checkpoint *checkpoint, const mcpi_state *state, mcpi_error *error)
{
    MCPI_C_LOCALE;
    size_t length;
    char *text = mcpi_state_format(state, &length);
    if (!text)
        return mcpi_fail(error, MCPI_NO_MEMORY, "checkpoint %s: out of memory", checkpoint->name);
    const bool saved = mcpi_files_replace(checkpoint->files, checkpoint->name, checkpoint->previous, text, length);
    const int reason = errno;
    free(text);
    if (saved)
        return MCPI_OK;
    return mcpi_fail(error, MCPI_SYSTEM, "checkpoint %s: cannot be saved: %s", checkpoint->name, strerror(reason));
}

static mcpi_status load(const char *name, mcpi_state **state, mcpi_error *error)
{
    size_t length;
    mcpi_error cause;
    *state = NULL;
    char *text = mcpi_files_read(name, &length);
    if (!text)
        return mcpi_fail(error, MCPI_BAD_OPTION, "checkpoint %s: cannot be read: %s", name, strerror(errno));
    const mcpi_status status = mcpi_state_parse(text, length, state, &cause);
    free(text);
    return status == MCPI_OK ? status : mcpi_fail(error, status, "checkpoint %s: %s", name, cause.message);
}

mcpi_status mcpi_checkpoint_load(const char *name, mcpi_state **state, mcpi_error *error)
{
    MCPI_C_LOCALE;
    mcpi_error cause;
    const mcpi_status status = load(name, state, &cause);
    if (status == MCPI_OK)
        return status;
    char previous[PATH_MAX];
    mcpi_state *older = NULL;
    snprintf(previous, sizeof previous, "%s.previous", name);
    if (strlen(name) + sizeof ".previous" <= sizeof previous)
        load(previous, &older, NULL);
    const bool offer = older != NULL;
    free(older);
    if (offer)
        return mcpi_fail(error, status, "%s; the one before it is whole: --resume %s --checkpoint %s", cause.message,
                         previous, name);
    return mcpi_fail(error, status, "%s", cause.message);
}
