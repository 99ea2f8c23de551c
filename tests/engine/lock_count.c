/*
 * Counts how often a program locks a mutex: loaded before it by LD_PRELOAD, it writes the number to standard error when
 * the program ends.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

static atomic_ulong locks;

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    static int (*real)(pthread_mutex_t *);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "pthread_mutex_lock");
    locks++;
    return real(mutex);
}

__attribute__((destructor)) static void report(void)
{
    fprintf(stderr, "%lu locks\n", (unsigned long)locks);
}
