// SPDX-License-Identifier: Apache-2.0
//
// clew: the command line. The table of commands, the interrupt flag, nothing else.
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "apps/clew/command.h"
#include "apps/clew/commands.h"

static volatile sig_atomic_t interrupt_count;

static void on_interrupt(int signal_number)
{
    // A second Ctrl-C means now.
    if (++interrupt_count > 1)
        _exit(EXIT_STATUS_INTERRUPTED);
}

static bool is_interrupted(void)
{
    return interrupt_count > 0;
}

int main(int argc, char **argv)
{
    static const Command *const commands[] = {
        &command_hash, &command_set, &command_match, &command_scan, &command_doctor, NULL,
    };
    setlocale(LC_ALL, "");
    signal(SIGPIPE, SIG_IGN); // a closed pipe is a write error with a sentence, not a death
    // Without SA_RESTART, so that a blocked read of standard input ends too.
    struct sigaction action = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);

    int status = command_main(commands, argc, argv, is_interrupted);
    if (fflush(stdout) != 0 && status == EXIT_STATUS_OK)
        status = EXIT_STATUS_ERROR;
    return status;
}
