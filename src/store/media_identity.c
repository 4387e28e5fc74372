// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/error.h"
#include "store/bound.h"
#include "store/frame_pack.h"
#include "store/media_hashes.h"
#include "store/vote_rows.h"

static bool fail_corrupt(uint64_t media_id, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "media %" G_GUINT64_FORMAT " is damaged in the database; run clewd check",
                media_id);
    return false;
}

static bool take(const Statement *row, int column, uint8_t *target, size_t size_bytes)
{
    size_t have_bytes;
    const uint8_t *bytes = statement_blob(row, column, &have_bytes);
    if (bytes == NULL || have_bytes != size_bytes)
        return false;
    memcpy(target, bytes, size_bytes);
    return true;
}

static bool take_pdq(const Statement *row, int column, MediaIdentity *identity)
{
    size_t size_bytes;
    if (statement_is_null(row, column))
        return true;
    const uint8_t *bytes = statement_blob(row, column, &size_bytes);
    PdqFacts still[PIPELINE_COUNT], thumbnail[PIPELINE_COUNT];
    if (!media_hashes_unpack(bytes, size_bytes, still, thumbnail))
        return false;
    identity->has_pdq = still[PIPELINE_512].present;
    identity->pdq_quality = still[PIPELINE_512].quality;
    memcpy(identity->pdq, still[PIPELINE_512].hash[0], PDQ_BYTES);
    return true;
}

bool vote_rows_media_identity(Database *database, uint64_t media_id, MediaIdentity *ret_identity,
                              GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "SELECT md5, sha1, sha256, size_bytes, family, hashes FROM media WHERE id = ?1", "u",
        media_id);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    *ret_identity = (MediaIdentity){0};
    bool is_whole = row && take(statement, 0, ret_identity->md5, MD5_BYTES) &&
                    take(statement, 1, ret_identity->sha1, SHA1_BYTES) &&
                    take(statement, 2, ret_identity->sha256, SHA256_BYTES) &&
                    take_pdq(statement, 5, ret_identity);
    if (is_whole) {
        ret_identity->size_bytes = (uint64_t)statement_int(statement, 3);
        ret_identity->is_video = g_strcmp0(statement_text(statement, 4), "video") == 0;
    }
    statement_reset(statement);
    return is_whole || fail_corrupt(media_id, err);
}

bool vote_rows_media_frames(Database *database, uint64_t media_id, size_t limit, GArray *frames,
                            GError **err)
{
    Statement *statement = bound_statement(
        database, err, "SELECT frames FROM media_frames WHERE media_id = ?1 ORDER BY chunk", "u",
        media_id);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        size_t size_bytes = 0;
        const uint8_t *bytes = row ? statement_blob(statement, 0, &size_bytes) : NULL;
        if (size_bytes % FRAME_PACKED_BYTES != 0) {
            statement_reset(statement);
            return fail_corrupt(media_id, err);
        }
        for (size_t at = 0; at < size_bytes && frames->len < limit; at += FRAME_PACKED_BYTES) {
            FrameHash frame = frame_unpack(bytes + at);
            g_array_append_val(frames, frame);
        }
    }
    return statement != NULL;
}
