/*
 * Ways in which two threads or two processes can exchange messages of 8 bytes.
 */
#ifndef MCPI_BENCHMARKS_SHARING_CHANNELS_H
#define MCPI_BENCHMARKS_SHARING_CHANNELS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct channel channel;

typedef struct channel_kind {
    const char *name;
    void (*put)(channel *c, uint64_t message);
    uint64_t (*get)(channel *c);
} channel_kind;

enum { CHANNEL_KINDS = 3 };
extern const channel_kind channel_kinds[CHANNEL_KINDS];

typedef struct channel_result {
    double seconds; /* from the first message to the last reply; without the start of the other side */
    bool is_intact; /* all messages arrived, unchanged and in order */
} channel_result;

/*
 * Send `messages` to another thread, or to another process. It replies to each `reply_every` of them, and the next ones
 * wait for its reply: 1 measures round trips, `messages` how many can flow in one direction. `messages` must be a
 * multiple of `reply_every`. Ends the program if the other side cannot be started.
 */
channel_result exchange_messages(const channel_kind *kind, bool between_processes, uint64_t messages,
                                 uint64_t reply_every);

#endif
