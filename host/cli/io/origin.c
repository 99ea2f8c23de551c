#include "cli/io/origin.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/io/build_info.h"
#include "cli/io/utf8.h"

enum { most_bytes = 255 };

/* The key in JSON, and the words before the value in a text report; NULL: not in the report. */
static const struct {
    const char *key, *words;
} fact_names[ORIGIN_FACTS] = {
    [ORIGIN_ID] = {"id", NULL},
    [ORIGIN_ARRAY_ID] = {"array_id", "array"},
    [ORIGIN_ARRAY_TASK] = {"array_task", "array task"},
    [ORIGIN_STEP] = {"step", "step"},
    [ORIGIN_TASK] = {"task", "task"},
    [ORIGIN_RESTARTS] = {"restarts", NULL},
    [ORIGIN_NODE] = {"node", NULL},
};

/* ---- from the environment ---- */

/* The environment variables of a scheduler. */
typedef struct scheduler {
    const char *name;
    const char *marker;                  /* set in every job, and by no other program */
    const char *variables[ORIGIN_FACTS]; /* NULL: the scheduler has no such variable */
    const char *no_array;                /* value of the task variable outside of an array; NULL: not set there */
} scheduler;

/* Other programs set JOB_ID, too, but not together with SGE_TASK_ID. */
static const scheduler schedulers[] = {
    {.name = "slurm",
     .marker = "SLURM_JOB_ID",
     .variables = {[ORIGIN_ID] = "SLURM_JOB_ID",
                   [ORIGIN_ARRAY_ID] = "SLURM_ARRAY_JOB_ID",
                   [ORIGIN_ARRAY_TASK] = "SLURM_ARRAY_TASK_ID",
                   [ORIGIN_STEP] = "SLURM_STEP_ID",
                   [ORIGIN_TASK] = "SLURM_PROCID",
                   [ORIGIN_RESTARTS] = "SLURM_RESTART_COUNT",
                   [ORIGIN_NODE] = "SLURMD_NODENAME"}},
    {.name = "pbs",
     .marker = "PBS_JOBID",
     .variables =
         {[ORIGIN_ID] = "PBS_JOBID", [ORIGIN_ARRAY_ID] = "PBS_ARRAY_ID", [ORIGIN_ARRAY_TASK] = "PBS_ARRAY_INDEX"}},
    {.name = "lsf",
     .marker = "LSB_JOBID",
     .variables = {[ORIGIN_ID] = "LSB_JOBID", [ORIGIN_ARRAY_TASK] = "LSB_JOBINDEX"},
     .no_array = "0"},
    {.name = "gridengine",
     .marker = "SGE_TASK_ID",
     .variables = {[ORIGIN_ID] = "JOB_ID", [ORIGIN_ARRAY_TASK] = "SGE_TASK_ID"},
     .no_array = "undefined"},
};

/* NULL also if the variable is empty. */
static const char *value_of(const char *variable)
{
    const char *const value = variable ? getenv(variable) : NULL;
    return value && value[0] ? value : NULL;
}

static origin_job job_of(const scheduler *s)
{
    origin_job job = {.scheduler = s->name};
    for (int i = 0; i < ORIGIN_FACTS; i++)
        job.facts[i] = value_of(s->variables[i]);
    const char **const task = &job.facts[ORIGIN_ARRAY_TASK];
    if (s->no_array && *task && strcmp(*task, s->no_array) == 0)
        *task = NULL;
    return job;
}

static origin_job find_job(void)
{
    for (size_t i = 0; i < sizeof schedulers / sizeof *schedulers; i++)
        if (value_of(schedulers[i].marker) && value_of(schedulers[i].variables[ORIGIN_ID]))
            return job_of(&schedulers[i]);
    return (origin_job){0};
}

