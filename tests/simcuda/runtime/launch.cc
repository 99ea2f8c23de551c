// A kernel launch: its checks, its arguments, the faults injected into it, and its run on the compute engine.
#include "sim.h"

namespace sim
{
namespace
{

struct Job {
    Function *f;
    Device *d;
    dim3 grid, block;
    size_t dynamic;
    std::vector<u8> params;
    const Fault *failure = nullptr;
    const Fault *corruption = nullptr;
};

// A piece of memory as it was before the kernel ran.
struct Before {
    Range range;
    std::vector<u8> bytes;
};

// The allocations that parameters point to. Large ones hold no results, and comparing them would take long.
std::vector<Before> watch(const Job &j, const std::vector<Range> &ranges)
{
    const u64 largest = 1 << 20;
    std::vector<Before> found;
    for (size_t i = 0; i + 8 <= j.params.size(); i += 8) {
        const u64 a = ::load<u64>(&j.params[i]);
        for (const Range &r : ranges)
            if (a >= r.lo && a < r.hi && r.hi - r.lo <= largest)
                found.push_back({r, std::vector<u8>(r.base, r.base + (r.hi - r.lo))});
    }
    return found;
}

void corrupt_result(const Job &j, const std::vector<Before> &watched)
{
    for (const Before &b : watched)
        for (size_t i = 0; i < b.bytes.size(); i++) {
            if (b.range.base[i] == b.bytes[i])
                continue;
            b.range.base[i] ^= (u8)(1 << (j.corruption->bit % 8));
            warn("device %d: a bit of a result of %s flipped (injected)", j.d->id, j.f->name.c_str());
            return;
        }
}

// Stretches what took `seconds` by the factor of --slow.
void slow_down(int dev, double seconds)
{
    auto slow = options().slow.find(dev);
    if (slow == options().slow.end())
        slow = options().slow.find(-1);
    if (slow != options().slow.end())
        sleep_ms((slow->second - 1) * seconds * 1e3);
}

// The device addresses of the variables that the kernel uses, and all memory that it may touch.
cudaError_t memory_of(const Job &j, std::vector<u64> *vars, std::vector<Range> *ranges)
{
    Lock lock(mu);
    for (u32 i = 0; i < j.f->info->var_count; i++) {
        u64 address = 0;
        if (cudaError_t e = variable_address(*j.f->module, *j.d, j.f->info->vars[i], &address)) {
            warn("kernel %s: variable %s: %s", j.f->name.c_str(), j.f->info->vars[i], error_name(e));
            return e;
        }
        vars->push_back(address);
    }
    *ranges = ranges_of(*j.d);
    return cudaSuccess;
}

void describe(const Job &j, Launch *L)
{
    L->gx = j.grid.x, L->gy = j.grid.y, L->gz = j.grid.z;
    L->bx = j.block.x, L->by = j.block.y, L->bz = j.block.z;
    L->dyn = (u32)j.dynamic;
    L->smem_total = j.f->info->smem_static + L->dyn;
    L->order = options().order;
    L->seed = options().seed;
    L->fn = j.f->info->fn;
    L->stack_bytes = j.f->info->stack_bytes;
    L->param_bytes = (u32)j.params.size();
    if (j.failure) {
        L->fail_at_block = (u64)L->gx * L->gy * L->gz / 2;
        L->fail_code = j.failure->error;
    }
}

void report_failure(const Job &j, const Launch &L)
{
    const auto code = (cudaError_t)std::abs(L.failed);
    warn("device %d: kernel %s failed: %s (%s)", j.d->id, j.f->name.c_str(), L.message.c_str(), error_name(code));
    Lock lock(mu);
    set_sticky(*j.d, code);
}

void run_job(const Job &j)
{
    sleep_ms(options().delay_ms);
    const double start = now();
    Launch L;
    describe(j, &L);
    std::vector<u8> aligned(j.params.size() + 64);
    u8 *params = (u8 *)(((u64)aligned.data() + 31) & ~31ull);
    memcpy(params, j.params.data(), j.params.size());
    L.params = params;
    std::vector<u64> vars;
    std::vector<Range> ranges;
    if (cudaError_t e = memory_of(j, &vars, &ranges)) {
        Lock lock(mu);
        return set_sticky(*j.d, e);
    }
    L.vars = vars.data();
    L.ranges = ranges.data();
    L.range_count = ranges.size();
    std::vector<Before> watched;
    if (j.corruption)
        watched = watch(j, ranges);
    if (!j.d->pool)
        j.d->pool = new Pool(options().threads);
    j.d->pool->run(L);
    if (j.corruption)
        corrupt_result(j, watched);
    slow_down(j.d->id, now() - start);
    if (L.undefined && options().undefined_fails && !L.failed) {
        L.message = "undefined warp operations";
        L.failed = LAUNCH_FAILURE;
    }
    if (L.undefined)
        misuse("kernel %s: undefined warp operations", j.f->name.c_str());
    if (L.failed)
        report_failure(j, L);
}

cudaError_t check_shape(const Function &f, dim3 g, dim3 b, size_t dynamic)
{
    const u64 threads = (u64)b.x * b.y * b.z;
    if (!g.x || !g.y || !g.z || g.x > 0x7fffffff || g.y > 65535 || g.z > 65535)
        return cudaErrorInvalidConfiguration;
    if (!threads || threads > 1024 || b.x > 1024 || b.y > 1024 || b.z > 64)
        return cudaErrorInvalidConfiguration;
    if (threads > f.info->max_threads || dynamic > (size_t)f.max_dynamic)
        return cudaErrorInvalidValue;
    return cudaSuccess;
}

// Which of the injected faults strike this launch. Needs the lock.
void inject(Job *j, Op *op)
{
    for (Fault &x : options().faults) {
        if (x.kind != Fault::KERNEL && x.kind != Fault::HANG && x.kind != Fault::CORRUPT)
            continue;
        if (x.device >= 0 && x.device != j->d->id)
            continue;
        if (j->f->name.find(x.kernel) == std::string::npos || !x.due())
            continue;
        if (x.kind == Fault::KERNEL)
            j->failure = &x;
        if (x.kind == Fault::CORRUPT)
            j->corruption = &x;
        if (x.kind == Fault::HANG)
            op->hangs = true;
    }
}

} // namespace

cudaError_t launch(const Device &here, const void *func, dim3 grid, dim3 block, void **args, size_t dynamic,
                   cudaStream_t handle)
{
    Function *f = find_function(func);
    if (!f)
        return cudaErrorInvalidDeviceFunction;
    if (cudaError_t e = load(*f))
        return e;
    if (cudaError_t e = check_shape(*f, grid, block, dynamic))
        return e;
    auto job = std::make_shared<Job>();
    job->f = f;
    job->grid = grid;
    job->block = block;
    job->dynamic = dynamic;
    job->params.resize(f->info->param_bytes);
    for (u32 i = 0; i < f->info->param_count; i++)
        memcpy(&job->params[f->info->params[i].offset], args[i], f->info->params[i].size);
    Lock lock(mu);
    auto s = find_stream(handle);
    if (!s)
        return cudaErrorInvalidResourceHandle;
    if (s->device != &here) {
        misuse("launch on device %d into a stream of device %d", here.id, s->device->id);
        return cudaErrorInvalidResourceHandle;
    }
    job->d = s->device;
    auto op = std::make_shared<Op>();
    op->launch = ++s->device->launches;
    inject(job.get(), op.get());
    op->run = [job] { run_job(*job); };
    enqueue(*s, op);
    return cudaSuccess;
}

} // namespace sim
