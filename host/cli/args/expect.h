/*
 * --expect: devices that must be present. Missing devices are reported before anything is counted.
 */
#ifndef MCPI_CLI_ARGS_EXPECT_H
#define MCPI_CLI_ARGS_EXPECT_H

#include <stdbool.h>

#include "cli/io/json.h"
#include "cli/io/origin.h"
#include "mcpi/stress.h"

/* "cpu", "cpu=N", "gpu", "gpu=N", "gpu:0" and "gpu:UUID", separated by commas, none of them twice. */
typedef struct expectation {
    const char *spec; /* the caller's string; NULL: nothing is expected */
    unsigned threads; /* least number of hardware threads of the CPU; 0: the CPU is not expected */
    unsigned gpus;    /* least number of GPUs, up to 256; 0: no number of GPUs is expected */
} expectation;

/* False if `spec` is not a valid list; *expected is then undefined. */
bool parse_expectation(const char *spec, expectation *expected);

/* The devices of this machine. */
typedef struct inventory {
    size_t count;
    mcpi_device device[256];
    const mcpi_stress_report *tested; /* a test, in which each expected device must have a row; NULL: none */
} inventory;

void inventory_take(inventory *found);

/* Called for each device that is missing: by its id, "gpu:7", with the reason. */
typedef void missing_function(void *user, const char *id, const char *reason);

/* Call `report`, unless it is NULL, for each missing device, and return their number: 0 if nothing is expected. A
   device is missing if it is not present, if it cannot count, or if `found` has a test and it is not tested. */
unsigned list_missing(const expectation *expected, const inventory *found, missing_function *report, void *user);

/* The number of GPUs that are present, can count and, if `found` has a test, are tested. */
unsigned usable_gpus(const inventory *found);

/* The number of GPUs that are expected: the larger of `gpus` and the number of GPUs expected by name. */
unsigned expected_gpus(const expectation *expected);

/* True if nothing is missing. Otherwise prints one line on standard error for each missing device. */
bool expectation_met(const expectation *expected, const inventory *found, const run_origin *origin);

/* Write the keys "expected" and "missing" into an open object; nothing if nothing is expected. */
void put_expectation(json_writer *j, const expectation *expected, const inventory *found);

#endif
