#include "cli/bench/comparison.h"

#include <math.h>

#include "cli/io/three_digits.h"
#include "cli/io/with_error.h"

double comparison_seconds(const comparison_row *r, uint64_t darts, bool *measured)
{
    *measured = true;
    for (size_t i = 0; i < r->time_count; i++)
        if (r->times[i].darts == darts)
            return r->times[i].seconds.median;
    *measured = false;
    return mcpi_course_seconds(&r->course, (double)darts);
}

double comparison_share(const comparison_row *r)
{
    return r->rates.median / r->bound.darts_per_second;
}

const comparison_row *comparison_fastest_gpu(const comparison *c)
{
    const comparison_row *gpu = NULL;
    for (size_t i = 0; i < c->row_count; i++)
        if (c->rows[i].row->kind == SWEEP_GPU && c->rows[i].row->gpus == 1 &&
            (!gpu || c->rows[i].rates.median > gpu->rates.median))
            gpu = &c->rows[i];
    return gpu;
}

row_name comparison_devices(const comparison *c, const comparison_row *r)
{
    const sweep_row *const row = r->row;
    row_name name;
    if (r == c->all_gpus)
        snprintf(name.text, sizeof name.text, "all %u GPUs", row->gpus);
    else if (row->kind == SWEEP_GPU)
        snprintf(name.text, sizeof name.text, "%s", row->device.id);
    else if (row->kind == SWEEP_TOGETHER)
        snprintf(name.text, sizeof name.text, "all devices together");
    else if (row->workers == 1)
        snprintf(name.text, sizeof name.text, "one core");
    else if (row->workers == row->device.units)
        snprintf(name.text, sizeof name.text, "all %u %s", row->workers,
                 c->machine_has_hyperthreads ? "CPU threads" : "cores");
    else
        snprintf(name.text, sizeof name.text, "%u CPU workers", row->workers);
    return name;
}

const char *comparison_kernel(const comparison *c, const comparison_row *r)
{
    return c->sweep->options->kernels.count > 1 ? sweep_kernel_of(r->row) : "";
}

row_name comparison_name(const comparison *c, const comparison_row *r)
{
    const row_name devices = comparison_devices(c, r);
    const char *const kernel = comparison_kernel(c, r);
    row_name name = devices;
    if (kernel[0])
        snprintf(name.text, sizeof name.text, "%.36s (%.20s)", devices.text, kernel);
    return name;
}

void comparison_title(char *text, size_t size, const comparison *c)
{
    char ratio[32];
    const comparison_row *const lead = c->lead;
    const comparison_row *const base = lead == c->all_cores ? c->one_core : c->all_cores;
    const mcpi_spread *const ratios = lead == c->all_cores ? &lead->vs_core : &lead->vs_cpu;
    if (lead == c->one_core)
        snprintf(text, size, "one core counts %s darts/s", three_digits(ratio, lead->rates.median));
    else
        snprintf(text, size, "%s %s %s times as fast as %s", comparison_name(c, lead).text,
                 lead->row->workers == 1 ? "is" : "are", median_with_error(ratio, ratios, 1.0),
                 comparison_name(c, base).text);
}

void comparison_headline(char *text, size_t size, const comparison *c)
{
    char title[160];
    char ratio[32];
    const comparison_row *const lead = c->lead;
    const char *const end = sweep_disagrees(c->sweep) ? "counts DISAGREE" : "all counts agree";
    comparison_title(title, sizeof title, c);
    median_with_error(ratio, &lead->vs_core, 1.0);
    if (lead->row->kind == SWEEP_GPU && c->all_cores != c->one_core)
        snprintf(text, size, "%s, %s times one core; %s", title, ratio, end);
    else
        snprintf(text, size, "%s; %s", title, end);
}
