// SPDX-License-Identifier: Apache-2.0
#include "store/entry_video.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "store/frame_pack.h"

// 164 KiB a row: few rows for a long video, and little memory while one is read.
#define FRAMES_PER_ROW 4096u

static bool damaged(uint64_t entry_id, const char *what, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "the database is damaged: entry e%" G_GUINT64_FORMAT " holds impossible %s",
                entry_id, what);
    return false;
}

static bool run_for_range(Database *database, const char *sql, uint64_t first_id, uint64_t last_id,
                          GError **err)
{
    Statement *statement = database_statement(database, sql, err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)first_id);
    statement_bind_int(statement, 2, (int64_t)last_id);
    return statement_run(statement, err);
}

// ---- Writing ----------------------------------------------------------------------------------

static bool delete_frames(Database *database, uint64_t first_id, uint64_t last_id, GError **err)
{
    return run_for_range(database, "DELETE FROM entry_frames WHERE entry_id BETWEEN ?1 AND ?2",
                         first_id, last_id, err);
}

static bool delete_segments(Database *database, uint64_t first_id, uint64_t last_id, GError **err)
{
    return run_for_range(database, "DELETE FROM entry_segment WHERE entry_id BETWEEN ?1 AND ?2",
                         first_id, last_id, err);
}

bool entry_video_delete(Database *database, uint64_t first_id, uint64_t last_id, GError **err)
{
    return delete_frames(database, first_id, last_id, err) &&
           delete_segments(database, first_id, last_id, err);
}

static bool write_row(Database *database, uint64_t entry_id, size_t ordinal,
                      const FrameHash *frames, size_t count, GError **err)
{
    Statement *statement =
        database_statement(database,
                           "INSERT INTO entry_frames (entry_id, ordinal, usable, frames) "
                           "VALUES (?1, ?2, ?3, ?4)",
                           err);
    if (statement == NULL)
        return false;
    g_autofree uint8_t *packed = g_malloc(count * FRAME_PACKED_BYTES);
    int64_t usable = 0;
    for (size_t i = 0; i < count; i++) {
        frame_pack(&frames[i], packed + i * FRAME_PACKED_BYTES);
        usable += frames[i].quality >= FRAME_QUALITY_MIN;
    }
    statement_bind_int(statement, 1, (int64_t)entry_id);
    statement_bind_int(statement, 2, (int64_t)ordinal);
    statement_bind_int(statement, 3, usable);
    statement_bind_blob(statement, 4, packed, count * FRAME_PACKED_BYTES);
    return statement_run(statement, err);
}

static bool write_frames(Database *database, const StoredEntry *entry, GError **err)
{
    const ListEntry *content = &entry->content;
    size_t ordinal = 0;
    for (size_t done = 0; done < content->frame_count; done += FRAMES_PER_ROW) {
        size_t count = MIN(content->frame_count - done, FRAMES_PER_ROW);
        if (!write_row(database, entry->id, ordinal++, content->frames + done, count, err))
            return false;
    }
    return true;
}

static bool write_segments(Database *database, const StoredEntry *entry, GError **err)
{
    if (entry->content.segment_count == 0)
        return true;
    Statement *statement =
        database_statement(database, "INSERT INTO entry_segment VALUES (?1, ?2, ?3, ?4, ?5)", err);
    if (statement == NULL)
        return false;
    for (size_t i = 0; i < entry->content.segment_count; i++) {
        const ListSegment *segment = &entry->content.segments[i];
        statement_bind_int(statement, 1, (int64_t)entry->id);
        statement_bind_int(statement, 2, (int64_t)i);
        statement_bind_real(statement, 3, segment->from);
        statement_bind_real(statement, 4, segment->to);
        statement_bind_text(statement, 5, segment->category);
        if (!statement_run(statement, err))
            return false;
    }
    return true;
}

bool entry_video_write(Database *database, const StoredEntry *entry, GError **err)
{
    bool keep_frames = entry->content.frames == NULL && entry->content.frame_count > 0;
    if (!keep_frames && (!delete_frames(database, entry->id, entry->id, err) ||
                         !write_frames(database, entry, err)))
        return false;
    return delete_segments(database, entry->id, entry->id, err) &&
           write_segments(database, entry, err);
}

// ---- Reading ----------------------------------------------------------------------------------

// The packed frames in a column, and how many; NULL when they make no sense.
static const uint8_t *packed_column(const Statement *row, int column, size_t *ret_count)
{
    size_t size_bytes;
    const uint8_t *packed = statement_blob(row, column, &size_bytes);
    bool sound = packed != NULL && size_bytes > 0 && size_bytes % FRAME_PACKED_BYTES == 0;
    *ret_count = sound ? size_bytes / FRAME_PACKED_BYTES : 0;
    return sound ? packed : NULL;
}

