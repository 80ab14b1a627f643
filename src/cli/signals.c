#include "cli/signals.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

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
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = note;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct sigaction before;
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) /* nohup stays nohup */
            sigaction(numbers[i], &action, NULL);
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
    switch (caught) {
    case SIGINT:
        return ASSAY_INTERRUPTED;
    case SIGTERM:
        return ASSAY_TERMINATED;
    case SIGHUP:
        return ASSAY_HUNG_UP;
    case SIGUSR1:
        return ASSAY_CHECKPOINTED;
    default:
        return ASSAY_DONE;
    }
}
