#include "save/crc64.h"

/* Bit by bit: most texts are short, and a table would not make a measurable difference. */
uint64_t mcpi_crc64_add(uint64_t crc, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        crc ^= (uint64_t)(unsigned char)bytes[i] << 56;
        for (int bit = 0; bit < 8; bit++)
            crc = crc << 1 ^ (crc >> 63 ? UINT64_C(0x42F0E1EBA9EA3693) : 0);
    }
    return crc;
}

uint64_t mcpi_crc64(const char *bytes, size_t length)
{
    return mcpi_crc64_add(0, bytes, length);
}
