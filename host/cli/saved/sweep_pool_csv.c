/* One row per row that all sweeps have; unknown values are empty. */
#include "cli/io/csv.h"
#include "cli/saved/sweep_pool.h"

static void put_ends(csv_writer *w, const mcpi_spread *ratio)
{
    csv_spread(w, ratio);
    csv_number(w, ratio->lowest);
    csv_number(w, ratio->highest);
}

void sweep_pool_csv(FILE *out, const void *report)
{
    const sweep_pool *const p = report;
    csv_writer w = {.out = out};
    fputs("device,kernel,workers,sweeps,"
          "speedup_vs_core_median,speedup_vs_core_low,speedup_vs_core_high,speedup_vs_core_lowest,"
          "speedup_vs_core_highest,"
          "speedup_vs_cpu_median,speedup_vs_cpu_low,speedup_vs_cpu_high,speedup_vs_cpu_lowest,speedup_vs_cpu_highest\n",
          out);
    for (size_t i = 0; i < p->row_count; i++) {
        const pooled_row *const row = &p->rows[i];
        csv_text(&w, row->first->who.text);
        csv_text(&w, row->first->kernel.text);
        csv_integer(&w, row->first->workers);
        csv_integer(&w, p->count);
        put_ends(&w, &row->vs_core);
        put_ends(&w, &row->vs_cpu);
        csv_end_row(&w);
    }
}
