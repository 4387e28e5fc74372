// SPDX-License-Identifier: Apache-2.0
#include "wire/worker.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"
#include "wire/channel.h"
#include "wire/shared_buffer.h"
#include "wire/zygote.h"
#include "wire/zygote_protocol.h"

// A worker whose socket has closed is on its way out; its exit status follows within microseconds.
#define END_GRACE_MS 500

// The CPU limit is moved on when it was set longer ago than this.
#define CPU_LIMIT_STEP_MS 1000

struct Worker {
    Zygote *zygote;
    int socket; // -1 once it is gone
    pid_t pid;  // 0 once it was reaped
    SharedBuffer buffer;
    char *sandbox;
    unsigned cpu_seconds;
    int64_t cpu_limit_set_ms;
    uint64_t items;
};

// Start -------------------------------------------------------------------------------------------

// Sends the other end of a new channel to the zygote, which forks the worker around it.
static bool start(Worker *worker, GError **err)
{
    int sockets[2];
    if (!channel_open(sockets, err))
        return false;
    worker->socket = sockets[0];
    bool forked = zygote_fork(worker->zygote, sockets[1], worker->buffer.for_worker,
                              worker->buffer.size_bytes, &worker->pid, err);
    close(sockets[1]);
    shared_buffer_handed_over(&worker->buffer);
    return forked;
}

static bool take_hello(Worker *worker, GError **err)
{
    WorkerHello hello;
    if (!channel_wait(worker->socket, LIMIT_WORKER_START_MS) ||
        channel_receive(worker->socket, &hello, sizeof hello) != sizeof hello) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL, "a worker ended while it started");
        return false;
    }
    if (!hello.confined && !zygote_allows_unconfined(worker->zygote)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED, "no sandbox can be had for %s: %s",
                    zygote_noun(worker->zygote), hello.sandbox);
        return false;
    }
    worker->sandbox = hello.confined ? g_strdup(hello.sandbox)
                                     : g_strdup_printf("UNCONFINED (%s)", hello.sandbox);
    worker->cpu_seconds = hello.cpu_seconds;
    worker->cpu_limit_set_ms = clock_monotonic_ms();
    return true;
}

Worker *worker_spawn(Zygote *zygote, WorkerOptions options, GError **err)
{
    g_autoptr(Worker) worker = g_new0(Worker, 1);
    worker->zygote = zygote_ref(zygote);
    worker->socket = -1;
    if (!shared_buffer_open(&worker->buffer, options.buffer_bytes, err) || !start(worker, err) ||
        !take_hello(worker, err))
        return NULL;
    return g_steal_pointer(&worker);
}

uint8_t *worker_buffer(Worker *worker)
{
    return worker->buffer.bytes;
}

size_t worker_buffer_bytes(const Worker *worker)
{
    return worker->buffer.size_bytes;
}

void worker_trim_buffer(Worker *worker, size_t keep_bytes)
{
    shared_buffer_trim(&worker->buffer, keep_bytes);
}

const char *worker_sandbox(const Worker *worker)
{
    return worker->sandbox;
}

pid_t worker_pid(const Worker *worker)
{
    return worker->pid;
}

uint64_t worker_items(const Worker *worker)
{
    return worker->items;
}

bool worker_is_alive(const Worker *worker)
{
    return worker->socket >= 0;
}

// Messages ----------------------------------------------------------------------------------------

static bool cpu_time(const Worker *worker, struct timespec *ret_used)
{
    clockid_t cpu_clock;
    return worker->pid > 0 && clock_getcpuclockid(worker->pid, &cpu_clock) == 0 &&
           clock_gettime(cpu_clock, ret_used) == 0;
}

uint64_t worker_cpu_ms(const Worker *worker)
{
    struct timespec used;
    if (!cpu_time(worker, &used))
        return 0;
    return (uint64_t)used.tv_sec * 1000 + (uint64_t)used.tv_nsec / 1000000;
}

// The limit is on the CPU time of the process's whole life, so it is moved on from here as time
// goes by: the worker itself is not allowed to. The id is its own until it was reaped.
static void move_cpu_limit(Worker *worker)
{
    int64_t now_ms = clock_monotonic_ms();
    if (worker->cpu_seconds == 0 || now_ms - worker->cpu_limit_set_ms < CPU_LIMIT_STEP_MS)
        return;

    struct timespec used;
    if (!cpu_time(worker, &used))
        return;
    // One second for what is rounded off, one because the limit may be that old when an item
    // begins.
    const struct rlimit next = {
        .rlim_cur = (rlim_t)used.tv_sec + worker->cpu_seconds + 2,
        .rlim_max = RLIM_INFINITY,
    };
    if (prlimit(worker->pid, RLIMIT_CPU, &next, NULL) == 0)
        worker->cpu_limit_set_ms = now_ms;
}

