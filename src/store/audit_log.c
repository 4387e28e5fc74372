// SPDX-License-Identifier: Apache-2.0
#include "store/audit_log.h"

#include <limits.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/error.h"
#include "store/audit_rows.h"
#include "store/hash_text.h"

// RFC 9162: what tells a leaf from an inner node.
#define LEAF_PREFIX 0x00

// ---- The leaf's hash --------------------------------------------------------------------------

static void add_text(EVP_MD_CTX *hash, const char *text)
{
    hash_text_bytes(hash, text, strlen(text));
}

void audit_leaf_hash(const AuditLeaf *leaf, uint8_t ret_hash[SHA256_BYTES])
{
    uint8_t entry[1 + SHA256_BYTES] = {LEAF_PREFIX};
    EVP_MD_CTX *hash = hash_text_new("clew leaf 1");
    hash_text_number(hash, leaf->seq);
    hash_text_number(hash, (uint64_t)leaf->made_us);
    hash_text_number(hash, (uint64_t)leaf->monotonic_us);
    hash_text_number(hash, leaf->account_id);
    add_text(hash, leaf->actor);
    add_text(hash, leaf->session);
    add_text(hash, leaf->action);
    hash_text_number(hash, leaf->case_id);
    add_text(hash, leaf->object);
    hash_text_bytes(hash, leaf->payload_sha256, SHA256_BYTES);
    hash_text_number(hash, leaf->rows_written);
    hash_text_bytes(hash, leaf->rows_sha256, SHA256_BYTES);
    hash_text_bytes(hash, leaf->previous, SHA256_BYTES);
    hash_text_finish(hash, entry + 1);
    EVP_Digest(entry, sizeof entry, ret_hash, NULL, EVP_sha256(), NULL);
}

// ---- Rows -------------------------------------------------------------------------------------

void audit_rows_add(EVP_MD_CTX *digest, AuditTable table, uint64_t id,
                    const uint8_t hash[SHA256_BYTES])
{
    hash_text_number(digest, table);
    hash_text_number(digest, id);
    hash_text_bytes(digest, hash, SHA256_BYTES);
}

static int compare_places(AuditTable table, uint64_t id, AuditTable other, uint64_t other_id)
{
    if (table != other)
        return table < other ? -1 : 1;
    return id < other_id ? -1 : id > other_id;
}

static int compare_rows(const void *a, const void *b)
{
    const AuditRows *left = a, *right = b;
    return compare_places(left->table, left->first_id, right->table, right->first_id);
}

typedef struct {
    EVP_MD_CTX *digest;
    uint64_t seq, count;
    bool has_last;
    AuditTable last_table;
    uint64_t last_id;        // every row counts once
    const GArray *deletions; // of AuditRows, in order; those before `next` are dealt with
    unsigned next;
    GArray *gone; // deletions that stand at the end of the act
} RowsDigest;

static void add_row(RowsDigest *rows, AuditTable table, uint64_t id,
                    const uint8_t hash[SHA256_BYTES])
{
    audit_rows_add(rows->digest, table, id, hash);
    rows->count++;
    rows->has_last = true;
    rows->last_table = table;
    rows->last_id = id;
}

// Deletions that come before a row; that row itself was written again after it was deleted.
static void add_deletions(RowsDigest *rows, AuditTable table, uint64_t id)
{
    static const uint8_t no_row[SHA256_BYTES];
    for (; rows->next < rows->deletions->len; rows->next++) {
        const AuditRows *row = &g_array_index(rows->deletions, AuditRows, rows->next);
        int order = compare_places(row->table, row->first_id, table, id);
        if (order > 0)
            return;
        if (order == 0 || (rows->has_last && compare_places(row->table, row->first_id,
                                                            rows->last_table, rows->last_id) == 0))
            continue;
        add_row(rows, row->table, row->first_id, no_row);
        g_array_append_val(rows->gone, *row);
    }
}

static bool add_range(Database *database, RowsDigest *rows, const AuditRows *range, GError **err)
{
    const AuditTableInfo *info = audit_table(range->table);
    uint64_t first = range->first_id;
    if (rows->has_last && rows->last_table == range->table && first <= rows->last_id)
        first = rows->last_id + 1;
    if (first > range->last_id)
        return true;
    Statement *statement = database_statement(database, info->by_range, err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)first);
    statement_bind_int(statement, 2, (int64_t)range->last_id);
    statement_bind_int(statement, 3, (int64_t)rows->seq);
    bool row;
    while (true) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        uint8_t hash[SHA256_BYTES];
        uint64_t id = (uint64_t)statement_int(statement, 0);
        audit_row_hash(range->table, statement, hash);
        add_deletions(rows, range->table, id);
        add_row(rows, range->table, id, hash);
    }
}

static bool insert_superseded(Database *database, uint64_t seq, AuditTable table, uint64_t id,
                              const uint8_t hash[SHA256_BYTES], GError **err)
{
    Statement *statement =
        database_statement(database, "INSERT INTO audit_superseded VALUES (?1, ?2, ?3, ?4)", err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)seq);
    statement_bind_int(statement, 2, table);
    statement_bind_int(statement, 3, (int64_t)id);
    statement_bind_blob(statement, 4, hash, SHA256_BYTES);
    return statement_run(statement, err);
}

static bool keep_deletions(Database *database, const RowsDigest *rows, GError **err)
{
    static const uint8_t no_row[SHA256_BYTES];
    for (unsigned i = 0; i < rows->gone->len; i++) {
        const AuditRows *row = &g_array_index(rows->gone, AuditRows, i);
        if (!insert_superseded(database, rows->seq, row->table, row->first_id, no_row, err))
            return false;
    }
    return true;
}

