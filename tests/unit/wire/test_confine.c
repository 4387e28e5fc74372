// SPDX-License-Identifier: Apache-2.0
//
// A live worker is confined: looked at from outside through /proc, and from inside by trying.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "wire/confine_files.h"
#include "wire/sanitizer.h"
#include "wire/worker.h"

#define LONG_MS 60000u

typedef struct {
    Zygote *zygote;
    Worker *worker;
} Pair;

static Pair start(ZygoteOptions options)
{
    g_autoptr(GError) error = NULL;
    Zygote *zygote = zygote_start(options, &error);
    g_assert_no_error(error);
    Worker *worker = worker_spawn(zygote, (WorkerOptions){.buffer_bytes = 1 << 20}, &error);
    g_assert_no_error(error);
    return (Pair){zygote, worker};
}

static void stop(Pair *pair)
{
    worker_free(pair->worker);
    zygote_free(pair->zygote);
}

static char *ask(Worker *worker, const char *text)
{
    g_autoptr(GByteArray) reply = g_byte_array_new();
    g_autofree char *reason = NULL;
    g_autoptr(GError) error = NULL;
    worker_send(worker, (const uint8_t *)text, strlen(text), -1, &error);
    g_assert_no_error(error);
    WorkerOutcome outcome = worker_receive(worker, LONG_MS, reply, &reason);
    g_assert_cmpstr(reason, ==, NULL);
    g_assert_cmpint(outcome, ==, WORKER_ANSWERED);
    return g_strndup((const char *)reply->data, reply->len);
}

static void assert_answer(Worker *worker, const char *text, const char *expected)
{
    g_autofree char *answer = ask(worker, text);
    g_assert_cmpstr(answer, ==, expected);
}

// From outside ------------------------------------------------------------------------------------

static char *proc_file(pid_t pid, const char *name)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/%s", pid, name);
    char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static void assert_line(const char *text, const char *line)
{
    if (strstr(text, line) == NULL)
        g_error("'%s' is not in:\n%s", line, text);
}

static void test_status_of_a_live_worker(void)
{
    Pair pair = start((ZygoteOptions){.program = "test_worker_program"});
    g_autofree char *status = proc_file(worker_pid(pair.worker), "status");
    assert_line(status, "\nSeccomp:\t2\n");
    assert_line(status, "\nNoNewPrivs:\t1\n");
    assert_line(status, "\nThreads:\t1\n");
    assert_line(status, "\nCapPrm:\t0000000000000000\n");
    assert_line(status, "\nCapEff:\t0000000000000000\n");
    stop(&pair);
}

static void test_limits_of_a_live_worker(void)
{
    Pair pair = start((ZygoteOptions){.program = "test_worker_program"});
    g_autofree char *limits = proc_file(worker_pid(pair.worker), "limits");
    assert_line(limits, "Max core file size        0                    0 ");
    assert_line(limits, "Max open files            32                   32 ");
    if (!SANITIZER_BUILD) {
        assert_line(limits, "Max address space         1073741824           1073741824 ");
        assert_line(limits, "Max file size             0                    0 ");
    }
    stop(&pair);
}

static void test_worker_goes_first_when_memory_runs_out(void)
{
    Pair pair = start((ZygoteOptions){.program = "test_worker_program"});
    g_autofree char *adjustment = proc_file(worker_pid(pair.worker), "oom_score_adj");
    g_assert_cmpstr(adjustment, ==, "500\n");
    stop(&pair);
}

static void test_sandbox_is_told(void)
{
    Pair pair = start((ZygoteOptions){.program = "test_worker_program"});
    g_autofree char *way = confine_landlock_abi() > 0
                               ? g_strdup_printf("landlock %d", confine_landlock_abi())
                               : g_strdup("empty mount namespace");
    g_autofree char *expected =
        g_strdup_printf("%s, seccomp, no-new-privs, %s", way,
                        SANITIZER_BUILD ? "no memory limit (sanitizer build)" : "1 GiB");
    g_assert_cmpstr(zygote_sandbox(pair.zygote), ==, expected);
    g_assert_cmpstr(worker_sandbox(pair.worker), ==, expected);
    stop(&pair);
}

// From inside -------------------------------------------------------------------------------------

static void test_refused_calls(void)
{
    static const char *const cases[][2] = {
        {"open /etc/passwd", "EACCES"},
        {"open /", "EACCES"},
        {"open .", "EACCES"},
        {"open /proc/self/status", "EACCES"},
        {"open /proc/self/fd/3", "EACCES"},
        {"create /tmp/clew-test-confine", "EACCES"},
        {"raise-limits", "EPERM"},
        {"run-memory", "EPERM"},
        {"make-memory-runnable", "EPERM"},
    };
    Pair pair = start((ZygoteOptions){.program = "test_worker_program"});
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_answer(pair.worker, cases[i][0], cases[i][1]);
    stop(&pair);
}

