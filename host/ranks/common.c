#include "ranks/common.h"

#include <stdlib.h>
#include <string.h>

#include "engine/goal.h"
#include "engine/resume.h"
#include "mcpi/backend.h"
#include "ranks/gaps.h"
#include "ranks/pace.h"

/* How often a process looks up while it has nothing to ask the others. Rank 0 holds the counter: where the network
   needs its help for that, it has to look more often. */
static const double tick_seconds = 0.05;
static const double helping_tick_seconds = 0.002;

/* Ranges in the checkpoint's set that are told apart by who counted them. */
static const size_t told_apart = 1 << 16;

/* What rank 0 tells the others before anything else. The gaps follow. */
typedef struct opening {
    uint64_t seed, stream, first, darts, goal;
    double target_error, time_limit_seconds, save_seconds;
    uint64_t saves, traces; /* 0 or 1 */
    uint64_t verifies_all;  /* 0 or 1: also at processes that were told otherwise */
    uint64_t resumed_darts, resumed_hits;
} opening;

/* What rank 0 makes of the counts once a part of them was counted again. The gaps follow. */
typedef struct replanned {
    uint64_t goal, met, before;
} replanned;

/* Rank 0: a set that reports add to. */
typedef struct collection {
    mcpi_done sorted;
    mcpi_done_range *unsorted; /* what was reported since the set was put in order */
    size_t unsorted_count, unsorted_capacity;
} collection;

struct mcpi_common {
    mcpi_pool pool;
    const mcpi_wire *wire;
    mcpi_options *options;
    uint64_t resumed_darts, resumed_hits;
    mcpi_done resumed;   /* rank 0: what the state that is resumed holds */
    uint64_t first_goal; /* rank 0: the goal that others follow from */

    /* This round. */
    mcpi_gaps gaps;
    uint64_t goal;      /* darts of the prefix that is being counted */
    uint64_t end;       /* darts from here on are not wanted: the goal's end, or where the run was stopped */
    uint64_t before;    /* darts counted by all in the rounds before */
    uint64_t closed_at; /* the unit at which this process closed the counter */
    unsigned rounds;
    bool repairing; /* the gaps are what somebody could not count */
    bool stopped;   /* all know that the run is to stop: what is taken now only fills holes */
    bool timed_out;
    bool abstains; /* this process cannot count */
    mcpi_pace pace;
    uint64_t position, last; /* taken, but not passed on yet: positions [position, last) */

    bool combining;
    mcpi_tallies mine, all;
    uint64_t received;    /* rank 0: reports */
    bool withdrawn;       /* rank 0: counts that the last saved state may hold */
    collection kept;      /* rank 0: what the checkpoint holds; in the end, what the run came to */
    collection confirmed; /* rank 0: of that, what MCPI_VERIFY_FULL counted twice */
    mcpi_ending ending;   /* rank 0 */
};

static bool is_keeper(const mcpi_common *c)
{
    return c->wire->rank == 0;
}

static void *need(const mcpi_common *c, void *memory)
{
    if (!memory)
        c->wire->give_up(c->wire->user, "out of memory");
    return memory;
}

/* ---- taking ---- */

static uint64_t add(const mcpi_common *c, mcpi_counter counter, uint64_t amount)
{
    return c->wire->add(c->wire->user, counter, amount);
}

/* Were it only for the units, nobody would ever end a run in which nobody can count. */
static bool abstain(void *user)
{
    mcpi_common *c = user;
    if (!c->abstains)
        add(c, MCPI_ABSTAINING, 1);
    c->abstains = true;
    return add(c, MCPI_NEXT_UNIT, 0) < mcpi_gaps_units(&c->gaps) && add(c, MCPI_ABSTAINING, 0) < c->wire->ranks;
}

static uint64_t whole_units(const mcpi_common *c, uint64_t darts)
{
    if (c->gaps.shift == 0)
        return darts + (darts & 1); /* chunks begin between two blocks if their gap does */
    return (darts >> c->gaps.shift) + 1;
}

