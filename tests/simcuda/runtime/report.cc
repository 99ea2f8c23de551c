// --report: what leaked and what was misused, at exit.
#include "sim.h"

namespace sim
{
namespace
{

// What a lost device holds cannot be freed, so it is no leak.
bool lost(int dev)
{
    return device(dev).sticky || device(dev).hung;
}

int report_memory()
{
    int count = 0;
    for (auto &x : blocks()) {
        const Block &b = x.second;
        if (b.kind == Block::VARIABLE || lost(b.device))
            continue;
        fprintf(stderr, "simcuda report: leak: %s memory: %zu bytes, device %d\n",
                b.kind == Block::DEVICE ? "device" : "pinned", b.size, b.device);
        count++;
    }
    return count;
}

int report_streams(int dev)
{
    int count = 0;
    for (auto &s : device(dev).streams) {
        if (s->user && !s->destroyed && ++count)
            fprintf(stderr, "simcuda report: leak: stream %p of device %d\n", (void *)stream_handle(*s), dev);
        if (!s->queue.empty() && ++count)
            fprintf(stderr, "simcuda report: device %d: %zu operations pending at exit\n", dev, s->queue.size());
    }
    return count;
}

int report_events()
{
    int count = 0;
    for (auto &e : events()) {
        if (lost(e.second->device))
            continue;
        fprintf(stderr, "simcuda report: leak: event 0x%llx of device %d\n", (unsigned long long)e.first,
                e.second->device);
        count++;
    }
    return count;
}

} // namespace

void print_report()
{
    Lock lock(mu);
    int count = report_memory();
    for (int i = 0; i < device_count(); i++)
        count += lost(i) ? 0 : report_streams(i);
    count += report_events();
    count += print_misuses();
    for (int i = 0; i < device_count(); i++)
        fprintf(stderr, "simcuda report: device %d: %llu launches%s\n", i, (unsigned long long)device(i).launches,
                lost(i) ? ", lost" : "");
    fprintf(stderr, "simcuda report: %d findings\n", count);
}

} // namespace sim
