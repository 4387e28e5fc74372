// SPDX-License-Identifier: Apache-2.0
#include "store/media_rows.h"

#include <string.h>

#include "store/bound.h"
#include "store/frame_pack.h"

// Contents and items are looked up so many at a time.
#define BATCH 32
#define BATCH_FROM_2                                                                               \
    "(?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, "     \
    "?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33)"

// Frames in one row of media_frames.
#define CHUNK_FRAMES 1024u

static void bind_optional(Statement *statement, int position, bool has, int64_t value)
{
    if (has)
        statement_bind_int(statement, position, value);
    else
        statement_bind_null(statement, position);
}

static void bind_bytes(Statement *statement, int position, GBytes *bytes)
{
    if (bytes == NULL) {
        statement_bind_null(statement, position);
        return;
    }
    size_t size_bytes;
    const void *data = g_bytes_get_data(bytes, &size_bytes);
    statement_bind_blob(statement, position, data, size_bytes);
}

// ---- What is there ----------------------------------------------------------------------------

static bool known_batch(Database *database, uint64_t case_id, const uint8_t (*sha256)[SHA256_BYTES],
                        size_t count, GArray *known, GError **err)
{
    Statement *statement = database_statement(
        database,
        "SELECT m.id, m.sha256, m.status, c.id FROM media m LEFT JOIN case_media c ON c.media_id = "
        "m.id AND c.case_id = ?1 WHERE m.sha256 IN " BATCH_FROM_2,
        err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)case_id);
    for (size_t i = 0; i < BATCH; i++)
        statement_bind_blob(statement, (int)i + 2, sha256[i < count ? i : 0], SHA256_BYTES);
    bool row;
    while (true) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        MediaKnown media = {.media_id = (uint64_t)statement_int(statement, 0),
                            .is_examined = g_strcmp0(statement_text(statement, 2), "ok") == 0,
                            .case_media_id = (uint64_t)statement_int(statement, 3)};
        size_t size_bytes;
        const uint8_t *digest = statement_blob(statement, 1, &size_bytes);
        if (size_bytes == SHA256_BYTES)
            memcpy(media.sha256, digest, SHA256_BYTES);
        g_array_append_val(known, media);
    }
}

bool media_rows_known(Database *database, uint64_t case_id, const uint8_t (*sha256)[SHA256_BYTES],
                      size_t count, GArray *known, GError **err)
{
    for (size_t i = 0; i < count; i += BATCH)
        if (!known_batch(database, case_id, sha256 + i, count - i < BATCH ? count - i : BATCH,
                         known, err))
            return false;
    return true;
}

static bool present_batch(Database *database, uint64_t evidence_id,
                          const uint8_t (*keys)[ITEM_KEY_BYTES], size_t count, GByteArray *present,
                          GError **err)
{
    Statement *statement = database_statement(
        database, "SELECT item_key FROM item WHERE evidence_id = ?1 AND item_key IN " BATCH_FROM_2,
        err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)evidence_id);
    for (size_t i = 0; i < BATCH; i++)
        statement_bind_blob(statement, (int)i + 2, keys[i < count ? i : 0], ITEM_KEY_BYTES);
    bool row;
    while (true) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        size_t size_bytes;
        const uint8_t *key = statement_blob(statement, 0, &size_bytes);
        if (size_bytes == ITEM_KEY_BYTES)
            g_byte_array_append(present, key, ITEM_KEY_BYTES);
    }
}

bool media_rows_items_present(Database *database, uint64_t evidence_id,
                              const uint8_t (*keys)[ITEM_KEY_BYTES], size_t count,
                              GByteArray *present, GError **err)
{
    for (size_t i = 0; i < count; i += BATCH)
        if (!present_batch(database, evidence_id, keys + i, count - i < BATCH ? count - i : BATCH,
                           present, err))
            return false;
    return true;
}

// ---- Media ------------------------------------------------------------------------------------

