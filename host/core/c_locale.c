#include "core/c_locale.h"

/* In glibc and musl the locale "C" needs no memory, so newlocale does not fail. */
locale_t mcpi_locale_enter(void)
{
    const locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    return uselocale(c);
}

void mcpi_locale_leave(const locale_t *theirs)
{
    const locale_t c = uselocale(*theirs);
    if (c != *theirs)
        freelocale(c);
}
