/* The output of a function that prints to a file. */
#ifndef MCPI_TESTS_CLI_PRINTED_H
#define MCPI_TESTS_CLI_PRINTED_H

#include <cstdio>
#include <cstdlib>
#include <string>

template <typename Print> std::string printed(Print print)
{
    char *text = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    print(out);
    fclose(out);
    std::string result(text, size);
    free(text);
    return result;
}

#endif
