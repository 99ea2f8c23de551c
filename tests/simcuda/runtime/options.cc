// Options come from environment variables, which the command simcuda sets.
#include "sim.h"

#include <cstdarg>
#include <sstream>
#include <thread>
#include <unistd.h>

namespace sim
{

namespace
{
struct ErrorEntry {
    int number;
    const char *name, *text;
};
#define ERROR(number, name, text) {number, #name, text},
const ErrorEntry ERRORS[] = {
#include "errors.def"
};
#undef ERROR

const char *env(const char *name, const char *otherwise = "")
{
    const char *v = getenv(name);
    return v && *v ? v : otherwise;
}
bool flag(const char *name)
{
    return atoi(env(name, "0")) != 0;
}

std::vector<std::string> split(const std::string &s, char separator)
{
    std::vector<std::string> out;
    std::stringstream in(s);
    for (std::string x; std::getline(in, x, separator);)
        if (!x.empty())
            out.push_back(x);
    return out;
}

[[noreturn]] void bad(const std::string &what)
{
    fprintf(stderr, "simcuda: %s\n", what.c_str());
    _exit(125);
}

Fault parse_fault(const std::string &spec)
{
    static const std::map<std::string, Fault::Kind> kinds = {{"call", Fault::CALL},
                                                             {"kernel", Fault::KERNEL},
                                                             {"hang", Fault::HANG},
                                                             {"flip", Fault::FLIP},
                                                             {"corrupt", Fault::CORRUPT}};
    Fault f;
    bool error_given = false, sticky_given = false;
    for (const std::string &item : split(spec, ',')) {
        size_t eq = item.find('=');
        std::string key = item.substr(0, eq), v = eq == std::string::npos ? "" : item.substr(eq + 1);
        if (key == "kind") {
            if (!kinds.count(v))
                bad("--fail: unknown kind '" + v + "'");
            f.kind = kinds.at(v);
        } else if (key == "dev")
            f.device = atoi(v.c_str());
        else if (key == "call")
            f.call = v;
        else if (key == "kernel")
            f.kernel = v;
        else if (key == "nth")
            f.nth = strtoull(v.c_str(), nullptr, 0);
        else if (key == "after")
            f.nth = strtoull(v.c_str(), nullptr, 0) + 1;
        else if (key == "times")
            f.times = strtoull(v.c_str(), nullptr, 0);
        else if (key == "bit")
            f.bit = atoi(v.c_str());
        else if (key == "sticky")
            f.sticky = atoi(v.c_str()) != 0, sticky_given = true;
        else if (key == "error") {
            int e = error_by_name(v);
            if (e < 0)
                bad("--fail: unknown error '" + v + "'");
            f.error = (cudaError_t)e;
            error_given = true;
        } else
            bad("--fail: unknown key '" + key + "' in '" + spec + "'");
    }
    if (f.kind == Fault::CALL && f.call.empty())
        bad("--fail: give call=NAME or kind=... in '" + spec + "'");
    if (f.kind == Fault::KERNEL && !error_given)
        f.error = cudaErrorLaunchFailure;
    if (f.kind == Fault::HANG)
        f.times = 0;
    if (!sticky_given)
        f.sticky = f.kind == Fault::KERNEL || is_sticky(f.error);
    return f;
}

// FP32 to FP64 operations per clock, by the table of throughputs in the CUDA C++ Programming Guide.
int usual_fp64_ratio(int major, int minor)
{
    if (minor == 0 && major >= 6 && major <= 10)
        return 2;
    return major < 8 ? 32 : 64;
}

Options read_options()
{
    Options o;
    o.devices = atoi(env("SIMCUDA_DEVICES", "1"));
    if (o.devices < 0 || o.devices > 64)
        bad("the number of devices must be 0 to 64");
    sscanf(env("SIMCUDA_CC", "9.0"), "%d.%d", &o.cc_major, &o.cc_minor);
    o.sms = std::max(1, atoi(env("SIMCUDA_SMS", "8")));
    o.memory = strtoull(env("SIMCUDA_MEM_MB", "8192"), nullptr, 0) << 20;
    o.name = env("SIMCUDA_NAME", "Simulated GPU");
    o.mig = env("SIMCUDA_MIG");
    o.driver = env("SIMCUDA_DRIVER", "ok");
    o.prohibited = atoi(env("SIMCUDA_PROHIBITED", "-1"));
    o.fp64_ratio = atoi(env("SIMCUDA_FP64_RATIO", "0"));
    if (o.fp64_ratio <= 0)
        o.fp64_ratio = usual_fp64_ratio(o.cc_major, o.cc_minor);
    int cores = std::max(1u, std::thread::hardware_concurrency());
    o.threads = std::max(1, atoi(env("SIMCUDA_THREADS", std::to_string(cores).c_str())));
    o.translator = env("SIMCUDA_TRANSLATOR");
    o.python = env("SIMCUDA_PYTHON", "python3");
    o.cache = env("SIMCUDA_CACHE", ".");
    o.ptx_files = split(env("SIMCUDA_PTX"), ':');
    for (auto &spec : split(env("SIMCUDA_FAIL"), ';'))
        o.faults.push_back(parse_fault(spec));
    for (auto &spec : split(env("SIMCUDA_SLOW"), ';')) {
        int dev = -1;
        double x = 0;
        for (auto &item : split(spec, ',')) {
            if (item.compare(0, 4, "dev=") == 0)
                dev = atoi(item.c_str() + 4);
            else if (item.compare(0, 2, "x=") == 0)
                x = atof(item.c_str() + 2);
            else
                bad("--slow: unknown key in '" + spec + "'");
        }
        if (x < 1)
            bad("--slow: x must be at least 1 in '" + spec + "'");
        o.slow[dev] = x;
    }
    o.delay_ms = atof(env("SIMCUDA_DELAY_MS", "0"));
    o.copy_delay_ms = atof(env("SIMCUDA_COPY_DELAY_MS", "0"));
    o.report = flag("SIMCUDA_REPORT");
    o.trace = flag("SIMCUDA_TRACE");
    o.poison = flag("SIMCUDA_POISON");
    o.arch_check = flag("SIMCUDA_ARCH_CHECK");
    o.shuffle_streams = flag("SIMCUDA_SHUFFLE_STREAMS");
    o.undefined_fails = flag("SIMCUDA_UNDEFINED_FAILS");
    const std::string order = env("SIMCUDA_ORDER", "fwd");
    o.order = order == "rev" ? 1 : order.compare(0, 7, "shuffle") == 0 ? 2 : 0;
    o.seed = strtoull(env("SIMCUDA_SEED", "1"), nullptr, 0);
    return o;
}

std::mutex &report_lock = *new std::mutex;
std::map<std::string, u64> &misuses = *new std::map<std::string, u64>;
} // namespace

Options &options()
{
    static Options &o = *new Options(read_options());
    return o;
}

bool is_sticky(cudaError_t e)
{
    return (e >= cudaErrorIllegalAddress && e <= cudaErrorLaunchTimeout && e != cudaErrorLaunchOutOfResources) ||
           (e >= cudaErrorAssert && e <= cudaErrorLaunchFailure && e != cudaErrorHostMemoryAlreadyRegistered &&
            e != cudaErrorHostMemoryNotRegistered && e != cudaErrorTooManyPeers) ||
           e == cudaErrorECCUncorrectable || e == cudaErrorNvlinkUncorrectable || e == cudaErrorUnknown;
}

const char *error_name(cudaError_t e)
{
    for (auto &x : ERRORS)
        if (x.number == e)
            return x.name;
    return "unrecognized error code";
}
const char *error_text(cudaError_t e)
{
    for (auto &x : ERRORS)
        if (x.number == e)
            return x.text;
    return "unrecognized error code";
}
int error_by_name(const std::string &name)
{
    for (auto &x : ERRORS)
        if (name == x.name || name == std::to_string(x.number))
            return x.number;
    return -1;
}

void warn(const char *fmt, ...)
{
    char text[1000];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    fprintf(stderr, "simcuda: %s\n", text);
}

void misuse(const char *fmt, ...)
{
    char text[500];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    std::lock_guard<std::mutex> lock(report_lock);
    misuses[text]++;
}

int print_misuses()
{
    std::lock_guard<std::mutex> lock(report_lock);
    for (auto &m : misuses)
        fprintf(stderr, "simcuda report: misuse: %s (%llu times)\n", m.first.c_str(), (unsigned long long)m.second);
    return (int)misuses.size();
}

} // namespace sim
