// SPDX-License-Identifier: Apache-2.0
#include "wire/zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "wire/channel.h"
#include "wire/sanitizer.h"
#include "wire/zygote_protocol.h"

struct Zygote {
    int references; // atomic
    GMutex lock;    // one request and its reply at a time
    int control;
    pid_t pid;
    char *program; // as named by the caller, for messages
    char *noun;
    char *versions;
    char *sandbox;
    bool allow_unconfined;
};

// Finding the program -----------------------------------------------------------------------------

// Beside this executable, in the sister folder of a build tree, where it was installed.
static char *find_program(const char *name)
{
    if (strchr(name, '/') != NULL)
        return g_strdup(name);

    g_autofree char *executable = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(executable != NULL ? executable : ".");
    char *candidates[] = {
        g_build_filename(folder, name, NULL),
        g_build_filename(folder, "..", name, name, NULL),
        g_build_filename(CLEW_LIBEXECDIR, name, NULL),
    };
    char *found = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(candidates); i++) {
        if (found == NULL && g_file_test(candidates[i], G_FILE_TEST_IS_REGULAR) &&
            access(candidates[i], X_OK) == 0)
            found = g_steal_pointer(&candidates[i]);
        g_free(candidates[i]);
    }
    return found;
}

// Starting it -------------------------------------------------------------------------------------

// Nothing of the user's environment reaches a worker, but what a sanitizer build is tuned with.
static char **worker_environment(void)
{
    GStrvBuilder *builder = g_strv_builder_new();
    g_strv_builder_add_many(builder, "LC_ALL=C.UTF-8", "TZ=UTC0", "PATH=/nonexistent",
                            "HOME=/nonexistent", NULL);
    static const char *const kept[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS", "G_SLICE"};
    for (size_t i = 0; SANITIZER_BUILD && i < G_N_ELEMENTS(kept); i++) {
        const char *value = g_getenv(kept[i]);
        if (value != NULL) {
            g_autofree char *line = g_strdup_printf("%s=%s", kept[i], value);
            g_strv_builder_add(builder, line);
        }
    }
    char **environment = g_strv_builder_end(builder);
    g_strv_builder_unref(builder);
    return environment;
}

// A session of its own keeps Ctrl-C at the terminal from the workers: the program decides. What
// libraries print about hostile bytes goes nowhere unless asked for.
static int spawn_program(const char *path, int control, bool keep_stderr, pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, control, ZYGOTE_CONTROL_DESCRIPTOR);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDOUT_FILENO);
    if (!keep_stderr)
        posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, ZYGOTE_CONTROL_DESCRIPTOR + 1);

    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);

    char *arguments[] = {(char *)path, (char *)ZYGOTE_ARGUMENT, NULL};
    g_auto(GStrv) environment = worker_environment();
    int result = posix_spawn(ret_pid, path, &actions, &attributes, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return result;
}

// Makes the control channel and starts the program on it.
static bool start_program(Zygote *zygote, const char *path, bool keep_stderr, GError **err)
{
    int sockets[2];
    if (!channel_open(sockets, err))
        return false;
    zygote->control = sockets[0];

    // Above the standard three, even in a program that was started without them.
    int control = fcntl(sockets[1], F_DUPFD_CLOEXEC, ZYGOTE_CONTROL_DESCRIPTOR + 1);
    close(sockets[1]);
    int result = spawn_program(path, control, keep_stderr, &zygote->pid);
    close(control);
    if (result == 0)
        return true;
    zygote->pid = 0;
    return clew_error_set_errno(err, result, "cannot start %s", path);
}

static bool take_hello(Zygote *zygote, GError **err)
{
    ZygoteHello hello;
    if (!channel_wait(zygote->control, LIMIT_WORKER_START_MS) ||
        channel_receive(zygote->control, &hello, sizeof hello) != sizeof hello) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL, "%s did not start", zygote->program);
        return false;
    }
    if (hello.error[0] != '\0') {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED, "%s cannot work here: %s",
                    zygote->program, hello.error);
        return false;
    }
    if (strcmp(hello.program_version, CLEW_VERSION) != 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "%s is of version %s, but this program of %s: install both from one build",
                    zygote->program, hello.program_version, CLEW_VERSION);
        return false;
    }
    zygote->noun = g_strdup(hello.noun);
    zygote->versions = g_strdup(hello.versions);
    return true;
}

