#include "process/installed_worker.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The file that contains this code, as an absolute path; NULL if that is unknown. A program that contains the archive
   is known by its first argument, which may be relative to a folder that the program has left. */
static const char *file_of_this_code(void)
{
    static const char inside = 0;
    Dl_info info;
    return dladdr(&inside, &info) != 0 && info.dli_fname[0] == '/' ? info.dli_fname : NULL;
}

char *mcpi_installed_worker(void)
{
    const char *const file = file_of_this_code();
    char *path = NULL;
    if (file && asprintf(&path, "%.*s%s", (int)(strrchr(file, '/') + 1 - file), file, MCPI_WORKER_FROM_LIBRARY) < 0)
        return NULL;
    if (path && access(path, X_OK) == 0)
        return path;
    free(path);
    return strdup(MCPI_WORKER_PROGRAM);
}
