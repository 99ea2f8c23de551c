/*
 * SIGINT, SIGTERM and SIGHUP.
 *
 * The first one asks the program to finish what is in flight and to print what it has. One that follows within a second
 * is the same request: timeout(1) signals its child and then the group that the child is in. A later SIGTERM or SIGHUP
 * repeats it. A later SIGINT asks the program to print what it knows without waiting, where it can, and to end.
 *
 * A signal that was ignored when the program started stays ignored: nohup ignores SIGHUP, and a shell that runs a
 * script ignores SIGINT in its background jobs.
 */
#ifndef MCPI_CLI_INTERRUPT_H
#define MCPI_CLI_INTERRUPT_H

#include <stdbool.h>

/* What the signals so far ask for. The first three are what mcpi_options.stop returns. */
typedef enum interrupt_request {
    INTERRUPT_NONE,
    INTERRUPT_FINISH,
    INTERRUPT_PRINT, /* without waiting for anything */
    INTERRUPT_END    /* without printing anything */
} interrupt_request;

/* What is asked for once `signal` comes, so many seconds after the request that it finds. A pure function. */
interrupt_request interrupt_after(interrupt_request found, int signal, double seconds);

/* Take the signals from now on. Files that are not whole yet are removed when one of them ends the program. */
void interrupt_catch(void);

/*
 * Between these calls the program looks at interrupt_requested several times a second and can print what it knows. If
 * it does not get there within two seconds after INTERRUPT_PRINT, it ends all the same. Otherwise INTERRUPT_PRINT ends
 * it at once.
 */
void interrupt_begin_to_heed(void);
void interrupt_end_to_heed(void);

/* The request so far, from INTERRUPT_NONE to INTERRUPT_PRINT. Fits mcpi_options.stop. */
int interrupt_requested(void *unused);

#endif