typedef struct {
    long number, a, b, c;
} Call;

// What no decoder needs, though it could do no great harm by itself.
static void test_other_calls_are_refused(void)
{
    const Call calls[] = {
        {SYS_getppid, 0, 0, 0},      {SYS_kill, 1, 0, 0},
        {SYS_dup, 0, 0, 0},          {SYS_fcntl, 0, F_GETFL, 0},
        {SYS_memfd_create, 0, 0, 0}, {SYS_splice, 0, 0, 1},
        {SYS_seccomp, 1, 0, 0},      {SYS_prctl, PR_SET_DUMPABLE, 1, 0},
        {SYS_setuid, 0, 0, 0},       {SYS_sched_setaffinity, 0, 0, 0},
        {SYS_setsockopt, 3, 1, 1},   {SYS_shutdown, 3, 2, 0},
    };
    Pair pair = start((ZygoteOptions){.program = "test_worker_program"});
    for (size_t i = 0; i < G_N_ELEMENTS(calls); i++) {
        g_autofree char *text = g_strdup_printf("call %ld %ld %ld %ld", calls[i].number, calls[i].a,
                                                calls[i].b, calls[i].c);
        g_test_message("%s", text);
        assert_answer(pair.worker, text, "EPERM");
    }
    stop(&pair);
}

static void test_dangerous_calls_end_the_worker(void)
{
    const long numbers[] = {
        SYS_socket,         SYS_connect,     SYS_execveat,   SYS_ptrace,
        SYS_mount,          SYS_setns,       SYS_bpf,        SYS_process_vm_readv,
        SYS_keyctl,         SYS_userfaultfd, SYS_pidfd_open, SYS_io_uring_setup,
        SYS_perf_event_open};
    Pair pair = start((ZygoteOptions){.program = "test_worker_program"});
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autoptr(Worker) worker = worker_spawn(pair.zygote, (WorkerOptions){0}, NULL);
        g_autoptr(GByteArray) reply = g_byte_array_new();
        g_autofree char *reason = NULL;
        g_autofree char *text = g_strdup_printf("call %ld", numbers[i]);
        worker_send(worker, (const uint8_t *)text, strlen(text), -1, NULL);
        g_test_message("%s", text);
        g_assert_cmpint(worker_receive(worker, LONG_MS, reply, &reason), ==, WORKER_CRASHED);
        g_assert_cmpstr(reason, ==, "the tested worker was stopped for a forbidden system call");
    }
    stop(&pair);
}

// glibc falls back to clone, whose flags the filter can see.
static void test_clone3_seems_to_be_missing(void)
{
    Pair pair = start((ZygoteOptions){.program = "test_worker_program"});
    g_autofree char *text = g_strdup_printf("call %d", SYS_clone3);
    assert_answer(pair.worker, text, "ENOSYS");
    stop(&pair);
}

// A thread that would enter a name space of its own is none of ours.
static void test_clone_makes_threads_only(void)
{
    Pair pair = start((ZygoteOptions){.program = "test_worker_program"});
    g_autofree char *text = g_strdup_printf(
        "call %d %ld", SYS_clone, (long)(CLONE_VM | CLONE_THREAD | CLONE_SIGHAND | CLONE_NEWNET));
    assert_answer(pair.worker, text, "EPERM");
    stop(&pair);
}

static void test_signals_to_others(void)
{
    Pair pair = start((ZygoteOptions){.program = "test_worker_program"});
    g_autofree char *text = g_strdup_printf("signal %d", getpid());
    assert_answer(pair.worker, text, "EPERM");
    stop(&pair);
}

static void test_memory_limit(void)
{
    Pair pair = start((ZygoteOptions){.program = "test_worker_program"});
    assert_answer(pair.worker, "allocate", SANITIZER_BUILD ? "ok" : "ENOMEM");
    stop(&pair);
}

static void test_threads_are_allowed(void)
{
    Pair pair = start((ZygoteOptions){.program = "test_worker_program"});
    assert_answer(pair.worker, "thread", "ok");
    stop(&pair);
}

