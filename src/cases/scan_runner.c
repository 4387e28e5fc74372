// SPDX-License-Identifier: Apache-2.0
#include "cases/scan_runner.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib-unix.h>

#include "base/error.h"
#include "cases/scan_job.h"

#define PROGRAM "clew"
#define POLL_US 100000
#define TERM_US (10 * G_TIME_SPAN_SECOND) // until it is killed
#define KEPT_SAID 2048u                   // of what it wrote on standard error

// Where the process finds the database: an argument would show a password to everybody.
#define DATABASE_VARIABLE "CLEW_JOB_DATABASE"

struct ScanRunner {
    ScanRunnerOptions options; // texts are owned
    GMutex lock;
    GPtrArray *runs; // of Run *, owned
};

typedef struct {
    ScanRunner *runner;
    uint64_t job_id;
    char *number, *path;
    GThread *thread;
    bool has_ended;   // guarded by the runner's lock
    bool is_unwanted; // the same
} Run;

static void run_free(void *data)
{
    Run *run = data;
    g_free(run->number);
    g_free(run->path);
    g_free(run);
}

ScanRunner *scan_runner_new(const ScanRunnerOptions *options)
{
    ScanRunner *runner = g_new0(ScanRunner, 1);
    runner->options = *options;
    runner->options.casework.data_folder = g_strdup(options->casework.data_folder);
    runner->options.casework.database = g_strdup(options->casework.database);
    g_mutex_init(&runner->lock);
    runner->runs = g_ptr_array_new_with_free_func(run_free);
    return runner;
}

// ---- The process ------------------------------------------------------------------------------

// Beside this program, in the sister folder of a build tree, or where users' programs are.
static char *find_program(void)
{
    g_autofree char *executable = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(executable != NULL ? executable : ".");
    char *candidates[] = {g_build_filename(folder, PROGRAM, NULL),
                          g_build_filename(folder, "..", PROGRAM, PROGRAM, NULL),
                          g_build_filename(folder, "..", "bin", PROGRAM, NULL)};
    char *found = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(candidates); i++) {
        if (found == NULL && g_file_test(candidates[i], G_FILE_TEST_IS_REGULAR) &&
            access(candidates[i], X_OK) == 0)
            found = g_steal_pointer(&candidates[i]);
        g_free(candidates[i]);
    }
    return found;
}

// Nothing of the server's environment but what the database and the runtime need.
static char **job_environment(const ScanRunner *runner)
{
    static const char *const kept[] = {
        "PGPASSWORD",    "PGPASSFILE", "PGSSLMODE",
        "PGSSLROOTCERT", "TMPDIR",     "ASAN_OPTIONS",
        "UBSAN_OPTIONS", "G_SLICE",    "CLEW_DATABASE_PASSWORD_FILE"};
    char **environment = g_strdupv((char *[]){
        (char *)"LC_ALL=C.UTF-8", (char *)"PATH=/usr/bin:/bin", (char *)"HOME=/nonexistent", NULL});
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++)
        if (g_getenv(kept[i]) != NULL)
            environment = g_environ_setenv(environment, kept[i], g_getenv(kept[i]), TRUE);
    if (runner->options.casework.database != NULL)
        environment = g_environ_setenv(environment, DATABASE_VARIABLE,
                                       runner->options.casework.database, TRUE);
    return environment;
}

// Between fork and exec: the process ends with the thread that started it.
static void die_with_server(gpointer user_data)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
}

static bool spawn(const Run *run, GPid *ret_pid, int *ret_said, GError **err)
{
    const ScanRunner *runner = run->runner;
    g_autofree char *program = find_program();
    g_autofree char *job = g_strdup_printf("%" G_GUINT64_FORMAT, run->job_id);
    g_autofree char *base = g_path_get_basename(run->path);
    g_auto(GStrv) environment = job_environment(runner);
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    if (program == NULL) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                            "cannot find the program clew beside this one");
        return false;
    }
    const char *const given[] = {program, "--data", runner->options.casework.data_folder,
                                 "scan",  "--case", run->number,
                                 "--job", job,      "--evidence",
                                 base};
    for (size_t i = 0; i < G_N_ELEMENTS(given); i++)
        g_ptr_array_add(words, (char *)given[i]);
    if (runner->options.unconfined)
        g_ptr_array_add(words, (char *)"--unconfined");
    g_ptr_array_add(words, (char *)"--");
    g_ptr_array_add(words, run->path);
    g_ptr_array_add(words, NULL);
    return g_spawn_async_with_pipes("/", (char **)words->pdata, environment,
                                    G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL,
                                    die_with_server, NULL, ret_pid, NULL, NULL, ret_said, err);
}

// Keeps the end of what it says.
static void take_said(int descriptor, GString *said)
{
    char bytes[512];
    ssize_t count;
    while ((count = read(descriptor, bytes, sizeof bytes)) > 0) {
        g_string_append_len(said, bytes, count);
        if (said->len > KEPT_SAID)
            g_string_erase(said, 0, (gssize)(said->len - KEPT_SAID));
    }
}

