/*
 * The names of devices, and the selections that users make of them.
 *
 * A device is a backend and an index. Its id is the name of the backend, a colon and the index: "gpu:0". The CPU is one
 * device, so its id is the name alone, "cpu". The names of backends differ, so no two devices have the same id.
 *
 * A selection is "auto", "all" or a list of items with commas:
 *
 *     cpu, gpu           every device of that kind
 *     NAME               every device of the backend with that name
 *     NAME:INDEX         one device; a number alone continues the item before it, as in "gpu:0,1"
 *     UUID, NAME:UUID    one device, by its UUID or the beginning of it, in upper or lower case
 */
#ifndef MCPI_CORE_SELECTION_H
#define MCPI_CORE_SELECTION_H

#include <stdbool.h>

#include "core/backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* As mcpi_backend.enumerate, with the id of each device filled in. */
size_t mcpi_enumerate(const mcpi_backend *backend, mcpi_device *devices, size_t capacity);

/* The backend of a device that mcpi_enumerate has listed, by its id; NULL if it is not among `backends`. */
const mcpi_backend *mcpi_backend_of(const mcpi_backend *const *backends, const mcpi_device *device);

/* Whether an entry of a list is no device, but says why a backend has none: its id is the backend's name. */
bool mcpi_is_absent(const mcpi_device *device);

typedef enum mcpi_item_kind {
    MCPI_ITEM_BAD,
    MCPI_ITEM_WORD,  /* cpu, gpu or the name of a backend; perhaps a word that means nothing */
    MCPI_ITEM_INDEX, /* of a backend */
    MCPI_ITEM_UUID   /* or its beginning */
} mcpi_item_kind;

/* One item of a selection. It points into the text of the selection. */
typedef struct mcpi_item {
    mcpi_item_kind kind;
    const char *text; /* as typed, up to the comma or the end; NULL: there is no such item */
    size_t length;
    const char *name; /* of the backend: the word, or what stands before the colon; of a number or a UUID alone, that of
                         the item before it */
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

/* Whether it can include a device of this backend, so that its devices have to be enumerated. */
bool mcpi_selection_may_name(const char *selection, const mcpi_backend *backend);

/* BAD_OPTION if `selection` is none that devices of `backends` (ended by NULL) could ever meet. */
mcpi_status mcpi_check_selection(const char *selection, const mcpi_backend *const *backends, mcpi_error *error);

#ifdef __cplusplus
}
#endif

#endif