static void bind_facts(Statement *statement, const MediaRow *row)
{
    statement_bind_int(statement, 1, (int64_t)row->id);
    statement_bind_int(statement, 2, (int64_t)row->seq);
    statement_bind_text(statement, 3, row->media_type);
    statement_bind_text(statement, 4, row->family);
    statement_bind_text(statement, 5, row->status);
    statement_bind_text(statement, 6, row->reason);
    bind_optional(statement, 7, row->has_dimensions, row->width);
    bind_optional(statement, 8, row->has_dimensions, row->height);
    bind_optional(statement, 9, row->has_frames, row->frames);
    bind_optional(statement, 10, row->has_duration, row->duration_ms);
    bind_optional(statement, 11, row->has_quality, row->pdq_quality);
    bind_bytes(statement, 12, row->hashes);
    statement_bind_text(statement, 13, row->facts);
}

bool media_rows_insert(Database *database, const MediaRow *row, GError **err)
{
    Statement *statement = database_statement(
        database,
        "INSERT INTO media (id, seq, media_type, family, status, reason, width, height, frames, "
        "duration_ms, pdq_quality, hashes, facts, sha256, sha1, md5, size_bytes) VALUES (?1, ?2, "
        "?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        err);
    if (statement == NULL)
        return false;
    bind_facts(statement, row);
    statement_bind_blob(statement, 14, row->digests->sha256, SHA256_BYTES);
    statement_bind_blob(statement, 15, row->digests->sha1, SHA1_BYTES);
    statement_bind_blob(statement, 16, row->digests->md5, MD5_BYTES);
    statement_bind_int(statement, 17, (int64_t)row->size_bytes);
    return statement_run(statement, err);
}

bool media_rows_update(Database *database, const MediaRow *row, GError **err)
{
    Statement *statement = database_statement(
        database,
        "UPDATE media SET seq = ?2, media_type = ?3, family = ?4, status = ?5, reason = ?6, width "
        "= ?7, height = ?8, frames = ?9, duration_ms = ?10, pdq_quality = ?11, hashes = ?12, facts "
        "= ?13 WHERE id = ?1",
        err);
    if (statement == NULL)
        return false;
    bind_facts(statement, row);
    return statement_run(statement, err);
}

static bool insert_chunk(Database *database, uint64_t media_id, uint64_t chunk,
                         const GByteArray *packed, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO media_frames (media_id, chunk, frames) VALUES (?1, ?2, ?3) ON "
                     "CONFLICT DO NOTHING",
                     "uub", media_id, chunk, packed->data, (size_t)packed->len);
}

bool media_rows_insert_frames(Database *database, uint64_t media_id, const FrameHash *frames,
                              size_t count, GError **err)
{
    g_autoptr(GByteArray) packed = g_byte_array_new();
    uint64_t chunk = 0;
    for (size_t i = 0; i < count; i++) {
        uint8_t bytes[FRAME_PACKED_BYTES];
        frame_pack(&frames[i], bytes);
        g_byte_array_append(packed, bytes, sizeof bytes);
        if ((i + 1) % CHUNK_FRAMES != 0 && i + 1 < count)
            continue;
        if (!insert_chunk(database, media_id, chunk++, packed, err))
            return false;
        g_byte_array_set_size(packed, 0);
    }
    return true;
}

bool media_rows_frames(Database *database, uint64_t media_id, GArray *frames, GError **err)
{
    Statement *statement = bound_statement(
        database, err, "SELECT frames FROM media_frames WHERE media_id = ?1 ORDER BY chunk", "u",
        media_id);
    if (statement == NULL)
        return false;
    bool row;
    while (true) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        size_t size_bytes;
        const uint8_t *bytes = statement_blob(statement, 0, &size_bytes);
        for (size_t at = 0; at + FRAME_PACKED_BYTES <= size_bytes; at += FRAME_PACKED_BYTES) {
            FrameHash frame = frame_unpack(bytes + at);
            g_array_append_val(frames, frame);
        }
    }
}

// ---- Items, media of a case, matches ----------------------------------------------------------

