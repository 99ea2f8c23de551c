/* Results in JSON, changed as text. */
#ifndef MCPI_TESTS_CLI_RESULT_TEXT_H
#define MCPI_TESTS_CLI_RESULT_TEXT_H

#include <string>

/* With the first `from` replaced; a text without it stays as it is. */
inline std::string replaced(std::string text, const std::string &from, const std::string &to)
{
    const size_t at = text.find(from);
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/* From the first `begin` to the first `end` behind it, both included. */
inline std::string part_of(const std::string &text, const std::string &begin, const std::string &end)
{
    const size_t at = text.find(begin);
    return text.substr(at, text.find(end, at + begin.size()) + end.size() - at);
}

/* What older versions wrote: no strings, no checksum. */
inline std::string unsigned_copy(const std::string &text)
{
    return replaced(text, part_of(text, "\"exact\":", "\"pi\""), "\"pi\"");
}

/* With another number for a key outside of "exact". */
inline std::string with_number(const std::string &text, const std::string &key, const std::string &number)
{
    const std::string old = part_of(text, "\"" + key + "\":", ",");
    return replaced(text, old, "\"" + key + "\":" + number + ",");
}

#endif
