/* The part that this process has in a run that others count in as well (engine/pool.h). With the lock held. Without a
   pool these do nothing. */
#ifndef MCPI_ENGINE_SHARE_H
#define MCPI_ENGINE_SHARE_H

#include <stdbool.h>

struct engine;

/* Take the chunks that have come, ask for more if the queue is low, report what there is to report. Lets the lock go.
 */
void mcpi_serve_pool(struct engine *e);

/* Does the thread that watches have to report something at once? */
bool mcpi_pool_is_due(const struct engine *e);

/* Wake that thread if so. */
void mcpi_call_if_due(struct engine *e);

/* When it has to in any case; INFINITY without a pool. */
double mcpi_next_service(const struct engine *e);

/* Tell the pool what was counted since the last time. */
void mcpi_send_report(struct engine *e);

#endif
