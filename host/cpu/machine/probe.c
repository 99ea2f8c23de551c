#include "cpu/machine/probe.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/machine/arm_names.h"

#if defined(__x86_64__)
#include <cpuid.h>

static mcpi_cpuid read_cpuid(uint32_t leaf, uint32_t subleaf)
{
    mcpi_cpuid r;
    __cpuid_count(leaf, subleaf, r.eax, r.ebx, r.ecx, r.edx);
    return r;
}

static uint64_t read_xcr0(void)
{
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}
#else
static mcpi_cpuid read_cpuid(uint32_t leaf, uint32_t subleaf)
{
    (void)leaf;
    (void)subleaf;
    const mcpi_cpuid nothing = {0, 0, 0, 0};
    return nothing;
}

static uint64_t read_xcr0(void)
{
    return 0;
}
#endif

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#include <sys/prctl.h>

/* AT_HWCAP2 bit: Linux, Documentation/arch/arm64/elf_hwcaps.rst; older headers do not have it. */
#define HWCAP2_SVE2_BIT (1ul << 1)

static unsigned read_sve2_bits(void)
{
    if (!(getauxval(AT_HWCAP2) & HWCAP2_SVE2_BIT))
        return 0;
    const int length = prctl(PR_SVE_GET_VL);
    return length < 0 ? 0 : 8 * (unsigned)(length & PR_SVE_VL_LEN_MASK);
}
#else
static unsigned read_sve2_bits(void)
{
    return 0;
}
#endif

#if defined(__aarch64__)
#define BASELINE MCPI_FEATURE_NEON
#else
#define BASELINE 0
#endif

const mcpi_machine mcpi_this_machine = {BASELINE, read_cpuid, read_xcr0, read_sve2_bits, "/proc/cpuinfo"};

/* CPUID bits: Intel SDM volume 2A, CPUID. */
#define LEAF1_ECX_OSXSAVE (1u << 27)
#define LEAF7_EBX_AVX2 (1u << 5)
#define LEAF7_EBX_AVX512F (1u << 16)
#define LEAF7_EBX_AVX512BW (1u << 30)

/* XCR0 bits: Intel SDM volume 1, 13.3. */
#define XCR0_YMM UINT64_C(0x06) /* XMM, upper halves of YMM */
#define XCR0_ZMM UINT64_C(0xe6) /* and masks, upper halves of ZMM 0-15, ZMM 16-31 */

static bool has_all(uint64_t set, uint64_t bits)
{
    return (set & bits) == bits;
}

static void probe_x86(const mcpi_machine *machine, mcpi_features *features)
{
    if (machine->cpuid(0, 0).eax < 7)
        return;
    const uint32_t leaf7 = machine->cpuid(7, 0).ebx;
    const bool os_saves = machine->cpuid(1, 0).ecx & LEAF1_ECX_OSXSAVE;
    const uint64_t saved = os_saves ? machine->xcr0() : 0;
    if (leaf7 & LEAF7_EBX_AVX2)
        features->in_cpu |= MCPI_FEATURE_AVX2;
    if (has_all(leaf7, LEAF7_EBX_AVX512F | LEAF7_EBX_AVX512BW))
        features->in_cpu |= MCPI_FEATURE_AVX512BW;
    if (has_all(saved, XCR0_YMM))
        features->usable |= features->in_cpu & MCPI_FEATURE_AVX2;
    if (has_all(saved, XCR0_ZMM))
        features->usable |= features->in_cpu & MCPI_FEATURE_AVX512BW;
}

static void probe_arm(const mcpi_machine *machine, mcpi_features *features)
{
    const unsigned bits = machine->sve2_bits();
    if (bits > 0)
        features->in_cpu |= MCPI_FEATURE_SVE2;
    if (bits == 128)
        features->usable |= MCPI_FEATURE_SVE2;
}

mcpi_features mcpi_probe_features(const mcpi_machine *machine)
{
    mcpi_features features = {machine->baseline, machine->baseline};
    probe_x86(machine, &features);
    probe_arm(machine, &features);
    return features;
}

