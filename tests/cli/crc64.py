"""The checksum of checkpoints and results: CRC-64/ECMA-182, as 16 hexadecimal digits."""

TABLE = []
for byte in range(256):
    crc = byte << 56
    for _ in range(8):
        crc = (crc << 1 ^ (0x42F0E1EBA9EA3693 if crc >> 63 else 0)) % 2**64
    TABLE.append(crc)


def checksum(text):
    crc = 0
    for byte in text.encode():
        crc = crc << 8 & 2**64 - 1 ^ TABLE[crc >> 56 ^ byte]
    return f"{crc:016x}"
