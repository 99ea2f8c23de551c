#include "cli/io/plot.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/args/quantity.h"
#include "cli/io/complain.h"
#include "cli/io/exit_process.h"
#include "cli/io/interrupt.h"

/* Pixels. A title of 15 points has 68 characters in a line of the picture, a text of 11 points 104. */
enum { title_pixels = 28, line_pixels = 21 };
enum { most_in_title = 68, most_in_line = 80, most_in_warning = 88, most_warnings = 2 };

/* ---- names and the date ---- */

enum { ending_length = 4 };

static const char *ending_of(const char *name)
{
    const size_t length = strlen(name);
    return length > ending_length ? name + length - ending_length : "";
}

const char *const plot_endings[] = {".svg", ".png", NULL};

/* The gnuplot terminal for the file's ending, or NULL. */
static const char *terminal_of(const char *name)
{
    const char *const *ending = plot_endings;
    while (*ending && strcasecmp(ending_of(name), *ending) != 0)
        ending++;
    return *ending ? *ending + 1 : NULL;
}

bool plot_takes_name(const char *name)
{
    return terminal_of(name) != NULL;
}

bool plot_name_script(const char *name, char *script_name)
{
    const int stem = (int)(strlen(name) - ending_length);
    return snprintf(script_name, PATH_MAX, "%.*s.gnuplot", stem, name) < PATH_MAX;
}

/* Today in local time or, for reproducible pictures, the day of SOURCE_DATE_EPOCH in UTC. */
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
    complain("SOURCE_DATE_EPOCH '%s': must be a number of seconds since 1970", epoch ? epoch : "");
    return false;
}

static bool open_or_complain(output *out, const char *name)
{
    if (output_open(out, name, 0))
        return true;
    complain("--plot: %s cannot be written: %s", name, strerror(errno));
    return false;
}

bool plot_open(plot *p, const char *name)
{
    *p = (plot){.terminal = terminal_of(name)};
    if (!find_date(p->date, sizeof p->date))
        return false;
    if (!plot_name_script(name, p->script_name)) {
        complain("--plot %s: cannot be written: %s", name, strerror(ENAMETOOLONG));
        return false;
    }
    if (!open_or_complain(&p->picture, name))
        return false;
    if (open_or_complain(&p->script, p->script_name))
        return true;
    output_discard(&p->picture);
    return false;
}

void plot_discard(plot *p)
{
    output_discard(&p->picture);
    output_discard(&p->script);
}

/* ---- the script ---- */

void plot_short_string(FILE *script, const char *text, size_t most)
{
    static const char dots[] = "...";
    const bool fits = strnlen(text, most) < most || !text[most];
    const size_t length = fits ? strlen(text) : most - strlen(dots);
    fputc('\'', script);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\'')
            fputs("''", script);
        else
            fputc(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?', script);
    }
    fprintf(script, "%s'", fits ? "" : dots);
}

void plot_string(FILE *script, const char *text)
{
    plot_short_string(script, text, SIZE_MAX);
}

/* pngcairo, which Debian's gnuplot has, draws finer than png, but not every gnuplot has it. Both take font sizes in
   points, svg in pixels. */
static void write_terminal(const plot *p, unsigned height)
{
    static const char svg[] = "'svg background \"#FFFFFF\" fontscale 1.33'";
    static const char png[] = "(strstrt(GPVAL_TERMINALS, 'pngcairo') ? 'pngcairo' : 'png')";
    fprintf(p->script.file, "eval 'set terminal '.%s.' enhanced font \"sans-serif,11\" size %d,%u'\n",
            strcmp(p->terminal, "svg") == 0 ? svg : png, plot_width, height);
}

/* One line of the heading: a text, which is shortened if it is too long, and what is appended to it. */
typedef struct heading_line {
    const char *text, *behind, *style;
    size_t most;
} heading_line;

static void write_heading_line(FILE *script, unsigned from_top, const heading_line *line, unsigned height)
{
    fputs("set label ", script);
    plot_short_string(script, line->text, line->most);
    fputc('.', script);
    plot_string(script, line->behind);
    fprintf(script, " at screen 0.02, screen from_bottom(%u) left noenhanced %s\n", height - from_top, line->style);
}

