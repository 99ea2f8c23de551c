/* Decides which of two hypotheses about wide integer multiplications the issue rates of a GPU support. */
#ifndef MCPI_BENCHMARKS_GPU_VERDICT_H
#define MCPI_BENCHMARKS_GPU_VERDICT_H

#include <cmath>
#include <string>

/* From the cycles for which a warp instruction of each kind occupies its pipe, with a tolerance of 10 %. */
inline std::string verdict_on(double imad_wide, double imad_hi)
{
    const auto both_take = [=](double cycles) {
        return std::fabs(imad_wide - cycles) <= cycles / 10 && std::fabs(imad_hi - cycles) <= cycles / 10;
    };
    if (both_take(4))
        return "half rate: a wide multiplication takes 4 cycles";
    if (both_take(2))
        return "full rate: a wide multiplication takes 2 cycles";
    return "neither half nor full rate: a wide multiplication takes other than 4 or 2 cycles";
}

#endif
