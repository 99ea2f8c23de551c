#include "cli/interrupt.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#include "cli/options.h"

static const double same_request_seconds = 1.0;

/* After INTERRUPT_PRINT the program has this time to leave the section of interrupt_poll_begin. */
enum { patience_seconds = 2 };

/* A signal handler has nothing but globals. It may run on several threads at once, so they are atomic. */
static atomic_int request;
static _Atomic double requested_at; /* set before the request is */
static atomic_bool polled;

interrupt_request interrupt_after(interrupt_request found, int signal, double seconds)
{
    if (found == INTERRUPT_NONE)
        return INTERRUPT_FINISH;
    return signal == SIGINT && seconds >= same_request_seconds && found < INTERRUPT_END ? found + 1 : found;
}

static void end_at_once(int signal)
{
    (void)signal;
    _exit(EXIT_INTERRUPTED);
}

/* By a function that signal handlers may call. */
static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void on_signal(int signal)
{
    const double now = seconds_now();
    const interrupt_request found = (interrupt_request)request;
    const interrupt_request next = interrupt_after(found, signal, now - requested_at);
    if (next == found)
        return;
    requested_at = now;
    request = (int)next;
    if (next == INTERRUPT_END || (next == INTERRUPT_PRINT && !polled))
        end_at_once(signal);
    if (next == INTERRUPT_PRINT)
        alarm(patience_seconds);
}

static void handle(int signal, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

static void catch_unless_ignored(int signal)
{
    struct sigaction found;
    if (sigaction(signal, NULL, &found) == 0 && found.sa_handler != SIG_IGN)
        handle(signal, on_signal);
}

void interrupt_catch(void)
{
    catch_unless_ignored(SIGINT);
    catch_unless_ignored(SIGTERM);
    catch_unless_ignored(SIGHUP);
    handle(SIGALRM, end_at_once);
    /* A reader that has gone is a write that fails, with a message, and not a silent death. */
    handle(SIGPIPE, SIG_IGN);
    /* The same for a file that has reached the limit of the process (RLIMIT_FSIZE). */
    handle(SIGXFSZ, SIG_IGN);
}

void interrupt_poll_begin(void)
{
    polled = true;
}

void interrupt_poll_end(void)
{
    polled = false;
    alarm(0);
}

int interrupt_requested(void *unused)
{
    (void)unused;
    return request;
}
