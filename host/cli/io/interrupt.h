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
#ifndef MCPI_CLI_IO_INTERRUPT_H
#define MCPI_CLI_IO_INTERRUPT_H

/* What the signals so far ask for. The first three are what mcpi_options.stop returns. */
typedef enum interrupt_request {
    INTERRUPT_NONE,
    INTERRUPT_FINISH,
    INTERRUPT_PRINT, /* without waiting for anything */
    INTERRUPT_END    /* without printing anything */
} interrupt_request;

/* The request after `signal`, which arrives `seconds` after the request `found`. A pure function. */
interrupt_request interrupt_after(interrupt_request found, int signal, double seconds);

/* Install the signal handlers. */
void interrupt_catch(void);

/*
 * From now on there are results to print. Before that, the program ends two seconds after the first signal, because it
 * may be waiting for a driver or for the other end of a FIFO.
 */
void interrupt_work_begins(void);

/*
 * Between these calls the program calls interrupt_requested several times a second and can print what it knows. If it
 * has not left this section two seconds after INTERRUPT_PRINT, the program ends without printing. Outside this section
 * INTERRUPT_PRINT ends it at once. interrupt_poll_begin includes interrupt_work_begins.
 */
void interrupt_poll_begin(void);
void interrupt_poll_end(void);

/* The request so far, from INTERRUPT_NONE to INTERRUPT_PRINT. Fits mcpi_options.stop. */
int interrupt_requested(void *unused);

#endif
