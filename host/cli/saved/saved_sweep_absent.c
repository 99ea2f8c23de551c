/* Replaces saved_sweep.c in builds without json-c. */
#include "cli/saved/saved_sweep.h"
#include "core/backend.h"
#include "core/status.h"

mcpi_status saved_sweep_read(const char *text, size_t length, const char *file, saved_sweep *saved, mcpi_error *error)
{
    (void)text;
    (void)length;
    (void)file;
    *saved = (saved_sweep){0};
    return mcpi_fail(error, MCPI_BAD_OPTION,
                     "this mcpi was built without json-c (Debian: libjson-c-dev) and cannot read JSON");
}

void saved_sweep_free(saved_sweep *saved)
{
    (void)saved;
}