bool item_rows_insert(Database *database, const ItemRow *row, GError **err)
{
    Statement *statement = database_statement(
        database,
        "INSERT INTO item (id, seq, case_id, evidence_id, item_key, parent_key, media_id, path, "
        "locator, name, status, reason, size_bytes, modified_us, created_us, times, findings) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17) ON "
        "CONFLICT DO NOTHING",
        err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)row->id);
    statement_bind_int(statement, 2, (int64_t)row->seq);
    statement_bind_int(statement, 3, (int64_t)row->case_id);
    statement_bind_int(statement, 4, (int64_t)row->evidence_id);
    statement_bind_blob(statement, 5, row->item_key, ITEM_KEY_BYTES);
    statement_bind_blob(statement, 6, row->parent_key, ITEM_KEY_BYTES);
    bind_optional(statement, 7, row->media_id != 0, (int64_t)row->media_id);
    statement_bind_text(statement, 8, row->path);
    statement_bind_text(statement, 9, row->locator);
    statement_bind_text(statement, 10, row->name);
    statement_bind_text(statement, 11, row->status);
    statement_bind_text(statement, 12, row->reason);
    bind_optional(statement, 13, row->has_size, (int64_t)row->size_bytes);
    bind_optional(statement, 14, row->has_modified, row->modified_us);
    bind_optional(statement, 15, row->has_created, row->created_us);
    statement_bind_text(statement, 16, row->times);
    statement_bind_text(statement, 17, row->findings);
    return statement_run(statement, err);
}

bool case_media_rows_insert(Database *database, const CaseMediaRow *row, GError **err)
{
    Statement *statement = database_statement(
        database,
        "INSERT INTO case_media (id, seq, case_id, media_id, kind, stack_id, distance, "
        "orientation, pipeline, added_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)row->id);
    statement_bind_int(statement, 2, (int64_t)row->seq);
    statement_bind_int(statement, 3, (int64_t)row->case_id);
    statement_bind_int(statement, 4, (int64_t)row->media_id);
    statement_bind_text(statement, 5, row->kind);
    bind_optional(statement, 6, row->stack_id != 0, (int64_t)row->stack_id);
    bind_optional(statement, 7, row->is_near, row->distance);
    bind_optional(statement, 8, row->is_near, row->orientation);
    bind_optional(statement, 9, row->is_near, row->pipeline);
    statement_bind_int(statement, 10, row->added_us);
    return statement_run(statement, err);
}

bool match_rows_insert(Database *database, const MatchRow *row, GError **err)
{
    Statement *statement = database_statement(
        database,
        "INSERT INTO media_match (id, seq, case_id, media_id, set_id, entry_id, type, meaning, "
        "is_weak, distance, category, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
        "?11, ?12)",
        err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)row->id);
    statement_bind_int(statement, 2, (int64_t)row->seq);
    statement_bind_int(statement, 3, (int64_t)row->case_id);
    statement_bind_int(statement, 4, (int64_t)row->media_id);
    statement_bind_int(statement, 5, (int64_t)row->set_id);
    statement_bind_int(statement, 6, (int64_t)row->entry_id);
    statement_bind_text(statement, 7, row->type);
    statement_bind_text(statement, 8, row->meaning);
    statement_bind_int(statement, 9, row->is_weak);
    bind_optional(statement, 10, row->is_near, row->distance);
    statement_bind_text(statement, 11, row->category);
    statement_bind_text(statement, 12, row->detail);
    return statement_run(statement, err);
}

// ---- Previews ---------------------------------------------------------------------------------

bool preview_rows_insert(Database *database, const PreviewRow *row, bool *ret_inserted,
                         GError **err)
{
    Statement *statement = database_statement(
        database,
        "INSERT INTO preview (id, seq, media_id, kind, ordinal, milliseconds, object_key_id, "
        "sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING RETURNING id",
        err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)row->id);
    statement_bind_int(statement, 2, (int64_t)row->seq);
    statement_bind_int(statement, 3, (int64_t)row->media_id);
    statement_bind_text(statement, 4, row->kind);
    statement_bind_int(statement, 5, row->ordinal);
    bind_optional(statement, 6, row->has_milliseconds, row->milliseconds);
    statement_bind_int(statement, 7, (int64_t)row->object_key_id);
    bind_bytes(statement, 8, row->sealed);
    if (!statement_step(statement, ret_inserted, err))
        return false;
    return !*ret_inserted || statement_run(statement, err);
}

