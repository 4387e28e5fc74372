// SPDX-License-Identifier: Apache-2.0
#include "cases/list_source.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "hash/digest.h"

struct ListSourceDigest {
    int descriptor; // borrowed
    char *name;
    bool is_file;
    struct stat before;
    GThread *thread; // NULL when joined, or no file
    int cancelled;   // atomic
    bool ok;
    DigestSet digests;
    DigestFdResult result;
};

static bool go_on(uint64_t bytes_read, void *user)
{
    ListSourceDigest *source = user;
    return g_atomic_int_get(&source->cancelled) == 0;
}

static gpointer digest_file(gpointer data)
{
    ListSourceDigest *source = data;
    DigestState *state = digest_state_new(DIGEST_ENGINE_AUTO);
    if (state == NULL) {
        source->result = (DigestFdResult){.status = DIGEST_FD_ERROR, .error = errno};
        return NULL;
    }
    DigestFdOptions options = {.single = true, .progress = go_on, .user = source};
    source->ok = digest_fd(state, source->descriptor, &options, &source->digests, &source->result);
    digest_state_free(state);
    return NULL;
}

ListSourceDigest *list_source_digest_begin(int descriptor, const char *name)
{
    ListSourceDigest *source = g_new0(ListSourceDigest, 1);
    source->descriptor = descriptor;
    source->name = g_strdup(name);
    source->is_file = fstat(descriptor, &source->before) == 0 && S_ISREG(source->before.st_mode);
    if (source->is_file)
        source->thread = g_thread_new("list digest", digest_file, source);
    return source;
}

bool list_source_is_file(const ListSourceDigest *source)
{
    return source->is_file;
}

uint64_t list_source_bytes(const ListSourceDigest *source)
{
    return (uint64_t)source->before.st_size;
}

static void join(ListSourceDigest *source)
{
    if (source->thread != NULL)
        g_thread_join(g_steal_pointer(&source->thread));
}

static bool is_unchanged(const ListSourceDigest *source)
{
    const struct stat *before = &source->before;
    struct stat now;
    return fstat(source->descriptor, &now) == 0 && now.st_size == before->st_size &&
           now.st_mtim.tv_sec == before->st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == before->st_mtim.tv_nsec &&
           source->result.bytes == (uint64_t)before->st_size;
}

bool list_source_digest_end(ListSourceDigest *source, uint8_t ret_sha256[SHA256_BYTES],
                            GError **err)
{
    g_assert(source->is_file);
    join(source);
    if (!source->ok)
        return clew_error_set_errno(err, source->result.error, "cannot read %s", source->name);
    if (!is_unchanged(source)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "%s changed while it was read; nothing was imported", source->name);
        return false;
    }
    memcpy(ret_sha256, source->digests.sha256, SHA256_BYTES);
    return true;
}

void list_source_digest_free(ListSourceDigest *source)
{
    if (source == NULL)
        return;
    g_atomic_int_set(&source->cancelled, 1);
    join(source);
    g_free(source->name);
    g_free(source);
}
