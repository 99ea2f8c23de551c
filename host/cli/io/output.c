#include "cli/io/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "cli/io/interrupt.h"
#include "core/replace.h"

/* Opening a FIFO for writing blocks until it has a reader. A signal ends the wait, with EINTR. */
static int open_to_write(const char *path)
{
    static const struct timespec pause = {.tv_nsec = 50000000};
    for (;;) {
        const int stream = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        if (stream >= 0)
            fcntl(stream, F_SETFL, fcntl(stream, F_GETFL) & ~O_NONBLOCK);
        if (stream >= 0 || errno != ENXIO)
            return stream;
        if (interrupt_requested(NULL)) {
            errno = EINTR;
            return -1;
        }
        nanosleep(&pause, NULL);
    }
}

/* -1 for a file, which is opened when its content is complete. */
static bool open_stream(output *out)
{
    const mcpi_target *const target = &out->target;
    out->stream = -1;
    if (target->kind == MCPI_TARGET_DESCRIPTOR)
        out->stream = fcntl(target->descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    else if (target->kind == MCPI_TARGET_STREAM)
        out->stream = open_to_write(target->path);
    else
        return true;
    return out->stream >= 0;
}

static void close_stream(const output *out)
{
    if (out->stream >= 0)
        close(out->stream);
}

/* Some sandboxes have no memfd_create; an unnamed temporary file serves as well. */
static bool open_memory(output *out)
{
    const int memory = memfd_create("mcpi output", MFD_CLOEXEC);
    if (memory < 0)
        return (out->file = tmpfile()) != NULL;
    out->file = fdopen(memory, "w+");
    if (!out->file)
        close(memory);
    return out->file != NULL;
}

bool output_open(output *out, const char *name, mode_t mode)
{
    *out = (output){.name = name, .mode = mode, .stream = -1};
    if (!mcpi_target_resolve(name, &out->target) || !mcpi_target_try(&mcpi_posix_files, &out->target) ||
        !open_stream(out))
        return false;
    if (open_memory(out))
        return true;
    const int reason = errno;
    close_stream(out);
    errno = reason;
    return false;
}

static bool deliver(output *out, const void *bytes, size_t count)
{
    if (out->stream < 0)
        return mcpi_replace(&mcpi_posix_files, &out->target, out->mode, bytes, count);
    /* Earlier output to standard output comes first, if it goes to the same file. */
    return fflush(stdout) == 0 && mcpi_files_write_all(&mcpi_posix_files, out->stream, bytes, count);
}

/* gnuplot writes to the descriptor and bypasses out->file, so the content is read from the descriptor. */
static bool deliver_memory(output *out)
{
    struct stat now;
    if (fflush(out->file) != 0 || ferror(out->file) || fstat(fileno(out->file), &now) != 0)
        return false;
    if (now.st_size == 0)
        return deliver(out, "", 0);
    const size_t size = (size_t)now.st_size;
    void *const bytes = mmap(NULL, size, PROT_READ, MAP_SHARED, fileno(out->file), 0);
    if (bytes == MAP_FAILED)
        return false;
    const bool delivered = deliver(out, bytes, size);
    const int reason = errno;
    munmap(bytes, size);
    errno = reason;
    return delivered;
}

bool output_commit(output *out)
{
    bool written = deliver_memory(out);
    int reason = errno;
    if (out->stream >= 0 && close(out->stream) != 0 && written) {
        written = false;
        reason = errno;
    }
    fclose(out->file);
    out->file = NULL;
    errno = reason;
    return written;
}

void output_discard(output *out)
{
    fclose(out->file);
    close_stream(out);
    out->file = NULL;
}

FILE *output_open_lines(const char *name)
{
    output out;
    if (!mcpi_target_resolve(name, &out.target) || !open_stream(&out))
        return NULL;
    const int stream =
        out.stream >= 0 ? out.stream : open(out.target.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    FILE *const file = stream >= 0 ? fdopen(stream, "w") : NULL;
    const int reason = errno;
    if (file)
        setvbuf(file, NULL, _IOLBF, BUFSIZ);
    else if (stream >= 0)
        close(stream);
    errno = reason;
    return file;
}
