#include "engine/events.h"

static void tell(const engine *e, mcpi_event event)
{
    const mcpi_options *const options = &e->plan->options;
    if (!options->event)
        return;
    event.seconds = mcpi_now(e) - e->lanes.started;
    options->event(options->user, &event);
}

static mcpi_event event_of(const worker *w, mcpi_event_kind kind)
{
    return (mcpi_event){
        .kind = kind, .device = w->lane.device->id, .worker = (int)w->number, .kernel = "", .message = ""};
}

void mcpi_tell_task(const worker *w, mcpi_event_kind kind, const mcpi_task *task, uint64_t hits)
{
    mcpi_event event = event_of(w, kind);
    event.kernel = is_recount(task) ? w->lane.ways[task->way].kernel : w->lane.kernels[task->kernel];
    event.first = task->job.first;
    event.darts = task->job.darts;
    event.hits = hits;
    tell(w->engine, event);
}

void mcpi_tell_opened(const worker *w)
{
    mcpi_event event = event_of(w, MCPI_EVENT_OPENED);
    event.kernel = w->lane.kernels[0];
    tell(w->engine, event);
}

void mcpi_tell_restarted(const worker *w, const mcpi_error *error)
{
    mcpi_event event = event_of(w, MCPI_EVENT_RESTARTED);
    event.message = error->message;
    tell(w->engine, event);
}

static mcpi_event_kind end_of(const worker *w)
{
    if (standing_of(w)->wrong)
        return MCPI_EVENT_DISTRUSTED;
    if (w->lane.hung)
        return MCPI_EVENT_WRITTEN_OFF;
    return w->lane.failure.status != MCPI_OK ? MCPI_EVENT_FAILED : MCPI_EVENT_LEFT_BEHIND;
}

void mcpi_tell_lost(const worker *w)
{
    mcpi_event event = event_of(w, end_of(w));
    event.message = event.kind == MCPI_EVENT_DISTRUSTED ? standing_of(w)->verdict : w->lane.failure.message;
    tell(w->engine, event);
}

void mcpi_tell_hung_in_close(const engine *e)
{
    for (const worker *w = e->workers; w < e->workers + e->worker_count; w++)
        if (w->lane.hung && mcpi_lane_is_able(&w->lane))
            mcpi_tell_lost(w);
}

void mcpi_tell_withdrawn(const engine *e, size_t team, const mcpi_counted_range *range)
{
    tell(e, (mcpi_event){.kind = MCPI_EVENT_WITHDRAWN,
                         .device = e->plan->teams[team].device.id,
                         .worker = -1,
                         .kernel = "",
                         .first = range->first,
                         .darts = range->darts,
                         .hits = range->hits,
                         .message = ""});
}
