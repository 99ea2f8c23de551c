/*
 * How far does the counter carry that the processes of mcpi-mpi share? One cluster of docs/scaling.md, or all of them:
 *
 *     share_counter --nodes 10000 --add 2e-5
 *     share_counter --grid --seconds 60
 *
 * A simulation that lost a dart, or handed one out twice, prints no figures.
 */
#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "model.h"

namespace
{

/* A parameter is either a number of things or a real number. */
struct Parameter {
    const char *name;
    uint64_t Cluster::*things;
    double Cluster::*real;
    const char *what;
};

const Parameter parameters[] = {
    {"nodes", &Cluster::nodes, nullptr, "processes, one a node"},
    {"devices", &Cluster::devices, nullptr, "workers of a node"},
    {"opening", &Cluster::opening, nullptr, "darts of a worker's first range"},
    {"seed", &Cluster::seed, nullptr, "of all that scatters"},
    {"rate", nullptr, &Cluster::rate, "darts a second of a usual node"},
    {"seconds", nullptr, &Cluster::seconds, "of the run, if nothing were lost"},
    {"sigma", nullptr, &Cluster::sigma, "scatter of the logarithm of the nodes' rates"},
    {"slow-share", nullptr, &Cluster::slow_share, "nodes that are slower"},
    {"slow-factor", nullptr, &Cluster::slow_factor, "by so much"},
    {"jitter", nullptr, &Cluster::jitter, "scatter of the logarithm of the ranges' times"},
    {"stumble-at", nullptr, &Cluster::stumble_at, "second at which the last node gets slower"},
    {"stumble-factor", nullptr, &Cluster::stumble_factor, "by so much"},
    {"start-spread", nullptr, &Cluster::start_spread, "seconds within which nodes begin"},
    {"add", nullptr, &Cluster::add, "seconds that an addition keeps the counter"},
    {"latency", nullptr, &Cluster::latency, "seconds to the counter, and back again"},
    {"look-up", nullptr, &Cluster::look_up, "seconds between looks of the process that adds; 0: the network adds"},
    {"report-every", nullptr, &Cluster::report_every, "seconds between reports of a node for the checkpoint"},
    {"report", nullptr, &Cluster::report, "seconds that a report keeps rank 0"},
};

void print_help()
{
    std::puts("Usage: share_counter [--grid] [--PARAMETER VALUE]...\n\n"
              "  --grid            nodes from 10 to 100000, additions of 0.2, 2 and 20 microseconds");
    for (const Parameter &parameter : parameters)
        std::printf("  --%-15s %s\n", parameter.name, parameter.what);
}

const Parameter *find_parameter(const char *option)
{
    for (const Parameter &parameter : parameters)
        if (std::strncmp(option, "--", 2) == 0 && std::strcmp(option + 2, parameter.name) == 0)
            return &parameter;
    return nullptr;
}

/* All are positive, or zero where that makes sense. */
bool set(Cluster &cluster, const Parameter &parameter, const char *text)
{
    char *end;
    const double value = std::strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= 0))
        return false;
    if (parameter.real)
        cluster.*parameter.real = value;
    else
        cluster.*parameter.things = (uint64_t)value;
    return cluster.nodes > 0 && cluster.devices > 0 && cluster.opening > 0 && cluster.rate > 0 && cluster.seconds > 0;
}

bool parse(int argc, char **argv, Cluster &cluster, bool &grid)
{
    for (int i = 1; i < argc; i++) {
        if (std::strcmp(argv[i], "--grid") == 0) {
            grid = true;
            continue;
        }
        const Parameter *parameter = find_parameter(argv[i]);
        if (!parameter || i + 1 == argc || !set(cluster, *parameter, argv[i + 1])) {
            std::fprintf(stderr, "share_counter: %s: see share_counter --help\n", argv[i]);
            return false;
        }
        i++;
    }
    return true;
}

bool is_right(const Cluster &cluster, const Outcome &outcome)
{
    if (outcome.darts == darts_of(cluster))
        return true;
    std::fprintf(stderr, "share_counter: %" PRIu64 " darts of %" PRIu64 " were counted\n", outcome.darts,
                 darts_of(cluster));
    return false;
}

