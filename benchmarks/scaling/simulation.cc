#include "simulation.h"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <queue>
#include <vector>

extern "C" {
#include "mcpi/backend.h"
#include "ranks/gaps.h"
#include "ranks/pace.h"
}

namespace
{

/* Weyl steps through SplitMix64's finaliser: small, good enough, and the same with every C++ library. */
class Chance
{
  public:
    explicit Chance(uint64_t seed) : state(seed)
    {
    }

    /* In (0, 1). */
    double uniform()
    {
        uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
        return ((double)((z ^ (z >> 31)) >> 12) + 0.5) * 0x1p-52;
    }

    /* Log-normal: around 1, its logarithm scatters by `sigma`. */
    double factor(double sigma)
    {
        const double normal = std::sqrt(-2.0 * std::log(uniform())) * std::cos(2.0 * M_PI * uniform());
        return std::exp(sigma * normal);
    }

  private:
    uint64_t state;
};

/* True rates of the nodes. The same for the same cluster, whoever asks. */
std::vector<double> rates_of(const Cluster &cluster)
{
    Chance chance(cluster.seed);
    std::vector<double> rates(cluster.nodes);
    for (double &rate : rates) {
        rate = cluster.rate * chance.factor(cluster.sigma);
        if (chance.uniform() < cluster.slow_share)
            rate /= cluster.slow_factor;
    }
    return rates;
}

double total_of(const std::vector<double> &rates)
{
    double total = 0;
    for (const double rate : rates)
        total += rate;
    return total;
}

struct Worker {
    mcpi_range range{}; /* in work; none if it has no darts */
    double since = 0;   /* when it took it */
    double rate = 0;    /* it has shown */
    uint64_t previous = 0;
    double first = -1; /* when it took its first range; negative before */
    double last = 0;   /* when it had counted its last one */
    double busy = 0;
};

struct Node {
    double rate; /* in truth, of each worker */
    double begun;
    mcpi_queue queue{};
    mcpi_pace pace{};
    uint64_t chunk = 0;           /* darts of the last one */
    uint64_t first = 0, last = 0; /* positions it has asked for */
    bool asking = false, dry = false, reported_all = false;
    mcpi_done fresh{}; /* not reported yet */
    std::vector<Worker> workers;
};

/* One thing at a time, first come, first served; optionally only when somebody looks up. */
class Server
{
  public:
    explicit Server(double look_up = 0) : look_up(look_up)
    {
    }

    /* When it is done with what arrives at `arrival` and takes `seconds`. Arrivals are in order. */
    double serve(double arrival, double seconds)
    {
        double begin = std::max(arrival, free);
        if (arrival > free && look_up > 0)
            begin = std::ceil(arrival / look_up) * look_up;
        waited = std::max(waited, begin - arrival);
        busy += seconds;
        return free = begin + seconds;
    }

    double busy_seconds() const
    {
        return busy;
    }
    double longest_wait() const
    {
        return waited;
    }
    double done_at() const
    {
        return free;
    }

  private:
    double look_up, busy = 0, waited = 0, free = 0;
};

class Simulation
{
  public:
    Simulation(const Cluster &cluster, mcpi_done *counted)
        : cluster(cluster), counted(counted), chance(cluster.seed + 1), counter_server(cluster.look_up)
    {
        auto *whole = static_cast<mcpi_range *>(std::malloc(sizeof(mcpi_range)));
        if (!whole || !mcpi_done_init(&kept, 1 << 16)) /* as host/ranks/common.c */
            throw std::bad_alloc();
        *whole = {0, darts_of(cluster)};
        gaps = mcpi_gaps_of(whole, 1, (unsigned)cluster.nodes);
        const std::vector<double> rates = rates_of(cluster);
        outcome.ideal_seconds = (double)gaps.darts / total_of(rates);
        nodes.resize(cluster.nodes);
        for (size_t i = 0; i < nodes.size(); i++)
            open(i, rates[i]);
    }

    ~Simulation()
    {
        for (Node &node : nodes) {
            mcpi_queue_free(&node.queue);
            mcpi_done_free(&node.fresh);
        }
        mcpi_done_free(&kept);
        mcpi_gaps_free(&gaps);
    }

    Simulation(const Simulation &) = delete;
    Simulation &operator=(const Simulation &) = delete;

    Outcome run()
    {
        while (!events.empty()) {
            const Event event = events.top();
            events.pop();
            now = event.time;
            handle(event);
        }
        sum_up();
        return outcome;
    }

