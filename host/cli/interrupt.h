/*
 * SIGINT and SIGTERM: the first asks the run to finish what is in flight, a second one ends the program at once.
 */
#ifndef MCPI_CLI_INTERRUPT_H
#define MCPI_CLI_INTERRUPT_H

/* Take the signals from now on. */
void interrupt_catch(void);

/* Non-zero once a signal has come. Fits mcpi_options.stop. */
int interrupt_requested(void *unused);

#endif
