// SPDX-License-Identifier: Apache-2.0
#include "store/entry_row.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "store/entry_video.h"

// ---- Columns ----------------------------------------------------------------------------------

// Position of the first hash of each computable type, or -1: those stand in columns.
static void find_column_hashes(const ListEntry *entry, int ret_index[HASH_COMPUTABLE_COUNT])
{
    for (unsigned type = 0; type < HASH_COMPUTABLE_COUNT; type++)
        ret_index[type] = -1;
    for (size_t i = 0; i < entry->hash_count; i++) {
        HashType type = entry->hashes[i].type;
        if (type < HASH_COMPUTABLE_COUNT && ret_index[type] < 0)
            ret_index[type] = (int)i;
    }
}

static bool is_column_hash(const int index[HASH_COMPUTABLE_COUNT], size_t position)
{
    for (unsigned type = 0; type < HASH_COMPUTABLE_COUNT; type++)
        if (index[type] == (int)position)
            return true;
    return false;
}

static size_t count_extra_hashes(const ListEntry *entry, const int index[HASH_COMPUTABLE_COUNT])
{
    size_t in_columns = 0;
    for (unsigned type = 0; type < HASH_COMPUTABLE_COUNT; type++)
        in_columns += index[type] >= 0;
    return entry->hash_count - in_columns;
}

static void bind_tristate(Statement *statement, int position, int value)
{
    if (value < 0)
        statement_bind_null(statement, position);
    else
        statement_bind_int(statement, position, value);
}

// In the order of ENTRY_COLUMNS.
static void bind_entry(Statement *statement, const StoredEntry *entry,
                       const int index[HASH_COMPUTABLE_COUNT])
{
    static const HashType columns[] = {HASH_MD5, HASH_SHA1, HASH_SHA256, HASH_PDQ};
    const ListEntry *content = &entry->content;
    statement_bind_int(statement, 1, (int64_t)entry->id);
    statement_bind_int(statement, 2, entry->state);
    for (int i = 0; i < (int)G_N_ELEMENTS(columns); i++) {
        int position = index[columns[i]];
        statement_bind_blob(statement, 3 + i, position < 0 ? NULL : content->hashes[position].value,
                            hash_type_bytes(columns[i]));
    }
    statement_bind_int(statement, 7, (int64_t)count_extra_hashes(content, index));
    statement_bind_int(statement, 8, content->is_video);
    bind_tristate(statement, 9, content->victim_identified);
    bind_tristate(statement, 10, content->offender_identified);
    bind_tristate(statement, 11, content->distributed);
    if (content->has_size)
        statement_bind_int(statement, 12, (int64_t)content->size_bytes);
    else
        statement_bind_null(statement, 12);
    statement_bind_text(statement, 13, content->category);
    statement_bind_text(statement, 14, content->key);
    statement_bind_text(statement, 15, content->series);
    statement_bind_text(statement, 16, content->name);
    statement_bind_text(statement, 17, content->comment);
    statement_bind_text(statement, 18, content->extra_json);
    statement_bind_int(statement, 19, (int64_t)content->frame_count);
    statement_bind_blob(statement, 20, content->frame_count > 0 ? entry->frames_digest : NULL,
                        SHA256_BYTES);
    statement_bind_int(statement, 21, (int64_t)content->segment_count);
}

static bool insert_extra_hashes(Database *database, const StoredEntry *entry,
                                const int index[HASH_COMPUTABLE_COUNT], GError **err)
{
    Statement *statement =
        database_statement(database, "INSERT INTO entry_hash VALUES (?1, ?2, ?3, ?4, ?5)", err);
    if (statement == NULL)
        return false;
    for (size_t i = 0; i < entry->content.hash_count; i++) {
        const ListHash *hash = &entry->content.hashes[i];
        if (is_column_hash(index, i))
            continue;
        bool computable = hash->type < HASH_COMPUTABLE_COUNT;
        statement_bind_int(statement, 1, (int64_t)entry->id);
        statement_bind_int(statement, 2, (int64_t)i);
        statement_bind_text(statement, 3, hash_type_name(hash->type));
        statement_bind_blob(statement, 4, computable ? hash->value : NULL,
                            computable ? hash_type_bytes(hash->type) : 0);
        statement_bind_text(statement, 5, computable ? NULL : hash->text);
        if (!statement_run(statement, err))
            return false;
    }
    return true;
}

