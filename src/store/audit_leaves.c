// SPDX-License-Identifier: Apache-2.0
#include "store/audit_leaves.h"

#include <string.h>

#include "base/error.h"

#define LEAF_COLUMNS                                                                               \
    "seq, made_us, monotonic_us, account_id, actor, session, action, case_id, object, payload, "   \
    "payload_sha256, rows_written, rows_sha256, previous, hash"

void stored_leaf_free(StoredLeaf *leaf)
{
    if (leaf == NULL)
        return;
    g_free(leaf->actor);
    g_free(leaf->session);
    g_free(leaf->action);
    g_free(leaf->object);
    g_free(leaf->payload);
    g_free(leaf);
}

static const char *take_text(StoredLeaf *leaf, const Statement *row, int column, char **ret_text)
{
    const char *text = statement_text(row, column);
    leaf->is_sound &= text != NULL && statement_text_length(row, column) == strlen(text);
    *ret_text = g_strdup(text != NULL ? text : "");
    return *ret_text;
}

static bool take_digest(const Statement *row, int column, uint8_t ret_digest[SHA256_BYTES])
{
    size_t size_bytes;
    const uint8_t *bytes = statement_blob(row, column, &size_bytes);
    if (bytes == NULL || size_bytes != SHA256_BYTES)
        return false;
    memcpy(ret_digest, bytes, SHA256_BYTES);
    return true;
}

static StoredLeaf *take_leaf(const Statement *row)
{
    StoredLeaf *stored = g_new0(StoredLeaf, 1);
    AuditLeaf *leaf = &stored->leaf;
    stored->is_sound = true;
    leaf->seq = (uint64_t)statement_int(row, 0);
    leaf->made_us = statement_int(row, 1);
    leaf->monotonic_us = statement_int(row, 2);
    leaf->account_id = (uint64_t)statement_int(row, 3);
    leaf->actor = take_text(stored, row, 4, &stored->actor);
    leaf->session = take_text(stored, row, 5, &stored->session);
    leaf->action = take_text(stored, row, 6, &stored->action);
    leaf->case_id = (uint64_t)statement_int(row, 7);
    leaf->object = take_text(stored, row, 8, &stored->object);
    if (!statement_is_null(row, 9))
        leaf->payload = take_text(stored, row, 9, &stored->payload);
    leaf->rows_written = (uint64_t)statement_int(row, 11);
    stored->is_sound &= take_digest(row, 10, leaf->payload_sha256) &&
                        take_digest(row, 12, leaf->rows_sha256) &&
                        take_digest(row, 13, leaf->previous) && take_digest(row, 14, leaf->hash);
    return stored;
}

bool audit_leaves_read(Database *database, uint64_t after_seq, uint64_t last_seq, unsigned count,
                       GPtrArray *leaves, GError **err)
{
    Statement *statement =
        database_statement(database,
                           "SELECT " LEAF_COLUMNS " FROM audit_leaf WHERE seq > ?1 AND seq <= ?2 "
                           "ORDER BY seq LIMIT ?3",
                           err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)after_seq);
    statement_bind_int(statement, 2, (int64_t)MIN(last_seq, (uint64_t)INT64_MAX));
    statement_bind_int(statement, 3, count);
    bool row;
    while (true) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        g_ptr_array_add(leaves, take_leaf(statement));
    }
}

StoredLeaf *audit_leaf_read(Database *database, uint64_t seq, GError **err)
{
    g_autoptr(GPtrArray) leaves = g_ptr_array_new_with_free_func((GDestroyNotify)stored_leaf_free);
    if (seq > 0 && !audit_leaves_read(database, seq - 1, seq, 1, leaves, err))
        return NULL;
    if (leaves->len == 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "the record has no leaf %" G_GUINT64_FORMAT, seq);
        return NULL;
    }
    return g_ptr_array_steal_index(leaves, 0);
}

bool audit_leaves_read_hashes(Database *database, uint64_t after_seq, unsigned count,
                              GByteArray *hashes, GError **err)
{
    Statement *statement = database_statement(
        database, "SELECT seq, hash FROM audit_leaf WHERE seq > ?1 ORDER BY seq LIMIT ?2", err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)after_seq);
    statement_bind_int(statement, 2, count);
    for (uint64_t seq = after_seq + 1;; seq++) {
        bool row;
        uint8_t hash[SHA256_BYTES];
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        if ((uint64_t)statement_int(statement, 0) != seq || !take_digest(statement, 1, hash)) {
            statement_reset(statement);
            g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                        "the record is damaged: leaf %" G_GUINT64_FORMAT
                        " is missing or no leaf; run clewd audit verify",
                        seq);
            return false;
        }
        g_byte_array_append(hashes, hash, sizeof hash);
    }
}

