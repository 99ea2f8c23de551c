/* The checksum of checkpoint files, restated: ECMA-182, annex B, from zero. */
#ifndef MCPI_TESTS_SAVE_CHECKSUM_H
#define MCPI_TESTS_SAVE_CHECKSUM_H

#include <cstdint>
#include <cstdio>
#include <string>

/* A text with the line of its checksum behind it: what only a program would write. */
inline std::string signed_text(const std::string &body)
{
    uint64_t crc = 0;
    for (const char c : body) {
        crc ^= static_cast<uint64_t>(static_cast<unsigned char>(c)) << 56;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc << 1) ^ ((crc >> 63) != 0 ? 0x42F0E1EBA9EA3693 : 0);
    }
    char line[40];
    std::snprintf(line, sizeof line, "checksum %016llx\n", static_cast<unsigned long long>(crc));
    return body + line;
}

#endif