/* Copy `text` without white space at its ends. False if nothing is left. */
static bool copy_trimmed(const char *text, char *name, size_t size)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        length--;
    snprintf(name, size, "%.*s", (int)length, text);
    return length > 0;
}

/* The 48 characters of the brand string of x86 CPUs. */
static bool name_from_cpuid(const mcpi_machine *machine, char *name, size_t size)
{
    const uint32_t leaf = UINT32_C(0x80000002);
    if (machine->cpuid(UINT32_C(0x80000000), 0).eax < leaf + 2)
        return false;
    const mcpi_cpuid parts[] = {machine->cpuid(leaf, 0), machine->cpuid(leaf + 1, 0), machine->cpuid(leaf + 2, 0)};
    char brand[sizeof parts + 1] = "";
    memcpy(brand, parts, sizeof parts);
    return copy_trimmed(brand, name, size);
}

/* The value of a "key : value" line, or NULL. */
static const char *value_of(const char *line, const char *key)
{
    const size_t length = strlen(key);
    if (strncmp(line, key, length) != 0)
        return NULL;
    const char *colon = line + length + strspn(line + length, "\t ");
    return *colon == ':' ? colon + 1 : NULL;
}

/* The first nonempty value of that key. */
static bool find_in_cpuinfo(FILE *cpuinfo, const char *key, char *text, size_t size)
{
    char *line = NULL;
    size_t capacity = 0;
    bool found = false;
    rewind(cpuinfo);
    while (!found && getline(&line, &capacity, cpuinfo) > 0) {
        const char *value = value_of(line, key);
        found = value && copy_trimmed(value, text, size);
    }
    free(line);
    return found;
}

/* Append the name of an Arm core, or its numbers if the name is not known. */
static void append_core(unsigned implementer, unsigned part, char *name, size_t size)
{
    const size_t used = strlen(name);
    const char *separator = used > 0 ? ", " : "";
    const char *known = mcpi_arm_name(implementer, part);
    if (known)
        snprintf(name + used, size - used, "%s%s", separator, known);
    else
        snprintf(name + used, size - used, "%sArm core 0x%x of implementer 0x%x", separator, part, implementer);
}

/* The cores of an Arm CPU. Linux lists them one by one, cores of the same kind next to each other. */
static bool find_arm_cores(FILE *cpuinfo, char *name, size_t size)
{
    unsigned implementer = 0, last_implementer = 0, last_part = 0;
    char *line = NULL;
    size_t capacity = 0;
    rewind(cpuinfo);
    *name = '\0';
    while (getline(&line, &capacity, cpuinfo) > 0) {
        const char *implementer_text = value_of(line, "CPU implementer");
        const char *part_text = value_of(line, "CPU part");
        if (implementer_text)
            implementer = (unsigned)strtoul(implementer_text, NULL, 0);
        if (!part_text || implementer == 0)
            continue;
        const unsigned part = (unsigned)strtoul(part_text, NULL, 0);
        if (implementer != last_implementer || part != last_part)
            append_core(implementer, part, name, size);
        last_implementer = implementer;
        last_part = part;
    }
    free(line);
    return *name != '\0';
}

/* "model name" is the CPU, but Arm has none. The last resort is "Model", the name of the board. */
static bool name_from_cpuinfo(const mcpi_machine *machine, char *name, size_t size)
{
    FILE *cpuinfo = fopen(machine->cpuinfo, "r");
    if (!cpuinfo)
        return false;
    const bool found = find_in_cpuinfo(cpuinfo, "model name", name, size) || find_arm_cores(cpuinfo, name, size) ||
                       find_in_cpuinfo(cpuinfo, "Model", name, size);
    fclose(cpuinfo);
    return found;
}

void mcpi_probe_name(const mcpi_machine *machine, char *name, size_t size)
{
    if (!name_from_cpuid(machine, name, size) && !name_from_cpuinfo(machine, name, size))
        snprintf(name, size, "unknown CPU");
}
