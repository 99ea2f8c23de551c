/*
 * What this CPU can do, and what it is called.
 *
 * All that is asked of the hardware goes through a mcpi_machine, so that tests can put CPUs there that nobody has.
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
    MCPI_FEATURE_AVX512BW = 2, /* AVX-512F with it, as everywhere but on a Knights Landing */
    MCPI_FEATURE_NEON = 4,
    MCPI_FEATURE_SVE2 = 8 /* usable means: with vectors of 128 bits, for which the kernel is compiled */
} mcpi_feature;

/* Sets of mcpi_feature bits. */
typedef struct mcpi_features {
    unsigned in_cpu;
    unsigned usable; /* in the CPU, and the operating system saves the registers they use */
} mcpi_features;

typedef struct mcpi_cpuid {
    uint32_t eax, ebx, ecx, edx;
} mcpi_cpuid;

/* Where answers come from. What belongs to another architecture answers zeros. */
typedef struct mcpi_machine {
    unsigned baseline; /* mcpi_feature bits that every CPU of the architecture has */
    mcpi_cpuid (*cpuid)(uint32_t leaf, uint32_t subleaf);
    uint64_t (*xcr0)(void);      /* the registers that the operating system saves; asked only where OSXSAVE is set */
    unsigned (*sve2_bits)(void); /* the width of SVE2's vectors in this process; 0 without SVE2 */
    const char *cpuinfo;         /* path of /proc/cpuinfo */
} mcpi_machine;

extern const mcpi_machine mcpi_this_machine;

mcpi_features mcpi_probe_features(const mcpi_machine *machine);

/*
 * The maker's name for the CPU, or "unknown CPU". For Arm, where the operating system knows the core by numbers only,
 * the name of each kind of core, or those numbers where they stand for none that we know.
 */
void mcpi_probe_name(const mcpi_machine *machine, char *name, size_t size);

#ifdef __cplusplus
}
#endif

#endif
