/*
 * The features of this CPU, and its name.
 *
 * Everything that is read from the hardware goes through a mcpi_machine, so that tests can make up CPUs.
 */
#ifndef MCPI_CPU_MACHINE_PROBE_H
#define MCPI_CPU_MACHINE_PROBE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum mcpi_feature {
    MCPI_FEATURE_AVX2 = 1,
    MCPI_FEATURE_AVX512BW = 2, /* together with AVX-512F, which only Knights Landing has without it */
    MCPI_FEATURE_NEON = 4,
    MCPI_FEATURE_SVE2 = 8 /* usable means with vectors of 128 bits, for which the kernel is compiled */
} mcpi_feature;

/* Sets of mcpi_feature bits. */
typedef struct mcpi_features {
    unsigned in_cpu;
    unsigned usable; /* in the CPU, and the operating system saves the registers */
} mcpi_features;

typedef struct mcpi_cpuid {
    uint32_t eax, ebx, ecx, edx;
} mcpi_cpuid;

/* The sources of the probe. A source of another architecture returns zeros. */
typedef struct mcpi_machine {
    unsigned baseline; /* mcpi_feature bits that every CPU of the architecture has */
    mcpi_cpuid (*cpuid)(uint32_t leaf, uint32_t subleaf);
    uint64_t (*xcr0)(void);      /* the registers that the operating system saves; read only if OSXSAVE is set */
    unsigned (*sve2_bits)(void); /* the width of SVE2's vectors in this process; 0 without SVE2 */
    const char *cpuinfo;         /* path of /proc/cpuinfo */
} mcpi_machine;

extern const mcpi_machine mcpi_this_machine;

mcpi_features mcpi_probe_features(const mcpi_machine *machine);

/*
 * The name of the CPU, or "unknown CPU". On Arm the operating system has only numbers: the name of each kind of core,
 * or its numbers if mcpi does not know the name.
 */
void mcpi_probe_name(const mcpi_machine *machine, char *name, size_t size);

#ifdef __cplusplus
}
#endif

#endif
