#include "save/crc64.h"

/* Bit by bit: the texts are short, and a table would not make a measurable difference. */
uint64_t mcpi_crc64(const char *bytes, size_t length)
{
    uint64_t crc = 0;
    for (size_t i = 0; i < length; i++) {
        crc ^= (uint64_t)(unsigned char)bytes[i] << 56;
        for (int bit = 0; bit < 8; bit++)
            crc = crc << 1 ^ (crc >> 63 ? UINT64_C(0x42F0E1EBA9EA3693) : 0);
    }
    return crc;
}
