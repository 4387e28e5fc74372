// SPDX-License-Identifier: Apache-2.0
#include "cases/retrieve.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json_writer.h"
#include "cases/folder_walk.h"
#include "hash/digest.h"
#include "model/path_text.h"

#define PIECE_BYTES (1u << 20)

void retrieved_clear(Retrieved *retrieved)
{
    g_free(retrieved->path);
    g_free(retrieved->locator);
    *retrieved = (Retrieved){0};
}

// Everything passes here: it is digested and handed on.
typedef struct {
    RetrieveWrite *write;
    void *user_data;
    bool (*is_cancelled)(void);
    DigestState *digest;
    uint64_t size_bytes;
    GError *error;
} Output;

static bool hand_on(void *user_data, const uint8_t *bytes, size_t size_bytes)
{
    Output *output = user_data;
    if (output->is_cancelled != NULL && output->is_cancelled()) {
        g_set_error(&output->error, CLEW_ERROR, CLEW_ERROR_CANCELLED, "interrupted");
        return false;
    }
    digest_state_update(output->digest, bytes, size_bytes);
    output->size_bytes += size_bytes;
    return output->write(output->user_data, bytes, size_bytes, &output->error);
}

static bool copy_file(const WalkEntry *entry, Output *output, GError **err)
{
    g_autofree uint8_t *piece = g_malloc(PIECE_BYTES);
    for (;;) {
        ssize_t count = pread(entry->descriptor, piece, PIECE_BYTES, (off_t)output->size_bytes);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return clew_error_set_errno(err, errno, "cannot read %s", entry->path);
        if (count == 0)
            return true;
        if (!hand_on(output, piece, (size_t)count)) {
            g_propagate_error(err, g_steal_pointer(&output->error));
            return false;
        }
    }
}

static char *file_locator(const char *path)
{
    GString *text = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, text);
    json_write_begin_array(&json);
    json_write_begin_object(&json);
    json_write_member_string(&json, "file", path);
    json_write_end_object(&json);
    json_write_end_array(&json);
    return g_string_free(text, FALSE);
}

// The one item that the steps lead to.
static bool find_one(EvidenceReader *reader, const EvidenceFile *file, const Locator *locator,
                     GPtrArray *candidates, GError **err)
{
    if (!evidence_find(reader, file, locator->steps, locator->are_layers, candidates, err))
        return false;
    if (candidates->len == 1)
        return true;
    if (candidates->len == 0)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "nothing in %s is named so; copy the path or locator from the record",
                    file->record_path);
    else
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "%u items in %s have this path; choose one by its locator", candidates->len,
                    file->record_path);
    return false;
}

static bool check_fetched(const Fetched *fetched, GError **err)
{
    if (fetched->found && fetched->status == STATUS_OK)
        return true;
    g_set_error(err, CLEW_ERROR,
                fetched->status == STATUS_ENCRYPTED ? CLEW_ERROR_DENIED : CLEW_ERROR_CORRUPT,
                "cannot read %s: %s", fetched->path != NULL ? fetched->path : "the item",
                fetched->reason != NULL ? fetched->reason
                                        : "it was there a moment ago and is not now");
    return false;
}

static bool copy_inside(const WalkEntry *entry, const Locator *locator,
                        EvidenceReaderOptions options, Output *output, GPtrArray *candidates,
                        Retrieved *retrieved, GError **err)
{
    const EvidenceFile file = {.descriptor = entry->descriptor,
                               .path = entry->path,
                               .size_bytes = entry->size_bytes,
                               .record_path = retrieved->path,
                               .locator = retrieved->locator,
                               .item_id = ""};
    g_autoptr(EvidenceReader) reader = evidence_reader_new(options);
    if (!find_one(reader, &file, locator, candidates, err))
        return false;
    const Candidate *candidate = candidates->pdata[0];
    Fetched fetched;
    if (!evidence_fetch(reader, &file, &candidate->place, hand_on, output, &fetched, err))
        return false;
    bool ok = output->error == NULL;
    if (!ok)
        g_propagate_error(err, g_steal_pointer(&output->error));
    ok = ok && check_fetched(&fetched, err);
    g_free(retrieved->path);
    g_free(retrieved->locator);
    retrieved->path = g_strdup(candidate->path);
    retrieved->locator = g_strdup(candidate->locator);
    fetched_clear(&fetched);
    return ok;
}

static bool copy_out(const WalkEntry *entry, const Locator *locator, EvidenceReaderOptions options,
                     Output *output, GPtrArray *candidates, Retrieved *retrieved, GError **err)
{
    bool is_file = locator->steps[0] == NULL;
    bool ok = is_file ? copy_file(entry, output, err)
                      : copy_inside(entry, locator, options, output, candidates, retrieved, err);
    DigestSet digests;
    digest_state_finish(output->digest, &digests);
    memcpy(retrieved->digests.md5, digests.md5, MD5_BYTES);
    memcpy(retrieved->digests.sha1, digests.sha1, SHA1_BYTES);
    memcpy(retrieved->digests.sha256, digests.sha256, SHA256_BYTES);
    retrieved->size_bytes = output->size_bytes;
    return ok;
}

bool retrieve(const Locator *locator, EvidenceReaderOptions options, RetrieveWrite *write,
              void *user_data, GPtrArray *candidates, Retrieved *ret_retrieved, GError **err)
{
    const char *paths[] = {locator->file, NULL};
    g_autoptr(FolderWalk) walk = folder_walk_new(paths, (FolderWalkOptions){0}, err);
    g_autoptr(WalkEntry) entry = walk != NULL ? folder_walk_next(walk) : NULL;
    if (walk == NULL)
        return false;
    bool is_it = entry != NULL && entry->kind == WALK_FILE && g_str_equal(entry->path, paths[0]);
    if (!is_it) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "%s is no file that can be read",
                    locator->file);
        return false;
    }
    DigestState *digest = digest_state_new(DIGEST_ENGINE_AUTO);
    if (digest == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                    "cannot compute digests: libcrypto refuses one of them (a FIPS policy may)");
        return false;
    }
    Retrieved retrieved = {.path = path_text_new(entry->path)};
    retrieved.locator = file_locator(retrieved.path);
    Output output = {.write = write,
                     .user_data = user_data,
                     .is_cancelled = options.is_cancelled,
                     .digest = digest};
    bool ok = copy_out(entry, locator, options, &output, candidates, &retrieved, err);
    digest_state_free(digest);
    if (ok)
        *ret_retrieved = retrieved;
    else
        retrieved_clear(&retrieved);
    return ok;
}
