#include "cuda/coverage.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct entry {
    int capability;
    char suffix; /* 'a' for one architecture, 'f' for a family, or 0 */
    bool real;
    bool virtual;
} entry;

/* Read the entry at *list and advance to the next one. False at the end of the list. */
static bool next_entry(const char **list, entry *found)
{
    if (**list == '\0')
        return false;
    char *kind;
    *found = (entry){.capability = (int)strtol(*list, &kind, 10)};
    if (*kind == 'a' || *kind == 'f')
        found->suffix = *kind++;
    const size_t length = strcspn(kind, ",");
    found->real = strncmp(kind, "-virtual", length) != 0 || length == 0;
    found->virtual = strncmp(kind, "-real", length) != 0 || length == 0;
    *list = kind + length + (kind[length] == ',');
    return true;
}

static bool is_same_major(const entry *code, int capability)
{
    return code->capability / 10 == capability / 10 && code->capability <= capability;
}

static bool runs_on(const entry *code, int capability)
{
    return code->suffix == 'a' ? code->capability == capability : is_same_major(code, capability);
}

static bool compiles_on(const entry *code, int capability)
{
    return code->suffix == 0 ? code->capability <= capability : runs_on(code, capability);
}

mcpi_coverage mcpi_cuda_coverage(const char *architectures, int capability)
{
    mcpi_coverage best = MCPI_NOT_COVERED;
    entry code;
    while (next_entry(&architectures, &code)) {
        if (code.real && runs_on(&code, capability))
            return MCPI_COVERED_BY_MACHINE_CODE;
        if (code.virtual && compiles_on(&code, capability))
            best = MCPI_COVERED_BY_PTX;
    }
    return best;
}

static size_t append(char *text, size_t size, size_t used, const char *before, const entry *code)
{
    if (used >= size)
        return used;
    const char suffix[] = {code->suffix, '\0'};
    return used + (size_t)snprintf(text + used, size - used, "%s%s%d.%d%s", used > 0 ? ", " : "", before,
                                   code->capability / 10, code->capability % 10, suffix);
}

/* The PTX that covers the most capabilities. */
static bool lowest_portable(const char *architectures, entry *lowest)
{
    bool found = false;
    entry code;
    while (next_entry(&architectures, &code)) {
        if (code.virtual && code.suffix == 0 && (!found || code.capability < lowest->capability)) {
            *lowest = code;
            found = true;
        }
    }
    return found;
}

void mcpi_write_coverage(char *text, size_t size, const char *architectures)
{
    size_t used = 0;
    entry code;
    if (size > 0)
        text[0] = '\0';
    for (const char *rest = architectures; next_entry(&rest, &code);) {
        if (code.real)
            used = append(text, size, used, "", &code);
        else if (code.suffix != 0)
            used = append(text, size, used, "PTX ", &code);
    }
    if (lowest_portable(architectures, &code)) {
        used = append(text, size, used, "PTX ", &code);
        if (used < size)
            snprintf(text + used, size - used, " and newer");
    }
}
