// SPDX-License-Identifier: Apache-2.0
#include "wire/serve.h"

#include <errno.h>
#include <iconv.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "wire/channel.h"
#include "wire/serve_worker.h"
#include "wire/zygote_protocol.h"

// How long a killed worker may take to go; one that is stuck in the kernel is left for later.
#define KILL_WAIT_MS 2000

#define STATUS_USAGE 2

typedef struct {
    pid_t pid;
    bool abandoned; // killed, but the kernel has not let go of it yet
} Child;

typedef struct {
    const ServeProgram *program;
    Confinement *confinement;
    GArray *children; // of Child; a child stays here until it was waited for, so no id is reused
} ZygoteSide;

// Start -------------------------------------------------------------------------------------------

// Opened and never closed: the modules stay loaded for the workers.
static void keep_charsets_open(const char *const *charsets)
{
    for (size_t i = 0; charsets != NULL && charsets[i] != NULL; i++)
        (void)iconv_open("UTF-8", charsets[i]);
}

static bool prepare(ZygoteSide *side, GError **err)
{
    const struct rlimit no_core = {0, 0};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ||
        setrlimit(RLIMIT_CORE, &no_core) < 0)
        return clew_error_set_errno(err, errno, "cannot protect the process");

    // Names inside evidence are UTF-8 or bytes, and times have no place.
    setlocale(LC_CTYPE, "C.UTF-8");
    tzset();
    keep_charsets_open(side->program->charsets);
    if (side->program->prepare != NULL && !side->program->prepare(err))
        return false;
    side->confinement = confine_prepare(side->program->confine, err);
    return side->confinement != NULL;
}

static bool say_hello(const ZygoteSide *side, const GError *error)
{
    ZygoteHello hello = {0};
    const ServeProgram *program = side->program;
    g_strlcpy(hello.program_version, CLEW_VERSION, sizeof hello.program_version);
    g_strlcpy(hello.noun, program->noun, sizeof hello.noun);
    if (program->versions != NULL)
        g_strlcpy(hello.versions, program->versions(), sizeof hello.versions);
    if (error != NULL)
        g_strlcpy(hello.error, error->message, sizeof hello.error);
    return channel_send(ZYGOTE_CONTROL_DESCRIPTOR, &hello, sizeof hello, NULL, 0);
}

// Requests ----------------------------------------------------------------------------------------

static _Noreturn void become_worker(const ZygoteSide *side, pid_t zygote, ServeWorkerStart start)
{
    // The check covers a zygote that died before the signal was asked for.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 || getppid() != zygote)
        _exit(STATUS_USAGE);
    serve_worker_run(side->program, side->confinement, start);
}

static ZygoteReply spawn(ZygoteSide *side, const ZygoteRequest *request, const int *descriptors,
                         unsigned descriptor_count)
{
    if (descriptor_count != (request->buffer_bytes > 0 ? 2u : 1u))
        return (ZygoteReply){.error = EINVAL};

    pid_t zygote = getpid();
    pid_t pid = fork();
    if (pid == 0)
        become_worker(side, zygote,
                      (ServeWorkerStart){
                          .socket = descriptors[0],
                          .buffer = descriptor_count > 1 ? descriptors[1] : -1,
                          .buffer_bytes = (size_t)request->buffer_bytes,
                          .allow_unconfined = request->allow_unconfined != 0,
                      });
    if (pid < 0)
        return (ZygoteReply){.error = errno};
    g_array_append_val(side->children, ((Child){.pid = pid}));
    return (ZygoteReply){.pid = pid};
}

static Child *find_child(ZygoteSide *side, pid_t pid)
{
    for (unsigned i = 0; i < side->children->len; i++) {
        Child *child = &g_array_index(side->children, Child, i);
        if (child->pid == pid)
            return child;
    }
    return NULL;
}

static void forget_child(ZygoteSide *side, const Child *child)
{
    g_array_remove_index_fast(side->children,
                              (unsigned)(child - (const Child *)(void *)side->children->data));
}

// True when the process has ended within timeout_ms.
static bool wait_for_end(int process, unsigned timeout_ms)
{
    struct pollfd watched = {.fd = process, .events = POLLIN};
    int ready;
    do
        ready = poll(&watched, 1, (int)timeout_ms);
    while (ready < 0 && errno == EINTR);
    return ready > 0;
}

static ZygoteReply reap(ZygoteSide *side, const ZygoteRequest *request)
{
    Child *child = find_child(side, request->pid);
    int process = child == NULL ? -1 : (int)syscall(SYS_pidfd_open, child->pid, 0);
    if (process < 0)
        return (ZygoteReply){.error = child == NULL ? ESRCH : errno};

    ZygoteReply reply = {.pid = child->pid};
    bool ended = wait_for_end(process, request->grace_ms);
    if (!ended) {
        reply.was_killed = 1;
        kill(child->pid, SIGKILL);
        ended = wait_for_end(process, KILL_WAIT_MS);
    }
    close(process);

    int status = 0;
    if (ended && waitpid(child->pid, &status, 0) == child->pid) {
        reply.status = status;
        forget_child(side, child);
    } else {
        reply.error = ETIMEDOUT;
        child->abandoned = true;
    }
    return reply;
}

static void sweep_abandoned(ZygoteSide *side)
{
    for (unsigned i = side->children->len; i-- > 0;) {
        const Child *child = &g_array_index(side->children, Child, i);
        if (child->abandoned && waitpid(child->pid, NULL, WNOHANG) != 0)
            forget_child(side, child);
    }
}

static bool serve_one(ZygoteSide *side)
{
    ZygoteRequest request;
    int descriptors[CHANNEL_DESCRIPTORS_MAX];
    unsigned descriptor_count = 0;
    ssize_t size_bytes =
        channel_receive_descriptors(ZYGOTE_CONTROL_DESCRIPTOR, &request, sizeof request,
                                    descriptors, CHANNEL_DESCRIPTORS_MAX, &descriptor_count);
    if (size_bytes != sizeof request)
        return false;

    sweep_abandoned(side);
    ZygoteReply reply = request.verb == ZYGOTE_SPAWN
                            ? spawn(side, &request, descriptors, descriptor_count)
                            : reap(side, &request);
    // The worker's copies are the only ones but the program's: its end is seen at once.
    for (unsigned i = 0; i < descriptor_count; i++)
        close(descriptors[i]);
    return channel_send(ZYGOTE_CONTROL_DESCRIPTOR, &reply, sizeof reply, NULL, 0);
}

// Main --------------------------------------------------------------------------------------------

static int usage(const ServeProgram *program)
{
    fprintf(stderr, "%s %s: a worker of clew, started by it; not for use by hand\n", program->name,
            CLEW_VERSION);
    return STATUS_USAGE;
}

int serve_main(int argc, char **argv, const ServeProgram *program)
{
    if (argc != 2 || strcmp(argv[1], ZYGOTE_ARGUMENT) != 0)
        return usage(program);

    g_autoptr(GError) error = NULL;
    ZygoteSide side = {
        .program = program,
        .children = g_array_new(FALSE, FALSE, sizeof(Child)),
    };
    if (prepare(&side, &error) && say_hello(&side, NULL)) {
        while (serve_one(&side))
            ;
    } else if (error != NULL) {
        say_hello(&side, error);
    }
    // The workers die with this process (PR_SET_PDEATHSIG), and so it needs no tidy end.
    _exit(error == NULL ? 0 : 1);
}
