/* What the benchmark programs share: their command line, medians, and results as lines of JSON. */
#ifndef MCPI_BENCHMARKS_GPU_SERIES_H
#define MCPI_BENCHMARKS_GPU_SERIES_H

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

struct Options {
    uint64_t size = 0;         /* the argument: darts or turns */
    unsigned repetitions = 15; /* --repetitions */
    double seconds = 0;        /* --seconds: after this time, start no repetition except the first; 0: no limit */
    bool json = false;         /* --json: results as lines of JSON, each as soon as it is known */
};

/* [SIZE] [--repetitions N] [--seconds S] [--json]. Ends the program with 2 if the command line is wrong. */
Options read_options(int argc, char **argv, uint64_t usual_size);

/* Whether the time for repetitions is over. It counts from start_clock on. */
void start_clock();
bool out_of_time(const Options &options);

struct Spread {
    double median, lowest, highest;
};

/* Of at least one value. */
Spread spread_of(std::vector<double> values);

/* One line of JSON on standard output, if asked for. */
class Line
{
  public:
    explicit Line(const Options &options) : wanted(options.json)
    {
    }
    ~Line();
    Line(const Line &) = delete;
    Line &operator=(const Line &) = delete;

    Line &put(const char *key, const std::string &text);
    Line &put(const char *key, const char *text);
    Line &put(const char *key, double number); /* null where it is no number */
    Line &put(const char *key, uint64_t number);
    Line &put(const char *key, bool value);

  private:
    Line &put_raw(const char *key, const std::string &value);

    bool wanted;
    std::string fields;
};

#endif
