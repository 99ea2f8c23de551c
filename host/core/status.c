/* Names and texts of statuses, error messages, and the clock. */
#include "core/status.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

static const char *const names[] = {
#define MCPI_STATUS_NAME(name, text) #name,
    MCPI_STATUS_MAP(MCPI_STATUS_NAME)
#undef MCPI_STATUS_NAME
};

static const char *const texts[] = {
#define MCPI_STATUS_TEXT(name, text) text,
    MCPI_STATUS_MAP(MCPI_STATUS_TEXT)
#undef MCPI_STATUS_TEXT
};

static bool is_status(mcpi_status status)
{
    return (size_t)status < sizeof names / sizeof *names;
}

const char *mcpi_status_name(mcpi_status status)
{
    return is_status(status) ? names[status] : "?";
}

const char *mcpi_status_text(mcpi_status status)
{
    return is_status(status) ? texts[status] : "?";
}

const char *mcpi_version(void)
{
    return MCPI_VERSION;
}

mcpi_status mcpi_fail(mcpi_error *error, mcpi_status status, const char *format, ...)
{
    if (error) {
        va_list arguments;
        va_start(arguments, format);
        error->status = status;
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
    }
    return status;
}

uint64_t mcpi_darts_of_parts(const mcpi_part *parts, size_t count)
{
    uint64_t darts = 0;
    for (size_t i = 0; i < count; i++)
        darts += parts[i].darts;
    return darts;
}

double mcpi_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
