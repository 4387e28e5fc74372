// SPDX-License-Identifier: Apache-2.0
//
// A worker program that does on request what a hostile file might make a decoder do, and says what
// came of it. The build makes variants of it by the two macros below.
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "wire/serve.h"

#ifndef TEST_WITHOUT_LANDLOCK
#define TEST_WITHOUT_LANDLOCK false
#endif
#ifndef TEST_PREPARE
#define TEST_PREPARE prepare_nothing
#endif

#define BUFFER_DESCRIPTOR 4 // where serve puts it

extern char **environ;

static bool reply_text(ServeSession *session, const char *text)
{
    serve_reply(session, (const uint8_t *)text, strlen(text));
    return true;
}

// "ok", or the name of what errno says.
static bool reply_result(ServeSession *session, bool succeeded)
{
    return reply_text(session, succeeded ? "ok" : strerrorname_np(errno));
}

// Ends --------------------------------------------------------------------------------------------

static bool do_crash(ServeSession *session, const char *argument)
{
    signal(SIGSEGV, SIG_DFL); // a sanitizer's handler would turn it into something else
    raise(SIGSEGV);
    volatile int *nowhere = NULL;
    *nowhere = 1;
    return true;
}

static bool do_abort(ServeSession *session, const char *argument)
{
    abort();
}

static bool do_exit(ServeSession *session, const char *argument)
{
    _exit(7);
}

static bool do_hang(ServeSession *session, const char *argument)
{
    while (session != NULL)
        nanosleep(&(struct timespec){.tv_sec = 1000}, NULL);
    return true;
}

static bool do_spin(ServeSession *session, const char *argument)
{
    volatile bool goes_on = true;
    while (goes_on)
        ;
    return true;
}

// Uses 0.3 seconds of CPU time.
static bool do_burn(ServeSession *session, const char *argument)
{
    clock_t end = clock() + CLOCKS_PER_SEC * 3 / 10;
    while (clock() < end)
        ;
    return reply_text(session, "ok");
}

static bool do_nonsense(ServeSession *session, const char *argument)
{
    static const uint8_t zeroes[LIMIT_MESSAGE_BYTES + 1];
    serve_reply(session, zeroes, sizeof zeroes);
    return true;
}

static bool do_empty(ServeSession *session, const char *argument)
{
    serve_reply(session, (const uint8_t *)"", 0);
    return true;
}

static bool do_close(ServeSession *session, const char *argument)
{
    close(3);
    return do_hang(session, argument);
}

// Calls that end the process ----------------------------------------------------------------------

static bool do_socket(ServeSession *session, const char *argument)
{
    return reply_result(session, socket(AF_INET, SOCK_STREAM, 0) >= 0);
}

static bool do_fork(ServeSession *session, const char *argument)
{
    return reply_result(session, fork() >= 0);
}

static bool do_exec(ServeSession *session, const char *argument)
{
    char *arguments[] = {(char *)"/bin/true", NULL};
    return reply_result(session, execve(arguments[0], arguments, arguments + 1) == 0);
}

static bool do_ptrace(ServeSession *session, const char *argument)
{
    return reply_result(session, ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0);
}

static bool do_unshare(ServeSession *session, const char *argument)
{
    return reply_result(session, unshare(CLONE_NEWUSER) == 0);
}

// Calls that are refused --------------------------------------------------------------------------

static bool do_open(ServeSession *session, const char *argument)
{
    return reply_result(session, open(argument, O_RDONLY) >= 0);
}

static bool do_create(ServeSession *session, const char *argument)
{
    return reply_result(session, open(argument, O_WRONLY | O_CREAT, 0600) >= 0);
}

static bool do_signal(ServeSession *session, const char *argument)
{
    pid_t other = (pid_t)atoi(argument);
    return reply_result(session, syscall(SYS_tgkill, other, other, SIGTERM) == 0);
}

static bool do_raise_limits(ServeSession *session, const char *argument)
{
    const uint64_t unlimited[2] = {~0ull, ~0ull};
    return reply_result(session, syscall(SYS_prlimit64, 0, 0, unlimited, NULL) == 0);
}

static bool do_run_memory(ServeSession *session, const char *argument)
{
    void *memory =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return reply_result(session, memory != MAP_FAILED);
}

static bool do_make_memory_runnable(ServeSession *session, const char *argument)
{
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return reply_result(session, mprotect(memory, 4096, PROT_READ | PROT_EXEC) == 0);
}

static bool do_allocate(ServeSession *session, const char *argument)
{
    errno = 0;
    void *memory = mmap(NULL, 10ull << 30, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return reply_result(session, memory != MAP_FAILED);
}

// A system call by number with up to three arguments, all of them numbers.
static bool do_call(ServeSession *session, const char *argument)
{
    long number = 0, a = 0, b = 0, c = 0;
    sscanf(argument, "%ld %ld %ld %ld", &number, &a, &b, &c);
    return reply_result(session, syscall(number, a, b, c) >= 0);
}

// The buffer --------------------------------------------------------------------------------------

static bool do_read_buffer(ServeSession *session, const char *argument)
{
    size_t size_bytes;
    const uint8_t *buffer = serve_buffer(session, &size_bytes);
    serve_reply(session, buffer, strnlen((const char *)buffer, size_bytes));
    return true;
}

static bool do_write_buffer(ServeSession *session, const char *argument)
{
    return reply_result(session, write(BUFFER_DESCRIPTOR, "changed", 7) == 7);
}

static bool do_store_in_buffer(ServeSession *session, const char *argument)
{
    size_t size_bytes;
    signal(SIGSEGV, SIG_DFL);
    *(volatile uint8_t *)(uintptr_t)serve_buffer(session, &size_bytes) = 'X';
    return reply_text(session, "ok");
}

static bool do_map_buffer(ServeSession *session, const char *argument)
{
    return reply_result(session, mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED,
                                      BUFFER_DESCRIPTOR, 0) != MAP_FAILED);
}

