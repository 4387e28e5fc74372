// SPDX-License-Identifier: Apache-2.0
//
// FolderWalk: the files below the given paths, in the byte order of their full paths (the order of
// `LC_ALL=C sort`), each opened read-only for its consumer. Symbolic links are not followed; FIFOs,
// sockets and devices are named and not opened, but for block devices that are themselves a path;
// descriptors are opened with O_NOFOLLOW, O_NONBLOCK and, where allowed, O_NOATIME. What cannot be
// opened is an entry that says why.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

typedef struct FolderWalk FolderWalk;

typedef enum {
    WALK_FILE,       // `descriptor` is open, yours to close
    WALK_LINK,       // symbolic link, not followed
    WALK_SPECIAL,    // FIFO, socket or device, not opened
    WALK_UNREADABLE, // could not be opened, listed or found: see `reason`
    WALK_LIMIT,      // a limit stopped the walk here: see `reason`
} WalkKind;

typedef struct {
    WalkKind kind;
    char *path; // bytes as the system has them
    int descriptor;
    struct stat stat; // zero when the file could not be asked
    bool has_stat;
    uint64_t size_bytes; // WALK_FILE: of the file or block device
    bool is_device;      // WALK_FILE: a block device that was named by the user
    unsigned argument;   // number of the path it was found under, from 0
    const char *what;    // WALK_SPECIAL: "a FIFO", "a socket", "a block device" …
    char *reason;        // WALK_UNREADABLE, WALK_LIMIT
    bool is_argument;    // named by the user, not found by walking
} WalkEntry;

typedef struct {
    bool one_file_system;
    bool (*is_cancelled)(void); // asked while a list is awaited; true ends it; may be NULL
} FolderWalkOptions;

// Walks `paths` (NULL-terminated, in their order). CLEW_ERROR_NOT_FOUND or _DENIED when one of them
// does not exist or cannot be looked at: nothing is walked then.
FolderWalk *folder_walk_new(const char *const *paths, FolderWalkOptions options, GError **err);

// A list of NUL-separated paths from a descriptor (--files0-from), asked one at a time; a path that
// does not exist becomes an entry. Takes the descriptor.
FolderWalk *folder_walk_from_list(int descriptor, FolderWalkOptions options);

// The next entry, or NULL at the end. Yours to free.
WalkEntry *folder_walk_next(FolderWalk *walk);

void walk_entry_free(WalkEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WalkEntry, walk_entry_free)

void folder_walk_free(FolderWalk *walk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FolderWalk, folder_walk_free)
