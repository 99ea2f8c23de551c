#include "cli/io/interrupt.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#include "cli/io/exit_process.h"

static const double same_request_seconds = 1.0;

/* After INTERRUPT_PRINT the program has this time to leave the section of interrupt_poll_begin. */
enum { patience_seconds = 2 };

/* Globals, because a signal handler has no other state. It may run on several threads at once, so they are atomic. */
static atomic_int request;
static _Atomic double requested_at; /* set before the request is */
static atomic_bool polled;
static atomic_bool begun;   /* there may be results to print */
static atomic_bool limited; /* the alarm is ours */

interrupt_request interrupt_after(interrupt_request found, int signal, double seconds)
{
    if (found == INTERRUPT_NONE)
        return INTERRUPT_FINISH;
    return signal == SIGINT && seconds >= same_request_seconds && found < INTERRUPT_END ? found + 1 : found;
}

/* Limit the time that the program has to react. */
static void limit_time(void)
{
    limited = true;
    alarm(patience_seconds);
}

/* Uses only functions that signal handlers may call. */
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
        _exit(EXIT_INTERRUPTED);
    /* Before the work begins, the program may wait forever, for a driver or for the other end of a FIFO. */
    if (next == INTERRUPT_PRINT || !begun)
        limit_time();
}

/* Another program may have set an alarm before it started this one, as a time limit. */
static void on_alarm(int signal)
{
    if (limited)
        _exit(EXIT_INTERRUPTED);
    on_signal(signal);
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
    catch_unless_ignored(SIGXCPU);
    handle(SIGALRM, on_alarm);
    /* A write to a closed pipe should fail with a message instead of ending the program silently. */
    handle(SIGPIPE, SIG_IGN);
    /* The same for a file that reaches the size limit of the process (RLIMIT_FSIZE). */
    handle(SIGXFSZ, SIG_IGN);
    /* The system keeps neither the exit status nor the CPU time of children of a program that ignores SIGCHLD. */
    handle(SIGCHLD, SIG_DFL);
}

static void lift_limit(void)
{
    if (limited)
        alarm(0);
    limited = false;
}

void interrupt_work_begins(void)
{
    begun = true;
    if (request < INTERRUPT_PRINT)
        lift_limit();
}

void interrupt_poll_begin(void)
{
    polled = true;
    interrupt_work_begins();
}

void interrupt_poll_end(void)
{
    polled = false;
    lift_limit();
}

int interrupt_requested(void *unused)
{
    (void)unused;
    return request;
}
