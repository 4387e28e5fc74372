// SPDX-License-Identifier: Apache-2.0
#include "store/postgres_tool.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "store/postgres_link.h"

#define WORDS_BYTES_MAX 1000u
#define DEVICE_OF_NOTHING "/dev/null"

// A file in memory that takes what the program says.
static char *take_words(int descriptor)
{
    char words[WORDS_BYTES_MAX + 1] = {0};
    if (pread(descriptor, words, WORDS_BYTES_MAX, 0) < 0)
        words[0] = '\0';
    words[strcspn(words, "\r\n")] = '\0';
    return g_utf8_make_valid(words, -1);
}

static bool wait_for(pid_t process, const char *program, const char *name, int words, GError **err)
{
    int status;
    while (waitpid(process, &status, 0) < 0)
        if (errno != EINTR)
            return clew_error_set_errno(err, errno, "cannot wait for %s", program);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    g_autofree char *said = take_words(words);
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_IO, "%s failed on the database %s: %s", program, name,
                *said != '\0' ? said : "it was ended by a signal");
    return false;
}

static char **environment_with(const char *password)
{
    char **environment = g_get_environ();
    return password != NULL ? g_environ_setenv(environment, "PGPASSWORD", password, TRUE)
                            : environment;
}

typedef struct {
    const char *program, *name;
    const char *const *arguments; // begins with the program
    const char *password;
    const char *input, *output;
    int words;
} Tool;

static bool run(const Tool *tool, GError **err)
{
    pid_t process;
    posix_spawn_file_actions_t actions;
    g_auto(GStrv) environment = environment_with(tool->password);
    const char *input = tool->input != NULL ? tool->input : DEVICE_OF_NOTHING;
    const char *output = tool->output != NULL ? tool->output : DEVICE_OF_NOTHING;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, tool->words, STDERR_FILENO);
    int error = posix_spawnp(&process, tool->program, &actions, NULL,
                             (char *const *)tool->arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    if (error == ENOENT) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                    "%s is not installed, or not on the PATH: it comes with PostgreSQL's client "
                    "programs, of the server's version or newer",
                    tool->program);
        return false;
    }
    if (error != 0)
        return clew_error_set_errno(err, error, "cannot start %s", tool->program);
    return wait_for(process, tool->program, tool->name, tool->words, err);
}

bool postgres_tool_run(const char *program, const char *url, const char *const *arguments,
                       const char *input, const char *output, GError **err)
{
    g_autofree char *password = NULL, *target = NULL;
    g_autofree char *name = postgres_url_for_people(url, err);
    if (name == NULL || !postgres_url_for_programs(url, &target, &password, err))
        return false;
    g_autofree char *where = g_strconcat("--dbname=", target, NULL);
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    g_ptr_array_add(all, (void *)program);
    g_ptr_array_add(all, "--no-password");
    g_ptr_array_add(all, where);
    for (; *arguments != NULL; arguments++)
        g_ptr_array_add(all, (void *)*arguments);
    g_ptr_array_add(all, NULL);
    int words = memfd_create("words", MFD_CLOEXEC);
    if (words < 0)
        return clew_error_set_errno(err, errno, "cannot start %s", program);
    Tool tool = {.program = program,
                 .name = name,
                 .arguments = (const char *const *)all->pdata,
                 .password = password,
                 .input = input,
                 .output = output,
                 .words = words};
    bool ok = run(&tool, err);
    close(words);
    return ok;
}
