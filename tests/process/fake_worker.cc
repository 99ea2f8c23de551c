/*
 * A worker process with fake devices, which may go wrong in ways that only a process can.
 *
 * FAKE_FLEET describes the devices, separated by commas: cpu or gpu, and what happens in the n-th collect, from 0, or
 * when it is opened: "gpu:abort@2", "cpu:exit@open". Each process counts for itself. Of all processes, one_hangs
 * happens to one: the one that makes the folder FAKE_ONCE.
 */
#include <csignal>
#include <map>
#include <sstream>

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/child.h"
#include "process/messages.h"
#include "process/worker_process.h"
#include "tests/core/fake_backend.h"

namespace
{

void send_nonsense(size_t bytes, int fill)
{
    const std::vector<char> nonsense(bytes, static_cast<char>(fill));
    if (send(MCPI_CHILD_SOCKET, nonsense.data(), nonsense.size(), 0) < 0)
        std::abort();
}

/* A reply that is well-formed, but whose slices are not those of any job. */
void send_wrong_slices()
{
    mcpi_reply reply{};
    reply.kind = MCPI_REQUEST_COLLECT;
    reply.slice_darts = 3;
    reply.slices = uint64_t{1} << 60;
    if (send(MCPI_CHILD_SOCKET, &reply, sizeof reply, 0) < 0)
        std::abort();
}

void hang()
{
    for (;;)
        pause();
}

const std::map<std::string, std::function<void()>> accidents = {
    {"abort", [] { std::abort(); }},
    {"exit", [] { _exit(7); }},
    {"kill", [] { raise(SIGKILL); }},
    {"segv", [] { signal(SIGSEGV, SIG_DFL), raise(SIGSEGV); }}, /* sanitizers handle it */
    {"close", [] { close(MCPI_CHILD_SOCKET), hang(); }},
    {"hang", hang},
    {"one_hangs",
     [] {
         if (mkdir(std::getenv("FAKE_ONCE"), 0700) == 0)
             hang();
     }},
    {"short", [] { send_nonsense(1, 0); }},
    {"zeros", [] { send_nonsense(sizeof(mcpi_reply), 0); }},
    {"ones", [] { send_nonsense(sizeof(mcpi_reply), 0xff); }},
    {"long", [] { send_nonsense(2 * sizeof(mcpi_reply), 0); }},
    {"slices", send_wrong_slices},
};

Behaviour behaviour_of(const std::string &text)
{
    Behaviour behaviour;
    behaviour.kind = text.compare(0, 3, "cpu") == 0 ? MCPI_CPU : MCPI_GPU;
    behaviour.slice_darts = behaviour.kind == MCPI_GPU ? 4096 : behaviour.slice_darts;
    behaviour.kernels = behaviour.kind == MCPI_GPU ? std::vector<FakeKernel>{{"fake"}, {"other"}} : behaviour.kernels;
    const size_t colon = text.find(':'), at = text.find('@');
    if (colon == std::string::npos)
        return behaviour;
    const std::string what = text.substr(colon + 1, at - colon - 1), when = text.substr(at + 1);
    if (what == "lies")
        behaviour.lies_at = std::stoi(when);
    else if (when == "open")
        behaviour.at_open = accidents.at(what);
    else
        behaviour.in_collect = accidents.at(what), behaviour.in_collect_at = std::stoi(when);
    return behaviour;
}

std::vector<Behaviour> fleet_of(const char *text)
{
    std::vector<Behaviour> all;
    std::istringstream devices(text ? text : "");
    for (std::string device; std::getline(devices, device, ',');)
        all.push_back(behaviour_of(device));
    return all;
}

} // namespace

int main(int argc, char **argv)
{
    if (!mcpi_is_worker_process(argc, argv))
        return 1;
    Fleet fleet(fleet_of(std::getenv("FAKE_FLEET")));
    _exit(mcpi_worker_process(fake_backends));
}
