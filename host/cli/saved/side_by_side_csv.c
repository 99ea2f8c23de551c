/* One row per row of either sweep; unknown values are empty. */
#include <math.h>

#include "cli/io/csv.h"
#include "cli/saved/side_by_side.h"

static void put_side(csv_writer *w, const saved_row *row)
{
    csv_text(w, row ? row->kernel.text : "");
    csv_number(w, row ? (double)row->workers : (double)NAN);
    csv_spread(w, row ? &row->rates : &mcpi_no_spread);
}

void side_by_side_csv(FILE *out, const void *report)
{
    const side_by_side *const s = report;
    csv_writer w = {.out = out};
    fputs("device,kernel_a,workers_a,darts_per_second_a_median,darts_per_second_a_low,darts_per_second_a_high,"
          "kernel_b,workers_b,darts_per_second_b_median,darts_per_second_b_low,darts_per_second_b_high,"
          "ratio_median,ratio_low,ratio_high,change\n",
          out);
    for (size_t i = 0; i < s->row_count; i++) {
        const side_row *const row = &s->rows[i];
        csv_text(&w, row->rows.a ? row->rows.a->who.text : row->rows.b->who.text);
        put_side(&w, row->rows.a);
        put_side(&w, row->rows.b);
        csv_spread(&w, &row->ratio);
        csv_text(&w, rate_change_name(row->change));
        csv_end_row(&w);
    }
}