static bool take_units(mcpi_common *c, const mcpi_portion *portion)
{
    const uint64_t all = mcpi_gaps_units(&c->gaps);
    const uint64_t units = whole_units(c, mcpi_chunk_darts(&c->pace, portion, c->gaps.darts, c->wire->ranks));
    const uint64_t unit = add(c, MCPI_NEXT_UNIT, units);
    if (unit >= all)
        return false;
    c->position = mcpi_gaps_position(&c->gaps, unit);
    c->last = mcpi_gaps_position(&c->gaps, units < all - unit ? unit + units : all);
    mcpi_pace_note(&c->pace, c->position, mcpi_seconds());
    c->mine.chunks++;
    return true;
}

/* A chunk may reach over several gaps: each piece of it is passed on by itself. */
static bool take(void *user, const mcpi_portion *portion, mcpi_range *range)
{
    mcpi_common *c = user;
    if (c->position == c->last && !take_units(c, portion))
        return false;
    *range = mcpi_gaps_piece(&c->gaps, c->position, c->last - c->position);
    c->position += range->darts;
    return true;
}

/* Past the end of the line there is nothing to take. What this process has taken and not passed on yet is not lost:
   it stays missing, and is repaired. Once all have stopped, the holes they left still have to be filled. */
static void close_counter(void *user)
{
    mcpi_common *c = user;
    if (c->stopped)
        return;
    const uint64_t all = mcpi_gaps_units(&c->gaps);
    const uint64_t unit = add(c, MCPI_NEXT_UNIT, all);
    c->closed_at = unit < all ? unit : all;
}

/* ---- the checkpoint ---- */

/* A report as a message: whether it replaces what was reported before, and its parts, first those counted, then those
   confirmed. */
typedef struct report {
    uint64_t replaces, counted;
    mcpi_part parts[];
} report;

static void keep_range(mcpi_common *c, mcpi_done_range range)
{
    if (!mcpi_done_add(&c->kept.sorted, range))
        c->wire->give_up(c->wire->user, "a range of darts was counted twice, or memory is short");
}

static void sort_in(mcpi_common *c, collection *set)
{
    if (!mcpi_done_add_all(&set->sorted, set->unsorted, set->unsorted_count))
        need(c, NULL);
    set->unsorted_count = 0;
}

static void make_room(mcpi_common *c, collection *set, size_t count)
{
    if (set->unsorted_count + count <= set->unsorted_capacity)
        return;
    set->unsorted_capacity = 2 * (set->unsorted_count + count);
    set->unsorted = need(c, realloc(set->unsorted, set->unsorted_capacity * sizeof *set->unsorted));
}

/* Reports come in bursts of parts that do not touch each other yet: it is the next save that puts them in order. */
static void collect(mcpi_common *c, collection *set, uint64_t team, const mcpi_part *parts, size_t count, bool replaces)
{
    mcpi_done_range dropped;
    if (replaces)
        sort_in(c, set);
    while (replaces && mcpi_done_take(&set->sorted, team, &dropped))
        ;
    make_room(c, set, count);
    for (size_t i = 0; i < count; i++)
        set->unsorted[set->unsorted_count++] = (mcpi_done_range){parts[i].first, parts[i].darts, parts[i].hits, team};
}

static void keep_report(mcpi_common *c, unsigned from, const report *r, size_t bytes)
{
    const uint64_t team = mcpi_done_team(from);
    c->withdrawn |= r->replaces != 0;
    const size_t count = (bytes - sizeof *r) / sizeof *r->parts;
    collect(c, &c->kept, team, r->parts, r->counted, r->replaces != 0);
    collect(c, &c->confirmed, team, r->parts + r->counted, count - r->counted, r->replaces != 0);
}

