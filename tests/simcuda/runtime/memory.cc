// Memory of the simulated devices. Device addresses lie in a reserved, inaccessible window of the address space, one a
// device; the bytes are elsewhere. So host code that follows a device pointer faults as on hardware, a kernel cannot
// reach another device's memory, and an address is never given out twice, so use after free is found.
#include "sim.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

namespace sim
{
namespace
{

const u64 WINDOW = 1ull << 40, SMALL_WINDOW = 1ull << 34, ALIGNMENT = 512, GAP = 4096;
const size_t FILL_LIMIT = 64 << 20; // fresh memory is garbage up to this size, zero beyond (to keep it cheap)

std::set<u64> &freed = *new std::set<u64>;
struct sigaction old_action;
bool reserved = false;

void on_fault(int, siginfo_t *info, void *)
{
    const u64 a = (u64)info->si_addr;
    for (int i = 0; i < device_count(); i++) {
        Device &d = device(i);
        if (a < d.window || a >= d.window_end)
            continue;
        char text[160];
        int n = snprintf(text, sizeof text, "simcuda: host code touched device memory: address 0x%llx of device %d\n",
                         (unsigned long long)a, i);
        if (write(2, text, n) < 0)
            break;
    }
    if (engine_device() >= 0) {
        char text[160];
        int n = snprintf(text, sizeof text, "simcuda: device %d works on host memory that is gone: address 0x%llx\n",
                         engine_device(), (unsigned long long)a);
        if (write(2, text, n) < 0)
            _exit(125);
    }
    sigaction(SIGSEGV, &old_action, nullptr); // the instruction faults again, in whatever handled it before
}

u8 *map_bytes(size_t size)
{
    void *p = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? nullptr : (u8 *)p;
}
size_t round_up(size_t n, size_t a)
{
    return (n + a - 1) / a * a;
}

} // namespace

std::map<u64, Block> &blocks()
{
    static std::map<u64, Block> &b = *new std::map<u64, Block>;
    return b;
}

void reserve_windows()
{
    if (reserved)
        return;
    reserved = true;
    for (int i = 0; i < device_count(); i++) {
        Device &d = device(i);
        u64 bytes = WINDOW;
        void *p = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (p == MAP_FAILED) {
            bytes = SMALL_WINDOW;
            p = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        }
        if (p == MAP_FAILED) {
            warn("cannot reserve address space for device %d", i);
            _exit(125);
        }
        d.window = (u64)p;
        d.window_end = d.window + bytes;
        d.next_address = round_up(d.window, 1 << 21);
    }
    struct sigaction action = {};
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, &old_action);
}

cudaError_t allocate(Device &d, size_t size, Block::Kind kind, u64 *address)
{
    reserve_windows();
    const size_t counted = round_up(size, ALIGNMENT);
    if (counted < size || d.used + counted > options().memory)
        return cudaErrorMemoryAllocation;
    Block b;
    b.kind = kind;
    b.size = size;
    b.device = d.id;
    b.mapped = round_up(size, 4096);
    if (d.next_address + counted + GAP > d.window_end)
        return cudaErrorMemoryAllocation;
    b.base = map_bytes(b.mapped);
    if (!b.base)
        return cudaErrorMemoryAllocation;
    if (size <= FILL_LIMIT)
        memset(b.base, GARBAGE, size);
    b.address = d.next_address;
    d.next_address += counted + GAP;
    d.used += counted;
    blocks()[b.address] = b;
    *address = b.address;
    return cudaSuccess;
}

cudaError_t allocate_pinned(size_t size, void **p)
{
    reserve_windows();
    Block b;
    b.kind = Block::PINNED;
    b.size = size;
    b.device = current_device();
    b.mapped = round_up(size, 4096);
    b.base = map_bytes(b.mapped);
    if (!b.base)
        return cudaErrorMemoryAllocation;
    if (size <= FILL_LIMIT)
        memset(b.base, GARBAGE, size);
    b.address = (u64)b.base;
    freed.erase(b.address);
    blocks()[b.address] = b;
    *p = b.base;
    return cudaSuccess;
}

cudaError_t check_allocated(u64 address)
{
    if (blocks().count(address))
        return cudaSuccess;
    misuse(freed.count(address) ? "memory freed twice: 0x%llx" : "free of what was never allocated: 0x%llx",
           (unsigned long long)address);
    return cudaErrorInvalidValue;
}

void release(u64 address)
{
    const Block b = blocks().at(address);
    if (b.kind != Block::PINNED)
        device(b.device).used -= round_up(b.size, ALIGNMENT);
    munmap(b.base, b.mapped);
    freed.insert(address);
    blocks().erase(address);
}

Block *find_block(u64 a)
{
    auto it = blocks().upper_bound(a);
    if (it == blocks().begin())
        return nullptr;
    Block &b = (--it)->second;
    return a < b.address + std::max<size_t>(b.size, 1) ? &b : nullptr;
}

Place locate(const void *p, size_t size)
{
    Place place;
    const u64 a = (u64)p;
    place.host = (u8 *)p;
    Block *b = find_block(a);
    if (b) {
        place.device = b->device;
        place.host = b->base + (a - b->address);
        place.kind = b->kind == Block::PINNED ? Place::PINNED : Place::DEVICE;
        const bool fits = a + size <= b->address + b->size;
        if (!fits && place.kind == Place::DEVICE) {
            misuse("copy or set of %zu bytes runs past the end of an allocation of %zu bytes", size, b->size);
            place.kind = Place::INVALID;
        }
        return place;
    }
    for (int i = 0; i < device_count(); i++) {
        Device &d = device(i);
        if (a < d.window || a >= d.window_end)
            continue;
        place.kind = Place::INVALID;
        place.device = i;
        misuse("device pointer 0x%llx points to no allocation (freed?)", (unsigned long long)a);
    }
    return place;
}

std::vector<Range> ranges_of(const Device &d)
{
    std::vector<Range> r; // sorted, because blocks() is
    for (auto &x : blocks()) {
        const Block &b = x.second;
        if (b.kind == Block::PINNED || b.device == d.id)
            r.push_back({b.address, b.address + b.size, b.base});
    }
    return r;
}

} // namespace sim
