#include "cuda/driver.h"

#include <stdio.h>
#include <string.h>

/* The first word of the file, or "". */
static void read_module_version(char *version, size_t size, const char *root)
{
    char path[300];
    version[0] = '\0';
    snprintf(path, sizeof path, "%s/sys/module/nvidia/version", root);
    FILE *const file = fopen(path, "re");
    if (!file)
        return;
    if (!fgets(version, (int)size, file))
        version[0] = '\0';
    version[strcspn(version, " \n")] = '\0';
    fclose(file);
}

void mcpi_write_driver(char *text, size_t size, const char *root, int cuda)
{
    char module[20];
    read_module_version(module, sizeof module, root);
    const int used = snprintf(text, size, "%s", module);
    if (cuda > 0)
        snprintf(text + used, size - (size_t)used, "%sCUDA %d.%d", used ? ", " : "", cuda / 1000, cuda % 1000 / 10);
}
