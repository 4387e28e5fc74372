// SPDX-License-Identifier: Apache-2.0
#include "wire/confine_files.h"

#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"

// The kernel's own structure as of ABI 6; older kernels are given its first members only. Spelled
// out because the header of the build machine may be older than the kernel Clew runs on.
typedef struct {
    uint64_t handled_files;
    uint64_t handled_network; // ABI 4
    uint64_t scoped;          // ABI 6
} LandlockRuleset;

#define LANDLOCK_VERSION_FLAG 1u

// Bits of each right, by the ABI that brought it (linux/landlock.h).
#define FILES_ABI_1 0x1fffu // execute … make_sym
#define FILES_ABI_2 0x2000u // refer
#define FILES_ABI_3 0x4000u // truncate
#define FILES_ABI_5 0x8000u // ioctl_dev
#define NETWORK_ABI_4 0x3u  // bind_tcp, connect_tcp
#define SCOPE_ABI_6 0x3u    // abstract Unix sockets, signals

int confine_landlock_abi(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_VERSION_FLAG);
    return abi > 0 ? (int)abi : 0;
}

static LandlockRuleset everything(int abi)
{
    return (LandlockRuleset){
        .handled_files = FILES_ABI_1 | (abi >= 2 ? FILES_ABI_2 : 0) | (abi >= 3 ? FILES_ABI_3 : 0) |
                         (abi >= 5 ? FILES_ABI_5 : 0),
        .handled_network = abi >= 4 ? NETWORK_ABI_4 : 0,
        .scoped = abi >= 6 ? SCOPE_ABI_6 : 0,
    };
}

bool confine_by_landlock(int abi, GError **err)
{
    LandlockRuleset rules = everything(abi);
    size_t size_bytes = abi >= 6   ? sizeof rules
                        : abi >= 4 ? offsetof(LandlockRuleset, scoped)
                                   : offsetof(LandlockRuleset, handled_network);

    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, size_bytes, 0u);
    bool locked = ruleset >= 0 && syscall(SYS_landlock_restrict_self, ruleset, 0u) == 0;
    int saved_errno = errno;
    if (ruleset >= 0)
        close(ruleset);
    if (!locked)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED, "cannot enter Landlock: %s",
                    g_strerror(saved_errno));
    return locked;
}

// Any folder serves as the place to mount on, since it is only seen by this process; these exist
// on every system.
static bool mount_empty(void)
{
    static const char *const places[] = {"/tmp", "/proc", "/dev"};
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
        if (mount("none", places[i], "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
                  "mode=0555,size=4k,nr_inodes=2") == 0)
            return chdir(places[i]) == 0;
    return false;
}

bool confine_by_namespace(GError **err)
{
    // pivot_root(".", ".") stacks the old root over the new one, so that the second "." unmounts
    // it.
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC) == 0 &&
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 && mount_empty() &&
        syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0 &&
        chdir("/") == 0 &&
        mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
              NULL) == 0)
        return true;

    g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                "cannot enter an empty mount namespace: %s", g_strerror(errno));
    return false;
}