static void test_buffer_cannot_be_written(void)
{
    Pair pair = start((ZygoteOptions){.program = "test_worker_program"});
    strcpy((char *)worker_buffer(pair.worker), "evidence");
    assert_answer(pair.worker, "write-buffer", "EBADF");
    assert_answer(pair.worker, "map-buffer", "EACCES");
    assert_answer(pair.worker, "unlock-buffer", "EACCES");
    assert_answer(pair.worker, "read-buffer", "evidence");

    g_autoptr(GByteArray) reply = g_byte_array_new();
    g_autofree char *reason = NULL;
    worker_send(pair.worker, (const uint8_t *)"store-in-buffer", 15, -1, NULL);
    g_assert_cmpint(worker_receive(pair.worker, LONG_MS, reply, &reason), ==, WORKER_CRASHED);
    g_assert_cmpstr((char *)worker_buffer(pair.worker), ==, "evidence");
    stop(&pair);
}

// What a worker inherits --------------------------------------------------------------------------

static void test_environment_is_clean(void)
{
    g_setenv("CLEW_TEST_SECRET", "not for workers", TRUE);
    Pair pair = start((ZygoteOptions){.program = "test_worker_program"});
    g_autofree char *environment = ask(pair.worker, "environment");
    assert_line(environment, "LC_ALL=C.UTF-8");
    assert_line(environment, "TZ=UTC0");
    g_assert_null(strstr(environment, "CLEW_TEST_SECRET"));
    g_assert_null(strstr(environment, "LD_"));
    g_unsetenv("CLEW_TEST_SECRET");
    stop(&pair);
}

static void test_descriptors_are_closed(void)
{
    int careless = fcntl(STDIN_FILENO, F_DUPFD, 100); // without close-on-exec
    Pair pair = start((ZygoteOptions){.program = "test_worker_program"});
    g_autoptr(GError) error = NULL;
    g_autoptr(Worker) second = worker_spawn(pair.zygote, (WorkerOptions){0}, &error);
    g_assert_no_error(error);
    assert_answer(pair.worker, "descriptors", "0 1 2 3 4 ");
    assert_answer(second, "descriptors", "0 1 2 3 ");
    close(careless);
    stop(&pair);
}

