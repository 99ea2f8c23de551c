#include "cli/saved/saved_match.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* ---- rows ---- */

static bool is_text(const saved_text *a, const saved_text *b)
{
    return strcmp(a->text, b->text) == 0;
}

static bool is_same(const saved_row *a, const saved_row *b)
{
    return is_text(&a->who, &b->who) && is_text(&a->kernel, &b->kernel) && a->workers == b->workers &&
           is_text(&a->worker_kind, &b->worker_kind);
}

static row_pair *pair_with(row_pair *pairs, size_t count, const saved_row *b)
{
    for (size_t i = 0; i < count; i++)
        if (!pairs[i].b && is_same(pairs[i].a, b))
            return &pairs[i];
    return NULL;
}

/* The only row of one sweep with this label; NULL if there are several. */
static row_pair *only_pair(row_pair *pairs, size_t count, const saved_text *who)
{
    row_pair *found = NULL;
    for (size_t i = 0; i < count; i++) {
        const saved_row *const row = pairs[i].a ? pairs[i].a : pairs[i].b;
        if (!is_text(&row->who, who) || (pairs[i].a && pairs[i].b))
            continue;
        if (found)
            return NULL;
        found = &pairs[i];
    }
    return found;
}

/* Rows of `b` whose label alone is that of a row of `a`. */
static void pair_labels(row_pair *pairs, size_t a_count, size_t b_count)
{
    row_pair *const alone = pairs + a_count;
    for (size_t i = 0; i < b_count; i++) {
        const saved_text *const who = &alone[i].b->who;
        row_pair *const a = only_pair(pairs, a_count, who);
        if (a && only_pair(alone, b_count, who))
            a->b = alone[i].b;
    }
}

static bool is_taken(const row_pair *pairs, size_t count, const saved_row *b)
{
    for (size_t i = 0; i < count; i++)
        if (pairs[i].b == b)
            return true;
    return false;
}

size_t saved_pair_rows(const saved_sweep *a, const saved_sweep *b, row_pair *pairs)
{
    const size_t a_count = a->row_count;
    row_pair *const alone = pairs + a_count;
    size_t b_count = 0;
    for (size_t i = 0; i < a_count; i++)
        pairs[i] = (row_pair){&a->rows[i], NULL};
    for (size_t i = 0; i < b->row_count; i++) {
        row_pair *const same = pair_with(pairs, a_count, &b->rows[i]);
        if (same)
            same->b = &b->rows[i];
        else
            alone[b_count++] = (row_pair){NULL, &b->rows[i]};
    }
    pair_labels(pairs, a_count, b_count);
    size_t left = 0;
    for (size_t i = 0; i < b_count; i++)
        if (!is_taken(pairs, a_count, alone[i].b))
            alone[left++] = alone[i];
    return a_count + left;
}

const saved_row *saved_find_row(const saved_sweep *saved, const saved_row *row)
{
    for (size_t i = 0; i < saved->row_count; i++)
        if (is_same(&saved->rows[i], row))
            return &saved->rows[i];
    return NULL;
}

/* ---- counts ---- */

static bool compare_rows(const saved_sweep *a, const saved_sweep *b, count_comparison *c)
{
    for (size_t i = 0; i < a->row_count; i++) {
        for (size_t k = 0; k < b->row_count; k++) {
            if (a->rows[i].darts != b->rows[k].darts)
                continue;
            c->verdict = COUNTS_AGREE;
            if (a->rows[i].hits == b->rows[k].hits)
                continue;
            *c = (count_comparison){COUNTS_DIFFER, {a, b}, {&a->rows[i], &b->rows[k]}};
            return false;
        }
    }
    return true;
}

count_comparison saved_compare_counts(const saved_sweep *const *sweeps, size_t count)
{
    count_comparison c = {.verdict = COUNTS_OF_OTHER_DARTS};
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i + 1; k < count; k++) {
            const saved_sweep *const a = sweeps[i];
            const saved_sweep *const b = sweeps[k];
            if (a->seed == b->seed && a->stream == b->stream && a->first == b->first && !compare_rows(a, b, &c))
                return c;
        }
    }
    return c;
}

