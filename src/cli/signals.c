#include "cli/signals.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "run/stop.h"

/* The only things in this program that a signal handler may look at or write to. */
static volatile sig_atomic_t caught, interrupts, is_patient;

static void note(int number)
{
    if (number == SIGINT)
        interrupts++;
    if (interrupts > 1 && !is_patient)
        _exit(ASSAY_INTERRUPTED);
    if (caught == 0)
        caught = number;
}

void signals_catch(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = note;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (const struct stop_way *way = stop_ways; way->signal != 0; way++) {
        struct sigaction before;
        if (sigaction(way->signal, NULL, &before) == 0 &&
            before.sa_handler != SIG_IGN) /* nohup stays nohup */
            sigaction(way->signal, &action, NULL);
    }
}

void signals_catch_patiently(void)
{
    is_patient = 1;
    signals_catch();
}

bool signals_insist(void *cookie)
{
    (void)cookie;
    return interrupts > 1;
}

enum assay_status signals_status(void *cookie)
{
    (void)cookie;
    const struct stop_way *way = stop_ways;
    while (way->signal != 0 && way->signal != caught)
        way++;
    return way->status;
}
