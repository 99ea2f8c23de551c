#include "stats/break_even.h"

#include <math.h>

double mcpi_course_seconds(const mcpi_course *course, double darts)
{
    return course->setup_seconds + darts / course->darts_per_second;
}

double mcpi_break_even(const mcpi_course *fast, const mcpi_course *slow)
{
    const double later = fast->setup_seconds - slow->setup_seconds;
    const double gain = 1.0 / slow->darts_per_second - 1.0 / fast->darts_per_second;
    if (isnan(later) || isnan(gain))
        return NAN;
    if (gain > 0.0)
        return fmax(later / gain, 0.0);
    return INFINITY;
}