static unsigned warning_lines(const plot_heading *heading)
{
    const size_t count = heading->warnings ? heading->warnings->count : 0;
    return count < most_warnings ? (unsigned)count : most_warnings;
}

/* They are darker than the other lines also in grey. */
static void write_warnings(FILE *script, const plot_heading *heading, unsigned height)
{
    const unsigned lines = warning_lines(heading);
    for (unsigned i = 0; i < lines; i++) {
        char behind[40] = "";
        char *text;
        if (i + 1 == lines && heading->warnings->count > lines)
            snprintf(behind, sizeof behind, " (and %zu more)", heading->warnings->count - lines);
        if (asprintf(&text, "Warning: %s", heading->warnings->all[i].text) < 0)
            return;
        const heading_line line = {text, behind, "textcolor rgb '#A00000'", most_in_warning};
        write_heading_line(script, title_pixels + (3 + i) * line_pixels, &line, height);
        free(text);
    }
}

static void write_heading(const plot *p, const plot_heading *heading, unsigned height)
{
    static const char plain[] = "textcolor rgb grey";
    const heading_line lines[] = {{heading->title, "", "font ',15'", most_in_title},
                                  {heading->details, "", plain, most_in_line},
                                  {heading->machine, p->date, plain, most_in_line}};
    for (unsigned i = 0; i < sizeof lines / sizeof *lines; i++)
        write_heading_line(p->script.file, title_pixels + i * line_pixels, &lines[i], height);
    write_warnings(p->script.file, heading, height);
}

FILE *plot_begin(plot *p, unsigned height, const plot_heading *heading)
{
    static const char colours[] = "blue = '#0072B2'; orange = '#E69F00'; green = '#009E73'; vermilion = '#D55E00'\n"
                                  "sky = '#56B4E9'; purple = '#CC79A7'; yellow = '#F0E442'; grey = '#6E6E6E'\n";
    const unsigned whole = height + warning_lines(heading) * line_pixels;
    FILE *const script = p->script.file;
    write_terminal(p, whole);
    fputs(colours, script);
    fprintf(script, "from_bottom(pixels) = pixels / %u.0\n", whole);
    write_heading(p, heading, whole);
    fprintf(script, "set tmargin at screen from_bottom(%u)\n", height - plot_heading_height);
    fputs("set grid linecolor rgb '#DDDDDD' linewidth 1\nset border linecolor rgb grey\n", script);
    return script;
}

void plot_extend(plot_range *range, double value)
{
    if (!isfinite(value))
        return;
    range->low = fmin(range->low, value);
    range->high = fmax(range->high, value);
}

void plot_set_range(FILE *script, char axis, plot_range range)
{
    fprintf(script, "set %crange [%.17g:%.17g]\n", axis, range.low, range.high);
}

double plot_decade_below(double value)
{
    return pow(10.0, floor(log10(value)));
}

/* ---- gnuplot ---- */

/* Whether gnuplot reads defaults from a variable: a terminal that it does not have would end it before it reads the
   script. */
static bool is_replaced(const char *variable)
{
    static const char *const names[] = {"GNUTERM=", "GNUPLOT_DEFAULT_GDFONT=", "LC_ALL="};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(variable, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* The environment of this program with a terminal that every gnuplot has. The caller frees it with free(); NULL if out
   of memory. */
static char **gnuplot_environment(void)
{
    static char terminal[] = "GNUTERM=unknown", locale[] = "LC_ALL=C";
    size_t count = 0;
    while (environ[count])
        count++;
    char **const variables = calloc(count + 3, sizeof *variables);
    if (!variables)
        return NULL;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!is_replaced(environ[i]))
            variables[kept++] = environ[i];
    variables[kept++] = terminal;
    variables[kept] = locale;
    return variables;
}

/* Start gnuplot with the script as standard input and the picture as standard output. On failure returns false and sets
   errno. */
static bool start_gnuplot(const plot *p, pid_t *child)
{
    static char program[] = "gnuplot", as_delivered[] = "-d"; /* ignore ~/.gnuplot */
    char *const arguments[] = {program, as_delivered, NULL};
    char **const variables = gnuplot_environment();
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t usual;
    signal(SIGCHLD, SIG_DFL); /* the parent process may have ignored it; then waitpid would not return the status */
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGXFSZ);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&files, fileno(p->picture.file), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, fileno(p->script.file), STDIN_FILENO);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    const int refused = variables ? posix_spawnp(child, program, &files, &attributes, arguments, variables) : ENOMEM;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    free(variables);
    errno = refused;
    return refused == 0;
}

