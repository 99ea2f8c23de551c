/*
 * The locale "C" for the calling thread. A host program may use a locale with a decimal comma, or one in which the
 * lower case of I is not i. That must not change what the library reads, writes or says, nor what hwloc, NVML and CUDA
 * read on its threads. So each function of the API and each thread of the library runs in the locale "C".
 */
#ifndef MCPI_CORE_C_LOCALE_H
#define MCPI_CORE_C_LOCALE_H

#include <locale.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Switch the calling thread to the locale "C". Returns its previous locale, which may be LC_GLOBAL_LOCALE. */
locale_t mcpi_locale_enter(void);

/* Restore the previous locale. */
void mcpi_locale_leave(const locale_t *theirs);

/* Put this on the first line of a block: the calling thread has the locale "C" until the block is left in any way. */
#define MCPI_C_LOCALE \
    const locale_t mcpi_theirs __attribute__((cleanup(mcpi_locale_leave), unused)) = mcpi_locale_enter()

#ifdef __cplusplus
}
#endif

#endif
