/* The rates of all rows, and the time from start to result of one core, all cores, the fastest GPU, and all GPUs. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "cli/bench/compare_plot.h"
#include "cli/bench/comparison.h"
#include "cli/io/three_digits.h"
#include "cli/io/with_error.h"

enum { most_lines = 4 };

/* Texts that the parts of the picture point to. */
typedef struct picture {
    const comparison *c;
    compare_bar bars[sweep_most_rows];
    char labels[sweep_most_rows][72], ratios[sweep_most_rows][48];
    size_t line_count, crossing_count;
    compare_line lines[most_lines];
    row_name names[most_lines];
    compare_time times[most_lines][comparison_most_times];
    compare_crossing crossings[3];
    char texts[3][100];
} picture;

static void add_bar(picture *p, size_t i)
{
    const comparison_row *const r = &p->c->rows[i];
    const char *const kernel = comparison_kernel(p->c, r);
    char ratio[32];
    snprintf(p->labels[i], sizeof p->labels[i], "%s%s%s", r->row->label, kernel[0] ? ", " : "", kernel);
    median_with_error(ratio, &r->vs_core, 1.0);
    snprintf(p->ratios[i], sizeof p->ratios[i], "%s x core", ratio);
    p->bars[i] = (compare_bar){p->labels[i], r->rates.median, r->rates.low, r->rates.high, p->ratios[i]};
}

/* Rows without a course, because the command was stopped, have no line. */
static void add_line(picture *p, const comparison_row *r)
{
    if (!r || isnan(r->course.setup_seconds))
        return;
    const size_t i = p->line_count++;
    p->names[i] = comparison_devices(p->c, r);
    for (size_t k = 0; k < r->time_count; k++) {
        const start_time *const time = &r->times[k];
        p->times[i][k] =
            (compare_time){(double)time->darts, time->seconds.median, time->seconds.lowest, time->seconds.highest};
    }
    p->lines[i] = (compare_line){p->names[i].text, r->course, p->times[i], r->time_count};
}

static void add_crossing(picture *p, const break_even *b)
{
    char darts[16];
    if (!b->known || !isfinite(b->darts) || b->darts < 1.0)
        return;
    const size_t i = p->crossing_count++;
    snprintf(p->texts[i], sizeof p->texts[i], "%s %s from %s darts", comparison_name(p->c, b->fast).text,
             b->fast->row->workers == 1 ? "pays" : "pay", three_digits(darts, b->darts));
    p->crossings[i] = (compare_crossing){b->darts, mcpi_course_seconds(&b->fast->course, b->darts), p->texts[i]};
}

static void collect(picture *p)
{
    const comparison *const c = p->c;
    for (size_t i = 0; i < c->row_count; i++)
        add_bar(p, i);
    add_line(p, c->one_core);
    if (c->all_cores != c->one_core)
        add_line(p, c->all_cores);
    add_line(p, comparison_fastest_gpu(c));
    add_line(p, c->all_gpus);
    for (size_t i = 0; i < c->break_even_count; i++)
        add_crossing(p, &c->break_evens[i]);
}

bool comparison_plot(plot *p, const comparison *c)
{
    picture *const parts = calloc(1, sizeof *parts);
    char title[200];
    char details[200];
    char machine[200];
    if (!parts)
        return false;
    parts->c = c;
    collect(parts);
    comparison_title(title, sizeof title, c);
    snprintf(details, sizeof details, "Medians of %d round%s%s; all count the same in %" PRIu64 " darts",
             c->sweep->rounds_done, plural((uint64_t)c->sweep->rounds_done),
             isnan(c->lead->rates.low) ? "" : " with 95 % intervals", c->sweep->darts);
    snprintf(machine, sizeof machine, "%s%s%s", c->one_core->row->device.name,
             c->lead->row->kind == SWEEP_GPU ? ", " : "",
             c->lead->row->kind == SWEEP_GPU ? c->lead->row->device.name : "");
    compare_plot(p, &(plot_heading){title, details, machine, &c->sweep->warnings},
                 &(compare_chart){parts->bars, c->row_count, parts->lines, parts->line_count, parts->crossings,
                                  parts->crossing_count});
    free(parts);
    return true;
}