bool preview_rows_get(Database *database, uint64_t media_id, const char *kind, unsigned ordinal,
                      uint64_t *ret_id, uint64_t *ret_object_key_id, GBytes **ret_sealed,
                      GError **err)
{
    Statement *statement = bound_statement(database, err,
                                           "SELECT id, object_key_id, sealed FROM preview WHERE "
                                           "media_id = ?1 AND kind = ?2 AND ordinal = ?3",
                                           "uti", media_id, kind, (int64_t)ordinal);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    *ret_sealed = NULL;
    if (!row)
        return true;
    size_t size_bytes;
    const uint8_t *sealed = statement_blob(statement, 2, &size_bytes);
    *ret_id = (uint64_t)statement_int(statement, 0);
    *ret_object_key_id = (uint64_t)statement_int(statement, 1);
    *ret_sealed = g_bytes_new(sealed, size_bytes);
    statement_reset(statement);
    return true;
}

bool preview_rows_exist(Database *database, uint64_t media_id, bool *ret_exist, GError **err)
{
    int64_t id;
    return bound_number(database, &id, ret_exist, err,
                        "SELECT id FROM preview WHERE media_id = ?1 LIMIT 1", "u", media_id);
}

bool preview_rows_missing(Database *database, uint64_t media_id, const char *reason, GError **err)
{
    if (reason == NULL)
        return bound_run(database, err, "DELETE FROM preview_missing WHERE media_id = ?1", "u",
                         media_id);
    return bound_run(database, err,
                     "INSERT INTO preview_missing (media_id, reason) VALUES (?1, ?2) ON CONFLICT "
                     "(media_id) DO UPDATE SET reason = excluded.reason",
                     "ut", media_id, reason);
}

// ---- Stacks -----------------------------------------------------------------------------------

bool stack_rows_insert(Database *database, uint64_t id, uint64_t case_id, int64_t order_key,
                       GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO stack (id, case_id, media_count, open_count, order_key, "
                     "voted_by) VALUES (?1, ?2, 1, 1, ?3, 0)",
                     "uui", id, case_id, order_key);
}

bool stack_rows_grow(Database *database, uint64_t id, GError **err)
{
    // Nobody has voted on all of it now.
    return bound_run(database, err,
                     "UPDATE stack SET media_count = media_count + 1, open_count = open_count + 1, "
                     "voted_by = CASE WHEN voted_by = 0 THEN 0 ELSE -1 END WHERE id = ?1",
                     "u", id);
}

bool stack_rows_leaders(Database *database, uint64_t case_id, uint64_t after_id, unsigned limit,
                        LeaderCallback callback, void *user_data, GError **err)
{
    // By the leader's key, in order: the case's own ids follow one another in stretches.
    Statement *statement = bound_statement(
        database, err,
        "SELECT s.id, c.media_id, m.hashes, m.family FROM stack s JOIN case_media c ON c.id = s.id "
        "JOIN media m ON m.id = c.media_id WHERE s.case_id = ?1 AND s.id > ?2 ORDER BY s.id LIMIT "
        "?3",
        "uui", case_id, after_id, (int64_t)limit);
    if (statement == NULL)
        return false;
    bool row;
    while (true) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        size_t size_bytes;
        const uint8_t *hashes = statement_blob(statement, 2, &size_bytes);
        if (!callback(user_data, (uint64_t)statement_int(statement, 0),
                      (uint64_t)statement_int(statement, 1), hashes, size_bytes,
                      g_strcmp0(statement_text(statement, 3), "video") == 0, err)) {
            statement_reset(statement);
            return false;
        }
    }
}
