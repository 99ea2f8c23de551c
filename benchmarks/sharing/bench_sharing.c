/*
 * What it costs to share: threads that add to one counter, and messages between two threads or two processes.
 *
 * All ways take their turn in each round, so that other programs on the machine disturb all alike. Exit codes: 0 done,
 * 1 a safe way lost additions, or a message did not arrive as it was sent, 2 the command line is wrong.
 */
#include <getopt.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "benchmarks/sharing/channels.h"
#include "benchmarks/sharing/counters.h"
#include "cli/io/three_digits.h"
#include "stats/spread.h"

static const char usage[] =
    "bench_sharing: what it costs to share a counter, and to send messages\n\n"
    "Usage: bench_sharing [options]\n\n"
    "      --workers N      threads that add to the counter  [the CPUs of this process, at least 2]\n"
    "      --additions N    additions of each of them  [5000000]\n"
    "      --messages N     messages in one direction; a twentieth of them for round trips  [200000]\n"
    "      --rounds N       in which all ways take turns  [5]\n"
    "  -h, --help           show this help\n";

typedef struct settings {
    uint64_t workers, additions, messages, rounds;
} settings;

enum { MOST_WORKERS = 4096, MOST_ROUNDS = 1000, MESSAGES_PER_TRIP = 20, WIDTH = 26 };

/* What the rounds measured, in turn: two values for each way to send. */
typedef struct samples {
    double rates[COUNT_WAYS][MOST_ROUNDS];
    double lost[COUNT_WAYS][MOST_ROUNDS];
    double messages[CHANNEL_KINDS][2][MOST_ROUNDS];
    double microseconds[CHANNEL_KINDS][2][MOST_ROUNDS];
    bool is_wrong;
} samples;

/* ---- measuring ---- */

static void complain(samples *s, const char *name, const char *what)
{
    fprintf(stderr, "bench_sharing: %s: %s\n", name, what);
    s->is_wrong = true;
}

static void measure_count(const settings *set, samples *s, int way, uint64_t round)
{
    const count_result r = count_together(&count_ways[way], (unsigned)set->workers, set->additions);
    s->rates[way][round] = (double)(set->workers * set->additions) / r.seconds;
    s->lost[way][round] = (double)r.lost;
    if (r.lost > 0 && (count_ways[way].is_safe || set->workers == 1))
        complain(s, count_ways[way].name, "additions were lost");
}

static void measure_channel(const settings *set, samples *s, int kind, bool processes, uint64_t round)
{
    const channel_kind *const channel = &channel_kinds[kind];
    const uint64_t trips = set->messages / MESSAGES_PER_TRIP;
    const channel_result flow = exchange_messages(channel, processes, set->messages, set->messages);
    const channel_result trip = exchange_messages(channel, processes, trips, 1);
    s->messages[kind][processes][round] = (double)set->messages / flow.seconds;
    s->microseconds[kind][processes][round] = 1e6 * trip.seconds / (double)trips;
    if (!flow.is_intact || !trip.is_intact)
        complain(s, channel->name, "messages did not arrive as they were sent");
}

static void measure_round(const settings *set, samples *s, uint64_t round)
{
    for (int way = 0; way < COUNT_WAYS; way++)
        measure_count(set, s, way, round);
    for (int kind = 0; kind < CHANNEL_KINDS; kind++)
        for (int processes = 0; processes < 2; processes++)
            measure_channel(set, s, kind, processes, round);
}

/* ---- printing ---- */

/* "1.23e7 (1.20e7-1.31e7)", at least `width` wide. */
static void print_spread(double *values, uint64_t count, int width)
{
    char median[16], lowest[16], highest[16], text[64];
    const mcpi_spread spread = mcpi_spread_of(values, count);
    snprintf(text, sizeof text, "%s (%s-%s)", three_digits(median, spread.median), three_digits(lowest, spread.lowest),
             three_digits(highest, spread.highest));
    printf("%-*s", width, text);
}