  private:
    enum Kind { BEGINS, ANSWERED, COUNTED, REPORTS };

    struct Event {
        double time;
        Kind kind;
        unsigned worker;
        size_t node;
    };

    struct Later {
        bool operator()(const Event &one, const Event &other) const
        {
            if (one.time != other.time)
                return one.time > other.time;
            return one.node != other.node ? one.node > other.node : one.kind > other.kind;
        }
    };

    /* ---- nodes ---- */

    void open(size_t at, double rate)
    {
        Node &node = nodes[at];
        node.rate = rate / (double)cluster.devices;
        node.begun = cluster.start_spread * chance.uniform();
        node.workers.resize(cluster.devices);
        if (!mcpi_queue_init(&node.queue, 0, 0, 8) || !mcpi_done_init(&node.fresh, 8))
            throw std::bad_alloc();
        events.push({node.begun, BEGINS, 0, at});
        if (std::isfinite(cluster.report_every))
            events.push({node.begun + cluster.report_every, REPORTS, 0, at});
    }

    void handle(const Event &event)
    {
        Node &node = nodes[event.node];
        if (event.kind == ANSWERED)
            take_chunk(node);
        else if (event.kind == COUNTED)
            finish_range(node, node.workers[event.worker]);
        else if (event.kind == REPORTS)
            report_in_time(event.node);
        for (unsigned i = 0; i < node.workers.size(); i++)
            if (node.workers[i].range.darts == 0)
                take_range(event.node, i);
        if (!node.asking && !node.dry && mcpi_queue_runs_low(&node.queue, shown_rate(node), node.chunk))
            ask(event.node);
        if (has_counted_its_part(node) && !node.reported_all && std::isfinite(cluster.report_every)) {
            node.reported_all = true;
            report(event.node);
        }
    }

    static double shown_rate(const Node &node)
    {
        double rate = 0;
        for (const Worker &worker : node.workers)
            rate += worker.rate;
        return rate;
    }

    static bool has_counted_its_part(const Node &node)
    {
        const bool idle = std::all_of(node.workers.begin(), node.workers.end(),
                                      [](const Worker &worker) { return worker.range.darts == 0; });
        return node.dry && idle && mcpi_queue_empty(&node.queue, false);
    }

    /* ---- the counter ---- */

    void ask(size_t at)
    {
        Node &node = nodes[at];
        const mcpi_portion portion = {
            cluster.opening * cluster.devices, node.chunk, shown_rate(node), 0, 0, 0, 0, INFINITY};
        const uint64_t darts = mcpi_chunk_darts(&node.pace, &portion, gaps.darts, (unsigned)nodes.size());
        /* As take_units of host/ranks/common.c, which keeps it to itself. */
        const uint64_t units = gaps.shift == 0 ? darts + (darts & 1) : (darts >> gaps.shift) + 1;
        const double served = counter_server.serve(now + cluster.latency, cluster.add);
        const double answered = served + cluster.latency;
        outcome.longest_add_seconds = std::max(outcome.longest_add_seconds, answered - now);
        outcome.adds++;
        node.asking = true;
        node.first = mcpi_gaps_position(&gaps, next_unit);
        node.last = mcpi_gaps_position(&gaps, next_unit + units);
        next_unit += units;
        events.push({answered, ANSWERED, 0, at});
    }

    void take_chunk(Node &node)
    {
        node.asking = false;
        node.dry = node.first == node.last;
        if (node.dry)
            return;
        mcpi_pace_note(&node.pace, node.first, now - node.begun + 1); /* a clock that does not begin at 0 */
        const mcpi_range chunk = mcpi_gaps_piece(&gaps, node.first, node.last - node.first);
        node.chunk = chunk.darts;
        mcpi_queue_give_back(&node.queue, chunk);
        outcome.chunks++;
    }

    /* ---- ranges ---- */

    void take_range(size_t at, unsigned index)
    {
        Node &node = nodes[at];
        Worker &worker = node.workers[index];
        const mcpi_portion portion = {
            cluster.opening, worker.previous,    worker.rate, shown_rate(node), mcpi_queue_darts(&node.queue),
            cluster.devices, mcpi_range_seconds, INFINITY};
        if (!mcpi_queue_take(&node.queue, mcpi_portion_darts(&portion), false, &worker.range))
            return;
        worker.since = now;
        if (worker.first < 0)
            worker.first = now;
        const bool stumbles = at + 1 == nodes.size() && now >= cluster.stumble_at;
        const double rate = stumbles ? node.rate / cluster.stumble_factor : node.rate;
        const double seconds = (double)worker.range.darts / rate * chance.factor(cluster.jitter);
        events.push({now + seconds, COUNTED, index, at});
    }

