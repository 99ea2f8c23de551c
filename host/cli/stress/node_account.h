/*
 * A node's report on its stress test, as bytes that are sent to rank 0.
 */
#ifndef MCPI_CLI_STRESS_NODE_ACCOUNT_H
#define MCPI_CLI_STRESS_NODE_ACCOUNT_H

#include <stddef.h>
#include <stdint.h>

#include "cli/stress/stress_report.h"

/* The fixed-size part of a message; lines and JSON follow. All processes of a job run the same program. */
typedef struct node_account {
    uint64_t round;     /* the round of rank 0 that this answers */
    uint64_t began;     /* 0 or 1: its devices are known */
    uint64_t ended;     /* 0 or 1: this is its last account */
    uint64_t exit_code; /* so far: 0 until something is wrong */
    uint64_t interrupted;
    uint64_t cores, gpus; /* that are tested */
    uint64_t confirmed_darts, disagreements;
    uint64_t line_count; /* lines that report errors */
    uint64_t line_bytes; /* each ends with a zero byte */
    uint64_t json_bytes; /* size of its mcpi.stress.v1 object with its zero byte; 0: not included */
    double seconds;      /* duration of its test */
    double rate;         /* darts per second of all devices */
    char no_gpu[200];    /* as in the report */
} node_account;

/* Fill an account from a report and its state. The other members, and `ended`, stay unchanged. */
void node_account_fill(node_account *account, const mcpi_stress_report *report, const double *rates,
                       const stress_state *state);

/* Make the message, a multiple of 8 bytes; the caller frees it. NULL if out of memory. `json` may be NULL. */
void *node_account_pack(node_account *account, const char *lines, size_t line_bytes, const char *json, size_t *bytes);

/* Read a message. The results point into it. *json is NULL if it has none. False if it is malformed. */
bool node_account_unpack(const void *message, size_t bytes, node_account *account, const char **lines,
                         const char **json);

#endif
