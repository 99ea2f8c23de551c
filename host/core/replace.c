#include "core/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/temporary.h"

void mcpi_flush_folder(const mcpi_files *files, const char *path)
{
    char folder[PATH_MAX];
    if (!mcpi_files_folder_of(path, folder))
        return;
    const int file = files->open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (file < 0)
        return;
    files->fsync(file);
    files->close(file);
}

bool mcpi_write_in_place(const mcpi_files *files, const char *path, const void *bytes, size_t count)
{
    const int file = files->open(path, O_WRONLY | O_CLOEXEC, 0);
    return file >= 0 && mcpi_files_close_after(files, file,
                                               mcpi_files_write_all(files, file, bytes, count) &&
                                                   files->truncate(file, (off_t)count) == 0 && files->fsync(file) == 0);
}

/* EPERM: the file of another user in a folder with the sticky bit. */
bool mcpi_needs_in_place(int reason)
{
    return reason == EBUSY || reason == EXDEV || reason == EPERM;
}

bool mcpi_replace(const mcpi_files *files, mcpi_target *target, mode_t mode, const void *bytes, size_t count)
{
    char temporary[PATH_MAX];
    if (target->kind == MCPI_TARGET_IN_PLACE)
        return mcpi_write_in_place(files, target->path, bytes, count);
    if (!mcpi_temporary_name(target->path, temporary) ||
        !mcpi_temporary_write(files, temporary, target->exists ? &target->now : NULL, mode, bytes, count))
        return false;
    if (files->rename(temporary, target->path) == 0) {
        mcpi_flush_folder(files, target->path);
        return true;
    }
    mcpi_files_discard(files, temporary);
    if (!target->exists || !mcpi_needs_in_place(errno))
        return false;
    target->kind = MCPI_TARGET_IN_PLACE;
    return mcpi_write_in_place(files, target->path, bytes, count);
}