static bool receive_report(mcpi_common *c)
{
    size_t bytes;
    unsigned from;
    report *const r = c->wire->receive(c->wire->user, &bytes, &from);
    if (!r)
        return false;
    keep_report(c, from, r, bytes);
    c->received++;
    free(r);
    return true;
}

/* What was reported as counted is about to be replaced by something more exact: receive the last reports, and drop all.
 */
static void forget_reports(mcpi_common *c)
{
    while (c->received < c->all.reports)
        receive_report(c);
    c->kept.sorted.count = c->kept.unsorted_count = 0;
}

static void save(mcpi_common *c)
{
    sort_in(c, &c->kept);
    sort_in(c, &c->confirmed);
    mcpi_done_share_goals(&c->kept.sorted, &c->confirmed.sorted);
    mcpi_give_state(c->options,
                    mcpi_take_state(c->options, c->goal, &c->kept.sorted, &c->confirmed.sorted, &c->withdrawn));
}

/* To be freed by the caller. */
static report *report_of(const mcpi_common *c, const mcpi_report *brought, size_t *bytes)
{
    size_t counted_count;
    size_t confirmed_count;
    mcpi_part *const counted = need(c, mcpi_done_parts(brought->counted, UINT64_MAX, &counted_count));
    mcpi_part *const confirmed = need(c, mcpi_done_parts(brought->confirmed, UINT64_MAX, &confirmed_count));
    *bytes = sizeof(report) + (counted_count + confirmed_count) * sizeof *counted;
    report *const r = need(c, malloc(*bytes));
    r->replaces = brought->replaces;
    r->counted = counted_count;
    memcpy(r->parts, counted, counted_count * sizeof *counted);
    memcpy(r->parts + counted_count, confirmed, confirmed_count * sizeof *confirmed);
    free(counted);
    free(confirmed);
    return r;
}

static bool send_report(void *user, const mcpi_report *brought)
{
    mcpi_common *c = user;
    size_t bytes;
    report *const r = report_of(c, brought, &bytes);
    bool sent = true;
    if (is_keeper(c)) {
        keep_report(c, 0, r, bytes);
        save(c);
    } else if (bytes > sizeof *r || brought->replaces) {
        sent = c->wire->send(c->wire->user, r, bytes);
        c->mine.reports += sent;
        c->mine.report_bytes += sent ? bytes : 0;
    }
    free(r);
    return sent;
}

static void tick(void *user, mcpi_progress *progress)
{
    mcpi_common *c = user;
    if (!is_keeper(c))
        return;
    while (receive_report(c))
        ;
    progress->resumed_darts = c->resumed_darts;
    progress->goal = c->goal;
    progress->reached = c->resumed_darts + c->before + mcpi_gaps_position(&c->gaps, add(c, MCPI_NEXT_UNIT, 0));
}

/* ---- rounds ---- */

/* What there is of [begin, end) that is not in the set. */
static mcpi_range *missing_from(const mcpi_common *c, const mcpi_done *done, uint64_t begin, uint64_t end,
                                size_t *count)
{
    mcpi_range *const missing = need(c, malloc((done->count + 1) * sizeof *missing));
    *count = 0;
    for (mcpi_done_range gap; (gap = mcpi_done_gap(done, begin, end)).darts > 0; begin = gap.first + gap.darts)
        missing[(*count)++] = (mcpi_range){gap.first, gap.darts};
    return missing;
}

/* All begin again, with a list of gaps that rank 0 brings. Nobody adds to the counter now. */
static void begin_round(mcpi_common *c, mcpi_range *ranges, size_t count)
{
    size_t bytes = count * sizeof *ranges;
    if (is_keeper(c))
        add(c, MCPI_NEXT_UNIT, -add(c, MCPI_NEXT_UNIT, 0));
    ranges = c->wire->share(c->wire->user, ranges, &bytes);
    mcpi_gaps_free(&c->gaps);
    c->gaps = mcpi_gaps_of(ranges, bytes / sizeof *ranges, c->wire->ranks);
    c->closed_at = mcpi_gaps_units(&c->gaps);
    c->position = c->last = 0;
    c->pace = (mcpi_pace){0};
    c->rounds++;
}

