/* The fake devices that most tests of the engine use. */
#ifndef MCPI_TESTS_ENGINE_USUAL_DEVICES_H
#define MCPI_TESTS_ENGINE_USUAL_DEVICES_H

#include "tests/core/fake_backend.h"

/* A GPU whose ranges have many slices; 0 darts a second: as fast as it can count. */
inline Behaviour gpu(double darts_per_second = 0)
{
    Behaviour behaviour;
    behaviour.slice_darts = 4096;
    behaviour.darts_per_second = darts_per_second;
    return behaviour;
}

inline Behaviour cpu(unsigned threads = 1, double darts_per_second = 0)
{
    Behaviour behaviour;
    behaviour.kind = MCPI_CPU;
    behaviour.units = threads;
    behaviour.darts_per_second = darts_per_second;
    return behaviour;
}

#endif
