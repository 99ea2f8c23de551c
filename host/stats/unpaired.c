#include "stats/unpaired.h"

mcpi_spread mcpi_unpaired_ratio(const mcpi_spread *values, const mcpi_spread *base)
{
    return (mcpi_spread){
        .median = values->median / base->median,
        .lowest = values->lowest / base->highest,
        .highest = values->highest / base->lowest,
        .low = values->low / base->high,
        .high = values->high / base->low,
    };
}