static void keep_resumed(mcpi_common *c)
{
    for (size_t i = 0; i < c->resumed.count; i++)
        keep_range(c, c->resumed.ranges[i]);
}

/* Everything that anybody has counted, put together at rank 0. */
static void gather_all(mcpi_common *c, const mcpi_done *done)
{
    size_t bytes = done->count * sizeof *done->ranges;
    mcpi_done_range *const mine = need(c, malloc(bytes + 1));
    for (size_t i = 0; i < done->count; i++) {
        mine[i] = done->ranges[i];
        mine[i].teams = mcpi_done_team(c->wire->rank);
    }
    mcpi_done_range *const all = c->wire->gather(c->wire->user, mine, bytes, &bytes);
    free(mine);
    if (!is_keeper(c))
        return;
    forget_reports(c);
    keep_resumed(c);
    if (!mcpi_done_add_all(&c->kept.sorted, all, bytes / sizeof *all))
        need(c, NULL);
    free(all);
}

static void repair(mcpi_common *c, const mcpi_done *done)
{
    mcpi_range *missing = NULL;
    size_t count = 0;
    gather_all(c, done);
    if (is_keeper(c))
        missing = missing_from(c, &c->kept.sorted, c->options->first, c->end, &count);
    c->repairing = true;
    begin_round(c, missing, count);
}

/* ---- the end ---- */

/* The darts up to `end` have all been counted, and nobody asks how: the reports need not be looked at. */
static void keep_prefix(mcpi_common *c)
{
    const uint64_t first = c->options->first;
    mcpi_done_range prefix = {first, c->end - first, c->all.hits, MCPI_DONE_BEFORE};
    forget_reports(c);
    for (size_t i = 0; i < c->resumed.count; i++) {
        const mcpi_done_range *range = &c->resumed.ranges[i];
        if (range->first < c->end)
            prefix.hits += range->hits;
        else
            keep_range(c, *range);
    }
    if (prefix.darts > 0)
        keep_range(c, prefix);
}

static void end_run(mcpi_common *c, const mcpi_done *done, bool whole)
{
    const bool is_prefix = whole && !c->repairing && !c->options->trace;
    if (!is_prefix)
        gather_all(c, done);
    if (!is_keeper(c))
        return;
    if (is_prefix)
        keep_prefix(c);
    else
        mcpi_find_goal(c->options, c->first_goal, &c->kept.sorted, &c->goal);
    const uint64_t first = c->options->first;
    const mcpi_done_range prefix = mcpi_done_prefix(&c->kept.sorted, first, first + c->goal);
    c->ending = (mcpi_ending){
        .darts = prefix.darts,
        .hits = prefix.hits,
        .resumed_darts = c->resumed_darts,
        .goal = c->goal,
        .interrupted = c->stopped && !c->timed_out && whole,
        .tallies = c->all,
        .rounds = c->rounds,
    };
    if (c->options->save)
        save(c);
}

/* ---- goals ---- */

/* Rank 0: what is missing up to the goal, for the next round. */
typedef struct rest {
    mcpi_range *ranges;
    size_t count;
} rest;

/* Goals that were planned before a repair may have been planned from wrong counts: rank 0 works them out again, and all
   follow. True if the last goal has been counted. */
