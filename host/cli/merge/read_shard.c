#include "cli/merge/read_shard.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cli/io/complain.h"
#include "cli/io/operand.h"
#include "cli/merge/read_result.h"
#include "cli/run/checkpointing.h"
#include "save/state_text.h"

static bool is_checkpoint(const char *text)
{
    static const char beginning[] = "mcpi checkpoint ";
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* A run with --verify full confirms all its darts, but may have been stopped after it found a count wrong. */
static void warn_of_unconfirmed(const shard_file *shard)
{
    if (shard->unconfirmed > 0)
        complain("%s: %" PRIu64
                 " of its darts were counted only once, by a run with --verify full; the count may be wrong",
                 shard->name, shard->unconfirmed);
}

static mcpi_status parse_shard(const char *text, size_t length, shard_file *shard, mcpi_error *error)
{
    result_notes notes = {0};
    mcpi_status status;
    if (is_checkpoint(text)) {
        status = mcpi_state_parse(text, length, &shard->state, error);
        if (status == MCPI_OK && shard->state->verify == MCPI_VERIFY_FULL)
            shard->unconfirmed = unconfirmed_darts(shard->state);
    } else {
        status = read_result(text, length, &shard->state, &notes, error);
        shard->unconfirmed = notes.unconfirmed;
        shard->timed_darts = notes.timed_darts;
        shard->seconds = notes.seconds;
    }
    if (notes.doubt)
        complain("%s: %s", shard->name, notes.doubt);
    return status;
}

mcpi_status read_shard(const char *name, shard_file *shard)
{
    size_t length;
    mcpi_error error;
    *shard = (shard_file){.name = operand_name(name)};
    char *const text = operand_read(name, &length);
    if (!text)
        return MCPI_BAD_OPTION;
    const mcpi_status status = parse_shard(text, length, shard, &error);
    free(text);
    if (status == MCPI_OK)
        warn_of_unconfirmed(shard);
    else
        complain("%s: %s", shard->name, error.message);
    return status;
}
