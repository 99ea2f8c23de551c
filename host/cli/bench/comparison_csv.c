/* One row per row of the comparison; unknown values are empty. The column names include the units. */
#include <math.h>

#include "cli/bench/comparison.h"
#include "cli/io/csv.h"

static void put_row(csv_writer *w, const comparison *c, const comparison_row *r)
{
    const sweep_row *const row = r->row;
    bool measured;
    const double seconds = comparison_seconds(r, c->goal, &measured);
    csv_text(w, row->label);
    csv_text(w, row->device.name);
    csv_text(w, sweep_kernel_of(row));
    csv_integer(w, row->workers);
    csv_integer(w, row->threads);
    csv_integer(w, row->gpus);
    csv_text(w, sweep_kind_name(row->worker_kind));
    csv_integer(w, c->sweep->darts);
    csv_integer(w, row->hits);
    csv_spread(w, &r->rates);
    csv_spread(w, &r->vs_core);
    csv_spread(w, &r->vs_cpu);
    csv_number(w, r->course.setup_seconds);
    csv_integer(w, c->goal);
    csv_number(w, seconds);
    csv_text(w, isfinite(seconds) ? (measured ? "measured" : "extrapolated") : "");
    csv_number(w, r->bound.darts_per_second);
    csv_text(w, isfinite(r->bound.darts_per_second) ? (r->bound.predicted ? "predicted" : "measured") : "");
    csv_number(w, r->energy.energy.joules / r->energy.seconds);
    csv_number(w, (double)r->energy.darts / r->energy.energy.joules);
    csv_end_row(w);
}

void comparison_csv(FILE *out, const void *report)
{
    const comparison *const c = report;
    csv_writer w = {.out = out};
    fputs("device,name,kernel,workers,threads,gpus,worker_kind,darts,hits,"
          "darts_per_second_median,darts_per_second_low,darts_per_second_high,"
          "speedup_vs_core_median,speedup_vs_core_low,speedup_vs_core_high,"
          "speedup_vs_cpu_median,speedup_vs_cpu_low,speedup_vs_cpu_high,"
          "setup_seconds,result_darts,result_seconds,result_seconds_are,"
          "bound_darts_per_second,bound_is,watts,darts_per_joule\n",
          out);
    for (size_t i = 0; i < c->row_count; i++)
        put_row(&w, c, &c->rows[i]);
}
