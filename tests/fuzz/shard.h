/* What holds for every state that a file brings to a merge. */
#ifndef MCPI_TESTS_FUZZ_SHARD_H
#define MCPI_TESTS_FUZZ_SHARD_H

#include <vector>

#include "mcpi/dart.h"
#include "mcpi/mcpi.h"
#include "tests/fuzz/fuzz.h"

/* By itself: in order, apart, within its goal. */
inline void check_parts(const mcpi_state &state)
{
    FUZZ_CHECK(state.darts <= MCPI_DART_END && state.first <= MCPI_DART_END - state.darts);
    FUZZ_CHECK(state.goal <= state.darts);
    uint64_t at = state.first;
    for (size_t i = 0; i < state.part_count; i++) {
        const mcpi_part &part = state.parts[i];
        FUZZ_CHECK(part.first >= at && part.darts > 0 && part.hits <= part.darts);
        at = part.first + part.darts;
    }
    FUZZ_CHECK(at <= state.first + state.goal);
}

/* Merged alone, no dart is lost or made; with itself, none is taken twice. */
inline void check_merge(mcpi_state *state)
{
    const std::vector<mcpi_shard> shards = {{"a", state}, {"b", state}};
    mcpi_state *merged = nullptr;
    mcpi_error error{};
    FUZZ_CHECK(mcpi_merge(shards.data(), 1, &merged, &error) == MCPI_OK);
    check_parts(*merged);
    uint64_t darts = 0;
    for (size_t i = 0; i <= merged->part_count; i++) {
        darts += mcpi_state_gap(merged, i).darts;
        darts += i < merged->part_count ? merged->parts[i].darts : 0;
    }
    FUZZ_CHECK(darts == merged->goal && merged->goal == state->goal);
    std::free(merged);
    const mcpi_status status = mcpi_merge(shards.data(), 2, &merged, &error);
    FUZZ_CHECK((status == MCPI_OK) == (state->part_count == 0));
    FUZZ_CHECK(status == MCPI_OK || is_one_line(error.message));
    std::free(merged);
}

#endif
