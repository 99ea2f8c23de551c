/* The command line: arguments are what NULs and newlines separate. It is taken, or refused with one line. */
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/affinity.h"
#include "mcpi/dart.h"
#include "tests/fuzz/fuzz.h"

extern "C" {
#include "cli/commands.h"
#include "cli/io/plot.h"
}

namespace
{

/* What the rest of the program leans on. */
void check_accepted(const cli_options &options)
{
    FUZZ_CHECK(options.run.darts <= MCPI_DART_END);
    FUZZ_CHECK(options.run.first <= MCPI_DART_END);
    FUZZ_CHECK(options.run.threads <= mcpi_most_workers());
    FUZZ_CHECK(options.run.target_error >= 0.0 && std::isfinite(options.run.target_error));
    FUZZ_CHECK(options.run.time_limit_seconds >= 0.0 && std::isfinite(options.run.time_limit_seconds));
    FUZZ_CHECK(options.run.save_seconds > 0.0 && std::isfinite(options.run.save_seconds));
    FUZZ_CHECK(!options.output || *options.output);
    for (size_t i = 0; i < options.outputs.count; i++)
        FUZZ_CHECK(*options.outputs.names[i]);
    FUZZ_CHECK(options.expected.gpus <= 256 && options.expected.threads <= 65536);
    FUZZ_CHECK(!options.expected.spec || options.expected.threads > 0 || expected_gpus(&options.expected) > 0);
    FUZZ_CHECK(!options.trace || *options.trace);
    FUZZ_CHECK(!options.plot || plot_takes_name(options.plot));
    FUZZ_CHECK(options.command->operands || options.operand_count == 0);
    FUZZ_CHECK(options.command != &merge_command || options.operand_count > 0 || options.help || options.version);
    for (unsigned place = 0; option_at(options.command, place); place++)
        FUZZ_CHECK(option_at(options.command, place)->option || !(options.given >> place & 1U));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    std::string text(bytes, bytes + count);
    std::replace(text.begin(), text.end(), '\n', '\0');
    std::string program = "mcpi";
    std::vector<char *> arguments = {program.data()};
    for (size_t at = 0; at < text.size(); at = text.find('\0', at) + 1) {
        arguments.push_back(&text[at]);
        if (text.find('\0', at) == std::string::npos)
            break;
    }
    const auto argument_count = static_cast<int>(arguments.size());
    arguments.push_back(nullptr);

    cli_options options;
    usage_error error{};
    if (parse_options(&mcpi_program, argument_count, arguments.data(), &options, &error))
        check_accepted(options);
    else
        FUZZ_CHECK(is_one_line(error.message));
    return 0;
}
