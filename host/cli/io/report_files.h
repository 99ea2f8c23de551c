/*
 * Where a report goes: to standard output, in the format that the options name, and to each file of -o, in the format
 * that the ending of its name stands for. Each file is opened before anything is counted, and appears only with a
 * complete report.
 */
#ifndef MCPI_CLI_IO_REPORT_FILES_H
#define MCPI_CLI_IO_REPORT_FILES_H

#include "cli/io/output.h"

typedef enum report_format { REPORT_TEXT, REPORT_JSON, REPORT_CSV, REPORT_MARKDOWN, REPORT_FORMATS } report_format;

/* Those besides JSON, for cli_command.formats. */
enum { REPORT_TABLES = 1 << REPORT_TEXT | 1 << REPORT_CSV | 1 << REPORT_MARKDOWN };

/* Write a report in one format. The formats that a command does not have are NULL. */
typedef struct report_renderers {
    void (*as[REPORT_FORMATS])(FILE *out, const void *report);
} report_renderers;

enum { report_most_files = 8 };

typedef struct report_files {
    report_format on_stdout;
    size_t count;
    output files[report_most_files];
    report_format formats[report_most_files];
} report_files;

/* "text", "JSON", "CSV", "Markdown" */
const char *report_format_name(report_format format);

/* The format of .txt, .json, .csv, .md and .markdown, in upper or lower case; JSON for other names. */
report_format report_format_of(const char *file_name);

/* Open the files. On failure returns the index of the name that cannot be written, with errno set and nothing left
   open; `count` on success. */
size_t report_files_open(report_files *files, report_format on_stdout, const char *const *names, size_t count);

/* Write a report to standard output and to all files, or to all files only. */
void report_write(const report_files *files, const report_renderers *renderers, const void *report);
void report_write_files(const report_files *files, const report_renderers *renderers, const void *report);

/* Whether a report in this format is wanted anywhere. */
bool report_wants(const report_files *files, report_format format);

/* Let the files appear that have been written to. Returns the index of the first that cannot be written, with errno
   set; `count` on success. All files are closed. */
size_t report_files_commit(report_files *files);

#endif
