/* The origin of a made-up result: a job with values that no scheduler sets, and known times. */
#ifndef MCPI_TESTS_CLI_MADE_UP_ORIGIN_H
#define MCPI_TESTS_CLI_MADE_UP_ORIGIN_H

#include <cmath>
#include <regex>
#include <string>

extern "C" {
#include "cli/io/origin.h"
}

/* 1700000000 is 2023-11-14T22:13:20Z. */
inline const run_origin made_up_origin = {
    "node\"3\\\n",
    4321,
    {"slurm",
     {"1234\xff", "1230", "7", "0", "2", "1",
      "n\xc3\xb6"
      "de3"}},
    1700000000,
    1700000090,
    {"Linux", "made-up", "6.1.0", "#1 SMP", "x86_64", ""},
    {0.25, 3.5e9, 1, {{"GPU-5c1e", 1.98e9}}},
    {12.5, NAN, 0, {}},
    nullptr,
};

/* The text without "build", which differs from build to build. */
inline std::string without_build(const std::string &json)
{
    static const std::regex build(R"(,"build":\{[^}]*\})");
    return std::regex_replace(json, build, "");
}

/* The same as JSON. What is not UTF-8 in it is replaced. */
#define MADE_UP_ORIGIN_JSON                                                                                \
    R"({"host":"node\"3\\\u000a","pid":4321,"job":{"scheduler":"slurm","id":"1234�","array_id":"1230",)" \
    R"("array_task":"7","step":"0","task":"2","restarts":"1","node":"nöde3"},)"                           \
    R"("started":"2023-11-14T22:13:20Z","ended":"2023-11-14T22:14:50Z",)"                                  \
    R"("system":{"name":"Linux","release":"6.1.0","version":"#1 SMP","machine":"x86_64"},)"                \
    R"("before":{"load_average":0.25,"cpu_clock_hertz":3500000000,)"                                       \
    R"("gpus":[{"uuid":"GPU-5c1e","sm_clock_hertz":1980000000}]},)"                                        \
    R"("after":{"load_average":12.5,"cpu_clock_hertz":null}})"

#endif