void print_reports(const Cluster &cluster, const Outcome &o, const Prediction &p)
{
    std::printf(
        "reports             %.4g a second at rank 0, %.4g bytes a second (model %.4g, %.4g)\n"
        "a report            %.1f ranges, %.0f bytes; waits at most %.3f s; last one read %.3f s after the end\n"
        "rank 0's set        at most %" PRIu64 " ranges, %.1f MB; took %.2f us a report here\n",
        (double)o.reports / o.seconds, (double)o.report_bytes / o.seconds, p.reports_a_second, p.report_bytes_a_second,
        (double)o.report_parts / (double)o.reports, (double)o.report_bytes / (double)o.reports,
        o.reports_behind_seconds, o.reports_read_seconds, o.most_kept,
        (double)o.most_kept * sizeof(mcpi_done_range) / 1e6, 1e6 * o.keep_seconds);
    if (cluster.report * p.reports_a_second > 1)
        std::puts("rank 0 cannot keep up with the reports");
}

bool print_one(const Cluster &cluster)
{
    const Outcome o = simulate(cluster);
    const Prediction p = predict(cluster);
    if (!is_right(cluster, o))
        return false;
    std::printf("run                 %.3f s, %.3f s of them lost (model %.3f); %.3f s if nothing were\n", o.seconds,
                o.seconds - o.ideal_seconds, p.lost_seconds, o.ideal_seconds);
    std::printf("chunks              %" PRIu64 ", %.4g a second; %.1f additions a node (model %.1f)\n", o.chunks,
                (double)o.chunks / o.seconds, (double)o.adds / (double)cluster.nodes, p.adds);
    std::printf("counter             busy %.1f %% (model, in full swing: %.1f %%); longest addition %.4f s\n",
                100 * o.counter_busy, 100 * p.load, o.longest_add_seconds);
    std::printf(
        "nodes' time         %.2f %% before the first chunk, %.2f %% waiting for more, %.2f %% idle at the end\n",
        100 * o.start, 100 * o.waiting, 100 * o.idle);
    std::printf("idle at the end     %.4f s on average, %.4f s at worst\n", o.mean_idle_seconds, o.worst_idle_seconds);
    if (o.reports > 0)
        print_reports(cluster, o, p);
    return true;
}

bool print_row(const Cluster &cluster)
{
    const Outcome o = simulate(cluster);
    const Prediction p = predict(cluster);
    if (!is_right(cluster, o))
        return false;
    const double adds = (double)o.adds / (double)cluster.nodes;
    const double lost = o.seconds - o.ideal_seconds;
    std::printf("| %" PRIu64
                " | %.1f | %.2f | %.1f %% | %.1f %% | %.1f / %.1f / %.2f | %.3f / %.3f / %.2f | %.3f | %.3f |\n",
                cluster.nodes, 1e6 * cluster.add, p.chunk_seconds, 100 * p.load, 100 * o.counter_busy, p.adds, adds,
                p.adds / adds, p.lost_seconds, lost, p.lost_seconds / lost, o.mean_idle_seconds, o.worst_idle_seconds);
    std::fflush(stdout);
    return true;
}

bool print_grid(Cluster cluster)
{
    std::printf(
        "%g s of work; model / simulated / ratio\n\n"
        "| nodes | addition, us | chunk, s | load, full swing | busy, whole run | additions a node | lost, s | idle at "
        "the end, s | at worst |\n|---|---|---|---|---|---|---|---|---|\n",
        cluster.seconds);
    for (const double add : {2e-7, 2e-6, 2e-5}) {
        for (const uint64_t nodes : {10, 100, 1000, 10000, 100000}) {
            cluster.add = add;
            cluster.nodes = nodes;
            if (!print_row(cluster))
                return false;
        }
    }
    return true;
}

} // namespace

int main(int argc, char **argv)
{
    Cluster cluster;
    bool grid = false;
    if (argc == 2 && std::strcmp(argv[1], "--help") == 0) {
        print_help();
        return 0;
    }
    if (!parse(argc, argv, cluster, grid))
        return 2;
    return (grid ? print_grid(cluster) : print_one(cluster)) ? 0 : 1;
}
