/* The names of Arm cores, of which the hardware tells only numbers. */
#ifndef MCPI_CPU_MACHINE_ARM_NAMES_H
#define MCPI_CPU_MACHINE_ARM_NAMES_H

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The name of a core by two numbers of its main ID register, MIDR_EL1: who made it (8 bits) and which one it is (12
 * bits). NULL for those that this table does not have.
 */
const char *mcpi_arm_name(unsigned implementer, unsigned part);

#ifdef __cplusplus
}
#endif

#endif
