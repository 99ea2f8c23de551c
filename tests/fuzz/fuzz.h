/*
 * What a fuzz target is: LLVMFuzzerTestOneInput, which feeds some bytes to a reader and holds it to its promises. With
 * libFuzzer (./check fuzz) the bytes are found by coverage; elsewhere driver.cc replays the corpus and changes it.
 */
#ifndef MCPI_TESTS_FUZZ_H
#define MCPI_TESTS_FUZZ_H

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

#define FUZZ_CHECK(condition)                                                                   \
    do {                                                                                        \
        if (!(condition)) {                                                                     \
            std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
            std::abort();                                                                       \
        }                                                                                       \
    } while (0)

/* Is it a message: one line, and not an empty one? */
inline bool is_one_line(const std::string &message)
{
    return !message.empty() && message.find('\n') == std::string::npos;
}

#endif
