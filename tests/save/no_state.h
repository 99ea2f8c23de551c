/* States for which there is no memory. Link with --wrap=mcpi_state_new, and include this in one file of a program. */
#ifndef MCPI_TESTS_SAVE_NO_STATE_H
#define MCPI_TESTS_SAVE_NO_STATE_H

#include "save/state_text.h"

/* Calls of mcpi_state_new that succeed before one fails; -1: all do. The linker puts the function below in its place
   (--wrap). */
inline int states_left = -1;

extern "C" {
mcpi_state *__real_mcpi_state_new(size_t parts);
mcpi_state *__wrap_mcpi_state_new(size_t parts);
}

mcpi_state *__wrap_mcpi_state_new(size_t parts)
{
    return states_left >= 0 && states_left-- == 0 ? nullptr : __real_mcpi_state_new(parts);
}

#endif
