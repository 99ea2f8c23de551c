// Reads the fat binaries that nvcc embeds: finds the PTX, and unpacks it (stored, LZ4 or Zstandard).
#include "sim.h"

#include <dlfcn.h>

namespace sim
{
namespace
{

const u32 WRAPPER_MAGIC = 0x466243b1, FATBIN_MAGIC = 0xba55ed50;
const u64 FLAG_LZ4 = 0x2000, FLAG_ZSTD = 0x8000;
enum { KIND_PTX = 1, KIND_ELF = 2 };

struct Wrapper {
    u32 magic, version;
    const u8 *data;
};
struct FatHeader {
    u32 magic;
    u16 version, header_bytes;
    u64 bytes;
};
struct EntryHeader {
    u16 kind, version;
    u32 header_bytes;
    u64 bytes;
    u32 packed_bytes, unknown1;
    u16 minor, major;
    u32 arch;
    u32 name_offset, name_bytes;
    u64 flags, unknown2, unpacked_bytes;
};

// LZ4 block format. Returns false on bad input.
bool unpack_lz4(const u8 *in, size_t in_bytes, u8 *out, size_t out_bytes)
{
    const u8 *end = in + in_bytes;
    u8 *o = out, *out_end = out + out_bytes;
    auto length = [&](size_t n) {
        if (n == 15)
            for (u8 b = 255; b == 255 && in < end; n += b)
                b = *in++;
        return n;
    };
    while (in < end) {
        const u8 token = *in++;
        size_t n = length(token >> 4);
        if (n > (size_t)(end - in) || n > (size_t)(out_end - o))
            return false;
        memcpy(o, in, n);
        o += n;
        in += n;
        if (in >= end)
            break;
        if (end - in < 2)
            return false;
        size_t distance = in[0] | in[1] << 8;
        in += 2;
        n = length(token & 15) + 4;
        if (!distance || distance > (size_t)(o - out) || n > (size_t)(out_end - o))
            return false;
        for (; n; n--, o++)
            *o = o[-(ptrdiff_t)distance];
    }
    return o == out_end;
}

bool unpack_zstd(const u8 *in, size_t in_bytes, u8 *out, size_t out_bytes, std::string *problem)
{
    typedef size_t (*Decompress)(void *, size_t, const void *, size_t);
    static void *library = dlopen("libzstd.so.1", RTLD_NOW);
    static Decompress decompress = library ? (Decompress)dlsym(library, "ZSTD_decompress") : nullptr;
    if (!decompress) {
        *problem = "its PTX is packed with Zstandard and libzstd.so.1 is not here";
        return false;
    }
    return decompress(out, out_bytes, in, in_bytes) == out_bytes;
}

Image read_entry(const EntryHeader &h, const u8 *data)
{
    Image image;
    image.ptx = h.kind == KIND_PTX;
    image.arch = h.arch;
    if (!image.ptx)
        return image;
    if (!(h.flags & (FLAG_LZ4 | FLAG_ZSTD))) {
        image.text.assign((const char *)data, h.bytes);
    } else {
        std::string out(h.unpacked_bytes, '\0');
        u8 *to = (u8 *)&out[0];
        bool ok = h.flags & FLAG_ZSTD ? unpack_zstd(data, h.packed_bytes, to, out.size(), &image.problem)
                                      : unpack_lz4(data, h.packed_bytes, to, out.size());
        if (ok)
            image.text = out;
        else if (image.problem.empty())
            image.problem = "its PTX could not be unpacked";
    }
    size_t zero = image.text.find('\0');
    if (zero != std::string::npos)
        image.text.resize(zero);
    return image;
}

void read_entries(const u8 *p, std::vector<Image> *images)
{
    const FatHeader *h = (const FatHeader *)p;
    if (!p || h->magic != FATBIN_MAGIC)
        return;
    const u8 *at = p + h->header_bytes, *end = at + h->bytes;
    while (at + sizeof(EntryHeader) <= end) {
        const EntryHeader *e = (const EntryHeader *)at;
        if (e->header_bytes < sizeof(EntryHeader) || e->bytes > (u64)(end - at))
            break;
        if (e->kind == KIND_PTX || e->kind == KIND_ELF)
            images->push_back(read_entry(*e, at + e->header_bytes));
        at += e->header_bytes + e->bytes;
    }
}

} // namespace

std::vector<Image> read_fatbin(const void *wrapper)
{
    std::vector<Image> images;
    const Wrapper *w = (const Wrapper *)wrapper;
    if (w && w->magic == WRAPPER_MAGIC)
        read_entries(w->data, &images);
    return images;
}

} // namespace sim
