#include "cli/stress/metrics_file.h"

#include "cli/io/output.h"

/* A collector that runs as another user must be able to read the file, so a new file gets this mode regardless of the
   umask. An existing file keeps its mode. */
static const mode_t readable_by_all = 0644;

bool metrics_write(const char *name, const mcpi_stress_report *report, const double *rates, const stress_state *state)
{
    output out;
    if (!output_open(&out, name, readable_by_all))
        return false;
    stress_metrics(out.file, report, rates, state);
    return output_commit(&out);
}
