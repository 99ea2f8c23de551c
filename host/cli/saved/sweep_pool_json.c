#include "cli/saved/saved_json.h"
#include "cli/saved/sweep_pool.h"

/* The row in one sweep, in the order of the files. */
static void put_measured(json_writer *j, const saved_row *row)
{
    put_open(j, NULL, '{');
    put_spread(j, "darts_per_second", &row->rates);
    put_number(j, "speedup_vs_core", row->vs_core);
    put_number(j, "speedup_vs_cpu", row->vs_cpu);
    put_close(j, '}');
}

static void put_row(json_writer *j, const sweep_pool *p, const pooled_row *row)
{
    put_open(j, NULL, '{');
    put_string(j, "who", row->first->who.text);
    put_known(j, "kernel", row->first->kernel.text);
    put_integer(j, "workers", row->first->workers);
    put_known(j, "worker_kind", row->first->worker_kind.text);
    put_spread(j, "darts_per_second", &row->rates);
    put_spread(j, "speedup_vs_core", &row->vs_core);
    put_spread(j, "speedup_vs_cpu", &row->vs_cpu);
    put_open(j, "sweeps", '[');
    for (size_t i = 0; i < p->count; i++)
        put_measured(j, saved_find_row(p->sweeps[i], row->first));
    put_close(j, ']');
    put_close(j, '}');
}

void sweep_pool_json(FILE *out, const void *report)
{
    const sweep_pool *const p = report;
    char headline[saved_headline_size];
    sweep_pool_headline(headline, sizeof headline, p);
    json_writer j = saved_json_begin(out, headline, &p->counts, p->sweeps, p->count);
    put_warnings(&j, &p->warnings);
    put_open(&j, "pooled", '[');
    for (size_t i = 0; i < p->row_count; i++)
        put_row(&j, p, &p->rows[i]);
    put_close(&j, ']');
    json_end(&j);
}
