#include "cluster/survey.h"

#include <stdlib.h>
#include <string.h>

#include "cluster/mailbox.h"
#include "core/backend.h"
#include "core/status.h"

/* A message from rank 0 to all, and to rank 0 from any rank that wants to stop. */
typedef struct want_message {
    uint64_t kind;
    mcpi_want want;
} want_message;

/* The latest report of a rank. */
typedef struct post {
    void *message; /* its first word is the kind */
    size_t bytes;  /* without that word */
    uint64_t reports;
} post;

struct mcpi_survey {
    const mcpi_transport *transport;
    mcpi_liveness *liveness; /* rank 0 */
    post *posts;             /* rank 0: one for each rank */
    mcpi_want want;
    mcpi_lifeline line; /* the others */
};

static const mcpi_message leaving = {MCPI_MESSAGE_LEAVING};

static bool is_first(const mcpi_survey *survey)
{
    return survey->transport->rank == 0;
}

/* A message: a kind and bytes. Free it with free(). */
static uint64_t *compose(const mcpi_transport *transport, mcpi_message_kind kind, const void *bytes, size_t count)
{
    uint64_t *const message = mcpi_need(transport, malloc(sizeof *message + count));
    *message = kind;
    memcpy(message + 1, bytes, count);
    return message;
}

const void *mcpi_survey_opening(const void *message)
{
    return (const uint64_t *)message + 1;
}

/* ---- opening ---- */

static mcpi_survey *make(const mcpi_transport *transport, mcpi_liveness *liveness)
{
    mcpi_survey *const survey = mcpi_need(transport, calloc(1, sizeof *survey));
    *survey = (mcpi_survey){.transport = transport, .liveness = liveness, .line = mcpi_lifeline_open(mcpi_seconds())};
    if (liveness)
        survey->posts = mcpi_need(transport, calloc(transport->ranks, sizeof *survey->posts));
    return survey;
}

mcpi_status mcpi_survey_open(const mcpi_transport *transport, mcpi_liveness *liveness, const void *opening,
                             size_t bytes, mcpi_survey **survey, mcpi_error *error)
{
    uint64_t *const message = compose(transport, MCPI_MESSAGE_SURVEY, opening, bytes);
    mcpi_mailbox joined = mcpi_mailbox_open(transport, liveness);
    const mcpi_join_message own = {.kind = MCPI_MESSAGE_JOIN};
    mcpi_error refused = {0};
    uint64_t teams; /* used by runs only */
    mcpi_mailbox_put_own(&joined, &own, sizeof own);
    mcpi_tell_all(transport, message, sizeof *message + bytes);
    free(message);
    mcpi_mailbox_await(&joined, MCPI_MESSAGE_JOIN, mcpi_lost_seconds, "the others begin without it");
    const mcpi_status status = mcpi_refusal_of(&joined, &teams, &refused);
    mcpi_mailbox_close(&joined);
    mcpi_answer_joins(transport, &refused);
    *survey = status == MCPI_OK ? make(transport, liveness) : NULL;
    return status == MCPI_OK ? MCPI_OK : mcpi_fail(error, status, "%s", refused.message);
}

mcpi_survey *mcpi_survey_join(const mcpi_transport *transport, const mcpi_error *unable)
{
    const mcpi_join_message join = {MCPI_MESSAGE_JOIN, 0, *unable};
    return mcpi_join_rank_zero(transport, &join) ? make(transport, NULL) : NULL;
}

/* ---- reports ---- */

static void store_report(post *p, void *message, size_t bytes)
{
    free(p->message);
    p->message = message;
    p->bytes = bytes;
    p->reports++;
}

void mcpi_survey_report(mcpi_survey *survey, const void *report, size_t bytes)
{
    const mcpi_transport *transport = survey->transport;
    uint64_t *const message = compose(transport, MCPI_MESSAGE_STANDING, report, bytes);
    if (is_first(survey)) {
        store_report(&survey->posts[0], message, bytes);
        return;
    }
    transport->send(transport->user, 0, message, sizeof *message + bytes);
    free(message);
}

