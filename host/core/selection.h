/*
 * Names of devices and selections of devices.
 *
 * A device is a backend and an index. Its id is the name of the backend, a colon and the index: "gpu:0". The CPU is one
 * device, so its id is just "cpu". Backends have different names, so no two devices have the same id.
 *
 * A selection is "auto", "all" or a list of items separated by commas:
 *
 *     cpu, gpu           every device of that kind
 *     NAME               every device of the backend with that name
 *     NAME:INDEX         one device; a number alone continues the previous item, as in "gpu:0,1"
 *     UUID, NAME:UUID    one device, by its UUID or the beginning of it, in upper or lower case
 */
#ifndef MCPI_CORE_SELECTION_H
#define MCPI_CORE_SELECTION_H

#include <stdbool.h>

#include "core/backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Like mcpi_backend.enumerate, and fills in the id of each device. */
size_t mcpi_enumerate(const mcpi_backend *backend, mcpi_device *devices, size_t capacity);

/* The backend of a device from mcpi_enumerate, found by the id; NULL if it is not among `backends`. */
const mcpi_backend *mcpi_backend_of(const mcpi_backend *const *backends, const mcpi_device *device);

/* Like mcpi_backend.bound; unknown for a device whose backend does not know it. */
mcpi_bound mcpi_bound_of(const mcpi_backend *const *backends, const mcpi_device *device, const char *kernel,
                         unsigned workers);

/* Whether an entry is no device but says why a backend has none. Its id is the name of the backend. */
bool mcpi_is_absent(const mcpi_device *device);

typedef enum mcpi_item_kind {
    MCPI_ITEM_BAD,
    MCPI_ITEM_WORD,  /* cpu, gpu or the name of a backend; possibly an unknown word */
    MCPI_ITEM_INDEX, /* NAME:INDEX, or an index alone */
    MCPI_ITEM_UUID   /* a UUID or the beginning of one */
} mcpi_item_kind;

/* One item of a selection. It points into the text of the selection. */
typedef struct mcpi_item {
    mcpi_item_kind kind;
    const char *text; /* as typed, up to the comma or the end; NULL: no more items */
    size_t length;
    const char *name; /* of the backend: the word, or the text before the colon; for a number or a UUID alone, that of
                         the previous item */
    size_t name_length;
    const char *which; /* the number or the UUID */
    size_t which_length;
} mcpi_item;

/* For (mcpi_item item = mcpi_first_item(selection); item.text; item = mcpi_next_item(&item)) */
mcpi_item mcpi_first_item(const char *selection);
mcpi_item mcpi_next_item(const mcpi_item *item);

/* Whether the item names this device. */
bool mcpi_item_names(const mcpi_item *item, const mcpi_device *device);

/* Whether the selection includes this device; "auto" and "all" include every device. */
bool mcpi_selection_names(const char *selection, const mcpi_device *device);

/* Whether the selection can include a device of this backend, so that its devices have to be enumerated. */
bool mcpi_selection_may_name(const char *selection, const mcpi_backend *backend);

/* BAD_OPTION if no devices of `backends` (terminated by NULL) could ever match `selection`. */
mcpi_status mcpi_check_selection(const char *selection, const mcpi_backend *const *backends, mcpi_error *error);

#ifdef __cplusplus
}
#endif

#endif
