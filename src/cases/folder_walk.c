// SPDX-License-Identifier: Apache-2.0
//
// A stack of open folders. Each level holds the folder's descriptor and its sorted names, so that
// every open is relative to a folder that was itself opened without following links: a path that is
// swapped for a link while the walk runs cannot lead outside.
#include "cases/folder_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "model/path_text.h"

// How long to wait for the list before asking whether the user stopped.
#define LIST_WAIT_MS 100

typedef struct {
    char *path;
    int descriptor;
    GPtrArray *names; // a folder's name ends in '/'
    unsigned next;
    dev_t device;
} Level;

struct FolderWalk {
    FolderWalkOptions options;
    char **paths; // NULL when a list is read
    unsigned next_path;
    int list_descriptor; // -1 when paths are given
    GByteArray *list_bytes;
    bool list_ended;
    char *list_failure;      // to be said as the last entry
    GPtrArray *levels;       // of Level *
    unsigned argument_count; // paths begun so far
};

static void level_free(void *pointer)
{
    Level *level = pointer;
    g_free(level->path);
    g_ptr_array_unref(level->names);
    close(level->descriptor);
    g_free(level);
}

void walk_entry_free(WalkEntry *entry)
{
    if (entry == NULL)
        return;
    if (entry->descriptor >= 0)
        close(entry->descriptor);
    g_free(entry->path);
    g_free(entry->reason);
    g_free(entry);
}

static WalkEntry *entry_new(WalkKind kind, const char *path)
{
    WalkEntry *entry = g_new0(WalkEntry, 1);
    entry->kind = kind;
    entry->path = g_strdup(path);
    entry->descriptor = -1;
    return entry;
}

static WalkEntry *entry_unreadable(const char *path, const char *what, int errno_value)
{
    WalkEntry *entry = entry_new(WALK_UNREADABLE, path);
    entry->reason = g_strdup_printf("%s: %s", what, g_strerror(errno_value));
    return entry;
}

// Every level of a deep tree keeps one descriptor.
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static FolderWalk *walk_new(FolderWalkOptions options)
{
    FolderWalk *walk = g_new0(FolderWalk, 1);
    walk->options = options;
    walk->list_descriptor = -1;
    walk->levels = g_ptr_array_new_with_free_func(level_free);
    raise_descriptor_limit();
    return walk;
}

FolderWalk *folder_walk_new(const char *const *paths, FolderWalkOptions options, GError **err)
{
    for (const char *const *path = paths; *path != NULL; path++) {
        struct stat stat;
        if (fstatat(AT_FDCWD, *path, &stat, AT_SYMLINK_NOFOLLOW) != 0) {
            g_autofree char *shown = path_text_new(*path);
            clew_error_set_errno(err, errno, "cannot examine %s", shown);
            return NULL;
        }
    }
    FolderWalk *walk = walk_new(options);
    walk->paths = g_strdupv((char **)paths);
    return walk;
}

FolderWalk *folder_walk_from_list(int descriptor, FolderWalkOptions options)
{
    FolderWalk *walk = walk_new(options);
    walk->list_descriptor = descriptor;
    walk->list_bytes = g_byte_array_new();
    return walk;
}

void folder_walk_free(FolderWalk *walk)
{
    if (walk == NULL)
        return;
    g_strfreev(walk->paths);
    if (walk->list_descriptor >= 0)
        close(walk->list_descriptor);
    if (walk->list_bytes != NULL)
        g_byte_array_unref(walk->list_bytes);
    g_free(walk->list_failure);
    g_ptr_array_unref(walk->levels);
    g_free(walk);
}

