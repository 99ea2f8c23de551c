/*
 * Results as JSON: what is read is a state, and reported again it is read as the same, without a doubt. A report in
 * which a byte was changed is refused or gives the same state.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/shard.h"

extern "C" {
#include "cli/merge/merge_report.h"
#include "cli/merge/read_result.h"
}

namespace
{

/* A state, and what merge must know besides. */
struct Reading {
    mcpi_state *state; /* NULL if the text is refused */
    result_notes notes;
};

std::string report(const Reading &reading)
{
    const merge_outcome outcome = {
        reading.state, reading.notes.unconfirmed, reading.notes.timed_darts, reading.notes.seconds, {}};
    char *text = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    merge_json(out, &outcome);
    std::fclose(out);
    const std::string copy(text, size);
    std::free(text);
    return copy;
}

Reading read(const std::string &text)
{
    Reading reading{};
    mcpi_error error{};
    const mcpi_status status = read_result(text.data(), text.size(), &reading.state, &reading.notes, &error);
    FUZZ_CHECK((status == MCPI_OK) == (reading.state != nullptr));
    FUZZ_CHECK(status == MCPI_OK || is_one_line(error.message));
    FUZZ_CHECK(!reading.notes.doubt || (reading.state && is_one_line(reading.notes.doubt)));
    return reading;
}

/* What was read comes back from its report, and every later change to its counts is noticed. Times have no checksum. */
void check_report(const Reading &reading, size_t place, uint8_t change)
{
    const std::string whole = report(reading);
    const Reading again = read(whole);
    FUZZ_CHECK(again.state && !again.notes.doubt && report(again) == whole);
    std::free(again.state);
    std::string damaged = whole;
    damaged[place % damaged.size()] ^= static_cast<char>(change);
    Reading other = read(damaged);
    other.notes.timed_darts = reading.notes.timed_darts;
    other.notes.seconds = reading.notes.seconds;
    FUZZ_CHECK(!other.state || report(other) == whole);
    std::free(other.state);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    const Reading reading = read({bytes, bytes + count});
    if (!reading.state)
        return 0;
    check_parts(*reading.state);
    check_merge(reading.state);
    FUZZ_CHECK(reading.notes.unconfirmed <= mcpi_darts_of_parts(reading.state->parts, reading.state->part_count));
    /* Any place and change will do, as long as the input decides: its length and its last byte. */
    check_report(reading, 131 * count + bytes[count / 2], bytes[count - 1] ^ bytes[count / 2]);
    std::free(reading.state);
    return 0;
}
