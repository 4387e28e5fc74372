// SPDX-License-Identifier: Apache-2.0
#include "apps/clew/run_scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "model/path_text.h"
#include "wire/evidence_message.h"

// Some editors write it in front of UTF-8.
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

FolderWalk *walk_of_options(const App *app, const WalkOptions *options, char **arguments,
                            GError **err)
{
    FolderWalkOptions walk_options = {.one_file_system = options->one_file_system,
                                      .is_cancelled = app->is_interrupted};
    bool has_paths = arguments[0] != NULL;
    if (has_paths == (options->files0_from != NULL)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    has_paths ? "give either paths or --files0-from, not both"
                              : "needs at least one path, or --files0-from FILE");
        return NULL;
    }
    if (has_paths)
        return folder_walk_new((const char *const *)arguments, walk_options, err);
    bool is_stdin = strcmp(options->files0_from, "-") == 0;
    int list = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                        : open(options->files0_from, O_RDONLY | O_CLOEXEC);
    if (list < 0) {
        clew_error_set_errno(err, errno, "cannot read the list %s", options->files0_from);
        return NULL;
    }
    return folder_walk_from_list(list, walk_options);
}

bool jobs_of_options(const WalkOptions *options, unsigned *ret_jobs, GError **err)
{
    bool by_itself = options->jobs == OPTION_ABSENT || options->jobs == 0;
    if (!by_itself && options->jobs > JOBS_MAX) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "--jobs must lie between 0 and %u",
                    JOBS_MAX);
        return false;
    }
    *ret_jobs = by_itself ? g_get_num_processors() : (unsigned)options->jobs;
    return true;
}

// One password a line; empty lines are none. An empty password is tried anyway.
static char **read_passwords(const char *path, GError **err)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    size_t length;
    if (!g_file_get_contents(path, &text, &length, &error)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_IO, "cannot read the passwords in %s: %s", path,
                    error->message);
        return NULL;
    }
    if (strlen(text) != length) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "the passwords in %s are no text: byte %zu is NUL; give one a line, in UTF-8",
                    path, strlen(text));
        explicit_bzero(text, length);
        return NULL;
    }
    const char *first =
        g_str_has_prefix(text, BYTE_ORDER_MARK) ? text + strlen(BYTE_ORDER_MARK) : text;
    g_auto(GStrv) lines = g_strsplit(first, "\n", -1);
    explicit_bzero(text, length);
    g_autoptr(GPtrArray) passwords = g_ptr_array_new_with_free_func(g_free);
    for (char **line = lines; *line != NULL; line++) {
        size_t end = strlen(*line);
        if (end > 0 && (*line)[end - 1] == '\r')
            (*line)[--end] = '\0';
        if (end > EVIDENCE_PASSWORD_BYTES) {
            g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                        "line %zu of %s has %zu bytes; a password of more than %u cannot be tried",
                        (size_t)(line - lines) + 1, path, end, EVIDENCE_PASSWORD_BYTES);
            return NULL;
        }
        if (end > 0)
            g_ptr_array_add(passwords, g_strdup(*line));
    }
    if (passwords->len > LIMIT_EVIDENCE_PASSWORDS) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "%s holds %u passwords; at most %u can be tried", path, passwords->len,
                    LIMIT_EVIDENCE_PASSWORDS);
        return NULL;
    }
    g_ptr_array_add(passwords, NULL);
    g_ptr_array_set_free_func(passwords, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&passwords), FALSE);
}

static GTimeZone *read_zone(const char *name, GError **err)
{
    GTimeZone *zone = g_time_zone_new_identifier(name);
    if (zone == NULL)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "--timezone %s is not known; give a name such as Europe/Berlin or an offset "
                    "such as +02:00",
                    name);
    return zone;
}

static Zygote *begin(const char *program, const WalkOptions *options, GError **err)
{
    return zygote_begin(
        (ZygoteOptions){.program = program, .allow_unconfined = options->unconfined}, err);
}

static char *joined(const char *media, const char *evidence)
{
    if (g_str_equal(media, evidence))
        return g_strdup(media);
    return g_strdup_printf("%s; evidence: %s", media, evidence);
}

// Reads what the options name and starts the evidence worker, without waiting for it.
static Workers *begin_workers(const WalkOptions *options, GError **err)
{
    g_autoptr(Workers) workers = g_new0(Workers, 1);
    if (options->timezone != NULL) {
        workers->zone = read_zone(options->timezone, err);
        if (workers->zone == NULL)
            return NULL;
    }
    if (options->passwords != NULL) {
        workers->passwords = read_passwords(options->passwords, err);
        if (workers->passwords == NULL)
            return NULL;
    }
    workers->evidence = begin("clew-evidence-worker", options, err);
    return workers->evidence != NULL ? g_steal_pointer(&workers) : NULL;
}

Workers *evidence_worker_of_options(const WalkOptions *options, GError **err)
{
    g_autoptr(Workers) workers = begin_workers(options, err);
    if (workers == NULL || !zygote_await(workers->evidence, err))
        return NULL;
    return g_steal_pointer(&workers);
}

