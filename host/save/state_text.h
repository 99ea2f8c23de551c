/*
 * A state of a run as text, and back:
 *
 *     mcpi checkpoint 2
 *     dart philox4x32-10 x*x+y*y<2^62
 *     seed 0
 *     stream 0
 *     first 0
 *     darts 10000000000
 *     target-error 0x0p+0
 *     goal 10000000000
 *     verify full
 *     parts 2
 *     0 4000000 3141593
 *     8000000 1000 785
 *     confirmed 1
 *     0 2000000 1570797
 *     checksum 0123456789abcdef
 *
 * Each line ends with a newline, the last one included. A part is first dart, darts, hits. The
 * parts behind "confirmed" were counted twice, to the same count; format 1 has none, and no
 * line "verify". The checksum is the CRC-64
 * of all that stands before its line, with the polynomial of ECMA-182: it detects every change within 64 bits in a row,
 * and all but one in 2^64 of any others.
 */
#ifndef MCPI_SAVE_STATE_TEXT_H
#define MCPI_SAVE_STATE_TEXT_H

#include <stdbool.h>

#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A state of zeros with room for `parts` parts, in one piece of memory, so that free() is enough; NULL without any. */
mcpi_state *mcpi_state_new(size_t parts);

/*
 * Whether the range ends at or below MCPI_DART_END, the goal is within the range, and the parts are in order, disjoint,
 * within the goal and have no more hits than darts; the same for the confirmed parts.
 */
bool mcpi_state_is_consistent(const mcpi_state *state);

/* The text, which the caller frees; NULL if out of memory. */
char *mcpi_state_format(const mcpi_state *state, size_t *length);

/*
 * Read a text. On failure, BAD_OPTION or NO_MEMORY, *state is NULL and the error gives the reason without a file name:
 * cut short, damaged, another definition of the dart, or not a checkpoint.
 */
mcpi_status mcpi_state_parse(const char *text, size_t length, mcpi_state **state, mcpi_error *error);

#ifdef __cplusplus
}
#endif

#endif
