#include "engine/place.h"

#include <stdlib.h>

/* The team that holds the places of its device: the first, where one counts and another recounts. */
static mcpi_team *keeper(const mcpi_plan *plan, const mcpi_team *team)
{
    return mcpi_team_with(plan, team->device.id);
}

static bool is_to_be_placed(const mcpi_team *team, mcpi_pin pin)
{
    return team->backend->places && pin != MCPI_PIN_NONE && (pin != MCPI_PIN_DEFAULT || team->device.kind == MCPI_GPU);
}

mcpi_status mcpi_place_teams(mcpi_plan *plan, mcpi_error *error)
{
    const mcpi_pin pin = plan->options.pin;
    for (mcpi_team *team = plan->teams; team < plan->teams + plan->team_count; team++) {
        if (!is_to_be_placed(team, pin))
            continue;
        const bool keeps = keeper(plan, team) == team;
        team->places = keeps ? team->backend->places(&team->device, pin) : keeper(plan, team)->places;
        if (!team->places)
            return mcpi_fail(error, MCPI_NO_MEMORY, "cannot plan the run: out of memory");
    }
    return MCPI_OK;
}

void mcpi_free_places(mcpi_plan *plan)
{
    for (size_t i = 0; i < plan->team_count; i++)
        if (keeper(plan, &plan->teams[i]) == &plan->teams[i])
            free(plan->teams[i].places);
}

mcpi_worker_options mcpi_worker_options_of(const mcpi_team *team, unsigned index)
{
    mcpi_worker_options options = {.kernel = team->kernels[0]};
    const size_t count = team->places ? team->places->count : 0;
    if (count > 0 && (team->device.kind == MCPI_GPU || team->workers <= count))
        options.place = team->places->list[index % count];
    return options;
}
