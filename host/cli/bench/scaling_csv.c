/* One row per step; unknown values are empty. The column names include the units. */
#include <inttypes.h>
#include <math.h>

#include "cli/bench/scaling.h"

static void put_value(FILE *out, double value)
{
    if (isfinite(value))
        fprintf(out, ",%.9g", value);
    else
        fputc(',', out);
}

static void put_values(FILE *out, const mcpi_spread *spread)
{
    put_value(out, spread->median);
    put_value(out, spread->lowest);
    put_value(out, spread->highest);
}

static void put_step(FILE *out, const scaling *s, const scaling_step *step)
{
    const scaling_cost cost = scaling_cost_of(s, step);
    fprintf(out, "%s,%s,%u,", scaling_name_of(step).text, scaling_place_name(step->place), step->row->workers);
    if (s->sweep->rounds_done > 0)
        fprintf(out, "%" PRIu64 ",%" PRIu64, step->row->runs[0].darts, step->row->runs[0].hits);
    else
        fputc(',', out);
    put_values(out, &step->seconds);
    put_value(out, step->setup_seconds.median);
    put_values(out, &step->rates);
    put_values(out, &step->speedups);
    put_value(out, scaling_efficiency(step));
    put_value(out, scaling_serial_fraction(s, step));
    fprintf(out, ",%u", step->row->gpus);
    put_values(out, &step->gpu_speedups);
    put_value(out, scaling_gpu_efficiency(s, step));
    fprintf(out, ",%s", sweep_kind_name(step->row->worker_kind));
    put_values(out, &cost.setup_seconds);
    put_values(out, &cost.rates);
    fputc('\n', out);
}

void scaling_csv(FILE *out, const void *report)
{
    const scaling *const s = report;
    fputs("step,on,workers,darts,hits,seconds_median,seconds_lowest,seconds_highest,setup_seconds_median,"
          "darts_per_second_median,darts_per_second_lowest,darts_per_second_highest,"
          "speedup_median,speedup_lowest,speedup_highest,efficiency,serial_fraction,"
          "gpus,gpu_speedup_median,gpu_speedup_lowest,gpu_speedup_highest,gpu_efficiency,"
          "worker_kind,setup_cost_seconds_median,setup_cost_seconds_lowest,setup_cost_seconds_highest,"
          "rate_ratio_median,rate_ratio_lowest,rate_ratio_highest\n",
          out);
    for (int i = 0; i < s->total; i++)
        put_step(out, s, &s->steps[i]);
}
