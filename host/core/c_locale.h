/*
 * The locale of the calling thread, set aside. A host program may have one with a decimal comma, or in which the small
 * letter of I is not i. Nothing that the library reads, writes or says may depend on it, nor what hwloc, NVML and CUDA
 * read on its threads. So each function of the API, and each thread that the library starts, runs in the locale "C".
 */
#ifndef MCPI_CORE_C_LOCALE_H
#define MCPI_CORE_C_LOCALE_H

#include <locale.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Give the calling thread the locale "C"; returns the one that it had, which may be LC_GLOBAL_LOCALE. */
locale_t mcpi_locale_enter(void);

/* Give it back *theirs. */
void mcpi_locale_leave(const locale_t *theirs);

/* The first line of a block: until its end, however it is left, the calling thread has the locale "C". */
#define MCPI_C_LOCALE \
    const locale_t mcpi_theirs __attribute__((cleanup(mcpi_locale_leave), unused)) = mcpi_locale_enter()

#ifdef __cplusplus
}
#endif

#endif
