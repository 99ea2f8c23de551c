#include "series.h"

#include <getopt.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace
{

using std::chrono::steady_clock;
steady_clock::time_point start;

[[noreturn]] void wrong(const char *program, const char *argument)
{
    std::fprintf(stderr, "%s: %s: usage: [SIZE] [--repetitions N] [--seconds S] [--json]\n", program, argument);
    std::exit(2);
}

uint64_t whole_number(const char *program, const char *text)
{
    char *end;
    const uint64_t number = std::strtoull(text, &end, 10);
    if (end == text || *end != '\0' || number == 0)
        wrong(program, text);
    return number;
}

double seconds_of(const char *program, const char *text)
{
    char *end;
    const double seconds = std::strtod(text, &end);
    if (end == text || *end != '\0' || !(seconds > 0))
        wrong(program, text);
    return seconds;
}

std::string quoted(const std::string &text)
{
    std::string result = "\"";
    for (const char c : text) {
        char escaped[8];
        if (c == '"' || c == '\\')
            result += '\\';
        if ((unsigned char)c < 0x20) {
            std::snprintf(escaped, sizeof escaped, "\\u%04x", c);
            result += escaped;
        } else {
            result += c;
        }
    }
    return result + '"';
}

} // namespace

Options read_options(int argc, char **argv, uint64_t usual_size)
{
    static const option known[] = {{"repetitions", required_argument, nullptr, 'r'},
                                   {"seconds", required_argument, nullptr, 's'},
                                   {"json", no_argument, nullptr, 'j'},
                                   {nullptr, 0, nullptr, 0}};
    Options options;
    options.size = usual_size;
    for (int found; (found = getopt_long(argc, argv, "", known, nullptr)) != -1;) {
        if (found == 'r')
            options.repetitions = (unsigned)whole_number(argv[0], optarg);
        else if (found == 's')
            options.seconds = seconds_of(argv[0], optarg);
        else if (found == 'j')
            options.json = true;
        else
            wrong(argv[0], argv[optind - 1]);
    }
    if (optind + 1 < argc)
        wrong(argv[0], argv[optind + 1]);
    if (optind < argc)
        options.size = whole_number(argv[0], argv[optind]);
    return options;
}

void start_clock()
{
    start = steady_clock::now();
}

bool out_of_time(const Options &options)
{
    return options.seconds > 0 && std::chrono::duration<double>(steady_clock::now() - start).count() > options.seconds;
}

Spread spread_of(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    const size_t middle = values.size() / 2;
    const double median = values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    return {median, values.front(), values.back()};
}

Line::~Line()
{
    if (!wanted)
        return;
    std::printf("{%s}\n", fields.c_str());
    std::fflush(stdout);
}

Line &Line::put_raw(const char *key, const std::string &value)
{
    fields += (fields.empty() ? "" : ", ") + quoted(key) + ": " + value;
    return *this;
}

Line &Line::put(const char *key, const std::string &text)
{
    return put_raw(key, quoted(text));
}

Line &Line::put(const char *key, const char *text)
{
    return put_raw(key, quoted(text));
}

Line &Line::put(const char *key, double number)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", number);
    return put_raw(key, std::isfinite(number) ? text : "null");
}

Line &Line::put(const char *key, uint64_t number)
{
    return put_raw(key, std::to_string(number));
}

Line &Line::put(const char *key, bool value)
{
    return put_raw(key, value ? "true" : "false");
}
