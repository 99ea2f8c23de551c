/* Messages on standard error. */
#ifndef MCPI_CLI_IO_COMPLAIN_H
#define MCPI_CLI_IO_COMPLAIN_H

#include "cli/io/origin.h"

/* Print "mcpi: ..." on standard error, as one line: control characters become question marks. */
__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

/* A message about this host. In a job it names the host, because processes on many nodes may write to one file. */
__attribute__((format(printf, 2, 3))) void complain_from(const run_origin *origin, const char *format, ...);

/* Send the messages of this thread to `instead`, as lines without "mcpi: " and newline; NULL: to standard error. */
typedef void complaint_sink(void *user, const char *line);
void complain_to(complaint_sink *instead, void *user);

/* Print how long the process was stopped, unless that is 0. */
void note_pause(double seconds);

#endif
