#include "core/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/temporary.h"

static bool fail(int reason)
{
    errno = reason;
    return false;
}

/* ---- descriptors ---- */

static const char *base_of(const char *path)
{
    const char *const slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool take_number(const char *text, int *number)
{
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    const long value = strtol(text, &end, 10);
    *number = value <= INT_MAX ? (int)value : INT_MAX;
    return *end == '\0';
}

/* Recognised by the name and the folder, because /proc may not be mounted, and its links may have other names. */
static bool names_descriptor(const char *path, int *descriptor)
{
    static const char *const streams[] = {"/dev/stdin", "/dev/stdout", "/dev/stderr"};
    static const char *const folders[] = {"/proc/self/fd", "/proc/thread-self/fd"};
    char folder[PATH_MAX];
    for (int i = 0; i < 3; i++) {
        if (strcmp(path, streams[i]) == 0) {
            *descriptor = i;
            return true;
        }
    }
    if (!take_number(base_of(path), descriptor) || !mcpi_files_folder_of(path, folder))
        return false;
    return strcmp(folder, "/dev/fd/") == 0 || mcpi_files_are_same(folder, folders[0]) ||
           mcpi_files_are_same(folder, folders[1]);
}

static bool take_descriptor(mcpi_target *target, int descriptor)
{
    const int flags = fcntl(descriptor, F_GETFL);
    target->kind = MCPI_TARGET_DESCRIPTOR;
    target->descriptor = descriptor;
    target->exists = true;
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
        return fail(EBADF);
    return fstat(descriptor, &target->now) == 0;
}

/* ---- links ---- */

/* Replace the path of a link by its target. */
static bool follow(char *path)
{
    char folder[PATH_MAX];
    char to[PATH_MAX];
    const ssize_t length = readlink(path, to, sizeof to - 1);
    if (length < 0 || !mcpi_files_folder_of(path, folder))
        return false;
    to[length] = '\0';
    if (to[0] == '/' || !strchr(path, '/'))
        folder[0] = '\0';
    if (strlen(folder) + (size_t)length >= PATH_MAX)
        return fail(ENAMETOOLONG);
    stpcpy(stpcpy(path, folder), to);
    return true;
}

/* Links in /proc are special: "/proc/9/fd/1" is the open file of that process, whatever its name is now. */
static bool is_in_proc(const char *path)
{
    enum { proc_magic = 0x9fa0 }; /* statfs(2); not every compiler finds linux/magic.h */
    char folder[PATH_MAX];
    struct statfs system;
    return mcpi_files_folder_of(path, folder) && statfs(folder, &system) == 0 && system.f_type == proc_magic;
}

/* The rule of Linux's fs.protected_symlinks, which may be off: in a folder like /tmp, follow only links that belong to
   this user or to the owner of the folder. */
static bool is_planted(const char *path, const struct stat *link)
{
    char folder[PATH_MAX];
    struct stat around;
    if (!mcpi_files_folder_of(path, folder) || stat(folder, &around) != 0)
        return false;
    const bool is_shared = (around.st_mode & S_ISVTX) && (around.st_mode & S_IWOTH);
    return is_shared && link->st_uid != geteuid() && link->st_uid != around.st_uid;
}

static bool take_new(mcpi_target *target)
{
    const char *const base = base_of(target->path);
    target->kind = MCPI_TARGET_FILE;
    return *base ? true : fail(EISDIR);
}

static bool take_existing(mcpi_target *target, mcpi_target_kind kind_of_file)
{
    const mode_t type = target->now.st_mode & S_IFMT;
    target->exists = true;
    if (type == S_IFDIR)
        return fail(EISDIR);
    if (type == S_IFSOCK)
        return fail(ENXIO);
    target->kind = type == S_IFREG ? kind_of_file : MCPI_TARGET_STREAM;
    return true;
}

bool mcpi_target_resolve(const char *name, mcpi_target *target)
{
    enum { most_links = 40 };
    int descriptor = STDOUT_FILENO;
    *target = (mcpi_target){.descriptor = -1};
    if (!*name || strlen(name) >= sizeof target->path)
        return fail(*name ? ENAMETOOLONG : ENOENT);
    memcpy(target->path, name, strlen(name) + 1);
    if (strcmp(name, "-") == 0)
        return take_descriptor(target, descriptor);
    for (int links = 0; links < most_links; links++) {
        struct stat behind;
        if (names_descriptor(target->path, &descriptor))
            return take_descriptor(target, descriptor);
        if (lstat(target->path, &target->now) != 0)
            return errno == ENOENT && take_new(target);
        if (!S_ISLNK(target->now.st_mode))
            return take_existing(target, MCPI_TARGET_FILE);
        if (is_planted(target->path, &target->now))
            return fail(EACCES);
        const bool dangles = stat(target->path, &behind) != 0;
        if (dangles && errno != ENOENT)
            return false;
        if (!dangles && is_in_proc(target->path)) {
            target->now = behind;
            return take_existing(target, MCPI_TARGET_IN_PLACE);
        }
        if (!follow(target->path))
            return false;
    }
    return fail(ELOOP);
}

/* ---- can it be written? ---- */

/* The number of the mount of a path; -1 if it is not known. */
static long mount_of(const char *path)
{
    char line[80];
    long mount = -1;
    const int file = open(path, O_PATH | O_CLOEXEC);
    if (file < 0)
        return -1;
    snprintf(line, sizeof line, "/proc/self/fdinfo/%d", file);
    FILE *const info = fopen(line, "re");
    while (info && mount < 0 && fgets(line, sizeof line, info))
        if (strncmp(line, "mnt_id:", 7) == 0)
            mount = strtol(line + 7, NULL, 10);
    if (info)
        fclose(info);
    close(file);
    return mount;
}

static bool is_mount_point(const char *path)
{
    char folder[PATH_MAX];
    const long mount = mount_of(path);
    if (mount < 0 || !mcpi_files_folder_of(path, folder))
        return false;
    const long around = mount_of(folder);
    return around >= 0 && around != mount;
}

/* In a folder with the sticky bit, only root and the owners of the file and the folder may rename over the file. */
static bool is_held_by_folder(const mcpi_target *target)
{
    char folder[PATH_MAX];
    struct stat around;
    const uid_t user = geteuid();
    return mcpi_files_folder_of(target->path, folder) && stat(folder, &around) == 0 && (around.st_mode & S_ISVTX) &&
           user != 0 && user != around.st_uid && user != target->now.st_uid;
}

bool mcpi_target_try(const mcpi_files *files, mcpi_target *target)
{
    if (target->kind == MCPI_TARGET_DESCRIPTOR || target->kind == MCPI_TARGET_STREAM)
        return true;
    if (target->exists && faccessat(AT_FDCWD, target->path, W_OK, AT_EACCESS) != 0)
        return false;
    if (target->kind == MCPI_TARGET_IN_PLACE)
        return true;
    if (target->exists && (is_mount_point(target->path) || is_held_by_folder(target))) {
        target->kind = MCPI_TARGET_IN_PLACE;
        return true;
    }
    if (mcpi_temporary_try(files, target->path))
        return true;
    if (!target->exists || (errno != EACCES && errno != EPERM && errno != EROFS))
        return false;
    target->kind = MCPI_TARGET_IN_PLACE;
    return true;
}

/* ---- the same? ---- */

static bool is_device(const mcpi_target *target)
{
    return S_ISCHR(target->now.st_mode) || S_ISBLK(target->now.st_mode);
}

bool mcpi_target_same(const mcpi_target *a, const mcpi_target *b)
{
    char folder_of_a[PATH_MAX];
    char folder_of_b[PATH_MAX];
    if (a->descriptor >= 0 && a->descriptor == b->descriptor)
        return true;
    if (a->exists != b->exists)
        return false;
    if (a->exists)
        return !is_device(a) && a->now.st_dev == b->now.st_dev && a->now.st_ino == b->now.st_ino;
    return strcmp(base_of(a->path), base_of(b->path)) == 0 && mcpi_files_folder_of(a->path, folder_of_a) &&
           mcpi_files_folder_of(b->path, folder_of_b) && mcpi_files_are_same(folder_of_a, folder_of_b);
}
