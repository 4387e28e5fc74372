// SPDX-License-Identifier: Apache-2.0
//
// clew: the command line. The table of commands, the interrupt flag, nothing else.
#include <locale.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "apps/clew/commands.h"
#include "apps/command/command.h"

#define SECOND_INTERRUPT_MS 500

static volatile sig_atomic_t interrupted;

// A second Ctrl-C means now. Supervisors such as timeout(1) send a signal twice at once, to the
// program and to its group: that is one.
static void on_interrupt(int signal_number)
{
    static int64_t first_ms; // used in here only, with both signals blocked
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    if (!interrupted)
        first_ms = now_ms;
    else if (now_ms - first_ms > SECOND_INTERRUPT_MS)
        _exit(EXIT_STATUS_INTERRUPTED);
    interrupted = 1;
}

static bool is_interrupted(void)
{
    return interrupted != 0;
}

int main(int argc, char **argv)
{
    static const Command *const commands[] = {
        &command_hash, &command_set,  &command_match,  &command_scan, &command_cat,
        &command_diff, &command_case, &command_doctor, NULL,
    };
    setlocale(LC_ALL, "");
    signal(SIGPIPE, SIG_IGN); // a closed pipe is a write error with a sentence, not a death
    // Without SA_RESTART, so that a blocked read of standard input ends too.
    struct sigaction action = {.sa_handler = on_interrupt};
    sigaddset(&action.sa_mask, SIGINT);
    sigaddset(&action.sa_mask, SIGTERM);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);

    static const Program program = {
        .name = "clew",
        .summary = "Recognises known pictures on disks and in folders by hash, never by looking.",
        .pages = "clew COMMAND --help tells more; so do the manual pages clew(1), clew-COMMAND(1).",
        .commands = commands,
    };
    int status = command_main(&program, argc, argv, is_interrupted);
    if (fflush(stdout) != 0 && status == EXIT_STATUS_OK)
        status = EXIT_STATUS_ERROR;
    return status;
}