static bool write_entry(Database *database, const char *sql, const StoredEntry *entry, GError **err)
{
    int index[HASH_COMPUTABLE_COUNT];
    find_column_hashes(&entry->content, index);
    Statement *statement = database_statement(database, sql, err);
    if (statement == NULL)
        return false;
    bind_entry(statement, entry, index);
    if (!statement_run(statement, err))
        return false;
    return count_extra_hashes(&entry->content, index) == 0 ||
           insert_extra_hashes(database, entry, index, err);
}

static bool has_video_rows(const StoredEntry *entry)
{
    return entry->content.frame_count > 0 || entry->content.segment_count > 0;
}

bool stored_entry_insert(Database *database, const StoredEntry *entry, GError **err)
{
    return write_entry(database,
                       "INSERT INTO entry (" ENTRY_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
                       "?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)",
                       entry, err) &&
           (!has_video_rows(entry) || entry_video_write(database, entry, err));
}

bool stored_entry_update(Database *database, const StoredEntry *before, const StoredEntry *entry,
                         GError **err)
{
    Statement *statement =
        database_statement(database, "DELETE FROM entry_hash WHERE entry_id = ?1", err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)entry->id);
    if (!statement_run(statement, err))
        return false;
    return write_entry(database,
                       "UPDATE entry SET state = ?2, md5 = ?3, sha1 = ?4, sha256 = ?5, pdq = ?6, "
                       "extra_hashes = ?7, is_video = ?8, victim_identified = ?9, "
                       "offender_identified = ?10, distributed = ?11, size_bytes = ?12, "
                       "category = ?13, list_key = ?14, series = ?15, name = ?16, comment = ?17, "
                       "extra_json = ?18, frames = ?19, frames_sha256 = ?20, segments = ?21 "
                       "WHERE id = ?1",
                       entry, err) &&
           ((!has_video_rows(before) && !has_video_rows(entry)) ||
            entry_video_write(database, entry, err));
}

bool stored_entry_set_state(Database *database, uint64_t id, unsigned state, GError **err)
{
    Statement *statement =
        database_statement(database, "UPDATE entry SET state = ?2 WHERE id = ?1", err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)id);
    statement_bind_int(statement, 2, state);
    return statement_run(statement, err);
}

// ---- Reading ----------------------------------------------------------------------------------

static bool damaged(uint64_t id, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "the database is damaged: entry e%" G_GUINT64_FORMAT " holds an impossible value",
                id);
    return false;
}

static bool read_column_hash(const Statement *row, int column, HashType type, StoredEntry *entry,
                             GError **err)
{
    size_t size_bytes;
    const uint8_t *value = statement_blob(row, column, &size_bytes);
    if (value == NULL)
        return true;
    return list_entry_add_hash(&entry->content, type, value, size_bytes, NULL) ||
           damaged(entry->id, err);
}

static bool read_extra_hash(const Statement *row, StoredEntry *entry, GError **err)
{
    HashType type;
    const char *name = statement_text(row, 0);
    if (name == NULL)
        return damaged(entry->id, err);
    if (!hash_type_from_name(name, &type))
        type = HASH_OTHER;
    size_t size_bytes;
    const uint8_t *value = statement_blob(row, 1, &size_bytes);
    bool computable = type < HASH_COMPUTABLE_COUNT;
    if (computable && (value == NULL || size_bytes != hash_type_bytes(type)))
        return damaged(entry->id, err);
    return list_entry_add_hash(&entry->content, type, computable ? value : NULL,
                               computable ? size_bytes : 0, statement_text(row, 2)) ||
           damaged(entry->id, err);
}

