#include "cli/io/build_info.h"

/* The compiler passes the other macros as -D: host/cli/io/build_info.cmake. */
#include <build_commit.h>
#if MCPI_BUILD_WITH_HWLOC
#include <hwloc.h>
#else
#define HWLOC_VERSION ""
#endif
#if MCPI_BUILD_WITH_JSON_C
#include <json-c/json_c_version.h>
#else
#define JSON_C_VERSION ""
#endif

/* A fact; a value is empty if it is unknown, or if the build is without. */
typedef struct build_fact {
    const char *key;    /* in JSON */
    const char *words;  /* in text */
    const char *value;  /* NULL: not in text */
    const char *absent; /* instead of an empty value in text; NULL: no line */
} build_fact;

enum { most_facts = 16 };

typedef struct build_facts {
    size_t count;
    build_fact list[most_facts];
} build_facts;

static build_facts facts_with(const char *mpi)
{
    return (build_facts){11,
                         {{"version", NULL, MCPI_VERSION, NULL},
                          {"commit", "commit", MCPI_BUILD_COMMIT, "unknown"},
                          {"compiler", "compiler", MCPI_BUILD_COMPILER, "unknown"},
                          {"build_type", "build type", MCPI_BUILD_TYPE, "none"},
                          {"flags", "flags", MCPI_BUILD_FLAGS, "none"},
                          {"cuda", "CUDA", MCPI_BUILD_CUDA, "built without CUDA"},
                          {"cuda_architectures", "GPUs", MCPI_BUILD_ARCHITECTURES, NULL},
                          {"hwloc", "hwloc", HWLOC_VERSION, "built without hwloc"},
                          {"json_c", "json-c", JSON_C_VERSION, "built without json-c"},
                          {"nvtx", "NVTX", MCPI_BUILD_NVTX, "built without NVTX"},
                          {"mpi", "MPI", mpi, "unknown"}}};
}

void print_build(FILE *out, const char *mpi)
{
    const build_facts facts = facts_with(mpi);
    fprintf(out, "mcpi %s\n", facts.list[0].value);
    for (const build_fact *fact = facts.list + 1; fact < facts.list + facts.count; fact++)
        if (fact->value && (fact->value[0] || fact->absent))
            fprintf(out, "%-11s %s\n", fact->words, fact->value[0] ? fact->value : fact->absent);
}

void put_build(json_writer *j, const char *mpi)
{
    const build_facts facts = facts_with(mpi);
    put_open(j, "build", '{');
    for (const build_fact *fact = facts.list; fact < facts.list + facts.count; fact++)
        put_known(j, fact->key, fact->value ? fact->value : "");
    put_close(j, '}');
}
