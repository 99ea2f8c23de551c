/*
 * The cores of servers, developer boards and laptops. The numbers are in the technical reference manual of each core,
 * under MIDR_EL1; Linux has most of them in arch/arm64/include/asm/cputype.h.
 */
#include "cpu/machine/arm_names.h"

#include <stddef.h>

typedef struct core {
    unsigned implementer, part;
    const char *name;
} core;

static const core cores[] = {
    {0x41, 0xd03, "Cortex-A53"},       {0x41, 0xd05, "Cortex-A55"},      {0x41, 0xd07, "Cortex-A57"},
    {0x41, 0xd08, "Cortex-A72"},       {0x41, 0xd09, "Cortex-A73"},      {0x41, 0xd0a, "Cortex-A75"},
    {0x41, 0xd0b, "Cortex-A76"},       {0x41, 0xd0c, "Neoverse N1"},     {0x41, 0xd0d, "Cortex-A77"},
    {0x41, 0xd40, "Neoverse V1"},      {0x41, 0xd41, "Cortex-A78"},      {0x41, 0xd42, "Cortex-A78AE"},
    {0x41, 0xd44, "Cortex-X1"},        {0x41, 0xd46, "Cortex-A510"},     {0x41, 0xd47, "Cortex-A710"},
    {0x41, 0xd48, "Cortex-X2"},        {0x41, 0xd49, "Neoverse N2"},     {0x41, 0xd4d, "Cortex-A715"},
    {0x41, 0xd4e, "Cortex-X3"},        {0x41, 0xd4f, "Neoverse V2"},     {0x41, 0xd80, "Cortex-A520"},
    {0x41, 0xd81, "Cortex-A720"},      {0x41, 0xd82, "Cortex-X4"},       {0x41, 0xd84, "Neoverse V3"},
    {0x41, 0xd85, "Cortex-X925"},      {0x41, 0xd87, "Cortex-A725"},     {0x41, 0xd8e, "Neoverse N3"},
    {0x43, 0x0af, "Cavium ThunderX2"}, {0x46, 0x001, "Fujitsu A64FX"},   {0x48, 0xd01, "HiSilicon TSV110"},
    {0x4e, 0x003, "NVIDIA Denver 2"},  {0x4e, 0x004, "NVIDIA Carmel"},   {0x51, 0x001, "Qualcomm Oryon"},
    {0x61, 0x022, "Apple Icestorm"},   {0x61, 0x023, "Apple Firestorm"}, {0x61, 0x032, "Apple Blizzard"},
    {0x61, 0x033, "Apple Avalanche"},  {0xc0, 0xac3, "Ampere-1"},        {0xc0, 0xac4, "Ampere-1A"},
};

const char *mcpi_arm_name(unsigned implementer, unsigned part)
{
    for (size_t i = 0; i < sizeof cores / sizeof *cores; i++)
        if (cores[i].implementer == implementer && cores[i].part == part)
            return cores[i].name;
    return NULL;
}
