#include "cli/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include "cli/options.h"

/* A signal handler has nothing but globals. */
static volatile sig_atomic_t requested;

static void on_signal(int signal)
{
    (void)signal;
    if (requested)
        _exit(EXIT_INTERRUPTED);
    requested = 1;
}

void interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    /* A reader that has gone is a write that fails, with a message, and not a silent death. */
    signal(SIGPIPE, SIG_IGN);
}

int interrupt_requested(void *unused)
{
    (void)unused;
    return requested;
}
