/*
 * The program mcpi-manual, which the build runs: write the manual page of the library, and the manual page and the
 * completions of each program, into a folder.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/io/complain.h"
#include "cli/io/exit_process.h"
#include "cli/manual/manual.h"

/* Write FOLDER/PREFIX PROGRAM SUFFIX from a template. False after a message. */
static bool write_file(const manual *m, const char *template_name, const char *folder, const char *prefix,
                       const char *suffix)
{
    char from[PATH_MAX], to[PATH_MAX];
    snprintf(from, sizeof from, "%s/host/cli/manual/%s", m->sources, template_name);
    snprintf(to, sizeof to, "%s/%s%s%s", folder, prefix, m->program->name, suffix);
    FILE *const in = fopen(from, "r");
    FILE *const out = in ? fopen(to, "w") : NULL;
    bool written = out && manual_write(out, in, m);
    if (out && fclose(out) != 0)
        written = false;
    if (!written)
        complain("%s cannot be written from %s: %s", to, from, strerror(errno));
    if (in)
        (void)fclose(in);
    return written;
}

static bool write_all_of(const manual *m, const char *folder)
{
    char page[NAME_MAX];
    snprintf(page, sizeof page, "%s.1.in", m->program->name);
    return write_file(m, page, folder, "", ".1") && write_file(m, "completion.bash.in", folder, "", ".bash") &&
           write_file(m, "completion.zsh.in", folder, "_", "") &&
           write_file(m, "completion.fish.in", folder, "", ".fish");
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        complain("usage: mcpi-manual SOURCE_FOLDER OUTPUT_FOLDER");
        return EXIT_USAGE;
    }
    const manual one = {.program = &mcpi_program, .sources = argv[1]};
    const manual many = {.program = &mcpi_mpi_program, .sources = argv[1]};
    const bool written =
        write_file(&one, "mcpi.3.in", argv[2], "", ".3") && write_all_of(&one, argv[2]) && write_all_of(&many, argv[2]);
    return written ? EXIT_DONE : EXIT_FAILED;
}
