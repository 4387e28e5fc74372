// SPDX-License-Identifier: Apache-2.0
//
// What decoders need was found by running every format (tests/unit/probe). Three answers other
// than "yes" exist, and which one a call gets matters: libraries that probe for a file or a
// terminal carry on after EACCES or ENOTTY, glibc falls back from clone3 to clone after ENOSYS,
// and what no decoder ever does for good reason ends the process.
#include "wire/confine_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"

struct ConfineFilter {
    struct sock_fprog program;
};

// Memory, the socket to the program, descriptors it passed, time, and the way out.
static const char *const ALLOWED[] = {
    "read",
    "write",
    "readv",
    "writev",
    "pread64",
    "lseek",
    "brk",
    "munmap",
    "mremap",
    "madvise",
    "futex",
    "exit",
    "exit_group",
    "rt_sigreturn",
    "rt_sigprocmask",
    "sigaltstack",
    "close",
    "fstat",
    "restart_syscall",
    "recvmsg",
    "sendmsg",
    "recvfrom",
    "sendto",
    "getrandom",
    "clock_gettime",
    "gettimeofday",
    "time",
    "getpid",
    "gettid",
    "sched_yield",
    "clock_nanosleep",
    "nanosleep",
    "getrusage",
    "tgkill",
};

static const char *const ALLOWED_WITH_THREADS[] = {
    "rt_sigaction", "set_robust_list", "rseq", "sched_getaffinity", "sysinfo", "getcpu",
};

static const char *const REFUSED_AS_FILES[] = {
    "open",   "openat",    "openat2",    "creat",    "stat",       "lstat",     "statx",
    "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getcwd",    "chdir",
    "mkdir",  "mkdirat",   "unlink",     "unlinkat", "rename",     "renameat2", "statfs",
};

// No decoder does these for a good reason: the process ends at once.
static const char *const KILLED[] = {
    "execve",
    "execveat",
    "fork",
    "vfork",
    "socket",
    "socketpair",
    "connect",
    "bind",
    "listen",
    "accept",
    "accept4",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "kcmp",
    "pidfd_open",
    "pidfd_getfd",
    "pidfd_send_signal",
    "process_madvise",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "keyctl",
    "add_key",
    "request_key",
    "unshare",
    "setns",
    "mount",
    "umount2",
    "pivot_root",
    "chroot",
    "open_tree",
    "move_mount",
    "fsopen",
    "fsconfig",
    "fsmount",
    "mount_setattr",
    "init_module",
    "finit_module",
    "delete_module",
    "kexec_load",
    "kexec_file_load",
    "reboot",
    "swapon",
    "swapoff",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "open_by_handle_at",
    "personality",
    "acct",
    "quotactl",
    "iopl",
    "ioperm",
    "modify_ldt",
    "shmget",
    "msgget",
    "semget",
    "mq_open",
};

// Adds one rule for a call by name; names this architecture lacks are passed over.
static int add_rule(scmp_filter_ctx context, uint32_t action, const char *name,
                    unsigned argument_count, struct scmp_arg_cmp argument)
{
    int number = seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR)
        return 0;
    int result = seccomp_rule_add_array(context, action, number, argument_count,
                                        argument_count > 0 ? &argument : NULL);
    return result == -EEXIST ? 0 : result;
}

static int add_all(scmp_filter_ctx context, uint32_t action, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int result = add_rule(context, action, names[i], 0, (struct scmp_arg_cmp){0});
        if (result < 0)
            return result;
    }
    return 0;
}

// Calls whose arguments decide.
typedef struct {
    uint32_t action;
    const char *name;
    struct scmp_arg_cmp argument;
} ArgumentRule;

static int add_argument_rules(scmp_filter_ctx context, const ArgumentRule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int result = add_rule(context, rules[i].action, rules[i].name, 1, rules[i].argument);
        if (result < 0)
            return result;
    }
    return 0;
}

