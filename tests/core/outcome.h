/* How a run ended, and its result. */
#ifndef MCPI_TESTS_CORE_OUTCOME_H
#define MCPI_TESTS_CORE_OUTCOME_H

#include "mcpi/mcpi.h"

struct Outcome {
    mcpi_status status = MCPI_OK;
    mcpi_result *result = nullptr;
    mcpi_error error{};

    Outcome() = default;
    Outcome(const Outcome &) = delete;
    Outcome &operator=(const Outcome &) = delete;
    ~Outcome()
    {
        mcpi_result_free(result);
    }
};

#endif
