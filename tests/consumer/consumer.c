/* A C program that uses only mcpi's installed headers and library. */
#include <mcpi/mcpi.h>
#include <mcpi/stress.h>
#include <stdio.h>
#include <string.h>

/* The argument: a program for workers in processes of their own; "installed": the one that the library finds. */
int main(int argc, char **argv)
{
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    options.devices = "cpu";
    options.workers = argc > 1 ? MCPI_WORKERS_PROCESSES : MCPI_WORKERS_THREADS;
    options.worker_program = argc > 1 && strcmp(argv[1], "installed") != 0 ? argv[1] : NULL;
    options.darts = 1000000;
    mcpi_result *result = NULL;
    mcpi_error error;
    if (strcmp(mcpi_version(), MCPI_VERSION) != 0)
        return 1;
    if (mcpi_run(&options, &result, &error) != MCPI_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    printf("%llu hits, pi = %.4f\n", (unsigned long long)result->hits, result->estimate.pi);
    const int golden = result->hits == 785850 && (result->devices[0].in_processes != 0) == (argc > 1);
    mcpi_result_free(result);

    options.devices = "tpu";
    const mcpi_stress_options stress = {.run = options};
    mcpi_stress_report *report = NULL;
    return golden && mcpi_run(&options, &result, &error) == MCPI_BAD_OPTION && result == NULL &&
                   mcpi_stress(&stress, &report, &error) == MCPI_BAD_OPTION && report == NULL
               ? 0
               : 1;
}
