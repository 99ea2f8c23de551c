/* "Did you mean": the name that the user probably wanted to type. */
#ifndef MCPI_CLI_ARGS_SUGGEST_H
#define MCPI_CLI_ARGS_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

/* Names to choose from, and the best of them so far. */
typedef struct suggestion {
    const char *typed; /* not ended by '\0' */
    size_t length;
    const char *best; /* NULL: none is close */
    unsigned distance;
} suggestion;

/* Consider a name. It is close if at most a third of its characters, rounded down, plus one differ: inserted, missing,
   wrong, or swapped with the next. */
void suggestion_consider(suggestion *s, const char *name);

#endif
