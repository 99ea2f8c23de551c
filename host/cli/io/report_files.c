#include "cli/io/report_files.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

const char *report_format_name(report_format format)
{
    static const char *const names[] = {
        [REPORT_TEXT] = "text", [REPORT_JSON] = "JSON", [REPORT_CSV] = "CSV", [REPORT_MARKDOWN] = "Markdown"};
    return names[format];
}

report_format report_format_of(const char *file_name)
{
    static const struct {
        const char *ending;
        report_format format;
    } endings[] = {
        {".txt", REPORT_TEXT}, {".csv", REPORT_CSV}, {".md", REPORT_MARKDOWN}, {".markdown", REPORT_MARKDOWN}};
    const char *const dot = strrchr(file_name, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot, endings[i].ending) == 0)
            return endings[i].format;
    return REPORT_JSON;
}

size_t report_files_open(report_files *files, report_format on_stdout, const char *const *names, size_t count)
{
    *files = (report_files){.on_stdout = on_stdout};
    for (; files->count < count; files->count++) {
        const size_t i = files->count;
        files->formats[i] = report_format_of(names[i]);
        if (output_open(&files->files[i], names[i], 0))
            continue;
        const int reason = errno;
        for (size_t k = 0; k < i; k++)
            output_discard(&files->files[k]);
        errno = reason;
        return i;
    }
    return count;
}

void report_write_files(const report_files *files, const report_renderers *renderers, const void *report)
{
    for (size_t i = 0; i < files->count; i++)
        renderers->as[files->formats[i]](files->files[i].file, report);
}

void report_write(const report_files *files, const report_renderers *renderers, const void *report)
{
    renderers->as[files->on_stdout](stdout, report);
    report_write_files(files, renderers, report);
}

bool report_wants(const report_files *files, report_format format)
{
    bool wanted = files->on_stdout == format;
    for (size_t i = 0; i < files->count; i++)
        wanted = wanted || files->formats[i] == format;
    return wanted;
}

/* A file without content stays as it was: the command has failed before it had a report. */
static bool finish(output *out)
{
    if (ftell(out->file) != 0)
        return output_commit(out);
    output_discard(out);
    return true;
}

size_t report_files_commit(report_files *files)
{
    size_t failed = files->count;
    int reason = 0;
    for (size_t i = 0; i < files->count; i++) {
        if (!finish(&files->files[i]) && failed == files->count) {
            failed = i;
            reason = errno;
        }
    }
    if (failed < files->count)
        errno = reason;
    return failed;
}
