// SPDX-License-Identifier: Apache-2.0
//
// A preloaded library that makes one system call of the program under test fail, to see that it
// ends cleanly wherever that happens. Counts calls of each class and fails the Nth of one.
//
//   LD_PRELOAD=…/libfault_shim.so
//   CLEW_FAULT_PROGRAM=clew        only in programs of this name; others run as they are
//   CLEW_FAULT=CLASS:N:ERROR       ERROR: EIO, ENOSPC, EMFILE, ENOMEM, EINTR or SHORT (half of it)
//   CLEW_FAULT=count               fail nothing
//   CLEW_FAULT_COUNTS=FILE         at exit, one line "CLASS COUNT" for each class
//
// Classes: open, read (read, pread), write (write, pwrite), sync (fsync, fdatasync), rename
// (rename, renameat2, link, unlink, ftruncate), alloc (malloc, calloc, realloc, mmap of at least
// LARGE).
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#define LARGE (1u << 20) // smaller ones may abort the program (GLib)
#define EXPORT __attribute__((visibility("default")))

typedef enum {
    CLASS_OPEN,
    CLASS_READ,
    CLASS_WRITE,
    CLASS_SYNC,
    CLASS_RENAME,
    CLASS_ALLOC,
    CLASS_COUNT,
} Class;

static const char *const class_names[CLASS_COUNT] = {"open", "read",   "write",
                                                     "sync", "rename", "alloc"};

static struct {
    bool active;
    Class failing;
    unsigned long at; // 0: nothing fails
    int error;        // 0: a short transfer
    pid_t owner;      // forked children do not count
    _Atomic unsigned long calls[CLASS_COUNT];
} shim;

