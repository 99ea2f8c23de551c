#include "cli/saved/saved_json.h"

static void put_file(json_writer *j, const saved_sweep *saved)
{
    static const char *const keys[SAVED_FACTS] = {
        [SAVED_HOST] = "host",       [SAVED_CPU] = "cpu",       [SAVED_SYSTEM] = "system_release",
        [SAVED_VERSION] = "version", [SAVED_COMMIT] = "commit", [SAVED_COMPILER] = "compiler",
        [SAVED_STARTED] = "started"};
    put_open(j, NULL, '{');
    put_string(j, "file", saved->file);
    put_string(j, "schema", saved->is_scaling ? "mcpi.scaling.v1" : "mcpi.compare.v1");
    for (int i = 0; i < SAVED_FACTS; i++)
        put_known(j, keys[i], saved->facts[i].text);
    put_number(j, "load_average", saved->load);
    put_number(j, "cpu_clock_hertz", saved->clock_hertz);
    put_exact(j, "seed", saved->seed);
    put_exact(j, "stream", saved->stream);
    put_exact(j, "first", saved->first);
    put_close(j, '}');
}

/* Two counts of the same darts that differ; null if there are none. */
static void put_dispute(json_writer *j, const count_comparison *counts)
{
    if (counts->verdict != COUNTS_DIFFER) {
        put_null(j, "dispute");
        return;
    }
    put_open(j, "dispute", '[');
    for (int i = 0; i < 2; i++) {
        put_open(j, NULL, '{');
        put_string(j, "file", counts->sweeps[i]->file);
        put_string(j, "who", counts->rows[i]->who.text);
        put_exact(j, "darts", counts->rows[i]->darts);
        put_exact(j, "hits", counts->rows[i]->hits);
        put_close(j, '}');
    }
    put_close(j, ']');
}

json_writer saved_json_begin(FILE *out, const char *headline, const count_comparison *counts,
                             const saved_sweep *const *sweeps, size_t count)
{
    json_writer j = json_begin(out, "mcpi.compare_files.v1");
    put_string(&j, "headline", headline);
    put_string(&j, "counts", count_verdict_name(counts->verdict));
    put_dispute(&j, counts);
    put_open(&j, "files", '[');
    for (size_t i = 0; i < count; i++)
        put_file(&j, sweeps[i]);
    put_close(&j, ']');
    return j;
}

void put_saved_row(json_writer *j, const char *key, const saved_row *row)
{
    if (!row) {
        put_null(j, key);
        return;
    }
    put_open(j, key, '{');
    put_string(j, "name", row->name.text);
    put_known(j, "kernel", row->kernel.text);
    put_integer(j, "workers", row->workers);
    put_integer(j, "gpus", row->gpus);
    put_known(j, "worker_kind", row->worker_kind.text);
    put_integer(j, "rounds", row->rounds);
    put_spread(j, "darts_per_second", &row->rates);
    put_close(j, '}');
}
