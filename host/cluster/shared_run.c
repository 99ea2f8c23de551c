#include "cluster/shared_run.h"

#include <stdlib.h>
#include <string.h>

#include "cluster/mailbox.h"
#include "core/backend.h"
#include "core/status.h"

/* Rank 0 looks for messages this often; the others, which have nothing to do for each other, less often. */
static const double serving_seconds = 0.002;
static const double tick_seconds = 0.05;

/* Rank 0 looks for silent ranks this often. */
static const double looking_seconds = 0.1;

struct mcpi_shared_run {
    mcpi_pool pool;
    const mcpi_transport *transport;
    mcpi_dispatcher *dispatcher; /* rank 0 */
    mcpi_liveness *liveness;     /* rank 0 */
    mcpi_answer answer;          /* that has come and has not been passed on */
    mcpi_range chunk;
    uint64_t goal;
    uint64_t grants_seen;
    mcpi_lifeline line; /* other ranks */
    double looked;      /* rank 0: when, for silent ranks */
};

/* ---- what rank 0 says ---- */

static void hear_answer(mcpi_shared_run *run, const void *message)
{
    const mcpi_grant_message *grant = message;
    const mcpi_over_message *over = message;
    switch (mcpi_kind_of(message)) {
    case MCPI_MESSAGE_GRANT:
        run->answer = MCPI_POOL_CHUNK;
        run->chunk = (mcpi_range){grant->first, grant->darts};
        run->goal = grant->goal;
        run->grants_seen++;
        break;
    case MCPI_MESSAGE_OVER:
        run->answer = over->complete ? MCPI_POOL_DONE : MCPI_POOL_OVER;
        break;
    default:
        break;
    }
}

/* The dispatcher's messages; those to rank 0 itself have arrived. */
static void dispatch(void *user, unsigned to, const void *message, size_t bytes)
{
    mcpi_shared_run *run = user;
    if (to == 0)
        hear_answer(run, message);
    else
        run->transport->send(run->transport->user, to, message, bytes);
}

__attribute__((noreturn)) static void give_up(void *user, const char *why)
{
    const mcpi_shared_run *run = user;
    run->transport->give_up(run->transport->user, why);
}

/* ---- rank 0 serves ---- */

/* A rank that was lost and is heard again has nothing more to do in this run. */
static void reply_to_lost(const mcpi_shared_run *run, unsigned from)
{
    const mcpi_over_message over = {MCPI_MESSAGE_OVER, 0};
    run->transport->send(run->transport->user, from, &over, sizeof over);
}

static void serve_message(mcpi_shared_run *run, unsigned from, const void *message, size_t bytes)
{
    static const mcpi_message alive = {MCPI_MESSAGE_ALIVE};
    if (!mcpi_liveness_received(run->liveness, from, mcpi_seconds()))
        reply_to_lost(run, from);
    else if (mcpi_kind_of(message) == MCPI_MESSAGE_REPORT)
        mcpi_dispatcher_receive(run->dispatcher, from, message, bytes);
    else
        run->transport->send(run->transport->user, from, &alive, sizeof alive);
}

static void serve(mcpi_shared_run *run)
{
    size_t bytes;
    unsigned from;
    for (void *message; (message = run->transport->receive(run->transport->user, &bytes, &from));) {
        serve_message(run, from, message, bytes);
        free(message);
    }
    const double now = mcpi_seconds();
    if (now - run->looked >= looking_seconds) {
        mcpi_dispatcher_look(run->dispatcher, now);
        run->looked = now;
    }
    if (mcpi_dispatcher_must_save(run->dispatcher))
        mcpi_dispatcher_save(run->dispatcher);
}

/* ---- the others listen ---- */

static void listen(mcpi_shared_run *run)
{
    size_t bytes;
    unsigned from;
    void *message;
    while (run->answer == MCPI_POOL_NOTHING &&
           (message = run->transport->receive(run->transport->user, &bytes, &from))) {
        mcpi_rank_zero_received(&run->line.zero, mcpi_seconds());
        hear_answer(run, message);
        free(message);
    }
    mcpi_lifeline_keep(&run->line, run->transport, mcpi_seconds());
}

/* ---- the pool ---- */

static mcpi_answer poll(void *user, mcpi_range *chunk, mcpi_progress *progress)
{
    mcpi_shared_run *run = user;
    if (run->dispatcher)
        serve(run);
    else
        listen(run);
    progress->goal = run->goal;
    if (run->dispatcher)
        mcpi_dispatcher_progress(run->dispatcher, progress);
    const mcpi_answer answer = run->answer;
    *chunk = run->chunk;
    run->answer = MCPI_POOL_NOTHING;
    return answer;
}

