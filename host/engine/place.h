/* Where the workers of a plan run. */
#ifndef MCPI_ENGINE_PLACE_H
#define MCPI_ENGINE_PLACE_H

#include "engine/plan.h"

/* Ask each device for the places of its workers, once, unless by options.pin they may run anywhere. NO_MEMORY on
   failure. */
mcpi_status mcpi_place_teams(mcpi_plan *plan, mcpi_error *error);
void mcpi_free_places(mcpi_plan *plan);

#endif
