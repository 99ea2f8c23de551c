/* The names of Arm cores. The hardware has only numbers for them. */
#ifndef MCPI_CPU_MACHINE_ARM_NAMES_H
#define MCPI_CPU_MACHINE_ARM_NAMES_H

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The name of a core by two fields of its main ID register, MIDR_EL1: implementer (8 bits) and part number (12 bits).
 * NULL if the table does not have it.
 */
const char *mcpi_arm_name(unsigned implementer, unsigned part);

#ifdef __cplusplus
}
#endif

#endif
