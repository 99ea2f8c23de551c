/* Replaces read_result.c in builds without json-c. */
#include "cli/merge/read_result.h"
#include "core/backend.h"
#include "core/status.h"

mcpi_status read_result(const char *text, size_t length, mcpi_state **state, result_notes *notes, mcpi_error *error)
{
    (void)text;
    (void)length;
    *state = NULL;
    *notes = (result_notes){0};
    return mcpi_fail(
        error, MCPI_BAD_OPTION,
        "not a checkpoint; this mcpi was built without json-c (Debian: libjson-c-dev) and cannot read JSON");
}