    void finish_range(Node &node, Worker &worker)
    {
        const mcpi_range range = worker.range;
        const bool once = !counted || mcpi_done_add(counted, {range.first, range.darts, 0, MCPI_DONE_BEFORE});
        outcome.darts += once ? range.darts : 0;
        if (std::isfinite(cluster.report_every))
            mcpi_done_add(&node.fresh, {range.first, range.darts, 0, MCPI_DONE_BEFORE});
        worker.last = now;
        worker.busy += now - worker.since;
        worker.rate = (double)range.darts / (now - worker.since);
        worker.previous = range.darts;
        worker.range = {};
    }

    /* ---- reports ---- */

    void report_in_time(size_t at)
    {
        if (nodes[at].reported_all)
            return;
        report(at);
        events.push({now + cluster.report_every, REPORTS, 0, at});
    }

    /* As host/ranks/common.c: reports are put in order when rank 0 saves, which is when its own is due. */
    void sort_in()
    {
        outcome.most_kept = std::max<uint64_t>(outcome.most_kept, kept.count + unsorted.size());
        if (!mcpi_done_add_all(&kept, unsorted.data(), unsorted.size()))
            throw std::bad_alloc();
        unsorted.clear();
    }

    /* Rank 0 keeps its own without a message. */
    void report(size_t at)
    {
        size_t count = 0;
        mcpi_part *const parts = mcpi_done_parts(&nodes[at].fresh, UINT64_MAX, &count);
        if (!parts)
            throw std::bad_alloc();
        const double begin = mcpi_seconds();
        for (size_t i = 0; i < count; i++)
            unsorted.push_back({parts[i].first, parts[i].darts, 0, mcpi_done_team(at)});
        if (at == 0)
            sort_in();
        outcome.keep_seconds += mcpi_seconds() - begin;
        nodes[at].fresh.count = 0;
        std::free(parts);
        if (count == 0 || at == 0)
            return;
        report_server.serve(now + cluster.latency, cluster.report);
        outcome.reports++;
        outcome.report_parts += count;
        outcome.report_bytes += 16 + count * sizeof(mcpi_part);
    }

    /* ---- the end ---- */

    void sum_up()
    {
        for (const Node &node : nodes)
            for (const Worker &worker : node.workers)
                outcome.seconds = std::max(outcome.seconds, worker.last);
        const double time = outcome.seconds * (double)(nodes.size() * cluster.devices);
        for (const Node &node : nodes) {
            for (const Worker &worker : node.workers) {
                const double first = worker.first < 0 ? outcome.seconds : worker.first;
                const double last = std::max(first, worker.last);
                outcome.start += first / time;
                outcome.waiting += (last - first - worker.busy) / time;
                outcome.idle += (outcome.seconds - last) / time;
                outcome.worst_idle_seconds = std::max(outcome.worst_idle_seconds, outcome.seconds - last);
            }
        }
        outcome.mean_idle_seconds = outcome.idle * outcome.seconds;
        outcome.counter_busy = counter_server.busy_seconds() / std::max(outcome.seconds, counter_server.done_at());
        outcome.reports_behind_seconds = report_server.longest_wait();
        outcome.reports_read_seconds = std::max(0.0, report_server.done_at() - outcome.seconds);
        if (outcome.reports > 0)
            outcome.keep_seconds /= (double)outcome.reports;
    }

    const Cluster cluster;
    mcpi_done *counted;
    Chance chance;
    mcpi_gaps gaps{};
    uint64_t next_unit = 0; /* the counter */
    Server counter_server, report_server;
    std::vector<Node> nodes;
    std::priority_queue<Event, std::vector<Event>, Later> events;
    mcpi_done kept{};
    std::vector<mcpi_done_range> unsorted;
    double now = 0;
    Outcome outcome;
};

} // namespace

uint64_t darts_of(const Cluster &cluster)
{
    return (uint64_t)(total_of(rates_of(cluster)) * cluster.seconds);
}

Outcome simulate(const Cluster &cluster, mcpi_done *counted)
{
    return Simulation(cluster, counted).run();
}
