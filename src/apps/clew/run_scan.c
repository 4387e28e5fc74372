// SPDX-License-Identifier: Apache-2.0
#include "apps/clew/run_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

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

Zygote *zygote_of_options(const WalkOptions *options, GError **err)
{
    return zygote_start(
        (ZygoteOptions){.program = "clew-media-worker", .allow_unconfined = options->unconfined},
        err);
}

struct ByteCount {
    char **paths;
    bool one_file_system;
    int stop;          // atomic
    gsize total_bytes; // atomic; 0 until all is counted
    GThreadPool *pool;
};

static void count_bytes(void *unused, void *user_data)
{
    ByteCount *count = user_data;
    int flags = FTS_PHYSICAL | FTS_NOCHDIR | (count->one_file_system ? FTS_XDEV : 0);
    FTS *tree = fts_open(count->paths, flags, NULL);
    if (tree == NULL)
        return;
    gsize total = 0;
    const FTSENT *node;
    while ((node = fts_read(tree)) != NULL && !g_atomic_int_get(&count->stop))
        if (node->fts_info == FTS_F)
            total += (gsize)node->fts_statp->st_size;
    fts_close(tree);
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
