#include "cpu/selftest.h"

#include <math.h>
#include <pthread.h>
#include <time.h>

/* A CPU that changes its clock for wide vectors does so within some tens of microseconds: Intel 64 and IA-32
   Architectures Optimization Reference Manual, section 2.6.3. The warm-up lasts until then. */
enum { warm_up_darts = 1 << 15, timed_darts = 1 << 16, rounds = 3, most_kernels = 16 };

double mcpi_thread_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double rate_once(const mcpi_count_kernel *kernel)
{
    kernel->count(0, 0, 0, warm_up_darts);
    const double begin = mcpi_thread_seconds();
    kernel->count(0, 0, 0, timed_darts);
    const double seconds = mcpi_thread_seconds() - begin;
    return seconds > 0.0 ? timed_darts / seconds : 0.0;
}

void mcpi_time_kernels(const mcpi_count_kernel *kernels, size_t count, mcpi_features features, double *darts_per_second)
{
    for (size_t i = 0; i < count; i++)
        darts_per_second[i] = 0.0;
    /* The kernels take turns, and the best round of each counts, because a disturbance only makes a round slower. */
    for (int round = 0; round < rounds; round++)
        for (size_t i = 1; i < count; i++)
            if (mcpi_kernel_runs(&kernels[i], features))
                darts_per_second[i] = fmax(darts_per_second[i], rate_once(&kernels[i]));
}

static double this_machines[most_kernels];

static void test_this_machine(void)
{
    mcpi_time_kernels(mcpi_count_kernels, mcpi_count_kernels_size, mcpi_probe_features(&mcpi_this_machine),
                      this_machines);
}

const double *mcpi_self_test(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, test_this_machine);
    return this_machines;
}
