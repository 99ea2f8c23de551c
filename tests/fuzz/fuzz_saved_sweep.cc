/*
 * Saved sweeps: what is read is within its bounds and can be printed, whatever the file holds; and a sweep differs
 * neither in its rates nor in its counts from itself.
 */
#include <cctype>
#include <cmath>

#include "tests/fuzz/fuzz.h"

extern "C" {
#include "cli/io/parse_json.h"
#include "cli/saved/side_by_side.h"
#include "cli/saved/sweep_pool.h"
}

namespace
{

bool is_printable(const std::string &text)
{
    for (const char c : text)
        if (std::iscntrl(static_cast<unsigned char>(c)))
            return false;
    return true;
}

std::string print(void (*renderer)(FILE *, const void *), const void *report)
{
    char *text = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    renderer(out, report);
    std::fclose(out);
    const std::string copy(text, size);
    std::free(text);
    return copy;
}

void check_json(const std::string &text)
{
    parsed_json json{};
    FUZZ_CHECK(parse_json(text.data(), text.size(), "not", &json, nullptr) == MCPI_OK);
    json_object_put(json.root);
}

void check_row(const saved_row &row)
{
    FUZZ_CHECK(row.hits <= row.darts);
    FUZZ_CHECK(row.rounds >= 1 && row.rounds <= 1000);
    FUZZ_CHECK(row.rates.lowest > 0 && std::isfinite(row.rates.highest));
    FUZZ_CHECK(std::isnan(row.rates.low) == (row.rounds < 6));
    for (const saved_text &text : {row.who, row.name, row.kernel, row.worker_kind})
        FUZZ_CHECK(is_printable(text.text));
    FUZZ_CHECK(row.who.text[0]);
}

void check_sweep(const saved_sweep &saved)
{
    FUZZ_CHECK(saved.row_count >= 1);
    for (size_t i = 0; i < saved.row_count; i++)
        check_row(saved.rows[i]);
    for (size_t i = 0; i < saved.warning_count; i++)
        FUZZ_CHECK(is_printable(saved.warnings[i].code) && is_printable(saved.warnings[i].text) &&
                   saved.warnings[i].text[0]);
    for (const saved_text &fact : saved.facts)
        FUZZ_CHECK(is_printable(fact.text));
}

/* Counts of a file may contradict each other, and the second sweep then contradicts the first. */
void check_two(const saved_sweep &a, const saved_sweep &b)
{
    side_by_side s{};
    FUZZ_CHECK(side_by_side_of(&s, &a, &b));
    FUZZ_CHECK(s.counts.verdict != COUNTS_OF_OTHER_DARTS && s.lead);
    for (size_t i = 0; i < s.row_count; i++)
        FUZZ_CHECK(s.rows[i].change == CHANGE_NONE || s.rows[i].change == CHANGE_UNKNOWN || a.row_count > 1);
    check_json(print(side_by_side_json, &s));
    print(side_by_side_text, &s);
    print(side_by_side_markdown, &s);
    print(side_by_side_csv, &s);
    side_by_side_free(&s);
}

/* The second is made another sweep, or it would be refused. */
void check_pool(const saved_sweep &a, saved_sweep b)
{
    const saved_sweep *const sweeps[] = {&a, &b};
    sweep_pool p{};
    mcpi_error error{};
    FUZZ_CHECK(sweep_pool_of(&p, sweeps, 2, &error) == MCPI_BAD_OPTION && is_one_line(error.message));
    sweep_pool_free(&p);
    b.facts[SAVED_STARTED].text[0] ^= 1;
    b.facts[SAVED_STARTED].text[1] = '\0';
    FUZZ_CHECK(sweep_pool_of(&p, sweeps, 2, &error) == MCPI_OK && p.lead);
    check_json(print(sweep_pool_json, &p));
    print(sweep_pool_text, &p);
    print(sweep_pool_markdown, &p);
    print(sweep_pool_csv, &p);
    sweep_pool_free(&p);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    const std::string text(bytes, bytes + count);
    saved_sweep saved[2];
    mcpi_error error{};
    const mcpi_status status = saved_sweep_read(text.data(), text.size(), "a", &saved[0], &error);
    FUZZ_CHECK(status == MCPI_OK || is_one_line(error.message));
    FUZZ_CHECK(saved_sweep_read(text.data(), text.size(), "b", &saved[1], &error) == status);
    if (status == MCPI_OK) {
        check_sweep(saved[0]);
        check_two(saved[0], saved[1]);
        check_pool(saved[0], saved[1]);
    }
    saved_sweep_free(&saved[0]);
    saved_sweep_free(&saved[1]);
    return 0;
}
