/* Preloaded into the command: a library that takes the locale from the environment when it is loaded. */
#include <locale.h>

__attribute__((constructor)) static void set_locale(void)
{
    setlocale(LC_ALL, "");
}
