#include "ranks/wire.h"

void mcpi_add_tallies(const mcpi_tallies *one, mcpi_tallies *all)
{
    all->darts += one->darts;
    all->hits += one->hits;
    all->able += one->able;
    all->interrupted += one->interrupted;
    all->timed_out += one->timed_out;
    all->chunks += one->chunks;
    all->reports += one->reports;
    all->report_bytes += one->report_bytes;
    if (one->least_closed_at < all->least_closed_at)
        all->least_closed_at = one->least_closed_at;
}
