#include "cli/args/suggest.h"

#include <string.h>

enum { longest = 24 };

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* The optimal string alignment distance (Damerau and Levenshtein, no part changed twice). */
static unsigned distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    unsigned row[longest + 1][longest + 1];
    for (size_t i = 0; i <= a_length; i++) {
        for (size_t k = 0; k <= b_length; k++) {
            if (i == 0 || k == 0) {
                row[i][k] = (unsigned)(i + k);
                continue;
            }
            row[i][k] = least(row[i - 1][k - 1] + (a[i - 1] != b[k - 1]), least(row[i - 1][k], row[i][k - 1]) + 1);
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
                row[i][k] = least(row[i][k], row[i - 2][k - 2] + 1);
        }
    }
    return row[a_length][b_length];
}

void suggestion_consider(suggestion *s, const char *name)
{
    const size_t length = strlen(name);
    if (s->length > longest || length > longest)
        return;
    const unsigned found = distance(s->typed, s->length, name, length);
    if (found <= 1 + length / 3 && (!s->best || found < s->distance)) {
        s->best = name;
        s->distance = found;
    }
}
