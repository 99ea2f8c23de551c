/* What --device auto selects: the devices that finish a run first. */
#ifndef MCPI_ENGINE_AUTO_DEVICE_H
#define MCPI_ENGINE_AUTO_DEVICE_H

#include "core/backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Whether a run with these options ends on the CPU before a GPU could start to count. Then writes the reason, in `size`
 * bytes; otherwise the reason is empty. False unless the selection is "auto", and if there cannot be any GPU. No GPU
 * driver is started to find out. The count does not depend on it.
 */
bool mcpi_stays_on_cpu(const mcpi_options *options, const mcpi_backend *const *backends, char *reason, size_t size);

#ifdef __cplusplus
}
#endif

#endif