static bool replan(mcpi_common *c, mcpi_done *done, rest *missing)
{
    const uint64_t first = c->options->first;
    replanned mine = {0};
    size_t bytes = sizeof mine;
    gather_all(c, done);
    if (is_keeper(c)) {
        mine.met = mcpi_find_goal(c->options, c->first_goal, &c->kept.sorted, &mine.goal);
        mine.before = mcpi_done_total(&c->kept.sorted).darts - c->resumed_darts;
        missing->ranges = missing_from(c, &c->kept.sorted, first, first + mine.goal, &missing->count);
    }
    replanned *const plan = c->wire->share(c->wire->user, is_keeper(c) ? &mine : NULL, &bytes);
    const bool met = plan->met != 0;
    c->goal = plan->goal;
    c->end = first + plan->goal;
    c->before = plan->before;
    if (plan != &mine)
        free(plan);
    mcpi_done_keep_apart(done, c->end);
    return met;
}

/* The goal has been counted. True if it was the last; otherwise there is another one now. */
static bool plan_next(mcpi_common *c, mcpi_done *done, rest *missing)
{
    if (c->repairing && c->options->target_error > 0.0)
        return replan(c, done, missing);
    const uint64_t goal = mcpi_next_goal(c->options, c->goal, c->resumed_hits + c->all.hits);
    if (goal == c->goal)
        return true;
    if (is_keeper(c)) {
        *missing = (rest){need(c, malloc(sizeof *missing->ranges)), 1};
        missing->ranges[0] = (mcpi_range){c->end, goal - c->goal};
    }
    c->before = c->all.darts;
    c->goal = goal;
    c->end = c->options->first + goal;
    return false;
}

/* All tallies are in: what everybody concludes from them is the same. */
static mcpi_settlement conclude(mcpi_common *c, mcpi_done *done)
{
    const mcpi_tallies *all = &c->all;
    const uint64_t handed_out = mcpi_gaps_position(&c->gaps, all->least_closed_at);
    const bool whole = all->darts == c->before + handed_out;
    c->stopped |= all->interrupted > 0 || all->timed_out > 0;
    c->timed_out |= all->timed_out > 0;
    if (handed_out < c->gaps.darts) {
        const uint64_t end = mcpi_gaps_piece(&c->gaps, handed_out, 1).first;
        c->end = end < c->end ? end : c->end;
    }
    if (!whole && all->able > 0) {
        c->before = all->darts;
        repair(c, done);
        return MCPI_SETTLED_MORE;
    }
    rest missing = {0};
    const bool reached = whole && c->end == c->options->first + c->goal;
    const bool met = reached && plan_next(c, done, &missing);
    if (reached && !met && !c->stopped) {
        begin_round(c, missing.ranges, missing.count);
        return MCPI_SETTLED_MORE;
    }
    free(missing.ranges);
    end_run(c, done, whole);
    c->ending.complete = met || (whole && c->timed_out);
    return c->ending.complete ? MCPI_SETTLED_DONE : MCPI_SETTLED_OVER;
}

static void add_up(const mcpi_done *done, mcpi_tallies *tallies)
{
    const mcpi_done_range total = mcpi_done_total(done);
    tallies->darts = total.darts;
    tallies->hits = total.hits;
}

static mcpi_settlement settle(void *user, const mcpi_account *account)
{
    mcpi_common *c = user;
    if (!c->combining) {
        add_up(account->done, &c->mine);
        c->mine.able = account->able;
        c->mine.interrupted = account->interrupted;
        c->mine.timed_out = account->timed_out;
        c->mine.least_closed_at = c->closed_at;
        c->wire->combine(c->wire->user, &c->mine);
        c->combining = true;
    }
    if (!c->wire->combined(c->wire->user, &c->all))
        return MCPI_SETTLING;
    c->combining = false;
    return conclude(c, account->done);
}

/* ---- opening ---- */

static opening opening_of(const mcpi_common *c)
{
    const mcpi_options *options = c->options;
    const mcpi_done_range resumed = mcpi_done_total(&c->resumed);
    return (opening){
        .seed = options->seed,
        .stream = options->stream,
        .first = options->first,
        .darts = options->darts,
        .goal = c->goal,
        .target_error = options->target_error,
        .time_limit_seconds = options->time_limit_seconds,
        .save_seconds = options->save_seconds,
        .saves = options->save != NULL,
        .traces = options->trace != 0,
        .verifies_all = options->verify == MCPI_VERIFY_FULL,
        .resumed_darts = resumed.darts,
        .resumed_hits = resumed.hits,
    };
}