static int error_of_name(const char *name)
{
    static const struct {
        const char *name;
        int error;
    } rows[] = {{"EIO", EIO},       {"ENOSPC", ENOSPC}, {"EMFILE", EMFILE},
                {"ENOMEM", ENOMEM}, {"EINTR", EINTR},   {"SHORT", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(name, rows[i].name) == 0)
            return rows[i].error;
    abort();
}

static bool is_named_program(void)
{
    char path[4096];
    const char *wanted = getenv("CLEW_FAULT_PROGRAM");
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (wanted == NULL || length <= 0)
        return false;
    path[length] = '\0';
    const char *name = strrchr(path, '/');
    return name != NULL && strcmp(name + 1, wanted) == 0;
}

__attribute__((constructor)) static void start(void)
{
    const char *fault = getenv("CLEW_FAULT");
    if (fault == NULL || !is_named_program())
        return;
    char class_name[16], error_name[16];
    unsigned long at = 0;
    if (sscanf(fault, "%15[a-z]:%lu:%15[A-Z]", class_name, &at, error_name) == 3) {
        for (unsigned i = 0; i < CLASS_COUNT; i++)
            if (strcmp(class_names[i], class_name) == 0)
                shim.failing = (Class)i;
        shim.error = error_of_name(error_name);
        shim.at = at;
    }
    shim.owner = getpid();
    shim.active = true;
}

__attribute__((destructor)) static void stop(void)
{
    const char *path = getenv("CLEW_FAULT_COUNTS");
    if (!shim.active || path == NULL || getpid() != shim.owner)
        return;
    shim.active = false;
    FILE *file = fopen(path, "w");
    if (file == NULL)
        abort();
    for (unsigned i = 0; i < CLASS_COUNT; i++)
        fprintf(file, "%s %lu\n", class_names[i], atomic_load(&shim.calls[i]));
    fclose(file);
}

// Counts one call; true when it is the one that fails.
static bool is_failing(Class class)
{
    if (!shim.active)
        return false;
    unsigned long number = atomic_fetch_add(&shim.calls[class], 1) + 1;
    return number == shim.at && class == shim.failing && getpid() == shim.owner;
}

static int fail(void)
{
    errno = shim.error;
    return -1;
}

// The next definition of a function, found once.
#define NEXT(name)                                                                                 \
    static __typeof__(&name) next;                                                                 \
    if (next == NULL)                                                                              \
    next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static bool takes_mode(int flags)
{
    return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

#define OPEN_MODE(flags, mode)                                                                     \
    mode_t mode = 0;                                                                               \
    if (takes_mode(flags)) {                                                                       \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode = va_arg(rest, mode_t);                                                               \
        va_end(rest);                                                                              \
    }

EXPORT int open(const char *path, int flags, ...)
{
    OPEN_MODE(flags, mode)
    NEXT(open);
    return is_failing(CLASS_OPEN) && shim.error ? fail() : next(path, flags, mode);
}

EXPORT int open64(const char *path, int flags, ...)
{
    OPEN_MODE(flags, mode)
    NEXT(open64);
    return is_failing(CLASS_OPEN) && shim.error ? fail() : next(path, flags, mode);
}

EXPORT int openat(int folder, const char *path, int flags, ...)
{
    OPEN_MODE(flags, mode)
    NEXT(openat);
    return is_failing(CLASS_OPEN) && shim.error ? fail() : next(folder, path, flags, mode);
}

EXPORT int openat64(int folder, const char *path, int flags, ...)
{
    OPEN_MODE(flags, mode)
    NEXT(openat64);
    return is_failing(CLASS_OPEN) && shim.error ? fail() : next(folder, path, flags, mode);
}

// Half of a transfer, but never nothing: nothing would mean the end of the file.
static size_t half(size_t size)
{
    return size > 1 ? size / 2 : size;
}

#define TRANSFER(class, ...)                                                                       \
    bool failing = is_failing(class);                                                              \
    if (failing && shim.error)                                                                     \
        return fail();                                                                             \
    if (failing)                                                                                   \
        size = half(size);                                                                         \
    return next(__VA_ARGS__)

EXPORT ssize_t read(int descriptor, void *target, size_t size)
{
    NEXT(read);
    TRANSFER(CLASS_READ, descriptor, target, size);
}

EXPORT ssize_t pread(int descriptor, void *target, size_t size, off_t offset)
{
    NEXT(pread);
    TRANSFER(CLASS_READ, descriptor, target, size, offset);
}

EXPORT ssize_t pread64(int descriptor, void *target, size_t size, off64_t offset)
{
    NEXT(pread64);
    TRANSFER(CLASS_READ, descriptor, target, size, offset);
}

EXPORT ssize_t write(int descriptor, const void *source, size_t size)
{
    NEXT(write);
    TRANSFER(CLASS_WRITE, descriptor, source, size);
}

EXPORT ssize_t pwrite(int descriptor, const void *source, size_t size, off_t offset)
{
    NEXT(pwrite);
    TRANSFER(CLASS_WRITE, descriptor, source, size, offset);
}

EXPORT ssize_t pwrite64(int descriptor, const void *source, size_t size, off64_t offset)
{
    NEXT(pwrite64);
    TRANSFER(CLASS_WRITE, descriptor, source, size, offset);
}

EXPORT int fsync(int descriptor)
{
    NEXT(fsync);
    return is_failing(CLASS_SYNC) && shim.error ? fail() : next(descriptor);
}

EXPORT int fdatasync(int descriptor)
{
    NEXT(fdatasync);
    return is_failing(CLASS_SYNC) && shim.error ? fail() : next(descriptor);
}

EXPORT int rename(const char *from, const char *to)
{
    NEXT(rename);
    return is_failing(CLASS_RENAME) && shim.error ? fail() : next(from, to);
}

EXPORT int renameat2(int from_folder, const char *from, int to_folder, const char *to,
                     unsigned flags)
{
    NEXT(renameat2);
    return is_failing(CLASS_RENAME) && shim.error ? fail()
                                                  : next(from_folder, from, to_folder, to, flags);
}

EXPORT int link(const char *from, const char *to)
{
    NEXT(link);
    return is_failing(CLASS_RENAME) && shim.error ? fail() : next(from, to);
}

EXPORT int unlink(const char *path)
{
    NEXT(unlink);
    return is_failing(CLASS_RENAME) && shim.error ? fail() : next(path);
}

EXPORT int ftruncate(int descriptor, off_t length)
{
    NEXT(ftruncate);
    return is_failing(CLASS_RENAME) && shim.error ? fail() : next(descriptor, length);
}

EXPORT int ftruncate64(int descriptor, off64_t length)
{
    NEXT(ftruncate64);
    return is_failing(CLASS_RENAME) && shim.error ? fail() : next(descriptor, length);
}

// The allocator's own entry points, because dlsym itself allocates.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);

static void *no_memory(void)
{
    errno = ENOMEM;
    return NULL;
}

EXPORT void *malloc(size_t size)
{
    if (size >= LARGE && is_failing(CLASS_ALLOC))
        return no_memory();
    return __libc_malloc(size);
}

EXPORT void *calloc(size_t count, size_t size)
{
    if (count > 0 && size >= LARGE / count && is_failing(CLASS_ALLOC))
        return no_memory();
    return __libc_calloc(count, size);
}

EXPORT void *realloc(void *block, size_t size)
{
    if (size >= LARGE && is_failing(CLASS_ALLOC))
        return no_memory();
    return __libc_realloc(block, size);
}

// Straight to the kernel: the allocator maps through its own entry, not through this one.
EXPORT void *mmap(void *at, size_t size, int protection, int flags, int descriptor, off_t offset)
{
    if (size >= LARGE && is_failing(CLASS_ALLOC)) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return (void *)syscall(SYS_mmap, at, size, protection, flags, descriptor, offset);
}

EXPORT void *mmap64(void *at, size_t size, int protection, int flags, int descriptor,
                    off64_t offset)
{
    return mmap(at, size, protection, flags, descriptor, offset);
}