const char *count_verdict_name(count_verdict verdict)
{
    static const char *const names[] = {
        [COUNTS_AGREE] = "agree", [COUNTS_DIFFER] = "differ", [COUNTS_OF_OTHER_DARTS] = "other_darts"};
    return names[verdict];
}

const char *count_verdict_text(count_verdict verdict)
{
    static const char *const texts[] = {
        [COUNTS_AGREE] = "the counts of the same darts agree",
        [COUNTS_DIFFER] = "counts DISAGREE",
        [COUNTS_OF_OTHER_DARTS] = "counts of different darts, which cannot be compared",
    };
    return texts[verdict];
}

/* ---- conditions ---- */

/* Below these, clocks and loads count as equal. */
static const double clock_tolerance = 0.05, load_tolerance = 0.5;

static const struct {
    const char *code, *name;
} facts[SAVED_STARTED] = {
    [SAVED_HOST] = {"hosts_differ", "host"},
    [SAVED_CPU] = {"cpus_differ", "CPU"},
    [SAVED_SYSTEM] = {"systems_differ", "version of Linux"},
    [SAVED_VERSION] = {"versions_differ", "version of mcpi"},
    [SAVED_COMMIT] = {"commits_differ", "commit of mcpi"},
    [SAVED_COMPILER] = {"compilers_differ", "compiler of mcpi"},
};

static void warn_of_clocks(warning_list *w, const saved_sweep *a, const saved_sweep *b)
{
    const double larger = fmax(a->clock_hertz, b->clock_hertz);
    if (fabs(a->clock_hertz - b->clock_hertz) > clock_tolerance * larger)
        warnings_add(w, "clocks_differ", "the CPU clock at the end differs: %.2f GHz in %s, %.2f GHz in %s",
                     1e-9 * a->clock_hertz, a->file, 1e-9 * b->clock_hertz, b->file);
}

static void warn_of_loads(warning_list *w, const saved_sweep *a, const saved_sweep *b)
{
    if (fabs(a->load - b->load) > load_tolerance)
        warnings_add(w, "loads_differ", "the load at the start differs: %.2f in %s, %.2f in %s", a->load, a->file,
                     b->load, b->file);
}

void saved_warn_of_conditions(warning_list *w, const saved_sweep *a, const saved_sweep *b)
{
    for (int i = 0; i < SAVED_STARTED; i++) {
        const char *const of_a = a->facts[i].text;
        const char *const of_b = b->facts[i].text;
        if (of_a[0] && of_b[0] && strcmp(of_a, of_b) != 0)
            warnings_add(w, facts[i].code, "the %s differs: '%s' in %s, '%s' in %s", facts[i].name, of_a, a->file, of_b,
                         b->file);
    }
    warn_of_clocks(w, a, b);
    warn_of_loads(w, a, b);
}

void saved_warn_of_rows(warning_list *w, const saved_sweep *a, const saved_sweep *b, const row_pair *pair)
{
    const char *const who = pair->a->who.text;
    if (!is_text(&pair->a->kernel, &pair->b->kernel))
        warnings_add(w, "kernels_differ", "the kernel of '%s' differs: '%s' in %s, '%s' in %s", who,
                     pair->a->kernel.text, a->file, pair->b->kernel.text, b->file);
    if (pair->a->gpus > 0 && !is_text(&pair->a->name, &pair->b->name))
        warnings_add(w, "devices_differ", "the device of '%s' differs: '%s' in %s, '%s' in %s", who, pair->a->name.text,
                     a->file, pair->b->name.text, b->file);
    if (pair->a->workers != pair->b->workers)
        warnings_add(w, "workers_differ", "the number of workers of '%s' differs: %" PRIu64 " in %s, %" PRIu64 " in %s",
                     who, pair->a->workers, a->file, pair->b->workers, b->file);
}

void saved_warn_of_sweep(warning_list *w, const saved_sweep *saved)
{
    for (size_t i = 0; i < saved->warning_count; i++)
        warnings_add(w, saved->warnings[i].code, "%s: %s", saved->file, saved->warnings[i].text);
}
