/* The shared library stays in memory after dlclose: a run may leave threads behind, which continue in its code.
   stays_loaded LIBRARY */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    void *const library = dlopen(argc > 1 ? argv[1] : "", RTLD_NOW);
    if (!library || dlclose(library) != 0) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    if (dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD))
        return 0;
    fprintf(stderr, "%s was unloaded\n", argv[1]);
    return 1;
}
