// Kernels and variables of the program: found in its PTX, translated and compiled by compile_kernel on first use, and
// cached.
#include "sim.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <fstream>
#include <spawn.h>
#include <sstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace sim
{
namespace
{

struct Symbol {
    FatBinary *binary;
    std::string name;
    size_t size;
};
struct Registry {
    std::vector<std::unique_ptr<FatBinary>> binaries;
    std::map<const void *, std::unique_ptr<Function>> functions;
    std::set<const void *> kernels;
    std::map<const void *, Symbol> symbols;
    std::vector<std::shared_ptr<PtxModule>> given; // --ptx
    bool given_read = false;
};
Registry &reg()
{
    static Registry &r = *new Registry;
    return r;
}

std::string read_file(const std::string &path)
{
    std::ifstream in(path, std::ios::binary);
    std::stringstream s;
    s << in.rdbuf();
    return s.str();
}

std::string hash_of(const std::string &text)
{ // two FNV-1a hashes with different starts
    u64 a = 0xcbf29ce484222325ull, b = 0x9ae16a3b2f90404full;
    for (unsigned char c : text) {
        a = (a ^ c) * 0x100000001b3ull;
        b = (b ^ c) * 0x10000000233ull;
    }
    char out[40];
    snprintf(out, sizeof out, "%016llx%016llx", (unsigned long long)a, (unsigned long long)b);
    return out;
}

const std::string &translator_hash()
{ // a changed translator makes cached kernels stale
    static const char *compiler = getenv("SIMCUDA_CXX");
    const auto translator = [](const char *name) { return read_file(options().translator + "/" + name); };
    static const std::string &h = *new std::string(hash_of(translator("ptx2cpp.py") + translator("compile_kernel") +
                                                           translator("kernel.h") + (compiler ? compiler : "")));
    return h;
}

bool exists(const std::string &path)
{
    return access(path.c_str(), R_OK) == 0;
}

bool run_translator(const std::vector<std::string> &arguments)
{
    std::vector<std::string> all = {options().python, options().translator + "/compile_kernel"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    std::vector<char *> argv, env;
    for (auto &a : all)
        argv.push_back(&a[0]);
    argv.push_back(nullptr);
    for (char **e = environ; *e; e++)
        if (strncmp(*e, "LD_PRELOAD=", 11))
            env.push_back(*e);
    env.push_back(nullptr);
    posix_spawn_file_actions_t actions; // its standard output must not mix with the program's
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, 2, 1);
    pid_t pid;
    int status = -1;
    int e = posix_spawnp(&pid, all[0].c_str(), &actions, nullptr, argv.data(), env.data());
    posix_spawn_file_actions_destroy(&actions);
    if (e) {
        warn("cannot run %s: %s", all[0].c_str(), strerror(e));
        return false;
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status == 0;
}

// Makes `out` from the module's PTX, once for all processes that share the cache.
bool make(PtxModule &m, const std::string &option, const std::string &out, const std::string &kernel)
{
    if (exists(out))
        return true;
    mkdir(options().cache.c_str(), 0700);
    const int lock = open((out + ".lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (lock >= 0)
        flock(lock, LOCK_EX);
    bool ok = exists(out);
    if (!ok) {
        const std::string ptx = out + ".ptx"; // for this call, and for a look into a failure
        std::ofstream(ptx, std::ios::binary) << m.text;
        std::vector<std::string> arguments = {option, out, ptx};
        if (!kernel.empty())
            arguments.push_back(kernel);
        ok = run_translator(arguments) && exists(out);
    }
    if (lock >= 0)
        close(lock);
    return ok;
}

void read_given()
{
    if (reg().given_read)
        return;
    reg().given_read = true;
    for (auto &path : options().ptx_files) {
        auto m = std::make_shared<PtxModule>();
        m->text = read_file(path);
        m->origin = path;
        m->hash = hash_of(m->text);
        if (m->text.empty())
            warn("cannot read %s", path.c_str());
        else
            reg().given.push_back(m);
    }
}

// In the order a GPU of the simulated compute capability would prefer them: the highest that fits, then any.
void read_binary(FatBinary &b)
{
    if (b.read)
        return;
    b.read = true;
    b.images = read_fatbin(b.wrapper);
    const int cc = options().cc_major * 10 + options().cc_minor;
    std::vector<const Image *> ptx;
    for (auto &i : b.images)
        if (i.ptx && !i.text.empty())
            ptx.push_back(&i);
    std::stable_sort(ptx.begin(), ptx.end(), [cc](const Image *x, const Image *y) {
        const bool x_fits = x->arch <= cc, y_fits = y->arch <= cc;
        return x_fits != y_fits ? x_fits : x_fits ? x->arch > y->arch : x->arch < y->arch;
    });
    for (const Image *i : ptx) {
        auto m = std::make_shared<PtxModule>();
        m->text = i->text;
        m->origin = "embedded PTX for compute_" + std::to_string(i->arch);
        m->hash = hash_of(i->text);
        b.modules.push_back(m);
    }
}

bool runs_on_device(const FatBinary &b)
{ // --arch-check: what real hardware would demand
    const int cc = options().cc_major * 10 + options().cc_minor;
    for (auto &i : b.images)
        if (i.ptx ? i.arch <= cc : i.arch / 10 == options().cc_major && i.arch <= cc)
            return true;
    return b.images.empty();
}

std::string what_is_embedded(const FatBinary &b)
{
    std::string s;
    for (auto &i : b.images)
        s += (s.empty() ? "" : ", ") + std::string(i.ptx ? "PTX " : "SASS sm_") + std::to_string(i.arch) +
             (i.problem.empty() ? "" : " (" + i.problem + ")");
    return s.empty() ? "nothing" : s;
}

std::shared_ptr<PtxModule> module_with(FatBinary &b, const char *what, const std::string &name)
{
    read_given();
    read_binary(b);
    for (auto &m : reg().given)
        if (m->has(what, name))
            return m;
    for (auto &m : b.modules)
        if (m->has(what, name))
            return m;
    return nullptr;
}

void read_table(PtxModule &m)
{
    if (m.table_read)
        return;
    m.table_read = true;
    const std::string path = options().cache + "/v-" + hash_of(m.hash + translator_hash()) + ".txt";
    if (!make(m, "--variables", path, ""))
        return;
    std::ifstream in(path);
    std::string name, space, hex;
    Variable v;
    while (in >> name >> space >> v.size >> v.align >> hex) {
        v.supported = hex != "!";
        v.bytes.assign(v.size, 0);
        if (hex != "-" && v.supported)
            for (size_t i = 0; 2 * i + 1 < hex.size() && i < v.size; i++)
                v.bytes[i] = (u8)strtol(hex.substr(2 * i, 2).c_str(), nullptr, 16);
        m.table[name] = v;
    }
}

cudaError_t do_load(Function &f)
{
    if (!f.binary)
        return cudaErrorInvalidDeviceFunction;
    std::shared_ptr<PtxModule> m;
    {
        Lock lock(mu);
        m = module_with(*f.binary, ".entry", f.name);
    }
    if (options().arch_check && !runs_on_device(*f.binary)) {
        warn("kernel %s: no image for compute capability %d.%d; the program embeds %s", f.name.c_str(),
             options().cc_major, options().cc_minor, what_is_embedded(*f.binary).c_str());
        return cudaErrorNoKernelImageForDevice;
    }
    if (!m) {
        warn("kernel %s: no PTX for it; the program embeds %s. Add a PTX target when compiling (for example -gencode "
             "arch=compute_75,code=compute_75, or 75-virtual in CMAKE_CUDA_ARCHITECTURES), or give the output of "
             "`nvcc -ptx` with --ptx",
             f.name.c_str(), what_is_embedded(*f.binary).c_str());
        return cudaErrorNoKernelImageForDevice;
    }
    const std::string path = options().cache + "/k-" + hash_of(m->hash + translator_hash() + f.name) + ".so";
    if (!make(*m, "--library", path, f.name)) {
        warn("kernel %s (%s) could not be translated", f.name.c_str(), m->origin.c_str());
        return cudaErrorInvalidPtx;
    }
    void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    f.info = library ? (const KernelInfo *)dlsym(library, "ptx_kernel") : nullptr;
    if (!f.info) {
        warn("%s: %s", path.c_str(), dlerror());
        return cudaErrorInvalidPtx;
    }
    f.module = m.get();
    return cudaSuccess;
}

} // namespace

bool PtxModule::has(const char *what, const std::string &name) const
{
    for (size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += name.size()) {
        const char after = at + name.size() < text.size() ? text[at + name.size()] : ' ';
        if (isalnum((unsigned char)after) || after == '_' || after == '$')
            continue;
        if (at && !isspace((unsigned char)text[at - 1]))
            continue;
        const size_t line = text.rfind('\n', at) + 1;
        const std::string head = text.substr(line, at - line);
        if (head.find(what) != std::string::npos)
            return true;
    }
    return false;
}

FatBinary *register_binary(const void *wrapper)
{
    Lock lock(mu);
    reg().binaries.emplace_back(new FatBinary);
    reg().binaries.back()->wrapper = wrapper;
    return reg().binaries.back().get();
}

void register_function(FatBinary *b, const void *host, const char *name)
{
    Lock lock(mu);
    auto &f = reg().functions[host];
    f.reset(new Function);
    f->host = host;
    f->name = name;
    f->binary = b;
    reg().kernels.insert(f.get());
}

void register_variable(FatBinary *b, const void *host, const char *name, size_t size)
{
    Lock lock(mu);
    reg().symbols[host] = Symbol{b, name, size};
}

Function *find_function(const void *p)
{
    Lock lock(mu);
    auto it = reg().functions.find(p);
    if (it != reg().functions.end())
        return it->second.get();
    return reg().kernels.count(p) ? (Function *)p : nullptr;
}

cudaError_t load(Function &f)
{
    std::lock_guard<std::mutex> guard(f.loading);
    if (f.loaded)
        return f.error;
    static std::mutex &one_at_a_time = *new std::mutex;
    std::lock_guard<std::mutex> guard2(one_at_a_time);
    f.error = do_load(f);
    f.loaded = true;
    return f.error;
}

cudaError_t variable_address(PtxModule &m, Device &d, const std::string &name, u64 *address)
{
    const auto key = std::make_pair(d.id, name);
    auto known = m.addresses.find(key);
    if (known != m.addresses.end())
        return *address = known->second, cudaSuccess;
    read_table(m);
    auto it = m.table.find(name);
    if (it == m.table.end())
        return cudaErrorInvalidSymbol;
    if (!it->second.supported) {
        warn("variable %s: an initialiser that holds addresses is not supported", name.c_str());
        return cudaErrorInvalidPtx;
    }
    cudaError_t e = allocate(d, it->second.size, Block::VARIABLE, address);
    if (e)
        return e;
    memcpy(find_block(*address)->base, it->second.bytes.data(), it->second.size);
    m.addresses[key] = *address;
    return cudaSuccess;
}

cudaError_t symbol(const void *host, u64 *address, size_t *size)
{
    Lock lock(mu);
    auto it = reg().symbols.find(host);
    if (it == reg().symbols.end())
        return cudaErrorInvalidSymbol;
    const Symbol &s = it->second;
    if (size)
        *size = s.size;
    if (!address)
        return cudaSuccess;
    std::shared_ptr<PtxModule> m;
    for (const char *space : {".global", ".const"})
        if (!m)
            m = module_with(*s.binary, space, s.name);
    if (!m) {
        warn("variable %s: no PTX has it; the program embeds %s", s.name.c_str(), what_is_embedded(*s.binary).c_str());
        return cudaErrorNoKernelImageForDevice;
    }
    return variable_address(*m, device(current_device()), s.name, address);
}

} // namespace sim
