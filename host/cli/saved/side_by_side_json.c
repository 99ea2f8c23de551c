#include "cli/saved/saved_json.h"
#include "cli/saved/side_by_side.h"

static void put_row(json_writer *j, const side_row *row)
{
    put_open(j, NULL, '{');
    put_string(j, "who", row->rows.a ? row->rows.a->who.text : row->rows.b->who.text);
    put_saved_row(j, "a", row->rows.a);
    put_saved_row(j, "b", row->rows.b);
    put_spread(j, "ratio", &row->ratio);
    put_string(j, "change", rate_change_name(row->change));
    put_close(j, '}');
}

void side_by_side_json(FILE *out, const void *report)
{
    const side_by_side *const s = report;
    char headline[saved_headline_size];
    side_by_side_headline(headline, sizeof headline, s);
    json_writer j = saved_json_begin(out, headline, &s->counts, (const saved_sweep *const[]){s->a, s->b}, 2);
    put_warnings(&j, &s->warnings);
    put_open(&j, "rows", '[');
    for (size_t i = 0; i < s->row_count; i++)
        put_row(&j, &s->rows[i]);
    put_close(&j, ']');
    json_end(&j);
}
