/*
 * The program mcpi-mpi, started as all processes of an MPI job. Rank 0 parses the command line and prints; the other
 * ranks only contribute their devices, or test them, and print nothing.
 */
#include <errno.h>
#include <limits.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/args/file_conflicts.h"
#include "cli/commands.h"
#include "cli/io/complain.h"
#include "cli/io/exit_process.h"
#include "cli/io/interrupt.h"
#include "cli/launcher.h"
#include "cli/program.h"
#include "cli/run/run_log.h"
#include "cli/stress/job_link.h"
#include "cli/stress/stress_nodes.h"
#include "cluster/mpi/mpi_run.h"
#include "core/backend.h"
#include "core/status.h"
#include "process/worker_process.h"

static void say(const char *text)
{
    complain("%s", text);
}

static mcpi_mpi_job *job;

static mcpi_status run_with_all(const mcpi_options *options, mcpi_result **result, mcpi_error *error)
{
    return mcpi_mpi_run(job, options, say, result, error);
}

static mcpi_status run_with_all_quietly(const mcpi_options *options, mcpi_result **result, mcpi_error *error)
{
    return mcpi_mpi_run(job, options, NULL, result, error);
}

/* The programs that start processes of this MPI. */
#if defined(OPEN_MPI)
static const char launchers[] = "Open MPI's mpirun, or srun --mpi=pmix";
#elif defined(MPICH_VERSION)
static const char launchers[] = "MPICH's mpiexec, or srun --mpi=pmi2";
#else
static const char launchers[] = "the mpirun of the MPI that it was built with";
#endif

/* "Open MPI v4.1.4": the library says more after a comma, and MPICH in further lines. */
static const char *library_version(void)
{
    static char text[MPI_MAX_LIBRARY_VERSION_STRING];
    int length;
    MPI_Get_library_version(text, &length);
    for (char *c = text; *c; c++)
        if (*c == '\t')
            *c = ' ';
    text[strcspn(text, ",\n")] = '\0';
    return text;
}

/* ---- the survey as the link of a stress test ---- */

static void link_report(void *survey, const void *report, size_t bytes)
{
    mcpi_survey_report(*(mcpi_survey **)survey, report, bytes);
}

static void link_stop(void *survey, int request)
{
    mcpi_survey_stop(*(mcpi_survey **)survey, (unsigned)request);
}

static job_want link_exchange(void *survey)
{
    mcpi_survey_exchange(*(mcpi_survey **)survey, mcpi_seconds());
    const mcpi_want want = mcpi_survey_want(*(mcpi_survey **)survey);
    return (job_want){(int)want.stop, want.round, want.details, want.over};
}

static mcpi_status link_open(void *survey, const void *opening, size_t bytes, mcpi_error *error)
{
    return mcpi_mpi_survey(job, opening, bytes, survey, error);
}

static void link_ask(void *survey, bool details)
{
    mcpi_survey_ask(*(mcpi_survey **)survey, details);
}

static job_standing link_standing(void *survey, unsigned rank)
{
    const mcpi_standing standing = mcpi_survey_standing(*(mcpi_survey **)survey, rank, mcpi_seconds());
    const mcpi_peer *peer = mcpi_mpi_peer(job, rank);
    return (job_standing){
        .node = peer->node,
        .first_on_node = peer->first_on_node,
        .report = standing.report,
        .bytes = standing.bytes,
        .silent_seconds = standing.silent_seconds,
        .silent = peer->silent,
        .gone = standing.silent_seconds >= mcpi_lost_seconds,
        .lost = standing.lost,
    };
}

static void link_give_up(void *survey, unsigned rank)
{
    mcpi_survey_give_up(*(mcpi_survey **)survey, rank, mcpi_seconds());
}

static void link_close(void *survey)
{
    mcpi_survey_close(*(mcpi_survey **)survey);
}

static job_link link_of(mcpi_survey **survey)
{
    return (job_link){
        .user = survey,
        .ranks = mcpi_mpi_messages(job)->ranks,
        .report = link_report,
        .stop = link_stop,
        .exchange = link_exchange,
        .open = link_open,
        .ask = link_ask,
        .standing = link_standing,
        .give_up = link_give_up,
        .close = link_close,
    };
}

/* ---- the processes ---- */

/* Users expect a test of all CPUs. */
static void note_cpus(const cli_options *options)
{
    const mcpi_node *node = mcpi_mpi_node(job);
    if (options->quiet || options->run.threads > 0 || node->workers >= node->online)
        return;
    if (node->ranks > 1)
        complain("%s: one of %d ranks tests this node, with %u of %u CPUs; start one rank on each node", node->name,
                 node->ranks, node->workers, node->online);
    else
        complain("%s: the test may use %u of %u CPUs; use mpirun --bind-to none or srun -c %u to test all", node->name,
                 node->workers, node->online, node->online);
}

/* Each rank has a log of its own. */
static void name_log(cli_options *options)
{
    static char name[PATH_MAX];
    const mcpi_transport *const messages = mcpi_mpi_messages(job);
    if (!options->log || messages->ranks == 1)
        return;
    snprintf(name, sizeof name, "%s.%u", options->log, messages->rank);
    options->log = name;
}

