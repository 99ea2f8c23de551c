/*
 * Results read back (schema mcpi.result.v1), as report_json writes them. By json-c; where the program is built without
 * it, read_result_absent.c stands in and says so.
 */
#ifndef MCPI_CLI_READ_RESULT_H
#define MCPI_CLI_READ_RESULT_H

#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Read a result into *state, which free() frees: one part, and a goal beyond it if the run was stopped. Looked at are
 * schema, seed, stream, first, darts, hits, complete and, where it is, goal. A run in which a device counted wrong has
 * left that device out, and is as good as any. BAD_OPTION, and the reason without a name, if the text is not JSON or no
 * result, or if a number is missing, out of range or not whole.
 */
mcpi_status read_result(const char *text, size_t length, mcpi_state **state, mcpi_error *error);

#ifdef __cplusplus
}
#endif

#endif
