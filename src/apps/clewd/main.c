// SPDX-License-Identifier: Apache-2.0
//
// clewd: the server. The table of commands, the stop flag, nothing else.
#include <locale.h>
#include <signal.h>
#include <stdio.h>

#include "apps/clewd/cmd_audit.h"
#include "apps/clewd/operations.h"
#include "apps/clewd/serve.h"

static volatile sig_atomic_t stopped;

static void on_stop(int signal_number)
{
    stopped = 1;
}

static bool is_stopped(void)
{
    return stopped != 0;
}

int main(int argc, char **argv)
{
    static const Command *const commands[] = {&command_audit, &command_backup,  &command_restore,
                                              &command_check, &command_migrate, NULL};
    static const Program program = {
        .name = "clewd",
        .summary =
            "Serves casework to browsers and programs: the API under /api/v1, the desk at /.",
        .pages = "The manual page clewd(8) tells more.",
        .commands = commands,
        .without = &command_serve,
    };
    setlocale(LC_ALL, "");
    signal(SIGPIPE, SIG_IGN); // a closed connection is a write error, not a death
    signal(SIGXFSZ, SIG_IGN); // so is a file that may not grow
    struct sigaction action = {.sa_handler = on_stop};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);

    int status = command_main(&program, argc, argv, is_stopped);
    if (fflush(stdout) != 0 && status == EXIT_STATUS_OK)
        status = EXIT_STATUS_ERROR;
    return status;
}
