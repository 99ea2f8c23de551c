#include "cli/launcher.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/io/complain.h"

/* Environment variables in which launchers state the number of processes and the number of this one. The innermost
   launcher is first: mpirun starts its daemons with srun, so Slurm's variables may count daemons. SLURM_NTASKS is not
   used, because a batch script has it, too. */
static const struct {
    const char *size, *rank;
} variables[] = {
    {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"}, /* Open MPI's mpirun */
    {"MV2_COMM_WORLD_SIZE", "MV2_COMM_WORLD_RANK"},   /* MVAPICH2's */
    {"PMI_SIZE", "PMI_RANK"},                         /* MPICH's, Intel MPI's, srun --mpi=pmi2 */
    {"SLURM_STEP_NUM_TASKS", "SLURM_PROCID"},         /* srun */
};

/* 0 if the variable is not set or not a number. */
static unsigned long number(const char *name)
{
    const char *const text = getenv(name);
    char *end;
    if (!text || !isdigit((unsigned char)text[0]))
        return 0;
    errno = 0;
    const unsigned long value = strtoul(text, &end, 10);
    return errno == 0 && *end == '\0' ? value : 0;
}

/* The number of processes that the launcher started, in the first of them; 0 in the others, or without a launcher. */
static unsigned long started(void)
{
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        if (getenv(variables[i].size))
            return number(variables[i].rank) == 0 ? number(variables[i].size) : 0;
    return 0;
}

static bool counts(const cli_options *options)
{
    return options->command == &run_command && !options->help && !options->version;
}

void launcher_warn_of_copies(const cli_options *options)
{
    if (!counts(options) || is_given(options, "first") || is_given(options, "stream") || started() < 2)
        return;
    complain("the launcher started %lu processes, and each of them counts the same darts; mcpi-mpi shares one run "
             "among processes",
             started());
}

void launcher_warn_of_mismatch(const cli_options *options, const char *launchers)
{
    if (!counts(options) || started() < 2)
        return;
    complain("the launcher started %lu processes, but MPI connects none of them, so each counts all darts; this "
             "mcpi-mpi needs "
             "%s",
             started(), launchers);
}
