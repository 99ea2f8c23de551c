#include "cli/stress/metrics_file.h"

#include "cli/io/output.h"

/* A collector that runs as another user reads the file, so a new one gets this mode whatever the umask of the shell or
   the service is. A file that is there keeps its mode. */
static const mode_t readable_by_all = 0644;

bool metrics_write(const char *name, const mcpi_stress_report *report, const double *rates, const stress_state *state)
{
    output out;
    if (!output_open(&out, name, readable_by_all))
        return false;
    stress_metrics(out.file, report, rates, state);
    return output_commit(&out);
}
