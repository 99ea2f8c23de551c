/* A state that a run saved, kept beyond the call that saved it. */
#ifndef MCPI_TESTS_SAVE_KEPT_STATE_H
#define MCPI_TESTS_SAVE_KEPT_STATE_H

#include <vector>

extern "C" {
#include "mcpi/mcpi.h"
}

struct Kept {
    mcpi_state state{};
    std::vector<mcpi_part> parts, confirmed;

    Kept() = default;
    explicit Kept(const mcpi_state &from)
        : state(from), parts(from.parts, from.parts + from.part_count),
          confirmed(from.confirmed, from.confirmed + from.confirmed_count)
    {
    }
    const mcpi_state *get()
    {
        state.parts = parts.data();
        state.part_count = parts.size();
        state.confirmed = confirmed.data();
        state.confirmed_count = confirmed.size();
        return &state;
    }
};

#endif