static void print_lost(const settings *set, double *lost)
{
    const double all = (double)(set->workers * set->additions) / 100.0;
    const mcpi_spread spread = mcpi_spread_of(lost, set->rounds);
    if (spread.highest > 0)
        printf("%.1f %% (%.1f-%.1f)\n", spread.median / all, spread.lowest / all, spread.highest / all);
    else
        printf("none\n");
}

static void print_counters(const settings *set, samples *s)
{
    printf("Workers that add 1 to a counter: %" PRIu64 ", each %" PRIu64 " times\n\n", set->workers, set->additions);
    printf("%-22s%-26s%s\n", "counter", "additions/s", "lost");
    for (int way = 0; way < COUNT_WAYS; way++) {
        printf("%-22s", count_ways[way].name);
        print_spread(s->rates[way], set->rounds, WIDTH);
        print_lost(set, s->lost[way]);
    }
}

static void print_channels(const settings *set, samples *s)
{
    static const char *const sides[] = {"threads", "processes"};
    printf("\n%-15s%-11s%-26s%s\n", "messages by", "between", "one way, messages/s", "there and back, us");
    for (int kind = 0; kind < CHANNEL_KINDS; kind++)
        for (int processes = 0; processes < 2; processes++) {
            printf("%-15s%-11s", channel_kinds[kind].name, sides[processes]);
            print_spread(s->messages[kind][processes], set->rounds, WIDTH);
            print_spread(s->microseconds[kind][processes], set->rounds, 0);
            putchar('\n');
        }
    printf("\nMedians (lowest-highest); rounds: %" PRIu64 ". A message has 8 bytes.\n", set->rounds);
}

/* ---- the command line ---- */

static void refuse(const char *option, const char *text, uint64_t least, uint64_t most)
{
    fprintf(stderr, "bench_sharing: --%s %s: must be a whole number from %" PRIu64 " to %" PRIu64 "\n", option, text,
            least, most);
    exit(2);
}

static uint64_t parse(const char *option, const char *text, uint64_t least, uint64_t most)
{
    char *end;
    const uint64_t number = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || number < least || number > most)
        refuse(option, text, least, most);
    return number;
}

static settings default_settings(void)
{
    cpu_set_t cpus;
    const int count = sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? CPU_COUNT(&cpus) : 2;
    return (settings){
        .workers = count > 2 ? (uint64_t)count : 2, .additions = 5000000, .messages = 200000, .rounds = 5};
}

static settings parse_options(int argc, char **argv)
{
    static const struct option options[] = {
        {"workers", required_argument, NULL, 'w'},  {"additions", required_argument, NULL, 'a'},
        {"messages", required_argument, NULL, 'm'}, {"rounds", required_argument, NULL, 'r'},
        {"help", no_argument, NULL, 'h'},           {NULL, 0, NULL, 0},
    };
    settings set = default_settings();
    int option;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) >= 0) {
        switch (option) {
        case 'w':
            set.workers = parse("workers", optarg, 1, MOST_WORKERS);
            break;
        case 'a':
            set.additions = parse("additions", optarg, 1, UINT64_C(1) << 40);
            break;
        case 'm':
            set.messages = parse("messages", optarg, MESSAGES_PER_TRIP, UINT64_C(1) << 40);
            break;
        case 'r':
            set.rounds = parse("rounds", optarg, 1, MOST_ROUNDS);
            break;
        case 'h':
            fputs(usage, stdout);
            exit(0);
        default:
            exit(2);
        }
    }
    if (optind < argc) {
        fprintf(stderr, "bench_sharing: '%s': takes options only; see --help\n", argv[optind]);
        exit(2);
    }
    return set;
}

int main(int argc, char **argv)
{
    static samples s;
    const settings set = parse_options(argc, argv);
    for (uint64_t round = 0; round < set.rounds; round++)
        measure_round(&set, &s, round);
    print_counters(&set, &s);
    print_channels(&set, &s);
    return s.is_wrong;
}
