/* A run that this process has to itself: its queue holds the darts up to the goal, which follows from its own counts.
 */
#include <stdlib.h>

#include "engine/source.h"

/* What is missing below the end of the last range that was counted, and then what lies behind it. Nothing is in flight.
   Before anything is taken, these gaps are those of the state that is resumed. */
static void queue_what_is_missing(mcpi_source *source)
{
    const mcpi_ranges *const counted = &source->record.counted;
    const uint64_t end = mcpi_record_end(&source->record);
    mcpi_range *const gaps = source->began ? NULL : malloc((counted->count + 1) * sizeof *gaps);
    size_t count = 0;
    mcpi_counted_range gap = mcpi_ranges_missing(counted, source->record.options->first, end);
    for (; gap.first + gap.darts < end; gap = mcpi_ranges_missing(counted, gap.first + gap.darts, end)) {
        const mcpi_range range = {gap.first, gap.darts};
        if (gaps)
            gaps[count++] = range;
        else
            mcpi_queue_give_back(&source->queue, range);
    }
    if (gaps)
        mcpi_queue_set_gaps(&source->queue, gaps, count);
    source->queue.next = gap.first;
    source->queue.end = end;
}

static void counted(mcpi_source *source, mcpi_counted_range range)
{
    (void)range;
    if (source->failure.status != MCPI_OK || source->taken_count > 0 || !mcpi_queue_empty(&source->queue, false))
        return;
    mcpi_record_plan(&source->record);
    queue_what_is_missing(source);
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

/* A run that was stopped has not planned its goal since. */
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
    queue_what_is_missing(source);
    return true;
}

const mcpi_source_kind mcpi_local_source = {
    .begin = begin,
    .counted = counted,
    .withdrawn = withdrawn,
    .progress = progress,
    .save = save,
    .end = end,
};
