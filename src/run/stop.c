#include "run/stop.h"

#include <signal.h>
#include <stddef.h>

const struct stop_way stop_ways[] = {
    {SIGINT, ASSAY_INTERRUPTED, "interrupted"},
    {SIGTERM, ASSAY_TERMINATED, "terminated"},
    {SIGHUP, ASSAY_HUNG_UP, "hung up"},
    {SIGUSR1, ASSAY_CHECKPOINTED, "stopped"},
    {0, ASSAY_DONE, NULL},
};

const struct stop_way *stop_way_of(enum assay_status status)
{
    for (const struct stop_way *way = stop_ways; way->signal != 0; way++)
        if (way->status == status)
            return way;
    return NULL;
}
