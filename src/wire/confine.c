// SPDX-License-Identifier: Apache-2.0
#include "wire/confine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "wire/confine_files.h"
#include "wire/confine_filter.h"
#include "wire/sanitizer.h"

// Enough for the standard three, the socket, the buffer, one passed descriptor and some slack.
#define CONFINE_DESCRIPTORS 32

struct Confinement {
    ConfineOptions options;
    ConfineFilter *filter;
};

Confinement *confine_prepare(ConfineOptions options, GError **err)
{
    const ConfineFilterOptions allowed = {.threads = options.threads,
                                          .spools = options.spool_bytes > 0};
    ConfineFilter *filter = confine_filter_new(allowed, err);
    if (filter == NULL)
        return NULL;
    Confinement *confinement = g_new0(Confinement, 1);
    confinement->options = options;
    confinement->filter = filter;
    return confinement;
}

void confinement_free(Confinement *confinement)
{
    if (confinement == NULL)
        return;
    confine_filter_free(confinement->filter);
    g_free(confinement);
}

static bool has_one_thread(GError **err)
{
    DIR *folder = opendir("/proc/self/task");
    if (folder == NULL)
        return clew_error_set_errno(err, errno, "cannot count threads in /proc/self/task");
    unsigned count = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(folder);
    if (count == 1)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL,
                "%u threads exist before the lock, where one may", count);
    return false;
}

static bool limit(int resource, rlim_t soft, rlim_t hard, const char *what, GError **err)
{
    struct rlimit value = {.rlim_cur = soft, .rlim_max = hard};
    if (setrlimit((__rlimit_resource_t)resource, &value) == 0)
        return true;
    return clew_error_set_errno(err, errno, "cannot limit %s", what);
}

// As many as are wanted and the system allows.
static rlim_t descriptors_of(const ConfineOptions *options)
{
    struct rlimit now;
    rlim_t wanted = CONFINE_DESCRIPTORS + options->descriptors;
    if (getrlimit(RLIMIT_NOFILE, &now) == 0 && now.rlim_max != RLIM_INFINITY &&
        now.rlim_max < wanted)
        return now.rlim_max;
    return wanted;
}

// The CPU limit is soft, because the program moves it on with the messages, within a second of what
// is due (worker.c). A sanitizer needs more address space than any limit allows and may write a
// report.
static bool set_limits(const ConfineOptions *options, GError **err)
{
    bool limits_memory = options->memory_bytes > 0 && !SANITIZER_BUILD;
    rlim_t descriptors = descriptors_of(options);
    return limit(RLIMIT_CORE, 0, 0, "core files", err) &&
           limit(RLIMIT_NOFILE, descriptors, descriptors, "descriptors", err) &&
           (SANITIZER_BUILD ||
            limit(RLIMIT_FSIZE, options->spool_bytes, options->spool_bytes, "file sizes", err)) &&
           (options->cpu_seconds == 0 ||
            limit(RLIMIT_CPU, options->cpu_seconds + 1, RLIM_INFINITY, "CPU time", err)) &&
           (!limits_memory ||
            limit(RLIMIT_AS, options->memory_bytes, options->memory_bytes, "memory", err));
}

static bool drop_capabilities(GError **err)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
    if (syscall(SYS_capset, &header, none) == 0)
        return true;
    return clew_error_set_errno(err, errno, "cannot drop capabilities");
}

// When memory runs out the system should take the worker that used it, not the program that holds
// the results. A process that is not dumpable may not say so of itself. Best effort.
static void offer_first_when_memory_runs_out(void)
{
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    int descriptor = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (descriptor < 0)
        return;
    (void)!write(descriptor, "500", 3);
    close(descriptor);
}

static bool set_process_flags(GError **err)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0)
        return true;
    return clew_error_set_errno(err, errno, "cannot set the flags of the process");
}

// Name spaces come first, because entering them changes the credentials, and with them the flags
// and capabilities.
static bool deny_files(const ConfineOptions *options, int *ret_abi, GError **err)
{
    int abi = options->without_landlock ? 0 : confine_landlock_abi();
    bool moved = abi > 0 || confine_by_namespace(err);
    if (!moved)
        g_prefix_error(err, "this kernel has no Landlock, and ");
    *ret_abi = abi;

    bool flagged = set_process_flags(moved ? err : NULL) && drop_capabilities(moved ? err : NULL);
    return moved && flagged && (abi == 0 || confine_by_landlock(abi, err));
}

// Reading any folder's list is a right that both ways take away, except of the empty root.
static bool files_are_denied(GError **err)
{
    int descriptor = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return true;
    close(descriptor);
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL, "files can still be opened after the lock");
    return false;
}

// getppid always succeeds, unless the filter answers in its place.
static bool filter_answers(GError **err)
{
    bool refuses_other_calls = syscall(SYS_getppid) == -1 && errno == EPERM;
    bool refuses_files =
        syscall(SYS_openat, AT_FDCWD, "/", O_RDONLY | O_CLOEXEC) == -1 && errno == EACCES;
    if (refuses_other_calls && refuses_files)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL, "the system call filter does not hold");
    return false;
}

static char *summarise(const ConfineOptions *options, int abi)
{
    GString *text = g_string_new(NULL);
    if (abi > 0)
        g_string_append_printf(text, "landlock %d", abi);
    else
        g_string_append(text, "empty mount namespace");
    g_string_append(text, ", seccomp, no-new-privs");
    if (SANITIZER_BUILD)
        g_string_append(text, ", no memory limit (sanitizer build)");
    else if (options->memory_bytes >= 1u << 30)
        g_string_append_printf(text, ", %" G_GUINT64_FORMAT " GiB", options->memory_bytes >> 30);
    else if (options->memory_bytes > 0)
        g_string_append_printf(text, ", %" G_GUINT64_FORMAT " MiB", options->memory_bytes >> 20);
    return g_string_free(text, FALSE);
}

bool confine_enter(const Confinement *confinement, char **ret_summary, GError **err)
{
    const ConfineOptions *options = &confinement->options;
    int abi = 0;
    offer_first_when_memory_runs_out();
    bool closed = has_one_thread(err) && set_limits(options, err) &&
                  deny_files(options, &abi, err) && files_are_denied(err);
    GError **filter_err = closed ? err : NULL;
    bool filtered =
        confine_filter_load(confinement->filter, filter_err) && filter_answers(filter_err);
    if (!closed || !filtered)
        return false;

    *ret_summary = summarise(options, abi);
    return true;
}