static mcpi_part *parts_of(const mcpi_shared_run *run, const mcpi_ranges *set, uint64_t *count)
{
    size_t parts;
    mcpi_part *const list = mcpi_need(run->transport, mcpi_ranges_parts(set, UINT64_MAX, &parts));
    *count = parts;
    return list;
}

static void report(void *user, const mcpi_report *told)
{
    mcpi_shared_run *run = user;
    mcpi_report_message head = {
        .kind = MCPI_MESSAGE_REPORT,
        .grants_seen = run->grants_seen,
        .held = told->held_count,
        .replaces = told->replaces,
        .asks = told->asks,
        .able = told->able,
        .finished = told->finished,
        .interrupted = told->interrupted,
        .timed_out = told->timed_out,
        .opening = told->request.opening,
        .previous = told->request.previous,
        .rate = told->request.rate,
        .seconds_left = told->request.seconds_left,
        .waited_seconds = told->waited_seconds,
    };
    mcpi_part *const counted = parts_of(run, told->counted, &head.counted);
    mcpi_part *const confirmed = parts_of(run, told->confirmed, &head.confirmed);
    const size_t counted_bytes = head.counted * sizeof *counted;
    const size_t confirmed_bytes = head.confirmed * sizeof *confirmed;
    const size_t held_bytes = told->held_count * sizeof *told->held;
    const size_t bytes = sizeof head + counted_bytes + confirmed_bytes + held_bytes;
    char *const message = mcpi_need(run->transport, malloc(bytes + 1));
    memcpy(message, &head, sizeof head);
    memcpy(message + sizeof head, counted, counted_bytes);
    memcpy(message + sizeof head + counted_bytes, confirmed, confirmed_bytes);
    if (held_bytes > 0)
        memcpy(message + sizeof head + counted_bytes + confirmed_bytes, told->held, held_bytes);
    if (run->dispatcher) {
        mcpi_dispatcher_receive(run->dispatcher, 0, (const mcpi_report_message *)message, bytes);
    } else {
        run->transport->send(run->transport->user, 0, message, bytes);
        run->line.sent = mcpi_seconds();
    }
    free(message);
    free(confirmed);
    free(counted);
}

static void save(void *user)
{
    const mcpi_shared_run *run = user;
    mcpi_dispatcher_save(run->dispatcher);
}

/* ---- opening ---- */

static mcpi_shared_run *make_run(const mcpi_transport *transport)
{
    mcpi_shared_run *const run = calloc(1, sizeof *run);
    if (!run)
        return NULL;
    run->transport = transport;
    run->line = mcpi_lifeline_open(mcpi_seconds());
    run->pool = (mcpi_pool){run, transport->rank == 0 ? serving_seconds : tick_seconds, poll, report, NULL};
    return run;
}

mcpi_shared_run *mcpi_shared_run_open(const mcpi_transport *transport, mcpi_liveness *liveness,
                                      const mcpi_options *options)
{
    mcpi_shared_run *const run = make_run(transport);
    if (!run)
        return NULL;
    const mcpi_dispatcher_calls calls = {run, dispatch, give_up};
    run->liveness = liveness;
    run->dispatcher = mcpi_dispatcher_open(options, liveness, &calls);
    if (!run->dispatcher) {
        mcpi_shared_run_close(run);
        return NULL;
    }
    if (options->save)
        run->pool.save = save;
    const mcpi_opening_message opening = mcpi_dispatcher_opening(run->dispatcher);
    mcpi_tell_all(transport, &opening, sizeof opening);
    return run;
}

mcpi_shared_run *mcpi_shared_run_follow(const mcpi_transport *transport, const mcpi_opening_message *opening,
                                        mcpi_options *options)
{
    mcpi_shared_run *const run = make_run(transport);
    if (!run)
        return NULL;
    options->seed = opening->seed;
    options->stream = opening->stream;
    options->first = opening->first;
    options->darts = opening->darts;
    options->target_error = opening->target_error;
    options->time_limit_seconds = opening->time_limit_seconds;
    options->trace = opening->traces != 0;
    if (opening->verifies_all)
        options->verify = MCPI_VERIFY_FULL;
    run->goal = opening->goal;
    return run;
}

void mcpi_shared_run_close(mcpi_shared_run *run)
{
    if (!run)
        return;
    mcpi_dispatcher_close(run->dispatcher);
    free(run);
}

const mcpi_pool *mcpi_shared_run_pool(const mcpi_shared_run *run)
{
    return &run->pool;
}

const mcpi_dispatcher *mcpi_shared_run_dispatcher(const mcpi_shared_run *run)
{
    return run->dispatcher;
}
