#include "cluster/liveness.h"

#include <stdio.h>
#include <stdlib.h>

bool mcpi_liveness_open(mcpi_liveness *l, unsigned ranks, double now)
{
    *l = (mcpi_liveness){.peers = calloc(ranks, sizeof *l->peers), .ranks = ranks, .looked = now};
    for (unsigned rank = 0; l->peers && rank < ranks; rank++)
        l->peers[rank].received = now;
    return l->peers != NULL;
}

void mcpi_liveness_close(mcpi_liveness *l)
{
    free(l->peers);
    *l = (mcpi_liveness){0};
}

static void note(const mcpi_liveness *l, unsigned rank, const char *format, double seconds, const char *more)
{
    char name[100];
    char text[300];
    const char *node = l->peers[rank].node;
    if (!l->note)
        return;
    snprintf(name, sizeof name, node[0] ? "rank %u on %s" : "rank %u", rank, node);
    snprintf(text, sizeof text, format, name, seconds, more);
    l->note(l->user, text);
}

bool mcpi_liveness_received(mcpi_liveness *l, unsigned rank, double now)
{
    mcpi_peer *const peer = &l->peers[rank];
    if (peer->lost)
        return false;
    if (peer->silent)
        note(l, rank, "%s responds again after %.0f s%s", now - peer->received, "");
    peer->silent = false;
    peer->received = now;
    return true;
}

/* Rank 0 itself was stopped: what the others sent meanwhile has yet to be received. */
static void forgive(mcpi_liveness *l, double seconds)
{
    for (unsigned rank = 0; rank < l->ranks; rank++)
        l->peers[rank].received += seconds;
}

void mcpi_liveness_look(mcpi_liveness *l, double now)
{
    if (now - l->looked > mcpi_looking_seconds)
        forgive(l, now - l->looked);
    l->looked = now;
    for (unsigned rank = 1; rank < l->ranks; rank++) {
        if (l->peers[rank].silent || !mcpi_liveness_is_silent(l, rank, mcpi_silent_seconds, now))
            continue;
        l->peers[rank].silent = true;
        note(l, rank, "%s has not been heard from for %.0f s%s", now - l->peers[rank].received, "");
    }
}

bool mcpi_liveness_is_silent(const mcpi_liveness *l, unsigned rank, double seconds, double now)
{
    return rank > 0 && !l->peers[rank].lost && now - l->peers[rank].received >= seconds;
}

void mcpi_liveness_give_up(mcpi_liveness *l, unsigned rank, double now, const char *consequence)
{
    l->peers[rank].lost = true;
    l->lost++;
    note(l, rank, "%s is lost (nothing heard for %.0f s): %s", now - l->peers[rank].received, consequence);
}
