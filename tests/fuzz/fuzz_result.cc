/*
 * Results as JSON: what is read is a state, and reported again it is read as the same, without a doubt. A report in
 * which a byte was changed is refused or gives the same state.
 */
#include "fuzz/fuzz.h"
#include "fuzz/shard.h"
#include "made_up_origin.h"

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
    report_json(out, &result, &made_up_origin);
    std::fclose(out);
    const std::string copy(text, size);
    std::free(text);
    return copy;
}

/* NULL if it is refused. */
mcpi_state *read(const std::string &text, const char **doubt)
{
    mcpi_state *state = nullptr;
    mcpi_error error{};
    const mcpi_status status = read_result(text.data(), text.size(), &state, doubt, &error);
    FUZZ_CHECK((status == MCPI_OK) == (state != nullptr));
    FUZZ_CHECK(status == MCPI_OK || is_one_line(error.message));
    FUZZ_CHECK(!*doubt || (state && is_one_line(*doubt)));
    return state;
}

/* What was read comes back from its report, and every later change to that report is noticed. */
void check_report(const mcpi_state &state, size_t place, uint8_t change)
{
    const char *doubt = nullptr;
    const std::string whole = report(state);
    mcpi_state *const again = read(whole, &doubt);
    FUZZ_CHECK(again && !doubt && report(*again) == whole);
    std::free(again);
    std::string damaged = whole;
    damaged[place % damaged.size()] ^= static_cast<char>(change);
    mcpi_state *const other = read(damaged, &doubt);
    FUZZ_CHECK(!other || report(*other) == whole);
    std::free(other);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    const char *doubt = nullptr;
    mcpi_state *const state = read({bytes, bytes + count}, &doubt);
    if (!state)
        return 0;
    check_parts(*state);
    check_merge(state);
    FUZZ_CHECK(state->part_count == 0 || state->parts[0].first == state->first);
    /* Any place and change will do, as long as the input decides: its length and its last byte. */
    check_report(*state, 131 * count + bytes[count / 2], bytes[count - 1] ^ bytes[count / 2]);
    std::free(state);
    return 0;
}