static bool append_row(const Statement *row, uint64_t entry_id, GArray *frames, size_t *room,
                       GError **err)
{
    size_t count;
    const uint8_t *packed = packed_column(row, 0, &count);
    if (packed == NULL || count > *room)
        return damaged(entry_id, "frames", err);
    *room -= count;
    for (size_t i = 0; i < count; i++) {
        FrameHash frame = frame_unpack(packed + i * FRAME_PACKED_BYTES);
        g_array_append_val(frames, frame);
    }
    return true;
}

bool entry_frames_read(Database *database, uint64_t entry_id, GArray *frames, GError **err)
{
    g_autoptr(Statement) statement = statement_prepare(
        database, "SELECT frames FROM entry_frames WHERE entry_id = ?1 ORDER BY ordinal", err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)entry_id);
    size_t room = LIMIT_LIST_FRAMES;
    bool row;
    while (true) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        if (!append_row(statement, entry_id, frames, &room, err))
            return false;
    }
}

static bool read_segment(const Statement *row, StoredEntry *entry, GError **err)
{
    double from = statement_real(row, 0), to = statement_real(row, 1);
    return (isfinite(from) && isfinite(to) &&
            list_entry_add_segment(&entry->content, from, to, statement_text(row, 2))) ||
           damaged(entry->id, "segments", err);
}

bool entry_segments_read(Database *database, StoredEntry *entry, GError **err)
{
    Statement *statement = database_statement(database,
                                              "SELECT from_seconds, to_seconds, category FROM "
                                              "entry_segment WHERE entry_id = ?1 ORDER BY ordinal",
                                              err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)entry->id);
    bool row;
    while (true) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        if (!read_segment(statement, entry, err)) {
            statement_reset(statement);
            return false;
        }
    }
}

bool entry_frames_each(Database *database, uint64_t first_id, uint64_t last_id,
                       PackedFramesCallback callback, void *user_data, GError **err)
{
    g_autoptr(Statement) statement =
        statement_prepare(database,
                          "SELECT entry_id, entry_frames.frames FROM entry_frames "
                          "JOIN entry ON entry.id = entry_id "
                          "WHERE entry_id BETWEEN ?1 AND ?2 AND state = 0 "
                          "ORDER BY entry_id, ordinal",
                          err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)first_id);
    statement_bind_int(statement, 2, (int64_t)last_id);
    bool row;
    while (true) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        uint64_t entry_id = (uint64_t)statement_int(statement, 0);
        size_t count;
        const uint8_t *packed = packed_column(statement, 1, &count);
        if (packed == NULL)
            return damaged(entry_id, "frames", err);
        if (!callback(user_data, entry_id, packed, count, err))
            return false;
    }
}

bool entry_frames_count_usable(Database *database, uint64_t first_id, uint64_t last_id,
                               uint64_t *ret_count, GError **err)
{
    Statement *statement = database_statement(database,
                                              "SELECT coalesce(sum(usable), 0) FROM entry_frames "
                                              "JOIN entry ON entry.id = entry_id "
                                              "WHERE entry_id BETWEEN ?1 AND ?2 AND state = 0",
                                              err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)first_id);
    statement_bind_int(statement, 2, (int64_t)last_id);
    bool row;
    if (!statement_step(statement, &row, err))
        return false;
    *ret_count = row ? (uint64_t)statement_int(statement, 0) : 0;
    statement_reset(statement);
    return true;
}

// ---- Checking ---------------------------------------------------------------------------------

bool entry_frames_verify(Database *database, const StoredEntry *entry, GChecksum *work,
                         GPtrArray *faults, GError **err)
{
    if (entry->content.frame_count == 0)
        return true;
    g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(FrameHash));
    if (!entry_frames_read(database, entry->id, frames, err))
        return false;
    uint8_t digest[SHA256_BYTES];
    frames_digest((const FrameHash *)(const void *)frames->data, frames->len, work, digest);
    if (frames->len != entry->content.frame_count ||
        memcmp(digest, entry->frames_digest, sizeof digest) != 0)
        g_ptr_array_add(faults, g_strdup_printf("the frames of entry e%" G_GUINT64_FORMAT
                                                " are not those that were recorded",
                                                entry->id));
    return true;
}

bool entry_frames_verify_rest(Database *database, GPtrArray *faults, GError **err)
{
    g_autoptr(Statement) statement =
        statement_prepare(database,
                          "SELECT DISTINCT entry_id FROM entry_frames "
                          "JOIN entry ON entry.id = entry_id WHERE entry.frames = 0",
                          err);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row)
            g_ptr_array_add(faults, g_strdup_printf("entry e%" G_GUINT64_FORMAT
                                                    " has frames that were not recorded",
                                                    (uint64_t)statement_int(statement, 0)));
    }
    return statement != NULL;
}
