// SPDX-License-Identifier: Apache-2.0
//
// Whatever a worker does, its program gets an answer: the reply, or what became of the worker.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "wire/worker.h"

#define LONG_MS 60000u // longer than any test should take, even on a loaded machine

static Zygote *start_zygote(void)
{
    g_autoptr(GError) error = NULL;
    Zygote *zygote = zygote_start((ZygoteOptions){.program = "test_worker_program"}, &error);
    g_assert_no_error(error);
    return zygote;
}

static Worker *spawn(Zygote *zygote)
{
    g_autoptr(GError) error = NULL;
    Worker *worker = worker_spawn(zygote, (WorkerOptions){0}, &error);
    g_assert_no_error(error);
    return worker;
}

static void send_text(Worker *worker, const char *text)
{
    g_autoptr(GError) error = NULL;
    worker_send(worker, (const uint8_t *)text, strlen(text), -1, &error);
    g_assert_no_error(error);
}

static char *receive_text(Worker *worker)
{
    g_autoptr(GByteArray) reply = g_byte_array_new();
    g_autofree char *reason = NULL;
    WorkerOutcome outcome = worker_receive(worker, LONG_MS, reply, &reason);
    g_assert_cmpstr(reason, ==, NULL);
    g_assert_cmpint(outcome, ==, WORKER_ANSWERED);
    return g_strndup((const char *)reply->data, reply->len);
}

static char *ask(Worker *worker, const char *text)
{
    send_text(worker, text);
    return receive_text(worker);
}

static void assert_answer(Worker *worker, const char *text, const char *expected)
{
    g_autofree char *answer = ask(worker, text);
    g_assert_cmpstr(answer, ==, expected);
}

// Asks a fresh worker for something it does not survive.
static void assert_fall(const char *text, unsigned timeout_ms, WorkerOutcome expected,
                        const char *expected_reason)
{
    g_autoptr(Zygote) zygote = start_zygote();
    g_autoptr(Worker) worker = spawn(zygote);
    g_autoptr(GByteArray) reply = g_byte_array_new();
    g_autofree char *reason = NULL;

    send_text(worker, text);
    WorkerOutcome outcome = worker_receive(worker, timeout_ms, reply, &reason);

    g_assert_cmpint(outcome, ==, expected);
    g_assert_cmpstr(reason, ==, expected_reason);
    g_assert_false(worker_is_alive(worker));
    g_assert_cmpuint(reply->len, ==, 0);

    // The zygote is none the worse for it.
    g_autoptr(Worker) next = spawn(zygote);
    assert_answer(next, "echo still here", "still here");
}

static void test_answers(void)
{
    g_autoptr(Zygote) zygote = start_zygote();
    g_autoptr(Worker) worker = spawn(zygote);
    for (unsigned i = 0; i < 1000; i++)
        assert_answer(worker, "echo hello", "hello");
    g_assert_true(worker_is_alive(worker));
    g_assert_cmpuint(worker_items(worker), ==, 1000);
    g_assert_cmpstr(zygote_versions(zygote), ==, "tested 1.0");
}

static void test_many_replies_to_one_request(void)
{
    g_autoptr(Zygote) zygote = start_zygote();
    g_autoptr(Worker) worker = spawn(zygote);
    send_text(worker, "many 5000");
    for (int i = 0; i < 5000; i++) {
        g_autofree char *answer = receive_text(worker);
        g_assert_cmpint(atoi(answer), ==, i);
    }
}

static void test_longest_message(void)
{
    g_autoptr(Zygote) zygote = start_zygote();
    g_autoptr(Worker) worker = spawn(zygote);
    g_autofree char *text = g_malloc(LIMIT_MESSAGE_BYTES + 1);
    memset(text, 'a', LIMIT_MESSAGE_BYTES);
    memcpy(text, "echo ", 5);
    text[LIMIT_MESSAGE_BYTES] = '\0';
    assert_answer(worker, text, text + 5);
}