static bool digest_rows(Database *database, AuditLeaf *leaf, GArray *ranges, GError **err)
{
    g_autoptr(GArray) deletions = g_array_new(FALSE, FALSE, sizeof(AuditRows));
    g_autoptr(GArray) gone = g_array_new(FALSE, FALSE, sizeof(AuditRows));
    RowsDigest rows = {.digest = hash_text_new(AUDIT_ROWS_LABEL),
                       .seq = leaf->seq,
                       .deletions = deletions,
                       .gone = gone};
    bool ok = true;
    if (ranges != NULL)
        g_array_sort(ranges, compare_rows);
    for (unsigned i = 0; ranges != NULL && i < ranges->len; i++)
        if (g_array_index(ranges, AuditRows, i).is_deleted)
            g_array_append_val(deletions, g_array_index(ranges, AuditRows, i));
    for (unsigned i = 0; ok && ranges != NULL && i < ranges->len; i++)
        if (!g_array_index(ranges, AuditRows, i).is_deleted)
            ok = add_range(database, &rows, &g_array_index(ranges, AuditRows, i), err);
    add_deletions(&rows, (AuditTable)INT_MAX, UINT64_MAX);
    leaf->rows_written = rows.count;
    hash_text_finish(rows.digest, leaf->rows_sha256);
    return ok && keep_deletions(database, &rows, err);
}

bool audit_log_supersede(Database *database, AuditTable table, uint64_t id, uint64_t act_seq,
                         bool *ret_exists, GError **err)
{
    Statement *statement = database_statement(database, audit_table(table)->by_id, err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)id);
    bool row;
    if (!statement_step(statement, &row, err))
        return false;
    *ret_exists = row;
    uint8_t hash[SHA256_BYTES];
    uint64_t seq = act_seq;
    if (row) {
        seq = (uint64_t)statement_int(statement, 1);
        audit_row_hash(table, statement, hash);
        statement_reset(statement);
    }
    return seq == act_seq || insert_superseded(database, seq, table, id, hash, err);
}

bool audit_log_erase_payload(Database *database, uint64_t seq, bool *ret_exists, GError **err)
{
    Statement *statement = database_statement(
        database,
        "UPDATE audit_leaf SET payload = NULL WHERE seq = ?1 AND payload IS NOT NULL RETURNING seq",
        err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)seq);
    bool row;
    if (!statement_step(statement, &row, err))
        return false;
    *ret_exists = row;
    return !row || statement_run(statement, err);
}

// ---- Appending --------------------------------------------------------------------------------

static bool last_leaf(Database *database, uint64_t *ret_seq, uint8_t ret_hash[SHA256_BYTES],
                      GError **err)
{
    Statement *statement = database_statement(
        database, "SELECT seq, hash FROM audit_leaf ORDER BY seq DESC LIMIT 1", err);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    *ret_seq = 0;
    memset(ret_hash, 0, SHA256_BYTES);
    if (!row)
        return true;
    size_t size_bytes;
    const uint8_t *hash = statement_blob(statement, 1, &size_bytes);
    *ret_seq = (uint64_t)statement_int(statement, 0);
    if (size_bytes == SHA256_BYTES)
        memcpy(ret_hash, hash, SHA256_BYTES);
    statement_reset(statement);
    return true;
}

bool audit_log_next(Database *database, uint64_t *ret_seq, GError **err)
{
    uint64_t last;
    uint8_t hash[SHA256_BYTES];
    if (!last_leaf(database, &last, hash, err))
        return false;
    *ret_seq = last + 1;
    return true;
}

static bool insert_leaf(Database *database, const AuditLeaf *leaf, GError **err)
{
    Statement *statement =
        database_statement(database,
                           "INSERT INTO audit_leaf VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
                           "?10, ?11, ?12, ?13, ?14, ?15)",
                           err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)leaf->seq);
    statement_bind_int(statement, 2, leaf->made_us);
    statement_bind_int(statement, 3, leaf->monotonic_us);
    statement_bind_int(statement, 4, (int64_t)leaf->account_id);
    statement_bind_text(statement, 5, leaf->actor);
    statement_bind_text(statement, 6, leaf->session);
    statement_bind_text(statement, 7, leaf->action);
    statement_bind_int(statement, 8, (int64_t)leaf->case_id);
    statement_bind_text(statement, 9, leaf->object);
    statement_bind_text(statement, 10, leaf->payload);
    statement_bind_blob(statement, 11, leaf->payload_sha256, SHA256_BYTES);
    statement_bind_int(statement, 12, (int64_t)leaf->rows_written);
    statement_bind_blob(statement, 13, leaf->rows_sha256, SHA256_BYTES);
    statement_bind_blob(statement, 14, leaf->previous, SHA256_BYTES);
    statement_bind_blob(statement, 15, leaf->hash, SHA256_BYTES);
    return statement_run(statement, err);
}

bool audit_log_append(Database *database, AuditLeaf *leaf, GArray *rows, GError **err)
{
    uint64_t last;
    if (!last_leaf(database, &last, leaf->previous, err))
        return false;
    if (leaf->seq != last + 1) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL,
                    "cannot record the act: leaf %" G_GUINT64_FORMAT " would follow leaf "
                    "%" G_GUINT64_FORMAT,
                    leaf->seq, last);
        return false;
    }
    EVP_Digest(leaf->payload, strlen(leaf->payload), leaf->payload_sha256, NULL, EVP_sha256(),
               NULL);
    if (!digest_rows(database, leaf, rows, err))
        return false;
    audit_leaf_hash(leaf, leaf->hash);
    return insert_leaf(database, leaf, err);
}
