// What the parts of the simulated runtime share. See README.md for what it simulates.
#pragma once
#include <cuda_runtime_api.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "../translator/kernel.h"

namespace sim
{

// ---- options and faults (options.cc)

struct Fault {
    enum Kind { CALL, KERNEL, HANG, FLIP, CORRUPT } kind = CALL;
    int device = -1; // -1: any
    std::string call, kernel;
    u64 nth = 1, times = 1; // matches number nth .. nth+times-1 fail; times 0: all from nth on
    cudaError_t error = cudaErrorUnknown;
    bool sticky = false;
    int bit = 0;
    u64 seen = 0;

    bool due()
    { // counts one match
        seen++;
        return seen >= nth && (times == 0 || seen < nth + times);
    }
};

struct Options {
    int devices = 1, cc_major = 9, cc_minor = 0, sms = 8, threads = 1, fp64_ratio = 2;
    int prohibited = -1; // the device whose compute mode is that
    u64 memory = 8ull << 30;
    std::string name, mig, driver, cache, translator, python;
    std::vector<std::string> ptx_files;
    std::vector<Fault> faults;
    std::map<int, double> slow; // device (-1: any) -> factor
    double delay_ms = 0, copy_delay_ms = 0;
    bool report = false, trace = false, poison = false, arch_check = false, shuffle_streams = false;
    bool undefined_fails = false;
    int order = 0;
    u64 seed = 1;
};
Options &options();
bool is_sticky(cudaError_t e); // errors after which CUDA gives up on the context
const char *error_name(cudaError_t e);
const char *error_text(cudaError_t e);
int error_by_name(const std::string &name);                              // or number; -1 if unknown
void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));   // to stderr, now
void misuse(const char *fmt, ...) __attribute__((format(printf, 1, 2))); // to the report at exit
int print_misuses();                                                     // how many

// ---- report.cc

void print_report();

// ---- devices, streams, events (device.cc)

// One lock for all bookkeeping, one condition for every change of it. Kernels, copies and compilers run without it.
extern std::mutex &mu;
extern std::condition_variable &changed;
typedef std::unique_lock<std::mutex> Lock;

enum Engine { COMPUTE, COPY, ENGINES };

struct EventRecord { // one cudaEventRecord
    bool done = false;
    double seconds = 0;
};

struct Op {
    enum Kind { RUN, RECORD, WAIT } kind = RUN;
    Engine engine = COMPUTE;
    u64 seq = 0;
    u64 launch = 0; // kernel launches: their number on the device, from 1
    bool hangs = false;
    std::function<void()> run;
    std::shared_ptr<EventRecord> event;
};

struct Device;
struct Stream {
    Device *device = nullptr;
    unsigned flags = 0;
    bool legacy = false, busy = false, destroyed = false, user = false;
    u64 id = 0, last_seq = 0, done_seq = 0;
    std::deque<std::shared_ptr<Op>> queue;
    bool blocking() const
    {
        return !legacy && !(flags & cudaStreamNonBlocking);
    }
};

struct Event {
    u64 id = 0;
    int device = 0;
    unsigned flags = 0;
    std::shared_ptr<EventRecord> record;
};

struct Device {
    int id = 0;
    bool started = false, initialised = false, hung = false, sticky_seen = false;
    cudaError_t sticky = cudaSuccess;
    u64 seq = 0, launches = 0, turn = 0;
    std::shared_ptr<Stream> legacy;
    std::vector<std::shared_ptr<Stream>> streams; // legacy first
    size_t used = 0;
    u64 window = 0, window_end = 0, next_address = 0;
    Pool *pool = nullptr;
};

Device &device(int id);
int device_count();
int &current_device();
double now();
void sleep_ms(double ms);
std::string device_name(int dev);
void device_uuid(int dev, bool of_instance, char *bytes); // 16 bytes
int driver_version();                                     // as CUDA writes versions; 0 without a driver
int engine_device();                                      // whose engine the calling thread is, or -1

std::shared_ptr<Stream> new_stream(Device &d, unsigned flags);
std::shared_ptr<Stream> find_stream(cudaStream_t handle); // of the current device for the default streams; or null
cudaStream_t stream_handle(const Stream &s);
std::map<u64, std::shared_ptr<Event>> &events();
std::shared_ptr<Event> find_event(cudaEvent_t handle); // or null
u64 enqueue(Stream &s, std::shared_ptr<Op> op);        // needs the lock; returns the sequence number
void wait_for(Lock &lock, Stream &s, u64 seq);
void wait_device(Lock &lock, Device &d);
cudaError_t device_error(Device &d); // its sticky error, now seen by the program
void set_sticky(Device &d, cudaError_t e);

// ---- memory (memory.cc)

const int GARBAGE = 0xA5; // what fresh memory holds, in every byte

struct Block { // an allocation
    enum Kind { DEVICE, PINNED, VARIABLE } kind = DEVICE;
    u64 address = 0;
    size_t size = 0;
    int device = 0;
    u8 *base = nullptr;
    size_t mapped = 0;
};
struct Place { // what a pointer of the host program points to
    enum Kind { PAGEABLE, PINNED, DEVICE, INVALID } kind = PAGEABLE;
    int device = -1;
    u8 *host = nullptr;
};
// All of these need the lock.
cudaError_t allocate(Device &d, size_t size, Block::Kind kind, u64 *address);
cudaError_t allocate_pinned(size_t size, void **p);
cudaError_t check_allocated(u64 address); // a misuse where it is not
void release(u64 address);                // of what is allocated
Block *find_block(u64 address);
Place locate(const void *p, size_t size);
std::vector<Range> ranges_of(const Device &d);
std::map<u64, Block> &blocks();
void reserve_windows();

// ---- programs (fatbin.cpp, module.cc)

struct Image { // one entry of a fat binary
    bool ptx = false;
    int arch = 0;
    std::string text; // PTX only
    std::string problem;
};
std::vector<Image> read_fatbin(const void *wrapper);

struct Variable {
    size_t size = 0, align = 1;
    bool supported = true;
    std::vector<u8> bytes;
};
struct PtxModule {
    std::string text, origin, hash;
    bool table_read = false;
    std::map<std::string, Variable> table;
    std::map<std::pair<int, std::string>, u64> addresses; // (device, variable) -> device address
    bool has(const char *what, const std::string &name) const;
};
struct FatBinary {
    const void *wrapper = nullptr;
    bool read = false;
    std::vector<Image> images;
    std::vector<std::shared_ptr<PtxModule>> modules; // best first
};
struct Function {
    const void *host = nullptr;
    std::string name;
    FatBinary *binary = nullptr;
    std::mutex loading;
    bool loaded = false;
    cudaError_t error = cudaSuccess;
    PtxModule *module = nullptr;
    const KernelInfo *info = nullptr;
    int max_dynamic = 48 << 10;
};
FatBinary *register_binary(const void *wrapper);
void register_function(FatBinary *b, const void *host, const char *name);
void register_variable(FatBinary *b, const void *host, const char *name, size_t size);
Function *find_function(const void *host_or_kernel); // null if unknown
cudaError_t load(Function &f);                       // translates and compiles on first use
cudaError_t symbol(const void *host, u64 *address, size_t *size);
// Needs the lock.
cudaError_t variable_address(PtxModule &m, Device &d, const std::string &name, u64 *address);

// ---- launch.cc

cudaError_t launch(const Device &here, const void *func, dim3 grid, dim3 block, void **args, size_t dynamic,
                   cudaStream_t handle);

} // namespace sim
