#include <math.h>
#include <string.h>

#include "cli/bench/comparison.h"
#include "cli/io/json.h"

static void put_starts(json_writer *j, const comparison_row *r)
{
    put_open(j, "start_to_result", '[');
    for (size_t i = 0; i < r->time_count; i++) {
        put_open(j, NULL, '{');
        put_integer(j, "darts", r->times[i].darts);
        put_spread(j, "seconds", &r->times[i].seconds);
        put_close(j, '}');
    }
    put_close(j, ']');
}

static void put_bound(json_writer *j, const comparison_row *r)
{
    put_open(j, "bound", '{');
    put_number(j, "darts_per_second", r->bound.darts_per_second);
    put_bool(j, "predicted", r->bound.predicted);
    put_number(j, "clock_hertz", r->bound.clock_hertz);
    put_number(j, "share", comparison_share(r));
    put_close(j, '}');
}

static void put_energy(json_writer *j, const comparison_energy *e)
{
    put_open(j, "energy", '{');
    put_number(j, "joules", e->energy.joules);
    put_number(j, "joules_half_width", e->energy.half_width);
    put_seconds(j, "seconds", e->seconds);
    if (isfinite(e->energy.joules))
        put_integer(j, "darts", e->darts);
    else
        put_null(j, "darts");
    put_number(j, "darts_per_joule", (double)e->darts / e->energy.joules);
    put_known(j, "absence", e->absence);
    put_close(j, '}');
}

static void put_row(json_writer *j, const comparison *c, const comparison_row *r)
{
    const sweep_row *const row = r->row;
    put_open(j, NULL, '{');
    put_string(j, "who", row->label);
    put_string(j, "devices", row->devices);
    put_string(j, "name", row->device.name);
    put_known(j, "driver", row->device.driver);
    put_known(j, "kernel", sweep_kernel_of(row));
    put_integer(j, "workers", row->workers);
    put_integer(j, "threads", row->threads);
    put_integer(j, "gpus", row->gpus);
    put_string(j, "worker_kind", sweep_kind_name(row->worker_kind));
    put_integer(j, "hits", row->hits);
    put_spread(j, "darts_per_second", &r->rates);
    put_spread(j, "speedup_vs_core", &r->vs_core);
    put_spread(j, "speedup_vs_cpu", &r->vs_cpu);
    put_number(j, "cpu_share", sweep_cpu_share(c->sweep, row));
    put_seconds(j, "setup_seconds", r->course.setup_seconds);
    put_starts(j, r);
    put_bound(j, r);
    put_energy(j, &r->energy);
    put_rounds(j, c->sweep, row);
    put_close(j, '}');
}

static void put_break_evens(json_writer *j, const comparison *c)
{
    put_open(j, "break_even", '[');
    for (size_t i = 0; i < c->break_even_count; i++) {
        const break_even *const b = &c->break_evens[i];
        put_open(j, NULL, '{');
        put_string(j, "who", b->fast->row->label);
        put_string(j, "against", b->slow->row->label);
        if (b->known)
            put_bool(j, "pays", isfinite(b->darts));
        else
            put_null(j, "pays");
        put_number(j, "darts", b->known ? b->darts : NAN);
        put_close(j, '}');
    }
    put_close(j, ']');
}

void comparison_json(FILE *out, const void *report)
{
    const comparison *const c = report;
    const sweep *const s = c->sweep;
    char headline[200];
    comparison_headline(headline, sizeof headline, c);
    json_writer j = json_begin(out, "mcpi.compare.v1");
    if (s->rounds_done > 0)
        put_string(&j, "headline", headline);
    else
        put_null(&j, "headline");
    put_sweep(&j, s);
    put_seconds(&j, "round_seconds", s->round_seconds);
    put_seconds(&j, "paused_seconds", s->paused_seconds);
    put_origin(&j, &s->origin);
    put_warnings(&j, &s->warnings);
    put_open(&j, "rows", '[');
    for (size_t i = 0; i < c->row_count; i++)
        put_row(&j, c, &c->rows[i]);
    put_close(&j, ']');
    put_break_evens(&j, c);
    json_end(&j);
}