static bool read_extra_hashes(Database *database, StoredEntry *entry, GError **err)
{
    Statement *statement = database_statement(
        database, "SELECT type, value, text FROM entry_hash WHERE entry_id = ?1 ORDER BY ordinal",
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
        if (!read_extra_hash(statement, entry, err)) {
            statement_reset(statement);
            return false;
        }
    }
}

// Frames stay in the database; their number and digest stand for them.
static bool read_video_columns(Database *database, const Statement *row, StoredEntry *entry,
                               GError **err)
{
    int64_t frames = statement_int(row, 18);
    size_t size_bytes;
    const uint8_t *digest = statement_blob(row, 19, &size_bytes);
    if (frames < 0 || frames > LIMIT_LIST_FRAMES ||
        (frames > 0) != (digest != NULL && size_bytes == SHA256_BYTES))
        return damaged(entry->id, err);
    entry->content.frame_count = (size_t)frames;
    if (frames > 0)
        memcpy(entry->frames_digest, digest, SHA256_BYTES);
    return statement_int(row, 20) == 0 || entry_segments_read(database, entry, err);
}

static int read_tristate(const Statement *row, int column)
{
    return statement_is_null(row, column) ? -1 : statement_int(row, column) != 0;
}

static bool hash_columns_are_sound(const Statement *row)
{
    static const size_t sizes[] = {MD5_BYTES, SHA1_BYTES, SHA256_BYTES, PDQ_BYTES};
    for (int i = 0; i < (int)G_N_ELEMENTS(sizes); i++) {
        size_t size_bytes;
        if (statement_blob(row, 2 + i, &size_bytes) != NULL && size_bytes != sizes[i])
            return false;
    }
    return true;
}

bool stored_entry_from_row(Database *database, const Statement *row, StoredEntry *entry,
                           GError **err)
{
    stored_entry_clear(entry);
    ListEntry *content = &entry->content;
    entry->id = (uint64_t)statement_int(row, 0);
    entry->state = (unsigned)statement_int(row, 1);
    if (!hash_columns_are_sound(row))
        return damaged(entry->id, err);
    if (!read_column_hash(row, 2, HASH_MD5, entry, err) ||
        !read_column_hash(row, 3, HASH_SHA1, entry, err) ||
        !read_column_hash(row, 4, HASH_SHA256, entry, err) ||
        !read_column_hash(row, 5, HASH_PDQ, entry, err))
        return false;
    content->is_video = statement_int(row, 7) != 0;
    content->victim_identified = read_tristate(row, 8);
    content->offender_identified = read_tristate(row, 9);
    content->distributed = read_tristate(row, 10);
    content->has_size = !statement_is_null(row, 11);
    content->size_bytes = (uint64_t)statement_int(row, 11);
    content->category = g_strdup(statement_text(row, 12));
    content->key = g_strdup(statement_text(row, 13));
    content->series = g_strdup(statement_text(row, 14));
    content->name = g_strdup(statement_text(row, 15));
    content->comment = g_strdup(statement_text(row, 16));
    content->extra_json = g_strdup(statement_text(row, 17));
    if (statement_int(row, 6) != 0 && !read_extra_hashes(database, entry, err))
        return false;
    list_entry_sort_hashes(content);
    return read_video_columns(database, row, entry, err);
}

bool stored_entry_load(Database *database, uint64_t id, StoredEntry *entry, bool *ret_found,
                       GError **err)
{
    Statement *statement =
        database_statement(database, "SELECT " ENTRY_COLUMNS " FROM entry WHERE id = ?1", err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)id);
    bool row;
    if (!statement_step(statement, &row, err))
        return false;
    bool ok = !row || stored_entry_from_row(database, statement, entry, err);
    statement_reset(statement);
    if (ok)
        *ret_found = row;
    return ok;
}