static void test_too_long_message(void)
{
    g_autoptr(Zygote) zygote = start_zygote();
    g_autoptr(Worker) worker = spawn(zygote);
    g_autofree uint8_t *message = g_malloc0(LIMIT_MESSAGE_BYTES + 1);
    g_autoptr(GError) error = NULL;
    g_assert_false(worker_send(worker, message, LIMIT_MESSAGE_BYTES + 1, -1, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_LIMIT);
    assert_answer(worker, "echo unharmed", "unharmed");
}

static void test_passes_descriptor(void)
{
    g_autoptr(Zygote) zygote = start_zygote();
    g_autoptr(Worker) worker = spawn(zygote);
    g_autoptr(GError) error = NULL;
    int pipe_ends[2];
    g_assert_no_errno(pipe2(pipe_ends, O_CLOEXEC));
    g_assert_cmpint(write(pipe_ends[1], "from a pipe", 11), ==, 11);

    worker_send(worker, (const uint8_t *)"read", 4, pipe_ends[0], &error);
    g_assert_no_error(error);
    g_autofree char *answer = receive_text(worker);
    g_assert_cmpstr(answer, ==, "from a pipe");
    close(pipe_ends[0]);
    close(pipe_ends[1]);

    // It was closed after the request.
    assert_answer(worker, "descriptors", "0 1 2 3 ");
}

static void test_reads_buffer(void)
{
    g_autoptr(Zygote) zygote = start_zygote();
    g_autoptr(GError) error = NULL;
    g_autoptr(Worker) worker =
        worker_spawn(zygote, (WorkerOptions){.buffer_bytes = 64 << 20}, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(worker_buffer_bytes(worker), ==, 64 << 20);

    strcpy((char *)worker_buffer(worker), "first");
    assert_answer(worker, "read-buffer", "first");
    strcpy((char *)worker_buffer(worker), "second");
    assert_answer(worker, "read-buffer", "second");
}

static void test_trims_buffer(void)
{
    g_autoptr(Zygote) zygote = start_zygote();
    g_autoptr(GError) error = NULL;
    g_autoptr(Worker) worker =
        worker_spawn(zygote, (WorkerOptions){.buffer_bytes = 64 << 20}, &error);
    g_assert_no_error(error);
    uint8_t *buffer = worker_buffer(worker);

    strcpy((char *)buffer, "kept");
    memset(buffer + (8 << 20), 'x', 56 << 20);
    worker_trim_buffer(worker, 8 << 20);

    g_assert_cmpuint(buffer[8 << 20], ==, 0);
    g_assert_cmpuint(buffer[(64 << 20) - 1], ==, 0);
    assert_answer(worker, "read-buffer", "kept");
}

static void test_crash(void)
{
    assert_fall("crash", LONG_MS, WORKER_CRASHED,
                "the tested worker was stopped by signal 11 (Segmentation fault)");
}

static void test_abort(void)
{
    assert_fall("abort", LONG_MS, WORKER_CRASHED,
                "the tested worker was stopped by signal 6 (Aborted)");
}

static void test_exit(void)
{
    assert_fall("exit", LONG_MS, WORKER_CRASHED,
                "the tested worker ended by itself with exit status 7");
}

static void test_unknown_request(void)
{
    assert_fall("no such thing", LONG_MS, WORKER_CRASHED,
                "the tested worker ended by itself with exit status 3");
}

static void test_closed_socket(void)
{
    assert_fall("close", LONG_MS, WORKER_CRASHED,
                "the tested worker closed its connection and was stopped");
}

static void test_empty_message(void)
{
    assert_fall("empty", LONG_MS, WORKER_CRASHED,
                "the tested worker closed its connection and was stopped");
}

static void test_hang(void)
{
    assert_fall("hang", 100, WORKER_TIMED_OUT,
                "the tested worker gave no answer within 0.1 seconds and was stopped");
}

static void test_spin(void)
{
    assert_fall("spin", LONG_MS, WORKER_CRASHED,
                "the tested worker used up its CPU time of 1 seconds");
}

static void test_nonsense(void)
{
    assert_fall("nonsense", LONG_MS, WORKER_NONSENSE,
                "the tested worker sent an answer that breaks the rules and was stopped");
}

static void test_reject(void)
{
    g_autoptr(Zygote) zygote = start_zygote();
    g_autoptr(Worker) worker = spawn(zygote);
    pid_t pid = worker_pid(worker);
    g_autofree char *reason = worker_reject(worker);
    g_assert_cmpstr(reason, ==,
                    "the tested worker sent an answer that breaks the rules and was stopped");
    g_assert_false(worker_is_alive(worker));
    g_assert_cmpint(kill(pid, 0), ==, -1);
    g_assert_cmpint(errno, ==, ESRCH);
}

static void test_forbidden_calls(void)
{
    static const char *const commands[] = {"socket", "fork", "exec", "ptrace", "unshare"};
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        assert_fall(commands[i], LONG_MS, WORKER_CRASHED,
                    "the tested worker was stopped for a forbidden system call");
}

// Waits until a process is gone (or a zombie that its new parent has yet to collect).
static bool ends_soon(pid_t pid)
{
    int process = (int)syscall(SYS_pidfd_open, pid, 0);
    if (process < 0)
        return true;
    struct pollfd watched = {.fd = process, .events = POLLIN};
    bool ended = poll(&watched, 1, LONG_MS) == 1;
    close(process);
    return ended;
}

static void test_killed_from_outside(void)
{
    g_autoptr(Zygote) zygote = start_zygote();
    g_autoptr(Worker) worker = spawn(zygote);
    g_autoptr(GByteArray) reply = g_byte_array_new();
    g_autofree char *reason = NULL;
    kill(worker_pid(worker), SIGKILL);
    g_assert_true(ends_soon(worker_pid(worker)));

    send_text(worker, "echo too late"); // no error: what became of it is said below
    g_assert_cmpint(worker_receive(worker, LONG_MS, reply, &reason), ==, WORKER_CRASHED);
    g_assert_cmpstr(reason, ==,
                    "the tested worker was killed by the system, as happens when memory runs out");
}

// CPU time is counted from message to message, not over the worker's life.
static void test_cpu_limit_moves_on(void)
{
    g_autoptr(Zygote) zygote = start_zygote();
    g_autoptr(Worker) worker = spawn(zygote);
    for (unsigned i = 0; i < 12; i++)
        assert_answer(worker, "burn", "ok"); // 3.6 seconds, where 2 would be too many at once
}

static void test_free_leaves_nothing(void)
{
    g_autoptr(Zygote) zygote = start_zygote();
    Worker *idle = spawn(zygote);
    Worker *busy = spawn(zygote);
    pid_t idle_pid = worker_pid(idle), busy_pid = worker_pid(busy);
    send_text(busy, "hang");

    worker_free(idle);
    worker_free(busy);

    g_assert_cmpint(kill(idle_pid, 0), ==, -1);
    g_assert_cmpint(kill(busy_pid, 0), ==, -1);
}

static void test_worker_outlives_owner_of_zygote(void)
{
    Zygote *zygote = start_zygote();
    g_autoptr(Worker) worker = spawn(zygote);
    zygote_free(zygote);
    assert_answer(worker, "echo still here", "still here");
}

static void *ask_often(void *user_data)
{
    g_autoptr(Worker) worker = spawn(user_data);
    for (unsigned i = 0; i < 500; i++) {
        assert_answer(worker, "echo hello", "hello");
        if (i % 50 == 0) {
            g_clear_pointer(&worker, worker_free);
            worker = spawn(user_data);
        }
    }
    return NULL;
}

static void test_threads_share_a_zygote(void)
{
    g_autoptr(Zygote) zygote = start_zygote();
    GThread *threads[4];
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("asker", ask_often, zygote);
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
}

static pid_t parent_of(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", pid);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    int parent = 0;
    g_assert_cmpint(sscanf(strrchr(text, ')') + 1, " %*c %d", &parent), ==, 1);
    return parent;
}

static void test_zygote_dies(void)
{
    g_autoptr(Zygote) zygote = start_zygote();
    g_autoptr(Worker) worker = spawn(zygote);
    g_autoptr(GByteArray) reply = g_byte_array_new();
    g_autofree char *reason = NULL;
    g_autoptr(GError) error = NULL;
    send_text(worker, "hang");
    kill(parent_of(worker_pid(worker)), SIGKILL);

    g_assert_cmpint(worker_receive(worker, LONG_MS, reply, &reason), ==, WORKER_CRASHED);
    g_assert_cmpstr(reason, ==,
                    "the tested worker is gone together with the process that started it");
    g_assert_null(worker_spawn(zygote, (WorkerOptions){0}, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INTERNAL);
}

typedef struct {
    pid_t zygote, idle, busy;
} Family;

static _Noreturn void run_program_to_be_killed(int report)
{
    Zygote *zygote = start_zygote();
    Worker *idle = spawn(zygote);
    Worker *busy = spawn(zygote);
    send_text(busy, "hang");
    Family family = {parent_of(worker_pid(idle)), worker_pid(idle), worker_pid(busy)};
    if (write(report, &family, sizeof family) != sizeof family)
        _exit(1);
    for (;;)
        pause();
}

static void test_program_is_killed(void)
{
    int pipe_ends[2];
    g_assert_no_errno(pipe2(pipe_ends, O_CLOEXEC));
    pid_t program = fork();
    if (program == 0)
        run_program_to_be_killed(pipe_ends[1]);
    Family family;
    g_assert_cmpint(read(pipe_ends[0], &family, sizeof family), ==, sizeof family);
    g_assert_no_errno(kill(family.busy, 0));

    kill(program, SIGKILL);
    waitpid(program, NULL, 0);

    g_assert_true(ends_soon(family.zygote));
    g_assert_true(ends_soon(family.idle));
    g_assert_true(ends_soon(family.busy));
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

static void test_missing_program(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(zygote_start((ZygoteOptions){.program = "no-such-worker"}, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_assert_nonnull(strstr(error->message, "no-such-worker"));
}

static void test_program_that_is_no_worker(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(zygote_start((ZygoteOptions){.program = "/bin/true"}, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INTERNAL);
}

static void test_program_that_cannot_prepare(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(zygote_start((ZygoteOptions){.program = "test_worker_unprepared"}, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED);
    g_assert_nonnull(strstr(error->message, "a library is missing"));
}

static void test_program_of_another_version(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(zygote_start((ZygoteOptions){.program = "test_worker_stale"}, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);
    g_assert_nonnull(strstr(error->message, "0.0.1-older"));
    g_assert_nonnull(strstr(error->message, CLEW_VERSION));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/worker/answers", test_answers);
    g_test_add_func("/worker/sends_many_replies_to_one_request", test_many_replies_to_one_request);
    g_test_add_func("/worker/takes_and_sends_the_longest_message", test_longest_message);
    g_test_add_func("/worker/a_longer_message_is_refused_before_it_is_sent", test_too_long_message);
    g_test_add_func("/worker/gets_a_descriptor_with_a_request", test_passes_descriptor);
    g_test_add_func("/worker/reads_the_shared_buffer", test_reads_buffer);
    g_test_add_func("/worker/trimming_gives_pages_back", test_trims_buffer);
    g_test_add_func("/worker/crash_is_named", test_crash);
    g_test_add_func("/worker/abort_is_named", test_abort);
    g_test_add_func("/worker/exit_is_named", test_exit);
    g_test_add_func("/worker/unknown_request_ends_it", test_unknown_request);
    g_test_add_func("/worker/closed_socket_ends_it", test_closed_socket);
    g_test_add_func("/worker/empty_message_ends_it", test_empty_message);
    g_test_add_func("/worker/silence_ends_it", test_hang);
    g_test_add_func("/worker/endless_loop_ends_by_its_cpu_time", test_spin);
    g_test_add_func("/worker/too_long_answer_is_nonsense", test_nonsense);
    g_test_add_func("/worker/reject_stops_it", test_reject);
    g_test_add_func("/worker/forbidden_calls_end_it", test_forbidden_calls);
    g_test_add_func("/worker/kill_from_outside_is_named", test_killed_from_outside);
    g_test_add_func("/worker/cpu_limit_moves_on_with_messages", test_cpu_limit_moves_on);
    g_test_add_func("/worker/free_leaves_no_process", test_free_leaves_nothing);
    g_test_add_func("/worker/zygote_lives_as_long_as_its_workers",
                    test_worker_outlives_owner_of_zygote);
    g_test_add_func("/worker/threads_share_a_zygote", test_threads_share_a_zygote);
    g_test_add_func("/worker/death_of_the_zygote_is_a_clean_error", test_zygote_dies);
    g_test_add_func("/worker/killed_program_leaves_no_process", test_program_is_killed);
    g_test_add_func("/zygote/missing_program_is_named", test_missing_program);
    g_test_add_func("/zygote/program_that_is_no_worker_is_refused", test_program_that_is_no_worker);
    g_test_add_func("/zygote/program_that_cannot_prepare_says_why",
                    test_program_that_cannot_prepare);
    g_test_add_func("/zygote/program_of_another_version_is_refused",
                    test_program_of_another_version);
    return g_test_run();
}