bool worker_send(Worker *worker, const uint8_t *message, size_t size_bytes, int descriptor,
                 GError **err)
{
    g_assert(worker_is_alive(worker));
    if (size_bytes > LIMIT_MESSAGE_BYTES) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "a message of %zu bytes is longer than a worker takes (%u)", size_bytes,
                    LIMIT_MESSAGE_BYTES);
        return false;
    }
    move_cpu_limit(worker);
    worker->items++;
    if (channel_send(worker->socket, message, size_bytes, &descriptor, descriptor >= 0 ? 1 : 0) ||
        errno == EPIPE || errno == ECONNRESET)
        return true;
    return clew_error_set_errno(err, errno, "cannot send a message to %s",
                                zygote_noun(worker->zygote));
}

// Takes the worker off the list of processes. True when its end is known.
static bool end_worker(Worker *worker, unsigned grace_ms, WorkerEnd *ret_end)
{
    bool known =
        worker->pid > 0 && zygote_reap(worker->zygote, worker->pid, grace_ms, ret_end, NULL);
    worker->pid = 0;
    if (worker->socket >= 0)
        close(worker->socket);
    worker->socket = -1;
    return known;
}

static char *describe_end(const Worker *worker, const WorkerEnd *end)
{
    const char *noun = zygote_noun(worker->zygote);
    if (end->was_killed)
        return g_strdup_printf("%s closed its connection and was stopped", noun);
    if (!WIFSIGNALED(end->status))
        return g_strdup_printf("%s ended by itself with exit status %d", noun,
                               WEXITSTATUS(end->status));
    switch (WTERMSIG(end->status)) {
    case SIGSYS:
        return g_strdup_printf("%s was stopped for a forbidden system call", noun);
    case SIGXCPU:
        return g_strdup_printf("%s used up its CPU time of %u seconds", noun, worker->cpu_seconds);
    case SIGKILL:
        return g_strdup_printf("%s was killed by the system, as happens when memory runs out",
                               noun);
    default:
        return g_strdup_printf("%s was stopped by signal %d (%s)", noun, WTERMSIG(end->status),
                               sigdescr_np(WTERMSIG(end->status)));
    }
}

static WorkerOutcome crashed(Worker *worker, char **ret_reason)
{
    WorkerEnd end;
    bool known = end_worker(worker, END_GRACE_MS, &end);
    *ret_reason = known ? describe_end(worker, &end)
                        : g_strdup_printf("%s is gone together with the process that started it",
                                          zygote_noun(worker->zygote));
    return WORKER_CRASHED;
}

static WorkerOutcome timed_out(Worker *worker, unsigned timeout_ms, char **ret_reason)
{
    WorkerEnd end;
    end_worker(worker, 0, &end);
    *ret_reason = g_strdup_printf("%s gave no answer within %g seconds and was stopped",
                                  zygote_noun(worker->zygote), timeout_ms / 1000.0);
    return WORKER_TIMED_OUT;
}

static WorkerOutcome talked_nonsense(Worker *worker, char **ret_reason)
{
    *ret_reason = worker_reject(worker);
    return WORKER_NONSENSE;
}

char *worker_reject(Worker *worker)
{
    WorkerEnd end;
    end_worker(worker, 0, &end);
    return g_strdup_printf("%s sent an answer that breaks the rules and was stopped",
                           zygote_noun(worker->zygote));
}

bool worker_wait(Worker *worker, unsigned wait_ms)
{
    g_assert(worker_is_alive(worker));
    move_cpu_limit(worker);
    return channel_wait(worker->socket, wait_ms);
}

WorkerOutcome worker_receive(Worker *worker, unsigned timeout_ms, GByteArray *reply,
                             char **ret_reason)
{
    g_assert(worker_is_alive(worker));
    move_cpu_limit(worker);
    if (!channel_wait(worker->socket, timeout_ms))
        return timed_out(worker, timeout_ms, ret_reason);

    g_byte_array_set_size(reply, LIMIT_MESSAGE_BYTES);
    ssize_t size_bytes = channel_receive(worker->socket, reply->data, reply->len);
    g_byte_array_set_size(
        reply, size_bytes > 0 && size_bytes <= LIMIT_MESSAGE_BYTES ? (unsigned)size_bytes : 0);
    if (size_bytes <= 0)
        return crashed(worker, ret_reason);
    return size_bytes > LIMIT_MESSAGE_BYTES ? talked_nonsense(worker, ret_reason) : WORKER_ANSWERED;
}

void worker_free(Worker *worker)
{
    if (worker == NULL)
        return;
    WorkerEnd end;
    end_worker(worker, 0, &end);
    shared_buffer_close(&worker->buffer);
    g_free(worker->sandbox);
    zygote_free(worker->zygote);
    g_free(worker);
}