/* Rank 0. */
static void resume(mcpi_common *c)
{
    const mcpi_options *options = c->options;
    const mcpi_milestones milestones = {options->trace != 0, options->first};
    c->resumed.milestones = c->kept.sorted.milestones = c->confirmed.sorted.milestones = milestones;
    if (!mcpi_resume_counts(options, &c->resumed, &c->confirmed.sorted))
        need(c, NULL);
    c->first_goal = mcpi_resumed_goal(options);
    mcpi_find_goal(options, c->first_goal, &c->resumed, &c->goal);
    mcpi_done_share_goals(&c->resumed, &c->kept.sorted);
    keep_resumed(c);
}

static void follow(mcpi_common *c, const opening *o)
{
    mcpi_options *options = c->options;
    options->seed = o->seed;
    options->stream = o->stream;
    options->first = o->first;
    options->darts = o->darts;
    options->target_error = o->target_error;
    options->time_limit_seconds = o->time_limit_seconds;
    options->save_seconds = o->save_seconds;
    options->trace = o->traces != 0;
    if (o->verifies_all)
        options->verify = MCPI_VERIFY_FULL;
    c->goal = o->goal;
    c->end = o->first + o->goal;
    c->resumed_darts = o->resumed_darts;
    c->resumed_hits = o->resumed_hits;
    c->pool.report = o->saves ? send_report : NULL;
}

static void open_run(mcpi_common *c)
{
    opening mine;
    size_t bytes = sizeof mine;
    if (is_keeper(c)) {
        resume(c);
        mine = opening_of(c);
    }
    opening *const o = c->wire->share(c->wire->user, is_keeper(c) ? &mine : NULL, &bytes);
    follow(c, o);
    if (o != &mine)
        free(o);

    mcpi_range *missing = NULL;
    size_t count = 0;
    if (is_keeper(c))
        missing = missing_from(c, &c->kept.sorted, c->options->first, c->end, &count);
    begin_round(c, missing, count);
}

mcpi_common *mcpi_common_open(const mcpi_wire *wire, mcpi_options *options)
{
    mcpi_common *const c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    if (!mcpi_done_init(&c->kept.sorted, told_apart) || !mcpi_done_init(&c->confirmed.sorted, told_apart) ||
        !mcpi_done_init(&c->resumed, told_apart)) {
        mcpi_common_close(c);
        return NULL;
    }
    c->wire = wire;
    c->options = options;
    c->pool = (mcpi_pool){
        .user = c,
        .tick_seconds = wire->rank == 0 && wire->needs_help ? helping_tick_seconds : tick_seconds,
        .abstain = abstain,
        .take = take,
        .close = close_counter,
        .settle = settle,
        .tick = tick,
    };
    open_run(c);
    return c;
}

void mcpi_common_close(mcpi_common *c)
{
    mcpi_gaps_free(&c->gaps);
    mcpi_done_free(&c->resumed);
    mcpi_done_free(&c->kept.sorted);
    mcpi_done_free(&c->confirmed.sorted);
    free(c->kept.unsorted);
    free(c->confirmed.unsorted);
    free(c);
}

const mcpi_pool *mcpi_common_pool(const mcpi_common *c)
{
    return &c->pool;
}

size_t mcpi_common_trace(const mcpi_common *c, mcpi_point *points, size_t *missing)
{
    const uint64_t first = c->options->first;
    return mcpi_done_trace(&c->kept.sorted, first, first + c->goal, points, missing);
}

mcpi_ending mcpi_common_ending(const mcpi_common *c)
{
    return c->ending;
}
