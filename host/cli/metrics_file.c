#include "cli/metrics_file.h"

#include <sys/stat.h>

#include "cli/output.h"

/* A collector that runs as another user reads the file, so a new one gets mode 0644 whatever the umask of the shell or
   the service is. A file that is there keeps its mode. */
static bool open_readable(output *out, const char *name)
{
    struct stat old;
    const bool is_new = stat(name, &old) != 0;
    if (!output_open(out, name))
        return false;
    if (is_new)
        (void)fchmod(fileno(out->file), 0644);
    return true;
}

bool metrics_write(const char *name, const mcpi_stress_report *report, const double *rates, const stress_state *state)
{
    output out;
    if (!open_readable(&out, name))
        return false;
    stress_metrics(out.file, report, rates, state);
    return output_commit(&out);
}
