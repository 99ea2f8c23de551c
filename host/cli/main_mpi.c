/*
 * mcpi-mpi: the command, for all processes of an MPI job. Rank 0 is the program; the others only bring their devices,
 * and say nothing.
 */
#include <mpi.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/ending.h"
#include "cli/interrupt.h"
#include "cli/launcher.h"
#include "cli/program.h"
#include "cluster/mpi/mpi_run.h"

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

/* What starts processes that this MPI connects. */
#if defined(OPEN_MPI)
static const char launchers[] = "Open MPI's mpirun, or srun --mpi=pmix";
#elif defined(MPICH_VERSION)
static const char launchers[] = "MPICH's mpiexec, or srun --mpi=pmi2";
#else
static const char launchers[] = "the mpirun of the MPI that it was built with";
#endif

static int carry_out(int argc, char **argv, int processes)
{
    cli_options options;
    usage_error error;
    if (!parse_options(argc, argv, &options, &error)) {
        complain("%s", error.message);
        if (processes == 1)
            stress_never_ran(&options, EXIT_USAGE);
        return EXIT_USAGE;
    }
    if (options.command != COMMAND_RUN && processes > 1) {
        complain("mcpi-mpi with several processes only runs; the other commands are mcpi's, for one machine");
        return EXIT_USAGE;
    }
    if (options.expected.spec && processes > 1) {
        complain("--expect: mcpi-mpi with several processes does not check devices; run 'mcpi devices --expect SPEC' "
                 "on each node");
        return EXIT_USAGE;
    }
    if (processes == 1)
        launcher_warn_of_mismatch(&options, launchers);
    options.origin = origin_begin();
    options.runner = options.quiet ? run_with_all_quietly : run_with_all;
    return program(&options);
}

static void follow(int argc, char **argv)
{
    cli_options options;
    usage_error error;
    mcpi_error unable = {0};
    if (!parse_options(argc, argv, &options, &error)) {
        unable.status = MCPI_BAD_OPTION;
        snprintf(unable.message, sizeof unable.message, "%s", error.message);
    }
    interrupt_catch();
    interrupt_work_begins();
    options.run.stop = interrupt_requested;
    bool hung;
    mcpi_mpi_follow(job, &options.run, &unable, &hung);
    ending_note_hung(hung);
}

/* Without the ranks that are lost: MPI_Finalize would wait for them. */
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
    prepare_process();
    /* All calls of MPI are made by the thread that runs main; workers make none. */
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &level);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &processes);
    if (level < MPI_THREAD_FUNNELED) {
        complain("this MPI does not let a program have threads (MPI_THREAD_FUNNELED)");
        MPI_Abort(MPI_COMM_WORLD, EXIT_FAILED);
    }
    job = mcpi_mpi_open(say);
    if (rank == 0) {
        code = carry_out(argc, argv, processes);
        mcpi_mpi_dismiss(job);
    } else {
        follow(argc, argv);
    }
    if (mcpi_mpi_lost(job) > 0)
        abort_job(code == EXIT_DONE ? EXIT_FAILED : code);
    mcpi_mpi_close(job);
    MPI_Finalize();
    end_process(code);
}