bool audit_leaves_last(Database *database, uint64_t *ret_seq, GError **err)
{
    Statement *statement =
        database_statement(database, "SELECT seq FROM audit_leaf ORDER BY seq DESC LIMIT 1", err);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    *ret_seq = row ? (uint64_t)statement_int(statement, 0) : 0;
    if (row)
        statement_reset(statement);
    return true;
}

// ---- Checkpoints ------------------------------------------------------------------------------

#define CHECKPOINT_COLUMNS "size, root, note"

void stored_checkpoint_free(StoredCheckpoint *checkpoint)
{
    if (checkpoint == NULL)
        return;
    g_free(checkpoint->note);
    g_free(checkpoint);
}

static bool read_checkpoints(Statement *statement, uint64_t bound, unsigned count,
                             GPtrArray *checkpoints, GError **err)
{
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)bound);
    statement_bind_int(statement, 2, count);
    bool row;
    while (true) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        const char *note = statement_text(statement, 2);
        StoredCheckpoint *checkpoint = g_new0(StoredCheckpoint, 1);
        checkpoint->size = (uint64_t)statement_int(statement, 0);
        checkpoint->has_root = take_digest(statement, 1, checkpoint->root);
        bool is_text = note != NULL && statement_text_length(statement, 2) == strlen(note);
        checkpoint->note = g_strdup(is_text ? note : "");
        g_ptr_array_add(checkpoints, checkpoint);
    }
}

bool audit_checkpoints_read(Database *database, uint64_t after_size, unsigned count,
                            GPtrArray *checkpoints, GError **err)
{
    return read_checkpoints(database_statement(database,
                                               "SELECT " CHECKPOINT_COLUMNS
                                               " FROM audit_checkpoint WHERE size > ?1 "
                                               "ORDER BY size LIMIT ?2",
                                               err),
                            after_size, count, checkpoints, err);
}

static bool read_one(Statement *statement, uint64_t bound, StoredCheckpoint **ret_checkpoint,
                     GError **err)
{
    g_autoptr(GPtrArray) checkpoints =
        g_ptr_array_new_with_free_func((GDestroyNotify)stored_checkpoint_free);
    if (!read_checkpoints(statement, bound, 1, checkpoints, err))
        return false;
    *ret_checkpoint = checkpoints->len > 0 ? g_ptr_array_steal_index(checkpoints, 0) : NULL;
    return true;
}

bool audit_checkpoints_last(Database *database, StoredCheckpoint **ret_checkpoint, GError **err)
{
    return read_one(database_statement(database,
                                       "SELECT " CHECKPOINT_COLUMNS
                                       " FROM audit_checkpoint WHERE size >= ?1 "
                                       "ORDER BY size DESC LIMIT ?2",
                                       err),
                    0, ret_checkpoint, err);
}

bool audit_checkpoints_covering(Database *database, uint64_t seq, StoredCheckpoint **ret_checkpoint,
                                GError **err)
{
    return read_one(database_statement(database,
                                       "SELECT " CHECKPOINT_COLUMNS
                                       " FROM audit_checkpoint WHERE size >= ?1 "
                                       "ORDER BY size LIMIT ?2",
                                       err),
                    seq, ret_checkpoint, err);
}

bool audit_checkpoints_put(Database *database, const StoredCheckpoint *checkpoint, GError **err)
{
    if (!database_begin_write(database, err))
        return false;
    Statement *statement =
        database_statement(database,
                           "INSERT INTO audit_checkpoint (size, root, note) VALUES (?1, ?2, ?3) "
                           "ON CONFLICT (size) DO UPDATE SET note = excluded.note",
                           err);
    if (statement != NULL) {
        statement_bind_int(statement, 1, (int64_t)checkpoint->size);
        statement_bind_blob(statement, 2, checkpoint->root, SHA256_BYTES);
        statement_bind_text(statement, 3, checkpoint->note);
        if (statement_run(statement, err))
            return database_commit(database, err);
    }
    database_rollback(database);
    return false;
}