mcpi_standing mcpi_survey_standing(const mcpi_survey *survey, unsigned rank, double now)
{
    const post *const p = &survey->posts[rank];
    const mcpi_peer *const peer = &survey->liveness->peers[rank];
    return (mcpi_standing){
        .report = p->message ? (const uint64_t *)p->message + 1 : NULL,
        .bytes = p->bytes,
        .reports = p->reports,
        .silent_seconds = rank > 0 && now > peer->received ? now - peer->received : 0.0,
        .lost = peer->lost,
    };
}

void mcpi_survey_give_up(mcpi_survey *survey, unsigned rank, double now)
{
    mcpi_liveness_give_up(survey->liveness, rank, now, "the verdict of the other ranks does not wait for it");
}

/* ---- requests of rank 0 ---- */

static void send_want(const mcpi_survey *survey)
{
    const want_message message = {MCPI_MESSAGE_WANT, survey->want};
    if (is_first(survey))
        mcpi_tell_all(survey->transport, &message, sizeof message);
    else
        survey->transport->send(survey->transport->user, 0, &message, sizeof message);
}

void mcpi_survey_stop(mcpi_survey *survey, unsigned urgency)
{
    if (urgency <= survey->want.stop)
        return;
    survey->want.stop = urgency;
    send_want(survey);
}

void mcpi_survey_ask(mcpi_survey *survey, bool details)
{
    survey->want.round++;
    survey->want.details = details;
    send_want(survey);
}

mcpi_want mcpi_survey_want(const mcpi_survey *survey)
{
    return survey->want;
}

/* ---- exchange ---- */

/* Rank 0. True if the message is kept. */
static bool take_at_rank_zero(mcpi_survey *survey, unsigned from, void *message, size_t bytes)
{
    switch (mcpi_kind_of(message)) {
    case MCPI_MESSAGE_WANT:
        mcpi_survey_stop(survey, (unsigned)((const want_message *)message)->want.stop);
        return false;
    case MCPI_MESSAGE_STANDING:
        store_report(&survey->posts[from], message, bytes - sizeof(uint64_t));
        return true;
    default:
        return false;
    }
}

/* The others. This rank may have asked for a more urgent stop than rank 0 knows of. */
static void update_want(mcpi_survey *survey, const void *message)
{
    if (mcpi_kind_of(message) != MCPI_MESSAGE_WANT)
        return;
    const uint64_t stop = survey->want.stop;
    survey->want = ((const want_message *)message)->want;
    if (survey->want.stop < stop)
        survey->want.stop = stop;
}

static void exchange_at_rank_zero(mcpi_survey *survey, double now)
{
    size_t bytes;
    unsigned from;
    for (void *message; (message = mcpi_receive(survey->transport, survey->liveness, now, &bytes, &from));)
        if (!take_at_rank_zero(survey, from, message, bytes))
            free(message);
    mcpi_liveness_look(survey->liveness, now);
}

void mcpi_survey_exchange(mcpi_survey *survey, double now)
{
    if (is_first(survey)) {
        exchange_at_rank_zero(survey, now);
        return;
    }
    void *message;
    while (!survey->want.over && (message = mcpi_lifeline_receive(&survey->line, survey->transport, now))) {
        update_want(survey, message);
        free(message);
    }
}

/* ---- closing ---- */

static void end_all(mcpi_survey *survey)
{
    mcpi_mailbox box = mcpi_mailbox_open(survey->transport, survey->liveness);
    survey->want.over = 1;
    send_want(survey);
    mcpi_mailbox_put_own(&box, &leaving, sizeof leaving);
    mcpi_mailbox_await(&box, MCPI_MESSAGE_LEAVING, mcpi_lost_seconds, "the job ends without it");
    mcpi_mailbox_close(&box);
}

void mcpi_survey_close(mcpi_survey *survey)
{
    const mcpi_transport *transport = survey->transport;
    if (is_first(survey))
        end_all(survey);
    else
        transport->send(transport->user, 0, &leaving, sizeof leaving);
    for (unsigned rank = 0; survey->posts && rank < transport->ranks; rank++)
        free(survey->posts[rank].message);
    free(survey->posts);
    free(survey);
}