static int carry_out(int argc, char **argv, int processes)
{
    cli_options options;
    usage_error error;
    mcpi_survey *survey = NULL;
    const job_link link = link_of(&survey);
    if (!parse_options(&mcpi_mpi_program, argc, argv, &options, &error)) {
        complain("%s", error.message);
        stress_never_ran(&options, EXIT_USAGE);
        return EXIT_USAGE;
    }
    if (!options.command->with_mpi && !options.help && processes > 1) {
        complain("with several processes, mcpi-mpi has only run and stress; use mcpi for the other commands");
        return EXIT_USAGE;
    }
    if (options.command == &run_command && options.expected.spec && processes > 1) {
        complain("--expect: with several processes, mcpi-mpi does not check devices before a run; 'mcpi-mpi stress "
                 "--expect SPEC' tests them on each node");
        return EXIT_USAGE;
    }
    if (options.log && processes > 1 && is_standard_output(options.log)) {
        complain("--log %s: with several processes each one writes a log of its own; name a file", options.log);
        return EXIT_USAGE;
    }
    if (processes == 1)
        launcher_warn_of_mismatch(&options, launchers);
    name_log(&options);
    options.origin = origin_begin();
    options.origin.mpi = library_version();
    options.runner = options.quiet ? run_with_all_quietly : run_with_all;
    options.job = processes > 1 ? &link : NULL;
    if (options.job && options.command == &stress_command && !options.help && !options.version)
        note_cpus(&options);
    return program(&options);
}

/* The error in the command line of this process, given that rank 0 runs `command`; none if it agrees. */
static mcpi_error unable_to(const cli_command *command, const cli_options *options, bool valid,
                            const usage_error *error)
{
    mcpi_error unable = {0};
    if (!valid)
        mcpi_fail(&unable, MCPI_BAD_OPTION, "%s", error->message);
    else if (options->command != command)
        mcpi_fail(&unable, MCPI_BAD_OPTION, "its command differs from that of rank 0");
    return unable;
}

static void follow_stress(const cli_options *options, const mcpi_error *unable, const void *opening)
{
    const bool tests = mcpi_mpi_node(job)->rank == 0;
    mcpi_survey *survey = mcpi_mpi_join(job, unable);
    const job_link link = link_of(&survey);
    if (survey)
        stress_follow(options, opening, &link, tests);
    else if (tests)
        stress_never_ran(options, EXIT_USAGE);
}

static void log_event(void *log, const mcpi_event *event)
{
    run_log_write(log, event);
}

/* Take part in the run. A log that cannot be written ends the run before it begins. Returns the exit code. */
static int follow_run(cli_options *options, mcpi_error *unable, const void *message)
{
    run_log log = {0};
    bool hung = false;
    name_log(options);
    if (unable->status == MCPI_OK && !run_log_open(&log, options))
        mcpi_fail(unable, MCPI_BAD_OPTION, "--log %s: cannot be written: %s", options->log, strerror(errno));
    options->run.event = log.file ? log_event : NULL;
    options->run.user = &log;
    mcpi_mpi_follow(job, message, &options->run, unable, &hung);
    ending_note_hung(hung);
    return run_log_close(&log) ? EXIT_DONE : EXIT_FAILED;
}

/* Returns the exit code. */
static int follow(int argc, char **argv)
{
    int code = EXIT_DONE;
    cli_options options;
    usage_error error;
    void *message;
    const bool valid = parse_options(&mcpi_mpi_program, argc, argv, &options, &error);
    mcpi_error unable_to_run = unable_to(&run_command, &options, valid, &error);
    const mcpi_error unable_to_test = unable_to(&stress_command, &options, valid, &error);
    options.origin = origin_begin();
    options.origin.mpi = library_version();
    interrupt_catch();
    interrupt_work_begins();
    options.run.stop = interrupt_requested;
    switch (mcpi_mpi_await(job, &message)) {
    case MCPI_MPI_RUN:
        code = follow_run(&options, &unable_to_run, message);
        break;
    case MCPI_MPI_SURVEY:
        follow_stress(&options, &unable_to_test, mcpi_survey_opening(message));
        break;
    default:
        if (!options.help && !options.version && mcpi_mpi_node(job)->rank == 0)
            stress_never_ran(&options, EXIT_USAGE);
        break;
    }
    free(message);
    return code;
}

/* End without the lost ranks: MPI_Finalize would wait for them. */
__attribute__((noreturn)) static void abort_job(int code)
{
    fflush(NULL);
    MPI_Abort(MPI_COMM_WORLD, code);
    end_process(code);
}

int main(int argc, char **argv)
{
    int level, rank, processes;
    int code = EXIT_DONE;
    if (mcpi_is_worker_process(argc, argv))
        _exit(mcpi_worker_process(mcpi_backends));
    prepare_process();
    /* Only the main thread calls MPI; workers do not. */
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &level);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &processes);
    if (level < MPI_THREAD_FUNNELED) {
        complain("this MPI does not support threads (MPI_THREAD_FUNNELED)");
        MPI_Abort(MPI_COMM_WORLD, EXIT_FAILED);
    }
    job = mcpi_mpi_open(say);
    if (rank == 0) {
        code = carry_out(argc, argv, processes);
        mcpi_mpi_dismiss(job);
    } else {
        code = follow(argc, argv);
    }
    if (mcpi_mpi_lost(job) > 0)
        abort_job(code == EXIT_DONE ? EXIT_FAILED : code);
    mcpi_mpi_close(job);
    MPI_Finalize();
    end_process(code);
}
