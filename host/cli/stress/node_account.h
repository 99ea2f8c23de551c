/*
 * What a node says of its stress test, as bytes that are sent to rank 0.
 */
#ifndef MCPI_CLI_STRESS_NODE_ACCOUNT_H
#define MCPI_CLI_STRESS_NODE_ACCOUNT_H

#include <stddef.h>
#include <stdint.h>

#include "cli/stress/stress_report.h"

/* Of one length in all messages; lines and JSON follow. All processes of a job are one program. */
typedef struct node_account {
    uint64_t round;     /* the last one of rank 0 that this answers */
    uint64_t began;     /* 0 or 1: its devices are known */
    uint64_t ended;     /* 0 or 1: this is its last account */
    uint64_t exit_code; /* so far: 0 until something is wrong */
    uint64_t interrupted;
    uint64_t cores, gpus; /* that are tested */
    uint64_t confirmed_darts, disagreements;
    uint64_t faulty, failed; /* devices */
    uint64_t line_count;     /* lines that say what is wrong */
    uint64_t line_bytes;     /* each ends with a zero byte */
    uint64_t json_bytes;     /* of its mcpi.stress.v1 object, with its zero byte; 0: not in this account */
    double seconds;          /* of its test */
    double rate;             /* darts a second, of all devices */
    char no_gpu[200];        /* as in the report */
} node_account;

/* Take from a report and its state what an account has of them. The rest is left alone, and so is whether it ended. */
void node_account_fill(node_account *account, const mcpi_stress_report *report, const double *rates,
                       const stress_state *state);

/* The message, a multiple of 8 bytes, to be freed; NULL without memory. `json` may be NULL. */
void *node_account_pack(node_account *account, const char *lines, size_t line_bytes, const char *json, size_t *bytes);

/* What is in such a message: pointers into it. *json is NULL if it has none. False if it is no such message. */
bool node_account_unpack(const void *message, size_t bytes, node_account *account, const char **lines,
                         const char **json);

#endif
