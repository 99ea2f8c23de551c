/* Count ten million darts on the CPU, and print pi with its error. */
#include <inttypes.h>
#include <mcpi/mcpi.h>
#include <stdio.h>

int main(void)
{
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    mcpi_result *result = NULL;
    mcpi_error error;
    options.devices = "cpu";
    options.darts = 10000000;
    if (mcpi_run(&options, &result, &error) != MCPI_OK) {
        fprintf(stderr, "%s\n", error.message);
        mcpi_result_free(result);
        return 1;
    }
    const mcpi_estimate estimate = result->estimate;
    printf("hits: %" PRIu64 "\n", result->hits);
    printf("pi = %.4f +- %.4f\n", estimate.pi, estimate.std_error);
    mcpi_result_free(result);
    return 0;
}
