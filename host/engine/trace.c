#include "engine/trace.h"

#if defined(MCPI_HAVE_NVTX)

#include <inttypes.h>
#include <nvtx3/nvToolsExt.h>
#include <pthread.h>
#include <stdio.h>

static void initialize(void)
{
    nvtxInitialize(NULL);
}

void mcpi_trace_begin(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, initialize);
}

typedef struct name {
    char text[96];
} name;

static name name_of(const char *what, const mcpi_job *job)
{
    name full;
    if (job)
        snprintf(full.text, sizeof full.text, "%s, darts [%" PRIu64 ", %" PRIu64 ")", what, job->first,
                 job->first + job->darts);
    else
        snprintf(full.text, sizeof full.text, "%s", what);
    return full;
}

void mcpi_trace_push(const char *what, const mcpi_job *job)
{
    const name full = name_of(what, job);
    nvtxRangePushA(full.text);
}

void mcpi_trace_pop(void)
{
    nvtxRangePop();
}

uint64_t mcpi_trace_start(const char *what, const mcpi_job *job)
{
    const name full = name_of(what, job);
    return nvtxRangeStartA(full.text);
}

void mcpi_trace_end(uint64_t range)
{
    nvtxRangeEnd(range);
}

#else

void mcpi_trace_begin(void)
{
}

void mcpi_trace_push(const char *what, const mcpi_job *job)
{
    (void)what;
    (void)job;
}

void mcpi_trace_pop(void)
{
}

uint64_t mcpi_trace_start(const char *what, const mcpi_job *job)
{
    (void)what;
    (void)job;
    return 0;
}

void mcpi_trace_end(uint64_t range)
{
    (void)range;
}

#endif
