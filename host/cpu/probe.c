#include "cpu/probe.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

const mcpi_machine mcpi_this_machine = {read_cpuid, read_xcr0, "/proc/cpuinfo"};

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

mcpi_features mcpi_probe_features(const mcpi_machine *machine)
{
    mcpi_features features = {0, 0};
    if (machine->cpuid(0, 0).eax < 7)
        return features;
    const uint32_t leaf7 = machine->cpuid(7, 0).ebx;
    const bool os_saves = machine->cpuid(1, 0).ecx & LEAF1_ECX_OSXSAVE;
    const uint64_t saved = os_saves ? machine->xcr0() : 0;
    if (leaf7 & LEAF7_EBX_AVX2)
        features.in_cpu |= MCPI_FEATURE_AVX2;
    if (has_all(leaf7, LEAF7_EBX_AVX512F | LEAF7_EBX_AVX512BW))
        features.in_cpu |= MCPI_FEATURE_AVX512BW;
    if (has_all(saved, XCR0_YMM))
        features.usable |= features.in_cpu & MCPI_FEATURE_AVX2;
    if (has_all(saved, XCR0_ZMM))
        features.usable |= features.in_cpu & MCPI_FEATURE_AVX512BW;
    return features;
}

/* Copy `text` without the white space around it; whether anything was left. */
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

/* The 48 characters that x86 CPUs carry. */
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

/* "model name" is the CPU on most machines; where it is missing, as on ARM boards, "Model" is at least the board. */
static bool name_from_cpuinfo(const mcpi_machine *machine, char *name, size_t size)
{
    FILE *file = fopen(machine->cpuinfo, "r");
    if (!file)
        return false;
    char *line = NULL;
    size_t capacity = 0;
    bool found = false;
    while (!found && getline(&line, &capacity, file) > 0) {
        const char *value = value_of(line, "model name");
        if (!value)
            value = value_of(line, "Model");
        found = value && copy_trimmed(value, name, size);
    }
    free(line);
    fclose(file);
    return found;
}

void mcpi_probe_name(const mcpi_machine *machine, char *name, size_t size)
{
    if (!name_from_cpuid(machine, name, size) && !name_from_cpuinfo(machine, name, size))
        snprintf(name, size, "unknown CPU");
}
