#include "cli/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static bool open_temporary(output *out, const struct stat *old)
{
    if (snprintf(out->temporary, sizeof out->temporary, "%s.XXXXXX", out->name) >= (int)sizeof out->temporary) {
        out->temporary[0] = '\0';
        errno = ENAMETOOLONG;
        return false;
    }
    const int descriptor = mkstemp(out->temporary);
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

bool output_open(output *out, const char *name)
{
    struct stat old;
    *out = (output){.name = name};
    const bool exists = stat(name, &old) == 0;
    if (exists && S_ISDIR(old.st_mode)) {
        errno = EISDIR;
        return false;
    }
    if (exists && !S_ISREG(old.st_mode)) {
        out->file = fopen(name, "w");
        return out->file != NULL;
    }
    if (exists && access(name, W_OK) != 0)
        return false;
    return open_temporary(out, exists ? &old : NULL);
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
        output_discard(out);
    errno = reason;
    return written;
}

void output_discard(const output *out)
{
    if (out->temporary[0])
        unlink(out->temporary);
}