static bool is_unwanted(Run *run)
{
    g_mutex_lock(&run->runner->lock);
    bool unwanted = run->is_unwanted;
    g_mutex_unlock(&run->runner->lock);
    return unwanted;
}

// Waits for the end of the process; asks for it when it is unwanted.
static int wait_for(Run *run, GPid pid, int said_descriptor, GString *said)
{
    int status = 0;
    gint64 asked_us = 0;
    g_unix_set_fd_nonblocking(said_descriptor, TRUE, NULL);
    while (waitpid(pid, &status, WNOHANG) == 0) {
        take_said(said_descriptor, said);
        gint64 now_us = g_get_monotonic_time();
        if (asked_us == 0 && is_unwanted(run)) {
            kill(pid, SIGTERM);
            asked_us = now_us;
        } else if (asked_us != 0 && now_us - asked_us > TERM_US) {
            kill(pid, SIGKILL);
        }
        g_usleep(POLL_US);
    }
    take_said(said_descriptor, said);
    return status;
}

// The last line that it said, without the name of the program.
static char *reason_of(const GString *said, int status)
{
    g_auto(GStrv) lines = g_strsplit(said->str, "\n", -1);
    const char *last = NULL;
    for (char **line = lines; *line != NULL; line++)
        if (**line != '\0' && g_utf8_validate(*line, -1, NULL))
            last = *line;
    if (WIFSIGNALED(status))
        return g_strdup_printf("its process was ended by signal %d", WTERMSIG(status));
    if (last != NULL)
        return g_strdup(g_str_has_prefix(last, PROGRAM ": ") ? last + strlen(PROGRAM ": ") : last);
    return g_strdup_printf("its process ended with status %d", WEXITSTATUS(status));
}

// A process that ended in order has said so itself; then this changes nothing.
static void end_job(Run *run, const char *reason)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Casework) work = casework_open(&run->runner->options.casework, &error);
    const char *state = is_unwanted(run) ? "cancelled" : "failed";
    if (work == NULL || !scan_job_end(work, run->job_id, state, reason, &error))
        g_printerr("clewd: scan %" G_GUINT64_FORMAT ": %s\n", run->job_id, error->message);
}

static gpointer run_job(gpointer data)
{
    Run *run = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) said = g_string_new(NULL);
    GPid pid;
    int descriptor;
    if (spawn(run, &pid, &descriptor, &error)) {
        int status = wait_for(run, pid, descriptor, said);
        close(descriptor);
        g_spawn_close_pid(pid);
        g_autofree char *reason = reason_of(said, status);
        end_job(run, reason);
    } else {
        end_job(run, error->message);
    }
    g_mutex_lock(&run->runner->lock);
    run->has_ended = true;
    g_mutex_unlock(&run->runner->lock);
    return NULL;
}

// ---- The runs ---------------------------------------------------------------------------------

// Under the lock: forgets those that have ended, and counts the others.
static unsigned tidy(ScanRunner *runner)
{
    for (unsigned i = runner->runs->len; i-- > 0;) {
        Run *run = runner->runs->pdata[i];
        if (!run->has_ended)
            continue;
        g_thread_join(run->thread); // it has nothing left to do
        g_ptr_array_remove_index(runner->runs, i);
    }
    return runner->runs->len;
}

bool scan_runner_has_room(ScanRunner *runner, GError **err)
{
    g_mutex_lock(&runner->lock);
    unsigned count = tidy(runner);
    g_mutex_unlock(&runner->lock);
    if (count < SCAN_RUNNER_MAX)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_BUSY, "%u scans are running; wait for one to end",
                count);
    return false;
}

void scan_runner_start(ScanRunner *runner, uint64_t job_id, const char *number, const char *path)
{
    Run *run = g_new0(Run, 1);
    run->runner = runner;
    run->job_id = job_id;
    run->number = g_strdup(number);
    run->path = g_strdup(path);
    g_mutex_lock(&runner->lock);
    g_ptr_array_add(runner->runs, run);
    run->thread = g_thread_new("scan", run_job, run);
    g_mutex_unlock(&runner->lock);
}

bool scan_runner_cancel(ScanRunner *runner, uint64_t job_id)
{
    bool found = false;
    g_mutex_lock(&runner->lock);
    for (unsigned i = 0; i < runner->runs->len; i++) {
        Run *run = runner->runs->pdata[i];
        if (run->job_id == job_id && !run->has_ended)
            found = run->is_unwanted = true;
    }
    g_mutex_unlock(&runner->lock);
    return found;
}

void scan_runner_free(ScanRunner *runner)
{
    if (runner == NULL)
        return;
    g_mutex_lock(&runner->lock);
    for (unsigned i = 0; i < runner->runs->len; i++)
        ((Run *)runner->runs->pdata[i])->is_unwanted = true;
    g_mutex_unlock(&runner->lock);
    for (unsigned i = 0; i < runner->runs->len; i++)
        g_thread_join(((Run *)runner->runs->pdata[i])->thread);
    g_ptr_array_unref(runner->runs);
    g_mutex_clear(&runner->lock);
    g_free((char *)runner->options.casework.data_folder);
    g_free((char *)runner->options.casework.database);
    g_free(runner);
}
