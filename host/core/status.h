/* Error messages and the monotonic clock. */
#ifndef MCPI_CORE_STATUS_H
#define MCPI_CORE_STATUS_H

#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Fill *error, unless it is NULL, and return `status`: `return mcpi_fail(error, MCPI_NO_MEMORY, "...", ...)`. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
mcpi_status
mcpi_fail(mcpi_error *error, mcpi_status status, const char *format, ...);

/* Seconds on a monotonic clock. */
double mcpi_seconds(void);

#ifdef __cplusplus
}
#endif

#endif