static int add_common_rules(scmp_filter_ctx context)
{
    const ArgumentRule rules[] = {
        // No new code: memory is never both made by a decoder and run.
        {SCMP_ACT_ALLOW, "mmap", SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
        {SCMP_ACT_ALLOW, "mprotect", SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
        // fstat() of glibc is newfstatat of a descriptor with an empty path.
        {SCMP_ACT_ALLOW, "newfstatat", SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH)},
        {SCMP_ACT_ERRNO(EACCES), "newfstatat", SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, 0)},
    };

    int result = add_all(context, SCMP_ACT_ALLOW, ALLOWED, G_N_ELEMENTS(ALLOWED));
    if (result == 0)
        result = add_all(context, SCMP_ACT_ERRNO(EACCES), REFUSED_AS_FILES,
                         G_N_ELEMENTS(REFUSED_AS_FILES));
    if (result == 0)
        result = add_all(context, SCMP_ACT_KILL_PROCESS, KILLED, G_N_ELEMENTS(KILLED));
    if (result == 0)
        result = add_argument_rules(context, rules, G_N_ELEMENTS(rules));
    if (result == 0)
        result = add_rule(context, SCMP_ACT_ERRNO(ENOTTY), "ioctl", 0, (struct scmp_arg_cmp){0});
    if (result == 0)
        result = add_rule(context, SCMP_ACT_ERRNO(ENOSYS), "clone3", 0, (struct scmp_arg_cmp){0});
    return result;
}

// A thread shares memory and belongs to the process; besides these two flags only the ones that
// thread libraries pass may be set, so no clone makes a process or a namespace.
static int add_thread_rules(scmp_filter_ctx context)
{
    const uint64_t needed = CLONE_VM | CLONE_THREAD;
    const uint64_t optional = CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_SYSVSEM |
                              CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID |
                              CLONE_CHILD_SETTID | CLONE_DETACHED;
    const ArgumentRule rules[] = {
        {SCMP_ACT_ALLOW, "clone", SCMP_A0(SCMP_CMP_MASKED_EQ, ~optional, needed)},
        {SCMP_ACT_KILL_PROCESS, "clone", SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)},
        {SCMP_ACT_ALLOW, "prctl", SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME)},
    };

    int result =
        add_all(context, SCMP_ACT_ALLOW, ALLOWED_WITH_THREADS, G_N_ELEMENTS(ALLOWED_WITH_THREADS));
    return result < 0 ? result : add_argument_rules(context, rules, G_N_ELEMENTS(rules));
}

static int add_rules(scmp_filter_ctx context, ConfineFilterOptions options)
{
    int result = seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (result == 0)
        result = seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    if (result == 0)
        result = add_common_rules(context);
    if (result == 0 && options.spools)
        result = add_rule(context, SCMP_ACT_ALLOW, "pwrite64", 0, (struct scmp_arg_cmp){0});
    if (result < 0)
        return result;
    return options.threads
               ? add_thread_rules(context)
               : add_rule(context, SCMP_ACT_KILL_PROCESS, "clone", 0, (struct scmp_arg_cmp){0});
}

// libseccomp writes the compiled program to a descriptor only.
static int export_program(scmp_filter_ctx context, struct sock_fprog *ret_program)
{
    int descriptor = memfd_create("filter", MFD_CLOEXEC);
    if (descriptor < 0)
        return -errno;

    struct stat status;
    int result = seccomp_export_bpf(context, descriptor);
    if (result == 0 && fstat(descriptor, &status) < 0)
        result = -errno;
    if (result == 0) {
        size_t size_bytes = (size_t)status.st_size;
        ret_program->len = (unsigned short)(size_bytes / sizeof(struct sock_filter));
        ret_program->filter = g_malloc(size_bytes);
        if (pread(descriptor, ret_program->filter, size_bytes, 0) != (ssize_t)size_bytes)
            result = -EIO;
    }
    close(descriptor);
    return result;
}

ConfineFilter *confine_filter_new(ConfineFilterOptions options, GError **err)
{
    g_autoptr(ConfineFilter) filter = g_new0(ConfineFilter, 1);
    scmp_filter_ctx context = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int result = context == NULL ? -ENOMEM : add_rules(context, options);
    if (result == 0)
        result = export_program(context, &filter->program);
    seccomp_release(context);
    if (result < 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                    "cannot build the system call filter: %s", g_strerror(-result));
        return NULL;
    }
    return g_steal_pointer(&filter);
}

static bool load(const struct sock_fprog *program, GError **err)
{
    long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, program);
    if (result == 0)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED, "cannot load the system call filter: %s",
                result > 0 ? "a thread refused it" : g_strerror(errno));
    return false;
}

// The process may signal itself (abort needs it) and nobody else. Its id is known only in the
// child, hence a second small program; of two filters the stricter answer counts.
static bool load_own_signals(GError **err)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)getpid(), 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = G_N_ELEMENTS(rules), .filter = rules};
    return load(&program, err);
}

bool confine_filter_load(const ConfineFilter *filter, GError **err)
{
    return load_own_signals(err) && load(&filter->program, err);
}

void confine_filter_free(ConfineFilter *filter)
{
    if (filter == NULL)
        return;
    g_free(filter->program.filter);
    g_free(filter);
}