run_origin origin_begin(void)
{
    run_origin origin = {.pid = getpid(),
                         .job = find_job(),
                         .started = time(NULL),
                         .ended = ORIGIN_NO_TIME,
                         .before = read_machine_state("")};
    uname(&origin.system);
    if (gethostname(origin.host, sizeof origin.host - 1) != 0)
        origin.host[0] = '\0';
    return origin;
}

run_origin origin_end(const run_origin *begun)
{
    run_origin origin = *begun;
    origin.ended = time(NULL);
    origin.after = read_machine_state("");
    return origin;
}

/* ---- as text ---- */

typedef struct bounded_text {
    char text[most_bytes + 1];
} bounded_text;

/* A shortened value ends with "...". */
static bounded_text bounded(const char *value)
{
    static const char cut[] = "...";
    bounded_text b;
    const bool fits = strlen(value) <= most_bytes;
    const size_t kept = fits ? strlen(value) : utf8_prefix(value, most_bytes - strlen(cut));
    snprintf(b.text, sizeof b.text, "%.*s%s", (int)kept, value, fits ? "" : cut);
    return b;
}

/* As a terminal may show it. */
static bounded_text printable(const char *value)
{
    bounded_text b = bounded(value);
    mask_control_characters(b.text);
    return b;
}

/* ISO 8601; empty for ORIGIN_NO_TIME, or if the year does not have four digits. */
static bounded_text utc_text(time_t seconds)
{
    bounded_text b = {""};
    struct tm utc;
    if (seconds != ORIGIN_NO_TIME && gmtime_r(&seconds, &utc) && utc.tm_year >= -900 && utc.tm_year <= 8099)
        strftime(b.text, sizeof b.text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return b;
}

void print_job(FILE *out, const run_origin *origin)
{
    const origin_job *const job = &origin->job;
    if (!job->scheduler)
        return;
    fprintf(out, "job       %s %s", job->scheduler, printable(job->facts[ORIGIN_ID]).text);
    for (int i = 0; i < ORIGIN_FACTS; i++)
        if (fact_names[i].words && job->facts[i])
            fprintf(out, ", %s %s", fact_names[i].words, printable(job->facts[i]).text);
    fprintf(out, ", on %s, from %s to %s\n", printable(origin->host).text, utc_text(origin->started).text,
            utc_text(origin->ended).text);
}

/* ---- as JSON ---- */

void put_utc(json_writer *j, const char *key, time_t seconds)
{
    put_known(j, key, utc_text(seconds).text);
}

void format_utc(char *text, size_t size, time_t seconds)
{
    snprintf(text, size, "%s", utc_text(seconds).text);
}

static void put_job(json_writer *j, const origin_job *job)
{
    if (!job->scheduler) {
        put_null(j, "job");
        return;
    }
    put_open(j, "job", '{');
    put_string(j, "scheduler", job->scheduler);
    for (int i = 0; i < ORIGIN_FACTS; i++)
        if (job->facts[i])
            put_string(j, fact_names[i].key, bounded(job->facts[i]).text);
    put_close(j, '}');
}

static void put_system(json_writer *j, const struct utsname *system)
{
    put_open(j, "system", '{');
    put_string(j, "name", system->sysname);
    put_string(j, "release", system->release);
    put_string(j, "version", system->version);
    put_string(j, "machine", system->machine);
    put_close(j, '}');
}

static void put_states(json_writer *j, const run_origin *origin)
{
    put_machine_state(j, "before", &origin->before);
    if (origin->ended != ORIGIN_NO_TIME)
        put_machine_state(j, "after", &origin->after);
    else
        put_null(j, "after");
}

void put_origin(json_writer *j, const run_origin *origin)
{
    put_open(j, "origin", '{');
    put_string(j, "host", origin->host);
    put_integer(j, "pid", (uint64_t)origin->pid);
    put_job(j, &origin->job);
    put_utc(j, "started", origin->started);
    put_utc(j, "ended", origin->ended);
    put_system(j, &origin->system);
    put_states(j, origin);
    put_build(j, origin->mpi);
    put_close(j, '}');
}