Workers *workers_of_options(const WalkOptions *options, GError **err)
{
    // Both load their libraries side by side.
    g_autoptr(Workers) workers = begin_workers(options, err);
    if (workers == NULL)
        return NULL;
    workers->media = begin("clew-media-worker", options, err);
    if (workers->media == NULL || !zygote_await(workers->media, err) ||
        !zygote_await(workers->evidence, err))
        return NULL;
    workers->sandbox = joined(zygote_sandbox(workers->media), zygote_sandbox(workers->evidence));
    workers->versions = g_strdup_printf("%s; %s", zygote_versions(workers->media),
                                        zygote_versions(workers->evidence));
    return g_steal_pointer(&workers);
}

EvidenceReaderOptions workers_evidence(const Workers *workers, const WalkOptions *options)
{
    return (EvidenceReaderOptions){.zygote = workers->evidence,
                                   .passwords = (const char *const *)workers->passwords,
                                   .verify_images = options->verify_images,
                                   .zone = workers->zone};
}

void workers_free(Workers *workers)
{
    if (workers == NULL)
        return;
    zygote_free(workers->media);
    zygote_free(workers->evidence);
    for (char **password = workers->passwords; password != NULL && *password != NULL; password++)
        explicit_bzero(*password, strlen(*password));
    g_strfreev(workers->passwords);
    g_clear_pointer(&workers->zone, g_time_zone_unref);
    g_free(workers->sandbox);
    g_free(workers->versions);
    g_free(workers);
}

void own_file_add(GArray *own_files, int descriptor)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode))
        return;
    const ScanOwnFile own = {.device = status.st_dev, .inode = status.st_ino};
    g_array_append_val(own_files, own);
}

GArray *own_files_new(void)
{
    GArray *own_files = g_array_new(FALSE, FALSE, sizeof(ScanOwnFile));
    own_file_add(own_files, STDOUT_FILENO);
    own_file_add(own_files, STDERR_FILENO);
    return own_files;
}

void own_file_say(const App *app, const char *path)
{
    g_autofree char *shown = path_text_new(path);
    if (!app->options.quiet)
        fprintf(stderr, "clew: %s is written by this command and was not read\n", shown);
}

struct ByteCount {
    char **paths;
    bool one_file_system;
    int stop;          // atomic
    gsize total_bytes; // atomic; 0 until all is counted
    GThreadPool *pool;
};

// Also looking at what a folder holds is an access to it.
static DIR *open_folder(const char *path)
{
    int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int descriptor = open(path, flags | O_NOATIME);
    if (descriptor < 0 && errno == EPERM)
        descriptor = open(path, flags);
    DIR *folder = descriptor >= 0 ? fdopendir(descriptor) : NULL;
    if (folder == NULL && descriptor >= 0)
        close(descriptor);
    return folder;
}

// Adds the files in a folder, and lays the folders in it on the stack.
static void count_folder(const ByteCount *count, const char *path, GPtrArray *stack, gsize *total)
{
    struct stat here, status;
    DIR *folder = open_folder(path);
    if (folder == NULL)
        return;
    bool knows_device = fstat(dirfd(folder), &here) == 0;
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL && !g_atomic_int_get(&count->stop)) {
        bool is_entry = !g_str_equal(entry->d_name, ".") && !g_str_equal(entry->d_name, "..");
        if (!is_entry || fstatat(dirfd(folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        bool is_here = knows_device && status.st_dev == here.st_dev;
        if (S_ISREG(status.st_mode))
            *total += (gsize)status.st_size;
        else if (S_ISDIR(status.st_mode) && (is_here || !count->one_file_system))
            g_ptr_array_add(stack, g_build_filename(path, entry->d_name, NULL));
    }
    closedir(folder);
}

static void count_bytes(void *unused, void *user_data)
{
    ByteCount *count = user_data;
    gsize total = 0;
    g_autoptr(GPtrArray) stack = g_ptr_array_new_with_free_func(g_free);
    for (char **path = count->paths; *path != NULL; path++) {
        struct stat status;
        if (lstat(*path, &status) == 0 && S_ISREG(status.st_mode))
            total += (gsize)status.st_size;
        else
            g_ptr_array_add(stack, g_strdup(*path));
    }
    while (stack->len > 0 && !g_atomic_int_get(&count->stop)) {
        g_autofree char *path = g_ptr_array_steal_index_fast(stack, stack->len - 1);
        count_folder(count, path, stack, &total);
    }
    if (!g_atomic_int_get(&count->stop))
        g_atomic_pointer_set(&count->total_bytes, total);
}

ByteCount *byte_count_new(char **paths, bool one_file_system)
{
    ByteCount *count = g_new0(ByteCount, 1);
    count->paths = g_strdupv(paths);
    count->one_file_system = one_file_system;
    count->pool = g_thread_pool_new(count_bytes, count, 1, TRUE, NULL);
    if (count->pool != NULL && paths[0] != NULL)
        g_thread_pool_push(count->pool, count, NULL);
    return count;
}

uint64_t byte_count_total(ByteCount *count)
{
    return (uint64_t)(gsize)g_atomic_pointer_get(&count->total_bytes);
}

void byte_count_free(ByteCount *count)
{
    if (count == NULL)
        return;
    g_atomic_int_set(&count->stop, 1);
    if (count->pool != NULL)
        g_thread_pool_free(count->pool, FALSE, TRUE);
    g_strfreev(count->paths);
    g_free(count);
}