// A worker that is spawned and let go tells what sandbox can be had.
static bool learn_sandbox(Zygote *zygote, GError **err)
{
    g_autoptr(Worker) worker = worker_spawn(zygote, (WorkerOptions){0}, err);
    if (worker == NULL)
        return false;
    zygote->sandbox = g_strdup(worker_sandbox(worker));
    return true;
}

Zygote *zygote_begin(ZygoteOptions options, GError **err)
{
    g_autofree char *path = find_program(options.program);
    if (path == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "cannot find %s beside this program or in %s", options.program,
                    CLEW_LIBEXECDIR);
        return NULL;
    }
    g_autoptr(Zygote) zygote = g_new0(Zygote, 1);
    zygote->references = 1;
    g_mutex_init(&zygote->lock);
    zygote->control = -1;
    zygote->program = g_strdup(options.program);
    zygote->allow_unconfined = options.allow_unconfined;

    if (!start_program(zygote, path, options.keep_stderr, err))
        return NULL;
    return g_steal_pointer(&zygote);
}

bool zygote_await(Zygote *zygote, GError **err)
{
    return take_hello(zygote, err) && learn_sandbox(zygote, err);
}

Zygote *zygote_start(ZygoteOptions options, GError **err)
{
    g_autoptr(Zygote) zygote = zygote_begin(options, err);
    if (zygote == NULL || !zygote_await(zygote, err))
        return NULL;
    return g_steal_pointer(&zygote);
}

const char *zygote_sandbox(const Zygote *zygote)
{
    return zygote->sandbox;
}

const char *zygote_versions(const Zygote *zygote)
{
    return zygote->versions;
}

const char *zygote_noun(const Zygote *zygote)
{
    return zygote->noun;
}

bool zygote_allows_unconfined(const Zygote *zygote)
{
    return zygote->allow_unconfined;
}

// Requests ----------------------------------------------------------------------------------------

static bool ask(Zygote *zygote, const ZygoteRequest *request, const int *descriptors,
                unsigned descriptor_count, ZygoteReply *ret_reply, GError **err)
{
    g_mutex_lock(&zygote->lock);
    bool answered =
        channel_send(zygote->control, request, sizeof *request, descriptors, descriptor_count) &&
        channel_receive(zygote->control, ret_reply, sizeof *ret_reply) == sizeof *ret_reply;
    g_mutex_unlock(&zygote->lock);
    if (!answered)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL, "%s has ended unexpectedly",
                    zygote->program);
    return answered;
}

bool zygote_fork(Zygote *zygote, int socket, int buffer, size_t buffer_bytes, pid_t *ret_pid,
                 GError **err)
{
    ZygoteRequest request = {
        .verb = ZYGOTE_SPAWN,
        .allow_unconfined = zygote->allow_unconfined,
        .buffer_bytes = buffer >= 0 ? buffer_bytes : 0,
    };
    const int descriptors[] = {socket, buffer};
    ZygoteReply reply;
    if (!ask(zygote, &request, descriptors, buffer >= 0 ? 2 : 1, &reply, err))
        return false;
    if (reply.error != 0)
        return clew_error_set_errno(err, reply.error, "%s cannot start a worker", zygote->program);
    *ret_pid = reply.pid;
    return true;
}

bool zygote_reap(Zygote *zygote, pid_t pid, unsigned grace_ms, WorkerEnd *ret_end, GError **err)
{
    ZygoteRequest request = {.verb = ZYGOTE_REAP, .pid = pid, .grace_ms = grace_ms};
    ZygoteReply reply;
    if (!ask(zygote, &request, NULL, 0, &reply, err))
        return false;
    if (reply.error != 0)
        return clew_error_set_errno(err, reply.error, "%s cannot end a worker", zygote->program);
    *ret_end = (WorkerEnd){.status = reply.status, .was_killed = reply.was_killed != 0};
    return true;
}

// End ---------------------------------------------------------------------------------------------

Zygote *zygote_ref(Zygote *zygote)
{
    g_atomic_int_inc(&zygote->references);
    return zygote;
}

void zygote_free(Zygote *zygote)
{
    if (zygote == NULL || !g_atomic_int_dec_and_test(&zygote->references))
        return;
    if (zygote->control >= 0)
        close(zygote->control);
    if (zygote->pid > 0) {
        kill(zygote->pid, SIGKILL);
        while (waitpid(zygote->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    g_mutex_clear(&zygote->lock);
    g_free(zygote->program);
    g_free(zygote->noun);
    g_free(zygote->versions);
    g_free(zygote->sandbox);
    g_free(zygote);
}
