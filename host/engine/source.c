#include "engine/source.h"

#include <stdlib.h>

#include "core/status.h"

/* Ranges of a set that stay separate only because different teams counted them: enough for some minutes of two GPUs.
   Memory is allocated as they appear. */
static const size_t separated_by_team = 1 << 16;

/* ---- beginning ---- */

static size_t slots_of(const mcpi_plan *plan)
{
    size_t slots = 0;
    for (size_t team = 0; team < plan->team_count; team++) /* a plan without teams has no array */
        slots += (size_t)plan->teams[team].workers * plan->teams[team].backend->in_flight;
    return slots;
}

/* False if out of memory. */
static bool make_room(mcpi_source *source, const mcpi_plan *plan)
{
    const mcpi_options *options = &plan->options;
    const size_t slots = slots_of(plan);
    const size_t resumed = options->resume ? options->resume->part_count + options->resume->confirmed_count : 0;
    /* Two separate neighbours have a range between them that is in flight or was given back, or a cut. */
    const size_t apart = slots + 1 + resumed + MCPI_MOST_PARTS + (options->trace ? MCPI_MILESTONES : 0);
    source->taken = calloc(slots + 1, sizeof *source->taken);
    return source->taken &&
           mcpi_queue_init(&source->queue, options->first, options->first, slots + apart + separated_by_team) &&
           mcpi_record_init(&source->record, options, apart + separated_by_team);
}

bool mcpi_source_begin(mcpi_source *source, mcpi_lanes *lanes, mcpi_recount_queue *recounts, const mcpi_plan *plan)
{
    *source = (mcpi_source){.kind = source->kind, .lanes = lanes, .recounts = recounts};
    if (!make_room(source, plan))
        return false;
    source->queue.cuts = source->record.boundaries.cuts;
    source->next_save = lanes->started + plan->options.save_seconds;
    return source->kind->begin(source);
}

void mcpi_source_free(mcpi_source *source)
{
    if (source->kind->free)
        source->kind->free(source);
    mcpi_record_free(&source->record);
    mcpi_queue_free(&source->queue);
    free(source->taken);
}

/* ---- ranges ---- */

bool mcpi_source_is_empty(const mcpi_source *source)
{
    return mcpi_queue_empty(&source->queue, source->stopping);
}

/* Use parts of the size that the darts up to `end` need. */
static void reach(mcpi_source *source, uint64_t end)
{
    mcpi_record_reach(&source->record, end);
    source->queue.cuts = source->record.boundaries.cuts;
}

mcpi_range mcpi_source_take(mcpi_source *source, uint64_t darts)
{
    mcpi_range *const range = &source->taken[source->taken_count++];
    mcpi_queue_take(&source->queue, darts, source->stopping, range);
    reach(source, range->first + range->darts);
    source->began = true;
    return *range;
}

/* The range is no longer taken. */
static void forget(mcpi_source *source, uint64_t first)
{
    for (size_t i = 0; i < source->taken_count; i++)
        if (source->taken[i].first == first) {
            source->taken[i] = source->taken[--source->taken_count];
            return;
        }
}

void mcpi_source_give_back(mcpi_source *source, mcpi_range range)
{
    forget(source, range.first);
    mcpi_queue_give_back(&source->queue, range);
}

void mcpi_source_counted(mcpi_source *source, mcpi_counted_range range)
{
    forget(source, range.first);
    source->stopping |= mcpi_record_count(&source->record, range, &source->failure) != MCPI_OK;
    source->kind->counted(source, range, false);
}

void mcpi_source_confirmed(mcpi_source *source, mcpi_counted_range range)
{
    source->stopping |= mcpi_ranges_add(&source->record.confirmed, range, &source->failure) != MCPI_OK;
    source->kind->counted(source, range, true);
}

void mcpi_source_withdraw(mcpi_source *source, uint64_t teams)
{
    const size_t count = mcpi_record_withdraw(&source->record, teams);
    source->kind->withdrawn(source, source->record.counted.ranges + source->record.counted.count, count);
    source->next_save = 0.0;
    pthread_cond_signal(&source->lanes->news);
}

/* ---- the local source: its queue holds the darts up to the goal, which follows from its own counts ---- */

/* Queue what is missing below the end of the last counted range, then what lies behind it. Nothing is in flight. Before
   the first range is taken, these gaps are those of the resumed state. False without memory. */
static bool queue_what_is_missing(mcpi_source *source)
{
    mcpi_queue *const queue = &source->queue;
    const uint64_t end = mcpi_record_end(&source->record);
    size_t count;
    mcpi_range *const gaps = mcpi_ranges_missing(&source->record.counted, source->record.options->first, end, &count);
    if (!gaps)
        return false;
    const bool open = count > 0 && gaps[count - 1].first + gaps[count - 1].darts == end;
    queue->next = open ? gaps[--count].first : end;
    queue->end = end;
    if (!source->began) {
        mcpi_queue_set_gaps(queue, gaps, count);
        return true;
    }
    for (size_t i = 0; i < count; i++)
        mcpi_queue_give_back(queue, gaps[i]);
    free(gaps);
    return true;
}

static void counted(mcpi_source *source, mcpi_counted_range range, bool again)
{
    (void)range;
    if (again || source->failure.status != MCPI_OK || source->taken_count > 0 ||
        !mcpi_queue_empty(&source->queue, false))
        return;
    mcpi_record_plan(&source->record);
    if (!source->record.met && !queue_what_is_missing(source))
        source->stopping = mcpi_fail(&source->failure, MCPI_NO_MEMORY, "out of memory") != MCPI_OK;
}

static void withdrawn(mcpi_source *source, const mcpi_counted_range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mcpi_queue_give_back(&source->queue, (mcpi_range){ranges[i].first, ranges[i].darts});
    mcpi_record_plan(&source->record);
    const uint64_t end = mcpi_record_end(&source->record);
    source->queue.end = end > source->queue.next ? end : source->queue.next;
}

static void progress(mcpi_source *source, mcpi_progress *progress)
{
    mcpi_record_progress(&source->record, progress);
}

static void save(mcpi_source *source, const mcpi_demand *demand)
{
    (void)demand;
    mcpi_record_save(&source->record, &source->lanes->lock);
}

/* A run that was stopped has not planned its goal since then. */
static void end(mcpi_source *source)
{
    mcpi_record_plan(&source->record);
}

static bool begin(mcpi_source *source)
{
    source->alone = true;
    source->saves = source->record.options->save != NULL;
    if (mcpi_record_resume(&source->record, &source->failure) != MCPI_OK)
        return false;
    return queue_what_is_missing(source);
}

const mcpi_source_kind mcpi_local_source = {
    .begin = begin,
    .counted = counted,
    .withdrawn = withdrawn,
    .progress = progress,
    .save = save,
    .end = end,
};