// O_NOATIME is allowed to a file's owner and to root only; others are refused with EPERM.
static int open_quietly(int folder, const char *name, int flags)
{
    flags |= O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
    int descriptor = openat(folder, name, flags | O_NOATIME);
    if (descriptor < 0 && errno == EPERM)
        descriptor = openat(folder, name, flags);
    return descriptor;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// Whether a folder's child is itself a folder; asks the file when the folder does not say.
static bool is_folder(int descriptor, const struct dirent *child)
{
    if (child->d_type != DT_UNKNOWN)
        return child->d_type == DT_DIR;
    struct stat stat;
    return fstatat(descriptor, child->d_name, &stat, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(stat.st_mode);
}

// The sorted names of a folder, or NULL with errno. A trailing '/' on folders makes the order that
// of the full paths.
static GPtrArray *read_names(int descriptor)
{
    int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    DIR *folder = copy >= 0 ? fdopendir(copy) : NULL;
    if (folder == NULL) {
        if (copy >= 0)
            close(copy);
        return NULL;
    }
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    const struct dirent *child;
    errno = 0;
    while ((child = readdir(folder)) != NULL) {
        if (strcmp(child->d_name, ".") != 0 && strcmp(child->d_name, "..") != 0)
            g_ptr_array_add(names, is_folder(descriptor, child)
                                       ? g_strconcat(child->d_name, "/", NULL)
                                       : g_strdup(child->d_name));
        errno = 0;
    }
    int failure = errno;
    closedir(folder);
    if (failure != 0) {
        g_ptr_array_unref(names);
        errno = failure;
        return NULL;
    }
    g_ptr_array_sort(names, compare_names);
    return names;
}

// Descends into an opened folder (takes the descriptor), or returns an entry that says why not.
static WalkEntry *push_level(FolderWalk *walk, int descriptor, const char *path, dev_t device)
{
    if (walk->levels->len >= LIMIT_WALK_DEPTH) {
        close(descriptor);
        WalkEntry *entry = entry_new(WALK_LIMIT, path);
        entry->reason = g_strdup_printf("folders are nested deeper than %u", LIMIT_WALK_DEPTH);
        return entry;
    }
    GPtrArray *names = read_names(descriptor);
    if (names == NULL) {
        int failure = errno;
        close(descriptor);
        return entry_unreadable(path, "cannot list the folder", failure);
    }
    Level *level = g_new0(Level, 1);
    level->path = g_strdup(path);
    level->descriptor = descriptor;
    level->names = names;
    level->device = device;
    g_ptr_array_add(walk->levels, level);
    return NULL;
}

static const char *special_name(mode_t mode)
{
    if (S_ISFIFO(mode))
        return "a FIFO";
    if (S_ISSOCK(mode))
        return "a socket";
    if (S_ISCHR(mode))
        return "a character device";
    return "a block device";
}

static WalkEntry *entry_with_stat(WalkKind kind, const char *path, const struct stat *stat)
{
    WalkEntry *entry = entry_new(kind, path);
    entry->stat = *stat;
    entry->has_stat = true;
    return entry;
}

// The size of an opened file; a block device says it by its end.
static uint64_t size_of(int descriptor, const struct stat *stat)
{
    if (!S_ISBLK(stat->st_mode))
        return (uint64_t)stat->st_size;
    off_t end = lseek(descriptor, 0, SEEK_END);
    return end > 0 ? (uint64_t)end : 0;
}

// Opens `name` below `folder`. Returns its entry; NULL when it was a folder that is now on the
// stack (or one on another file system that --one-file-system leaves out).
static WalkEntry *visit(FolderWalk *walk, int folder, const char *name, const char *path,
                        dev_t device, bool is_argument)
{
    struct stat stat;
    if (fstatat(folder, name, &stat, AT_SYMLINK_NOFOLLOW) != 0)
        return entry_unreadable(path, "cannot look at it", errno);
    if (S_ISLNK(stat.st_mode))
        return entry_with_stat(WALK_LINK, path, &stat);
    bool is_device = is_argument && S_ISBLK(stat.st_mode);
    if (!S_ISREG(stat.st_mode) && !S_ISDIR(stat.st_mode) && !is_device) {
        WalkEntry *entry = entry_with_stat(WALK_SPECIAL, path, &stat);
        entry->what = special_name(stat.st_mode);
        return entry;
    }
    bool other_device = !is_argument && walk->options.one_file_system && stat.st_dev != device;
    if (S_ISDIR(stat.st_mode) && other_device)
        return NULL;
    int descriptor = open_quietly(folder, name, S_ISDIR(stat.st_mode) ? O_DIRECTORY : 0);
    if (descriptor < 0) {
        WalkEntry *entry = entry_unreadable(path, "cannot open it", errno);
        entry->stat = stat;
        entry->has_stat = true;
        return entry;
    }
    struct stat opened;
    if (fstat(descriptor, &opened) != 0 || (opened.st_mode & S_IFMT) != (stat.st_mode & S_IFMT)) {
        close(descriptor);
        return entry_unreadable(path, "it was replaced while it was opened", ESTALE);
    }
    if (S_ISDIR(opened.st_mode))
        return push_level(walk, descriptor, path, opened.st_dev);
    WalkEntry *entry = entry_with_stat(WALK_FILE, path, &opened);
    entry->descriptor = descriptor;
    entry->size_bytes = size_of(descriptor, &opened);
    entry->is_device = is_device;
    return entry;
}

// Stops reading the list; what could not be read is told in a last entry.
static void end_list(FolderWalk *walk, char *failure)
{
    walk->list_ended = true;
    walk->list_failure = failure;
    g_byte_array_set_size(walk->list_bytes, 0);
}

// Waits until the list can be read without blocking. False when the user stopped it.
static bool await_list(FolderWalk *walk)
{
    struct pollfd list = {.fd = walk->list_descriptor, .events = POLLIN};
    do {
        if (walk->options.is_cancelled != NULL && walk->options.is_cancelled())
            return false;
    } while (poll(&list, 1, LIST_WAIT_MS) <= 0);
    return true;
}

// The next NUL-ended path of the list, or NULL at its end. A last path without NUL counts.
static char *next_listed_path(FolderWalk *walk)
{
    for (;;) {
        GByteArray *bytes = walk->list_bytes;
        const uint8_t *end = bytes->len > 0 ? memchr(bytes->data, 0, bytes->len) : NULL;
        if (end != NULL || (walk->list_ended && bytes->len > 0)) {
            unsigned length = end != NULL ? (unsigned)(end - bytes->data) : bytes->len;
            char *path = g_strndup((const char *)bytes->data, length);
            g_byte_array_remove_range(bytes, 0, MIN(length + 1, bytes->len));
            return path;
        }
        if (walk->list_ended)
            return NULL;
        if (bytes->len > LIMIT_LIST_TOKEN_BYTES) {
            end_list(walk, g_strdup_printf("a path in the list is longer than %u bytes",
                                           LIMIT_LIST_TOKEN_BYTES));
            return NULL;
        }
        if (!await_list(walk))
            return NULL;
        uint8_t chunk[4096];
        ssize_t count = read(walk->list_descriptor, chunk, sizeof chunk);
        if (count > 0)
            g_byte_array_append(bytes, chunk, (guint)count);
        else if (count == 0)
            walk->list_ended = true;
        else if (errno != EINTR)
            end_list(walk, g_strdup_printf("cannot read the list: %s", g_strerror(errno)));
    }
}

static char *next_argument(FolderWalk *walk)
{
    if (walk->list_descriptor >= 0)
        return next_listed_path(walk);
    const char *path = walk->paths[walk->next_path];
    if (path == NULL)
        return NULL;
    walk->next_path++;
    return g_strdup(path);
}

static char *child_path(const char *folder, const char *name)
{
    bool has_slash = g_str_has_suffix(folder, "/");
    return g_strconcat(folder, has_slash ? "" : "/", name, NULL);
}

// The next name of the innermost folder; pops it when it is done.
static WalkEntry *next_child(FolderWalk *walk)
{
    Level *level = walk->levels->pdata[walk->levels->len - 1];
    if (level->next == level->names->len) {
        g_ptr_array_remove_index(walk->levels, walk->levels->len - 1);
        return NULL;
    }
    g_autofree char *name = g_strdup(level->names->pdata[level->next++]);
    size_t length = strlen(name);
    if (length > 0 && name[length - 1] == '/')
        name[length - 1] = '\0';
    g_autofree char *path = child_path(level->path, name);
    return visit(walk, level->descriptor, name, path, level->device, false);
}

// Said once, after the last path; then NULL.
static WalkEntry *list_failure_entry(FolderWalk *walk)
{
    if (walk->list_failure == NULL)
        return NULL;
    WalkEntry *entry = entry_new(WALK_UNREADABLE, "(list of files)");
    entry->reason = g_steal_pointer(&walk->list_failure);
    return entry;
}

WalkEntry *folder_walk_next(FolderWalk *walk)
{
    for (;;) {
        WalkEntry *entry;
        if (walk->levels->len > 0) {
            entry = next_child(walk);
        } else {
            g_autofree char *path = next_argument(walk);
            if (path == NULL)
                return list_failure_entry(walk);
            if (*path == '\0')
                continue;
            walk->argument_count++;
            entry = visit(walk, AT_FDCWD, path, path, 0, true);
            if (entry != NULL)
                entry->is_argument = true;
        }
        if (entry != NULL) {
            entry->argument = walk->argument_count - 1;
            return entry;
        }
    }
}
