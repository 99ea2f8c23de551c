/* The checksum of checkpoint files and of results. */
#ifndef MCPI_SAVE_CRC64_H
#define MCPI_SAVE_CRC64_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The CRC-64 of `length` bytes: polynomial 0x42F0E1EBA9EA3693 (ECMA-182, annex B), highest bit first, initial value 0,
 * no final inversion. It detects every change that lies within 64 consecutive bits, and all but one in 2^64 of the
 * others.
 */
uint64_t mcpi_crc64(const char *bytes, size_t length);

/* Extend a CRC-64: `crc` is that of the text before these bytes. */
uint64_t mcpi_crc64_add(uint64_t crc, const char *bytes, size_t length);

#ifdef __cplusplus
}
#endif

#endif
