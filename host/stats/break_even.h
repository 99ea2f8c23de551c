/*
 * From which number of darts on one set of devices has its result earlier than another, although it takes longer to
 * start. The time from start to result is that of the set-up, and of the darts at a constant rate.
 */
#ifndef MCPI_STATS_BREAK_EVEN_H
#define MCPI_STATS_BREAK_EVEN_H

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mcpi_course {
    double setup_seconds;    /* before the first dart */
    double darts_per_second; /* above 0 */
} mcpi_course;

/* The time from start to result, in seconds. */
double mcpi_course_seconds(const mcpi_course *course, double darts);

/* The number of darts above which `fast` has its result earlier than `slow`: 0 for any number, infinity for none. NaN
   if a member is NaN. */
double mcpi_break_even(const mcpi_course *fast, const mcpi_course *slow);

#ifdef __cplusplus
}
#endif

#endif
