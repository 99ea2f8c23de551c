#include "engine/source.h"

#include <math.h>
#include <stdlib.h>

/* Ranges of a set that are kept apart only because different teams counted them: some minutes of two GPUs.
   Memory is taken as they come. */
static const size_t told_apart = 1 << 16;

/* ---- beginning ---- */

static size_t slots_of(const mcpi_plan *plan)
{
    size_t slots = 0;
    for (const mcpi_team *t = plan->teams; t < plan->teams + plan->team_count; t++)
        slots += (size_t)t->workers * t->backend->in_flight;
    return slots;
}

/* False without memory. */
static bool make_room(mcpi_source *source, const mcpi_plan *plan)
{
    const mcpi_options *options = &plan->options;
    const size_t slots = slots_of(plan);
    const size_t resumed = options->resume ? options->resume->part_count + options->resume->confirmed_count : 0;
    /* Between any two ranges that are apart lies one that is in flight or was given back, or a milestone. */
    const size_t apart = slots + 1 + resumed + (options->trace ? MCPI_MILESTONES : 0);
    source->taken = calloc(slots + 1, sizeof *source->taken);
    return source->taken &&
           mcpi_queue_init(&source->queue, options->first, options->first, slots + apart + told_apart) &&
           mcpi_record_init(&source->record, options, apart + told_apart);
}

bool mcpi_source_begin(mcpi_source *source, mcpi_lanes *lanes, mcpi_recount_queue *recounts, const mcpi_plan *plan)
{
    *source = (mcpi_source){.kind = source->kind, .lanes = lanes, .recounts = recounts};
    if (!make_room(source, plan))
        return false;
    source->queue.milestones = source->record.boundaries.milestones;
    const bool began = source->kind->begin(source);
    source->next_save = source->saves ? lanes->started + plan->options.save_seconds : INFINITY;
    return began;
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

mcpi_range mcpi_source_take(mcpi_source *source, uint64_t darts)
{
    mcpi_range *const range = &source->taken[source->taken_count++];
    mcpi_queue_take(&source->queue, darts, source->stopping, range);
    source->began = true;
    return *range;
}

/* It is back. */
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
    source->kind->counted(source, range);
}

void mcpi_source_confirmed(mcpi_source *source, mcpi_counted_range range)
{
    source->stopping |= mcpi_ranges_add(&source->record.confirmed, range, &source->failure) != MCPI_OK;
    if (source->kind->confirmed)
        source->kind->confirmed(source, range);
}

void mcpi_source_withdraw(mcpi_source *source, uint64_t teams)
{
    const size_t count = mcpi_record_withdraw(&source->record, teams);
    source->kind->withdrawn(source, source->record.counted.ranges + source->record.counted.count, count);
    mcpi_source_save_soon(source);
    pthread_cond_signal(&source->lanes->news);
}

/* ---- the thread that watches ---- */

void mcpi_source_save(mcpi_source *source, const mcpi_demand *demand)
{
    if (!source->saves)
        return;
    source->kind->save(source, demand);
    source->next_save = mcpi_lanes_now(source->lanes) + fmax(source->record.options->save_seconds, 0.0);
}

void mcpi_source_save_soon(mcpi_source *source)
{
    if (source->saves)
        source->next_save = 0.0;
}

mcpi_progress mcpi_source_progress(mcpi_source *source)
{
    mcpi_progress progress = {.darts = source->record.darts, .hits = source->record.hits};
    source->kind->progress(source, &progress);
    return progress;
}
