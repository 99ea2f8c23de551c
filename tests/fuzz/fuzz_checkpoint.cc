/*
 * Checkpoint files: what is read is a state that a run could have had, and written again it is read as the same. Each
 * input is tried as it is, and with the checksum that fits it, without which no change would get any further.
 */
#include "save/state_text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/shard.h"
#include "tests/save/checksum.h"

namespace
{

std::string format(const mcpi_state &state)
{
    size_t length = 0;
    char *const text = mcpi_state_format(&state, &length);
    const std::string copy(text, length);
    std::free(text);
    return copy;
}

/* NULL if it is refused. */
mcpi_state *parse(const std::string &text)
{
    mcpi_state *state = nullptr;
    mcpi_error error{};
    const mcpi_status status = mcpi_state_parse(text.data(), text.size(), &state, &error);
    FUZZ_CHECK((status == MCPI_OK) == (state != nullptr));
    FUZZ_CHECK(status == MCPI_OK || is_one_line(error.message));
    return state;
}

void try_text(const std::string &text)
{
    mcpi_state *const state = parse(text);
    if (!state)
        return;
    check_parts(*state);
    check_merge(state);
    mcpi_state *const again = parse(format(*state));
    FUZZ_CHECK(again && format(*again) == format(*state));
    std::free(again);
    std::free(state);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    const std::string text(bytes, bytes + count);
    try_text(text);
    try_text(signed_text(text));
    return 0;
}
