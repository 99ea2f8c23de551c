#include "cli/plot.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/quantity.h"

enum { picture_width = 800 };

/* ---- names and the date ---- */

enum { ending_length = 4 };

static const char *ending_of(const char *name)
{
    const size_t length = strlen(name);
    return length > ending_length ? name + length - ending_length : "";
}

/* Gnuplot's terminal, or NULL. */
static const char *terminal_of(const char *name)
{
    if (strcasecmp(ending_of(name), ".svg") == 0)
        return "svg";
    return strcasecmp(ending_of(name), ".png") == 0 ? "png" : NULL;
}

bool plot_takes_name(const char *name)
{
    return terminal_of(name) != NULL;
}

/* Of today where the user is or, so that a picture can be made again, of SOURCE_DATE_EPOCH, as everywhere alike. */
static bool find_date(char *text, size_t size)
{
    const char *const epoch = getenv("SOURCE_DATE_EPOCH");
    uint64_t seconds = 0;
    const bool known = !epoch || (parse_word(epoch, &seconds) == QUANTITY_OK && seconds <= INT64_MAX);
    const time_t when = epoch ? (time_t)seconds : time(NULL);
    struct tm day;
    if (known && (epoch ? gmtime_r(&when, &day) : localtime_r(&when, &day)) &&
        strftime(text, size, ", %Y-%m-%d", &day) > 0)
        return true;
    complain("SOURCE_DATE_EPOCH '%s': must be the seconds since 1970", epoch ? epoch : "");
    return false;
}

static bool open_or_complain(output *out, const char *name)
{
    if (output_open(out, name))
        return true;
    complain("--plot: %s cannot be written: %s", name, strerror(errno));
    return false;
}

bool plot_open(plot *p, const char *name)
{
    *p = (plot){.terminal = terminal_of(name)};
    if (!find_date(p->date, sizeof p->date))
        return false;
    const int stem = (int)(strlen(name) - ending_length);
    if (snprintf(p->script_name, sizeof p->script_name, "%.*s.gnuplot", stem, name) >= (int)sizeof p->script_name) {
        complain("--plot %s: cannot be written: %s", name, strerror(ENAMETOOLONG));
        return false;
    }
    if (!open_or_complain(&p->script, p->script_name))
        return false;
    if (open_or_complain(&p->picture, name))
        return true;
    output_discard(&p->script);
    return false;
}

void plot_discard(plot *p)
{
    output_discard(&p->picture);
    output_discard(&p->script);
}

/* ---- the script ---- */

