// SPDX-License-Identifier: Apache-2.0
//
// How a worker locks itself before it reads the first hostile byte. Two steps, because the first is
// slow and the same for every worker: confine_prepare() in the zygote compiles the system call
// filter, confine_enter() in the forked child closes the door behind itself, for good:
//
//   no new privileges, no capabilities, not dumpable, dies with its parent
//   limits on memory, CPU time, descriptors; no core file, no file writing; first to go when the
//     system runs out of memory
//   file system and network denied: Landlock (every right the kernel knows), or, where it is
//     missing, an empty read-only mount namespace without a network
//   system calls: an allow-list; open and its kind answer EACCES, clone3 ENOSYS, the rest EPERM;
//     exec, fork, sockets, ptrace, namespaces and their kind kill the process
//
// A thread that was born before would keep its rights, so exactly one may exist.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t memory_bytes; // RLIMIT_AS; 0: none
    unsigned cpu_seconds;  // CPU time allowed between two messages; 0: no limit
    bool threads;          // the libraries inside start threads
    uint64_t spool_bytes;  // may write so much into a file that was passed to it; 0: none
    unsigned descriptors;  // that may be passed to it; 0: a few
    bool without_landlock; // as on a kernel that lacks it, for tests of the other way
} ConfineOptions;

typedef struct Confinement Confinement;

// CLEW_ERROR_UNSUPPORTED when the filter cannot be built here.
Confinement *confine_prepare(ConfineOptions options, GError **err);

void confinement_free(Confinement *confinement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Confinement, confinement_free)

// Locks the process and checks that the lock holds. *ret_summary (newly allocated) is one line for
// provenance: "landlock 7, seccomp, no-new-privs, 3 GiB". On failure (CLEW_ERROR_UNSUPPORTED, or
// _INTERNAL when a second thread exists) what could be locked is, and the process must not read
// input unless the user asked for that.
bool confine_enter(const Confinement *confinement, char **ret_summary, GError **err);
