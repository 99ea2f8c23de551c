#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is open. A signal handler has nothing but globals. */
enum { most_open = 8 };
static const output *volatile all_open[most_open];

/* Put `new` where `old` is in that list. False if it is not there. */
static bool relist(const output *old, const output *new)
{
    for (int i = 0; i < most_open; i++) {
        if (all_open[i] == old) {
            all_open[i] = new;
            return true;
        }
    }
    return false;
}

/* The permissions a new file would have had, which mkstemp's are not. */
static void set_permissions(int descriptor, const struct stat *old)
{
    mode_t mode = 0666;
    if (old) {
        mode = old->st_mode & 07777;
    } else {
        const mode_t mask = umask(0);
        umask(mask);
        mode &= ~mask;
    }
    (void)fchmod(descriptor, mode);
}

static void remove_temporary(const output *out)
{
    if (out->temporary[0])
        unlink(out->temporary);
}

static bool open_temporary(output *out, const struct stat *old)
{
    if (snprintf(out->temporary, sizeof out->temporary, "%s.XXXXXX", out->name) >= (int)sizeof out->temporary) {
        out->temporary[0] = '\0';
        errno = ENAMETOOLONG;
        return false;
    }
    const int descriptor = mkostemp(out->temporary, O_CLOEXEC);
    if (descriptor < 0) {
        out->temporary[0] = '\0';
        return false;
    }
    set_permissions(descriptor, old);
    out->file = fdopen(descriptor, "w");
    if (!out->file)
        close(descriptor);
    return out->file != NULL;
}

static bool open_file(output *out, const char *name)
{
    struct stat old;
    const bool exists = stat(name, &old) == 0;
    if (exists && S_ISDIR(old.st_mode)) {
        errno = EISDIR;
        return false;
    }
    if (exists && !S_ISREG(old.st_mode)) {
        out->file = fopen(name, "we");
        return out->file != NULL;
    }
    if (exists && access(name, W_OK) != 0)
        return false;
    return open_temporary(out, exists ? &old : NULL);
}

bool output_open(output *out, const char *name)
{
    *out = (output){.name = name};
    if (!relist(NULL, out)) {
        errno = EMFILE;
        return false;
    }
    if (open_file(out, name))
        return true;
    const int reason = errno;
    remove_temporary(out);
    relist(out, NULL);
    errno = reason;
    return false;
}

bool output_commit(output *out)
{
    bool written = fflush(out->file) == 0 && !ferror(out->file);
    if (written && out->temporary[0])
        written = fsync(fileno(out->file)) == 0;
    int reason = errno;
    if (fclose(out->file) != 0 && written) {
        written = false;
        reason = errno;
    }
    out->file = NULL;
    if (written && out->temporary[0] && rename(out->temporary, out->name) != 0) {
        written = false;
        reason = errno;
    }
    if (!written)
        remove_temporary(out);
    relist(out, NULL);
    errno = reason;
    return written;
}

void output_discard(output *out)
{
    fclose(out->file);
    out->file = NULL;
    remove_temporary(out);
    relist(out, NULL);
}

void output_abandon_all(void)
{
    for (int i = 0; i < most_open; i++) {
        const output *const out = all_open[i];
        if (out)
            remove_temporary(out);
    }
}
