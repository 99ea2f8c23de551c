/* The origin of a made-up result: a job with values that no scheduler sets, and known times. */
#ifndef MCPI_TESTS_CLI_MADE_UP_ORIGIN_H
#define MCPI_TESTS_CLI_MADE_UP_ORIGIN_H

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
};

#endif