// What arrives on stderr and stdout when a worker writes to both.
static char *heard(bool keep_stderr)
{
    int ends[2];
    g_assert_no_errno(pipe2(ends, O_CLOEXEC | O_NONBLOCK));
    int saved_out = dup(STDOUT_FILENO), saved_err = dup(STDERR_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    Pair pair =
        start((ZygoteOptions){.program = "test_worker_program", .keep_stderr = keep_stderr});
    assert_answer(pair.worker, "stderr hostile words", "ok");
    stop(&pair);
    dup2(saved_out, STDOUT_FILENO);
    dup2(saved_err, STDERR_FILENO);

    char text[100] = "";
    (void)!read(ends[0], text, sizeof text - 1);
    const int used[] = {saved_out, saved_err, ends[0], ends[1]};
    for (size_t i = 0; i < G_N_ELEMENTS(used); i++)
        close(used[i]);
    return g_strdup(text);
}

static void test_words_of_libraries_go_nowhere(void)
{
    g_autofree char *usual = heard(false);
    g_assert_cmpstr(usual, ==, "");
}

static void test_words_of_libraries_can_be_heard(void)
{
    g_autofree char *asked_for = heard(true);
    g_assert_cmpstr(asked_for, ==, "hostile words");
}

// Ways to lock ------------------------------------------------------------------------------------

enum { CHILD_LOCKED = 0, CHILD_OPEN = 1, CHILD_CANNOT = 2 };

static int exit_status_of(void (*run)(void))
{
    pid_t child = fork();
    if (child == 0) {
        run();
        _exit(CHILD_OPEN);
    }
    int status;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

// An ordinary user, as on most desks; tests may run as root.
static void become_ordinary(void)
{
    if (getuid() == 0 && setuid(65534) != 0)
        _exit(CHILD_OPEN);
}

static void enter_landlock(void)
{
    become_ordinary();
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (!confine_by_landlock(confine_landlock_abi(), NULL))
        _exit(CHILD_CANNOT);
    bool denied = open("/etc/passwd", O_RDONLY) < 0 && errno == EACCES &&
                  open("/tmp", O_RDONLY | O_DIRECTORY) < 0 && errno == EACCES &&
                  mkdir("/tmp/clew-test-confine", 0700) < 0 && errno == EACCES;
    _exit(denied ? CHILD_LOCKED : CHILD_OPEN);
}

static void test_landlock_alone(void)
{
    if (confine_landlock_abi() == 0) {
        g_test_skip("this kernel has no Landlock");
        return;
    }
    g_assert_cmpint(exit_status_of(enter_landlock), ==, CHILD_LOCKED);
}

static void enter_namespace(void)
{
    become_ordinary();
    if (!confine_by_namespace(NULL))
        _exit(CHILD_CANNOT);
    unsigned entries = 0;
    DIR *root = opendir("/");
    while (root != NULL && readdir(root) != NULL)
        entries++;
    bool denied = entries == 2 && open("/etc/passwd", O_RDONLY) < 0 && errno == ENOENT &&
                  open("../../etc/passwd", O_RDONLY) < 0 && errno == ENOENT &&
                  open("/new", O_WRONLY | O_CREAT, 0600) < 0 && errno == EROFS;
    _exit(denied ? CHILD_LOCKED : CHILD_OPEN);
}

static bool can_enter_namespace(void)
{
    if (exit_status_of(enter_namespace) != CHILD_CANNOT)
        return true;
    g_test_skip("this system has no user namespaces for ordinary users");
    return false;
}

static void test_namespace_alone(void)
{
    if (can_enter_namespace())
        g_assert_cmpint(exit_status_of(enter_namespace), ==, CHILD_LOCKED);
}

static void test_worker_without_landlock(void)
{
    if (!can_enter_namespace())
        return;
    Pair pair = start((ZygoteOptions){.program = "test_worker_namespace"});
    g_assert_true(g_str_has_prefix(zygote_sandbox(pair.zygote), "empty mount namespace, "));
    g_autofree char *status = proc_file(worker_pid(pair.worker), "status");
    assert_line(status, "\nSeccomp:\t2\n");
    assert_line(status, "\nCapEff:\t0000000000000000\n");
    assert_answer(pair.worker, "open /etc/passwd", "EACCES");
    // Landlock refuses signals to others too; here the filter has to.
    g_autofree char *text = g_strdup_printf("signal %d", getpid());
    assert_answer(pair.worker, text, "EPERM");
    stop(&pair);
}

static void test_worker_that_cannot_lock(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(zygote_start((ZygoteOptions){.program = "test_worker_threaded"}, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED);
    g_assert_cmpstr(error->message, ==,
                    "no sandbox can be had for the tested worker: 2 threads exist before the "
                    "lock, where one may");
}

static void test_unconfined_worker_says_so(void)
{
    Pair pair = start((ZygoteOptions){.program = "test_worker_threaded", .allow_unconfined = true});
    g_assert_cmpstr(zygote_sandbox(pair.zygote), ==,
                    "UNCONFINED (2 threads exist before the lock, where one may)");
    assert_answer(pair.worker, "echo hello", "hello");
    stop(&pair);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/confine/kernel_reports_the_lock_of_a_live_worker",
                    test_status_of_a_live_worker);
    g_test_add_func("/confine/kernel_reports_the_limits_of_a_live_worker",
                    test_limits_of_a_live_worker);
    g_test_add_func("/confine/worker_goes_first_when_memory_runs_out",
                    test_worker_goes_first_when_memory_runs_out);
    g_test_add_func("/confine/sandbox_is_told", test_sandbox_is_told);
    g_test_add_func("/confine/files_limits_and_new_code_are_refused", test_refused_calls);
    g_test_add_func("/confine/other_calls_are_refused", test_other_calls_are_refused);
    g_test_add_func("/confine/dangerous_calls_end_the_worker", test_dangerous_calls_end_the_worker);
    g_test_add_func("/confine/clone3_seems_to_be_missing", test_clone3_seems_to_be_missing);
    g_test_add_func("/confine/clone_makes_threads_only", test_clone_makes_threads_only);
    g_test_add_func("/confine/signals_to_others_are_refused", test_signals_to_others);
    g_test_add_func("/confine/memory_is_limited", test_memory_limit);
    g_test_add_func("/confine/threads_are_allowed", test_threads_are_allowed);
    g_test_add_func("/confine/buffer_cannot_be_written", test_buffer_cannot_be_written);
    g_test_add_func("/confine/environment_is_clean", test_environment_is_clean);
    g_test_add_func("/confine/other_descriptors_are_closed", test_descriptors_are_closed);
    g_test_add_func("/confine/words_of_libraries_go_nowhere", test_words_of_libraries_go_nowhere);
    g_test_add_func("/confine/words_of_libraries_can_be_heard",
                    test_words_of_libraries_can_be_heard);
    g_test_add_func("/confine/landlock_alone_denies_files", test_landlock_alone);
    g_test_add_func("/confine/namespace_alone_denies_files", test_namespace_alone);
    g_test_add_func("/confine/worker_without_landlock_is_confined", test_worker_without_landlock);
    g_test_add_func("/confine/worker_that_cannot_lock_is_refused", test_worker_that_cannot_lock);
    g_test_add_func("/confine/unconfined_worker_says_so", test_unconfined_worker_says_so);
    return g_test_run();
}
