/* Results as JSON: what is read is a state, and reported again it is read as the same. */
#include "fuzz/fuzz.h"
#include "fuzz/shard.h"

extern "C" {
#include "cli/read_result.h"
#include "cli/report.h"
}

namespace
{

mcpi_result result_of(const mcpi_state &state)
{
    mcpi_result result{};
    result.seed = state.seed;
    result.stream = state.stream;
    result.first = state.first;
    result.darts = state.part_count > 0 ? state.parts[0].darts : 0;
    result.hits = state.part_count > 0 ? state.parts[0].hits : 0;
    result.goal = state.goal;
    result.complete = result.darts == state.goal ? 1 : 0;
    result.estimate = mcpi_estimate_from(result.darts, result.hits);
    return result;
}

std::string report(const mcpi_state &state)
{
    const mcpi_result result = result_of(state);
    char *text = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    report_json(out, &result);
    std::fclose(out);
    const std::string copy(text, size);
    std::free(text);
    return copy;
}

/* NULL if it is refused. */
mcpi_state *read(const std::string &text)
{
    mcpi_state *state = nullptr;
    mcpi_error error{};
    const mcpi_status status = read_result(text.data(), text.size(), &state, &error);
    FUZZ_CHECK((status == MCPI_OK) == (state != nullptr));
    FUZZ_CHECK(status == MCPI_OK || is_one_line(error.message));
    return state;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    mcpi_state *const state = read({bytes, bytes + count});
    if (!state)
        return 0;
    check_parts(*state);
    check_merge(state);
    FUZZ_CHECK(state->part_count == 0 || state->parts[0].first == state->first);
    mcpi_state *const again = read(report(*state));
    FUZZ_CHECK(again && report(*again) == report(*state));
    FUZZ_CHECK(again->goal == state->goal && again->part_count == state->part_count);
    std::free(again);
    std::free(state);
    return 0;
}