static bool do_unlock_buffer(ServeSession *session, const char *argument)
{
    size_t size_bytes;
    void *buffer = (void *)(uintptr_t)serve_buffer(session, &size_bytes);
    return reply_result(session, mprotect(buffer, 4096, PROT_READ | PROT_WRITE) == 0);
}

// What is allowed ---------------------------------------------------------------------------------

static bool do_echo(ServeSession *session, const char *argument)
{
    return reply_text(session, argument);
}

static bool do_many(ServeSession *session, const char *argument)
{
    char text[16];
    for (int i = 0; i < atoi(argument); i++) {
        snprintf(text, sizeof text, "%d", i);
        reply_text(session, text);
    }
    return true;
}

static bool do_stderr(ServeSession *session, const char *argument)
{
    return reply_result(session, write(STDERR_FILENO, argument, strlen(argument)) > 0 &&
                                     write(STDOUT_FILENO, argument, strlen(argument)) > 0);
}

static void *run_thread(void *user_data)
{
    prctl(PR_SET_NAME, "tested");
    free(malloc(1000));
    return user_data;
}

static bool do_thread(ServeSession *session, const char *argument)
{
    pthread_t thread;
    void *result = NULL;
    errno = pthread_create(&thread, NULL, run_thread, session);
    bool ran = errno == 0 && pthread_join(thread, &result) == 0 && result == session;
    return reply_result(session, ran);
}

static bool do_environment(ServeSession *session, const char *argument)
{
    g_autofree char *text = g_strjoinv("\n", environ);
    return reply_text(session, text);
}

// The numbers of the descriptors that are open.
static bool do_descriptors(ServeSession *session, const char *argument)
{
    g_autoptr(GString) text = g_string_new(NULL);
    struct stat status;
    for (int i = 0; i < 1024; i++)
        if (fstat(i, &status) == 0)
            g_string_append_printf(text, "%d ", i);
    return reply_text(session, text->str);
}

// -------------------------------------------------------------------------------------------------

static const struct {
    const char *name;
    bool (*run)(ServeSession *session, const char *argument);
} COMMANDS[] = {
    {"abort", do_abort},
    {"allocate", do_allocate},
    {"burn", do_burn},
    {"call", do_call},
    {"close", do_close},
    {"crash", do_crash},
    {"create", do_create},
    {"descriptors", do_descriptors},
    {"echo", do_echo},
    {"empty", do_empty},
    {"environment", do_environment},
    {"exec", do_exec},
    {"exit", do_exit},
    {"fork", do_fork},
    {"hang", do_hang},
    {"make-memory-runnable", do_make_memory_runnable},
    {"many", do_many},
    {"map-buffer", do_map_buffer},
    {"nonsense", do_nonsense},
    {"open", do_open},
    {"ptrace", do_ptrace},
    {"raise-limits", do_raise_limits},
    {"read-buffer", do_read_buffer},
    {"run-memory", do_run_memory},
    {"signal", do_signal},
    {"socket", do_socket},
    {"spin", do_spin},
    {"stderr", do_stderr},
    {"store-in-buffer", do_store_in_buffer},
    {"thread", do_thread},
    {"unlock-buffer", do_unlock_buffer},
    {"unshare", do_unshare},
    {"write-buffer", do_write_buffer},
};

// Sends back what the passed descriptor gives.
static bool read_descriptor(ServeSession *session, int descriptor)
{
    char text[256] = {0};
    if (read(descriptor, text, sizeof text - 1) < 0)
        return reply_result(session, false);
    return reply_text(session, text);
}

static bool handle(ServeSession *session, void *state, const ServeRequest *request)
{
    if (strcmp(state, "begun") != 0)
        return false;
    if (request->descriptor >= 0)
        return read_descriptor(session, request->descriptor);

    g_autofree char *line = g_strndup((const char *)request->message, request->size_bytes);
    char *space = strchr(line, ' ');
    if (space != NULL)
        *space = '\0';
    for (size_t i = 0; i < G_N_ELEMENTS(COMMANDS); i++)
        if (strcmp(COMMANDS[i].name, line) == 0)
            return COMMANDS[i].run(session, space != NULL ? space + 1 : "");
    return false;
}

static const char *versions(void)
{
    return "tested 1.0";
}

static bool prepare_nothing(GError **err)
{
    return true;
}

static void *wait_for_ever(void *user_data)
{
    pause();
    return user_data;
}

static void start_thread_in_child(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_ever, NULL);
}

// A library that starts a thread behind the back of every forked worker.
static bool prepare_thread_in_child(GError **err)
{
    return pthread_atfork(NULL, NULL, start_thread_in_child) == 0;
}

static bool prepare_failure(GError **err)
{
    g_set_error(err, G_FILE_ERROR, 0, "a library is missing");
    return false;
}

static void *begin(GError **err)
{
    static char state[] = "begun";
    return state;
}

int main(int argc, char **argv)
{
    bool (*const prepares[])(GError **) = {prepare_nothing, prepare_thread_in_child,
                                           prepare_failure};
    (void)prepares;
    const ServeProgram program = {
        .name = "test_worker_program",
        .noun = "the tested worker",
        .versions = versions,
        .prepare = TEST_PREPARE,
        .begin = begin,
        .handle = handle,
        .confine = {.memory_bytes = 1ull << 30,
                    .cpu_seconds = 1,
                    .threads = true,
                    .without_landlock = TEST_WITHOUT_LANDLOCK},
    };
    return serve_main(argc, argv, &program);
}
