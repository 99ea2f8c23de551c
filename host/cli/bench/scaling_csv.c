/* One row per step; unknown values are empty. The column names include the units; low and high are the 95 % interval of
   the median. */
#include "cli/bench/scaling.h"
#include "cli/io/csv.h"

static void put_range(csv_writer *w, const mcpi_spread *spread)
{
    csv_number(w, spread->median);
    csv_number(w, spread->lowest);
    csv_number(w, spread->highest);
}

static void put_interval(csv_writer *w, const mcpi_spread *spread)
{
    csv_number(w, spread->low);
    csv_number(w, spread->high);
}

static void put_count(csv_writer *w, const scaling *s, const sweep_row *row)
{
    if (s->sweep->rounds_done == 0) {
        csv_text(w, "");
        csv_text(w, "");
        return;
    }
    csv_integer(w, row->runs[0].darts);
    csv_integer(w, row->runs[0].hits);
}

static void put_step(csv_writer *w, const scaling *s, const scaling_step *step)
{
    const scaling_cost cost = scaling_cost_of(s, step);
    csv_text(w, scaling_name_of(step).text);
    csv_text(w, scaling_place_name(step->place));
    csv_integer(w, step->row->workers);
    put_count(w, s, step->row);
    put_range(w, &step->seconds);
    csv_number(w, step->setup_seconds.median);
    put_range(w, &step->rates);
    put_range(w, &step->speedups);
    csv_number(w, scaling_efficiency(step));
    csv_number(w, scaling_serial_fraction(s, step));
    csv_integer(w, step->row->gpus);
    put_range(w, &step->gpu_speedups);
    csv_number(w, scaling_gpu_efficiency(s, step));
    csv_text(w, sweep_kind_name(step->row->worker_kind));
    put_range(w, &cost.setup_seconds);
    put_range(w, &cost.rates);
    put_interval(w, &step->speedups);
    put_interval(w, &step->gpu_speedups);
    put_interval(w, &cost.rates);
    csv_number(w, sweep_cpu_share(s->sweep, step->row));
    csv_end_row(w);
}

void scaling_csv(FILE *out, const void *report)
{
    const scaling *const s = report;
    csv_writer w = {.out = out};
    fputs("step,on,workers,darts,hits,seconds_median,seconds_lowest,seconds_highest,setup_seconds_median,"
          "darts_per_second_median,darts_per_second_lowest,darts_per_second_highest,"
          "speedup_median,speedup_lowest,speedup_highest,efficiency,serial_fraction,"
          "gpus,gpu_speedup_median,gpu_speedup_lowest,gpu_speedup_highest,gpu_efficiency,"
          "worker_kind,setup_cost_seconds_median,setup_cost_seconds_lowest,setup_cost_seconds_highest,"
          "rate_ratio_median,rate_ratio_lowest,rate_ratio_highest,"
          "speedup_low,speedup_high,gpu_speedup_low,gpu_speedup_high,rate_ratio_low,rate_ratio_high,cpu_share\n",
          out);
    for (int i = 0; i < s->total; i++)
        put_step(&w, s, &s->steps[i]);
}