/* Bytes of the UTF-8 character at `text` (RFC 3629), or 0 if there is none. */
static size_t utf8_length(const unsigned char *text)
{
    const unsigned char lead = text[0];
    if (lead < 0x80)
        return 1;
    const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    uint32_t code = lead & (0x7FU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (text[i] & 0x3F);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool valid = lead >= 0xC0 && code >= least[length] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    return valid ? length : 0;
}

/* At most `most` characters; of a longer text the beginning, and dots. */
static void write_string(FILE *script, const char *text, size_t most)
{
    const unsigned char *c = (const unsigned char *)text;
    fputc('\'', script);
    for (size_t written = 0; *c; written++) {
        const size_t length = utf8_length(c);
        if (written == most) {
            fputs("...", script);
            break;
        }
        if (*c == '\'')
            fputs("''", script);
        else if (length == 0 || *c < 0x20 || *c == 0x7F)
            fputc('?', script);
        else
            fwrite(c, 1, length, script);
        c += length > 0 ? length : 1;
    }
    fputc('\'', script);
}

void plot_string(FILE *script, const char *text)
{
    write_string(script, text, SIZE_MAX);
}

/* Debian's gnuplot has pngcairo, which draws finer than png; not every gnuplot has. */
static void write_terminal(const plot *p, unsigned height)
{
    static const char svg[] = "'svg background \"#FFFFFF\"'";
    static const char png[] = "(strstrt(GPVAL_TERMINALS, 'pngcairo') ? 'pngcairo' : 'png')";
    fprintf(p->script.file, "eval 'set terminal '.%s.' enhanced font \"sans-serif,13\" size %d,%u'\n",
            strcmp(p->terminal, "svg") == 0 ? svg : png, picture_width, height);
}

enum { title_pixels = 26, line_pixels = 21, heading_pixels = 80 };

/* A text that is too long is cut, what is put behind it is not. */
static void write_heading_line(const plot *p, unsigned height, int line, const char *text, const char *behind)
{
    enum { most_characters = 80 };
    const double y = 1.0 - (double)(title_pixels + line * line_pixels) / height;
    fputs("set label ", p->script.file);
    write_string(p->script.file, text, most_characters);
    fputc('.', p->script.file);
    write_string(p->script.file, behind, most_characters);
    fprintf(p->script.file, " at screen 0.02, screen %.4f left noenhanced %s\n", y,
            line == 0 ? "font ',17'" : "textcolor rgb grey");
}

FILE *plot_begin(plot *p, unsigned height, const plot_heading *heading)
{
    static const char colours[] = "blue = '#0072B2'; orange = '#E69F00'; green = '#009E73'; vermilion = '#D55E00'\n"
                                  "sky = '#56B4E9'; purple = '#CC79A7'; yellow = '#F0E442'; grey = '#6E6E6E'\n";
    FILE *const script = p->script.file;
    fputs("set encoding utf8\n", script);
    write_terminal(p, height);
    fputs(colours, script);
    write_heading_line(p, height, 0, heading->title, "");
    write_heading_line(p, height, 1, heading->details, "");
    write_heading_line(p, height, 2, heading->machine, p->date);
    fprintf(script, "set tmargin at screen %.4f\n", 1.0 - (double)heading_pixels / height);
    fputs("set grid linecolor rgb '#DDDDDD' linewidth 1\nset border linecolor rgb grey\n", script);
    return script;
}

/* ---- gnuplot ---- */

extern char **environ;

/* Its standard input is the script, its standard output the picture. Without it false, with errno set. */
static bool start_gnuplot(const plot *p, pid_t *child)
{
    static char program[] = "gnuplot", as_delivered[] = "-d"; /* not as a file in somebody's home says */
    char *const arguments[] = {program, as_delivered, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t usual;
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&files, fileno(p->picture.file), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, fileno(p->script.file), STDIN_FILENO);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    errno = posix_spawnp(child, program, &files, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return errno == 0;
}

static bool has_content(FILE *file)
{
    struct stat now;
    return fstat(fileno(file), &now) == 0 && now.st_size > 0;
}

/* Whether it ended well with a picture; if not, why. */
static bool wait_for_picture(const plot *p, pid_t child, char *reason, size_t size)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFSIGNALED(status))
        snprintf(reason, size, "gnuplot was ended by signal %d", WTERMSIG(status));
    else if (WEXITSTATUS(status) != 0)
        snprintf(reason, size, "gnuplot failed with exit code %d", WEXITSTATUS(status));
    else if (!has_content(p->picture.file))
        snprintf(reason, size, "gnuplot drew nothing");
    else
        return true;
    return false;
}

static int commit(output *out)
{
    if (output_commit(out))
        return EXIT_DONE;
    complain("--plot: %s cannot be written: %s", out->name, strerror(errno));
    return EXIT_FAILED;
}

/* No picture for a reason: the script takes its place. */
static int keep_script(plot *p, const char *reason, int code)
{
    output_discard(&p->picture);
    if (commit(&p->script) != EXIT_DONE)
        return EXIT_FAILED;
    complain("--plot: %s; to draw the picture: gnuplot <'%s' >'%s'", reason, p->script_name, p->picture.name);
    return code;
}

int plot_finish(plot *p)
{
    FILE *const script = p->script.file;
    char reason[200];
    pid_t child;
    if (fflush(script) != 0 || ferror(script) || fseek(script, 0, SEEK_SET) != 0) {
        complain("--plot: %s cannot be written: %s", p->script_name, strerror(errno));
        plot_discard(p);
        return EXIT_FAILED;
    }
    if (!start_gnuplot(p, &child)) {
        snprintf(reason, sizeof reason, "gnuplot, which draws, cannot be started (Debian: gnuplot-nox): %s",
                 strerror(errno));
        return keep_script(p, reason, EXIT_DONE);
    }
    if (!wait_for_picture(p, child, reason, sizeof reason))
        return keep_script(p, reason, EXIT_FAILED);
    output_discard(&p->script);
    return commit(&p->picture);
}