static bool has_content(FILE *file)
{
    struct stat now;
    return fstat(fileno(file), &now) == 0 && now.st_size > 0;
}

typedef enum drawing { DRAWN, NOT_STARTED, FAILED } drawing;

static drawing not_started(int error, char *reason, size_t size)
{
    snprintf(reason, size, "cannot start gnuplot, which draws the plots (Debian: gnuplot-nox): %s", strerror(error));
    return NOT_STARTED;
}

/* waitpid, repeated after signals. */
static pid_t wait_for(pid_t child, int *status)
{
    pid_t ended;
    do
        ended = waitpid(child, status, 0);
    while (ended < 0 && errno == EINTR);
    return ended;
}

/* The outcome and, unless it is a picture, the reason. */
static drawing wait_for_picture(const plot *p, pid_t child, char *reason, size_t size)
{
    /* POSIX allows posix_spawn to report a missing program by this exit code only, as it does under emulators. */
    enum { never_began = 127 };
    int status = 0;
    if (wait_for(child, &status) < 0)
        snprintf(reason, size, "cannot get the exit status of gnuplot: %s", strerror(errno));
    else if (WIFSIGNALED(status))
        snprintf(reason, size, "gnuplot was killed by signal %d", WTERMSIG(status));
    else if (WEXITSTATUS(status) == never_began)
        return not_started(ENOENT, reason, size);
    else if (WEXITSTATUS(status) != 0)
        snprintf(reason, size, "gnuplot failed with exit code %d", WEXITSTATUS(status));
    else if (!has_content(p->picture.file))
        snprintf(reason, size, "gnuplot wrote no picture");
    else
        return DRAWN;
    return FAILED;
}

static drawing draw(const plot *p, char *reason, size_t size)
{
    pid_t child;
    return start_gnuplot(p, &child) ? wait_for_picture(p, child, reason, size) : not_started(errno, reason, size);
}

static int commit(output *out)
{
    if (output_commit(out))
        return EXIT_DONE;
    complain("--plot: %s cannot be written: %s", out->name, strerror(errno));
    return EXIT_FAILED;
}

/* A name that output_open has accepted, quoted for the shell. */
typedef struct shell_word {
    char text[4 * sizeof((plot *)0)->script_name];
} shell_word;

static shell_word shell_word_of(const char *name)
{
    shell_word word = {"'"};
    char *end = word.text + 1;
    for (const char *c = name; *c; c++)
        end = *c == '\'' ? stpcpy(end, "'\\''") : (*end = *c, end + 1);
    stpcpy(end, "'");
    return word;
}

/* Keep the script in place of the picture, and say why. */
static int keep_script(plot *p, const char *reason, int code)
{
    output_discard(&p->picture);
    if (commit(&p->script) != EXIT_DONE)
        return EXIT_FAILED;
    complain("--plot: %s; to draw the picture, run: GNUTERM=unknown gnuplot -d <%s >%s", reason,
             shell_word_of(p->script_name).text, shell_word_of(p->picture.name).text);
    return code;
}

int plot_finish(plot *p)
{
    FILE *const script = p->script.file;
    char reason[200];
    if (fflush(script) != 0 || ferror(script) || fseek(script, 0, SEEK_SET) != 0) {
        complain("--plot: %s cannot be written: %s", p->script_name, strerror(errno));
        plot_discard(p);
        return EXIT_FAILED;
    }
    if (interrupt_requested(NULL) >= INTERRUPT_PRINT)
        return keep_script(p, "interrupted before the picture was drawn", EXIT_DONE);
    const drawing drawn = draw(p, reason, sizeof reason);
    if (drawn != DRAWN)
        return keep_script(p, reason, drawn == NOT_STARTED ? EXIT_DONE : EXIT_FAILED);
    output_discard(&p->script);
    return commit(&p->picture);
}
