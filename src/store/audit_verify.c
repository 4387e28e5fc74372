// SPDX-License-Identifier: Apache-2.0
#include "store/audit_verify.h"

#include <openssl/evp.h>
#include <string.h>

#include "store/audit_leaves.h"
#include "store/audit_rows.h"
#include "store/hash_text.h"

#define LEAVES_AT_A_TIME 200u
#define PLACES_AT_A_TIME 500u

// Where a version of a row stands in the record: the leaf that wrote it, then table and id.
typedef struct {
    int64_t seq;
    int64_t table, id;
    int64_t is_row; // 1: it stands in its table; 0: its hash was kept
    uint8_t hash[SHA256_BYTES];
} Place;

struct AuditVerify {
    Database *database;
    bool has_erased; // any payload
    GArray *places;  // a page of them
    unsigned next;
    bool at_end;
    Place last; // read so far
    const AuditVerifyCalls *calls;
    AuditVerifyCounts counts;
};

// ---- Places -----------------------------------------------------------------------------------

// The types of the columns are those that the engine's own table has.
static const char make_tables[] =
    "CREATE TEMP TABLE audit_place AS SELECT seq, table_number, row_id, seq AS is_row, hash "
    "FROM audit_superseded WHERE 1 = 0;"
    "CREATE INDEX audit_place_order ON audit_place (seq, table_number, row_id, is_row);"
    "CREATE TEMP TABLE audit_erased AS SELECT seq, row_id FROM audit_superseded WHERE 1 = 0;"
    "CREATE INDEX audit_erased_order ON audit_erased (row_id)";

static bool fill_places(AuditVerify *verify, GError **err)
{
    if (!database_execute(verify->database,
                          "INSERT INTO audit_place SELECT seq, table_number, row_id, 0, hash FROM "
                          "audit_superseded ORDER BY seq, table_number, row_id",
                          err))
        return false;
    for (int table = 0; table < TABLE_COUNT; table++) {
        const AuditTableInfo *info = audit_table((AuditTable)table);
        if (info == NULL)
            continue;
        g_autofree char *script = g_strdup_printf(
            "INSERT INTO audit_place SELECT seq, %d, id, 1, NULL FROM %s", table, info->name);
        if (!database_execute(verify->database, script, err))
            return false;
    }
    g_autofree char *script =
        g_strdup_printf("INSERT INTO audit_erased SELECT seq, row_id FROM audit_superseded WHERE "
                        "table_number = %d",
                        TABLE_PAYLOAD);
    return database_execute(verify->database, script, err);
}

static bool query_flag(Database *database, const char *sql, bool *ret_flag, GError **err)
{
    g_autoptr(Statement) statement = statement_prepare(database, sql, err);
    return statement != NULL && statement_step(statement, ret_flag, err);
}

AuditVerify *audit_verify_begin(Database *database, GError **err)
{
    g_autoptr(AuditVerify) verify = g_new0(AuditVerify, 1);
    verify->database = database;
    verify->places = g_array_new(FALSE, FALSE, sizeof(Place));
    verify->last = (Place){.seq = INT64_MIN, .table = INT64_MIN, .id = INT64_MIN};
    if (!database_execute(database, make_tables, err) || !database_begin_read(database, err) ||
        !fill_places(verify, err) ||
        !query_flag(database, "SELECT 1 FROM audit_erased LIMIT 1", &verify->has_erased, err))
        return NULL;
    return g_steal_pointer(&verify);
}

void audit_verify_free(AuditVerify *verify)
{
    if (verify == NULL)
        return;
    database_rollback(verify->database);
    database_execute(verify->database,
                     "DROP TABLE IF EXISTS audit_place; DROP TABLE IF EXISTS audit_erased", NULL);
    g_array_free(verify->places, TRUE);
    g_free(verify);
}

static bool read_places(AuditVerify *verify, GError **err)
{
    Statement *statement =
        database_statement(verify->database,
                           "SELECT seq, table_number, row_id, is_row, hash FROM audit_place WHERE "
                           "(seq, table_number, row_id, is_row) > (?1, ?2, ?3, ?4) "
                           "ORDER BY seq, table_number, row_id, is_row LIMIT ?5",
                           err);
    if (statement == NULL)
        return false;
    g_array_set_size(verify->places, 0);
    verify->next = 0;
    statement_bind_int(statement, 1, verify->last.seq);
    statement_bind_int(statement, 2, verify->last.table);
    statement_bind_int(statement, 3, verify->last.id);
    statement_bind_int(statement, 4, verify->last.is_row);
    statement_bind_int(statement, 5, PLACES_AT_A_TIME);
    bool row;
    while (true) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            break;
        Place place = {.seq = statement_int(statement, 0),
                       .table = statement_int(statement, 1),
                       .id = statement_int(statement, 2),
                       .is_row = statement_int(statement, 3)};
        size_t size_bytes = 0;
        const uint8_t *hash = statement_blob(statement, 4, &size_bytes);
        if (hash != NULL && size_bytes == SHA256_BYTES)
            memcpy(place.hash, hash, SHA256_BYTES);
        g_array_append_val(verify->places, place);
        verify->last = place;
    }
    verify->at_end = verify->places->len == 0;
    return true;
}

// The next place; *ret_place is NULL behind the last.
static bool peek_place(AuditVerify *verify, Place **ret_place, GError **err)
{
    *ret_place = NULL;
    if (!verify->at_end && verify->next == verify->places->len && !read_places(verify, err))
        return false;
    if (!verify->at_end)
        *ret_place = &g_array_index(verify->places, Place, verify->next);
    return true;
}

static bool hash_place(AuditVerify *verify, Place *place, GError **err)
{
    if (!place->is_row) {
        verify->counts.superseded++;
        return true;
    }
    verify->counts.rows++;
    Statement *statement =
        database_statement(verify->database, audit_table((AuditTable)place->table)->by_id, err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, place->id);
    bool row;
    if (!statement_step(statement, &row, err))
        return false;
    if (row) {
        audit_row_hash((AuditTable)place->table, statement, place->hash);
        statement_reset(statement);
    }
    return true;
}

static const char *table_name(int64_t table)
{
    const AuditTableInfo *info =
        table >= 0 && table < TABLE_COUNT ? audit_table((AuditTable)table) : NULL;
    return info != NULL ? info->name : NULL;
}

// ---- Faults -----------------------------------------------------------------------------------

static void say(const AuditVerify *verify, const AuditLeaf *leaf, const Place *place,
                const char *text)
{
    const AuditFault fault = {.seq = leaf->seq,
                              .action = leaf->action,
                              .made_us = leaf->made_us,
                              .table = place != NULL ? table_name(place->table) : NULL,
                              .row_id = place != NULL ? (uint64_t)place->id : 0,
                              .text = text};
    verify->calls->fault(verify->calls->user_data, &fault);
}

// Rows whose leaf does not exist: those before the leaf `next`, or all that are left.
static bool report_strays(AuditVerify *verify, const AuditLeaf *next, GError **err)
{
    Place *place;
    while (true) {
        if (!peek_place(verify, &place, err))
            return false;
        if (place == NULL || (next != NULL && place->seq >= (int64_t)next->seq))
            return true;
        const AuditLeaf none = {.seq = (uint64_t)MAX(place->seq, 0)};
        say(verify, &none, place,
            place->is_row ? "a row says that it was written by an act that is not on record"
                          : "the hash of a row is kept of an act that is not on record");
        verify->next++;
    }
}

// ---- One leaf ---------------------------------------------------------------------------------

typedef struct {
    uint64_t count;
    Place only;     // the row, when there is one
    bool one_table; // all in that of `only`
    bool has_double;
    Place twice;
} Rows;

static void note_row(Rows *rows, const Place *place, const Place *last)
{
    if (rows->count == 0) {
        rows->only = *place;
        rows->one_table = true;
    } else if (last->table == place->table && last->id == place->id && !rows->has_double) {
        rows->has_double = true;
        rows->twice = *place;
    }
    rows->one_table &= rows->only.table == place->table;
    rows->count++;
}

static void report_rows(const AuditVerify *verify, const AuditLeaf *leaf, const Rows *rows)
{
    Place named = rows->only;
    bool is_known = rows->count > 0 && rows->one_table;
    if (rows->has_double) {
        say(verify, leaf, &rows->twice,
            "a row stands twice among those that it wrote: as it is and "
            "as it was found by a later act");
        return;
    }
    if (rows->count != 1 || leaf->rows_written != 1)
        named.id = 0;
    g_autofree char *text =
        rows->count == leaf->rows_written
            ? g_strdup_printf("a row that it wrote was changed behind the record's back; it is one "
                              "of %" G_GUINT64_FORMAT,
                              rows->count)
            : g_strdup_printf("it wrote %" G_GUINT64_FORMAT " rows, and %" G_GUINT64_FORMAT
                              " are found: rows were added, taken away or moved",
                              leaf->rows_written, rows->count);
    say(verify, leaf, is_known ? &named : NULL, text);
}

static bool check_rows(AuditVerify *verify, const AuditLeaf *leaf, GError **err)
{
    Rows rows = {0};
    Place last = {0}, *place;
    EVP_MD_CTX *digest = hash_text_new(AUDIT_ROWS_LABEL);
    bool ok = true;
    while (ok) {
        ok = peek_place(verify, &place, err);
        if (!ok || place == NULL || place->seq != (int64_t)leaf->seq)
            break;
        ok = hash_place(verify, place, err);
        audit_rows_add(digest, (AuditTable)place->table, (uint64_t)place->id, place->hash);
        note_row(&rows, place, &last);
        last = *place;
        verify->next++;
    }
    uint8_t rows_sha256[SHA256_BYTES];
    hash_text_finish(digest, rows_sha256);
    if (ok && (rows.count != leaf->rows_written ||
               memcmp(rows_sha256, leaf->rows_sha256, SHA256_BYTES) != 0))
        report_rows(verify, leaf, &rows);
    return ok;
}

static bool is_said_erased(AuditVerify *verify, uint64_t seq, bool *ret_said, GError **err)
{
    *ret_said = false;
    if (!verify->has_erased)
        return true;
    Statement *statement = database_statement(
        verify->database, "SELECT 1 FROM audit_erased WHERE row_id = ?1 AND seq > ?1 LIMIT 1", err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)seq);
    if (!statement_step(statement, ret_said, err))
        return false;
    if (*ret_said)
        statement_reset(statement);
    return true;
}

static bool check_payload(AuditVerify *verify, const AuditLeaf *leaf, GError **err)
{
    bool said;
    if (!is_said_erased(verify, leaf->seq, &said, err))
        return false;
    if (leaf->payload == NULL) {
        verify->counts.erased++;
        if (!said)
            say(verify, leaf, NULL, "its payload is gone, and no act says that it was erased");
        return true;
    }
    uint8_t digest[SHA256_BYTES];
    EVP_Digest(leaf->payload, strlen(leaf->payload), digest, NULL, EVP_sha256(), NULL);
    if (memcmp(digest, leaf->payload_sha256, SHA256_BYTES) != 0)
        say(verify, leaf, NULL, "its payload was changed");
    else if (said)
        say(verify, leaf, NULL, "its payload was erased by a later act and is there again");
    return true;
}

// What carries from one leaf to the next.
typedef struct {
    uint64_t seq; // of the last leaf
    int64_t made_us;
    bool is_known; // whether `hash` is
    uint8_t hash[SHA256_BYTES];
} Chain;

static void report_missing(const AuditVerify *verify, uint64_t first, uint64_t next)
{
    const AuditLeaf none = {.seq = first};
    g_autofree char *text =
        next - first == 1 ? g_strdup("the leaf is missing")
                          : g_strdup_printf("%" G_GUINT64_FORMAT " leaves from here on are missing",
                                            next - first);
    say(verify, &none, NULL, text);
}

static void check_chain(AuditVerify *verify, const StoredLeaf *stored, Chain *chain,
                        uint8_t ret_hash[SHA256_BYTES])
{
    const AuditLeaf *leaf = &stored->leaf;
    audit_leaf_hash(leaf, ret_hash);
    if (!stored->is_sound)
        say(verify, leaf, NULL, "a field holds what no leaf can hold");
    else if (memcmp(ret_hash, leaf->hash, SHA256_BYTES) != 0)
        say(verify, leaf, NULL, "the leaf was changed: its hash is not that of its fields");
    else if (chain->is_known && memcmp(leaf->previous, chain->hash, SHA256_BYTES) != 0)
        say(verify, leaf, NULL, "the leaf does not follow the one before: another hash is in it");
    if (chain->seq > 0 && leaf->made_us < chain->made_us && verify->counts.clock_steps++ == 0)
        verify->counts.first_clock_step = leaf->seq;
    *chain = (Chain){.seq = leaf->seq, .made_us = leaf->made_us, .is_known = true};
    memcpy(chain->hash, leaf->hash, SHA256_BYTES);
}

static bool check_leaf(AuditVerify *verify, const StoredLeaf *stored, Chain *chain, GError **err)
{
    AuditLeaf leaf = stored->leaf;
    if ((int64_t)leaf.seq < 1) {
        leaf.seq = 0;
        say(verify, &leaf, NULL, "a leaf has a number that no leaf can have");
        return true;
    }
    if (leaf.seq != chain->seq + 1) {
        report_missing(verify, chain->seq + 1, leaf.seq);
        chain->is_known = false;
    }
    if (!report_strays(verify, &leaf, err))
        return false;
    check_chain(verify, stored, chain, leaf.hash);
    verify->counts.leaves++;
    if (verify->calls->leaf != NULL)
        verify->calls->leaf(verify->calls->user_data, &leaf);
    return check_payload(verify, &leaf, err) && check_rows(verify, &leaf, err);
}

bool audit_verify_run(AuditVerify *verify, const AuditVerifyCalls *calls,
                      AuditVerifyCounts *ret_counts, GError **err)
{
    g_autoptr(GPtrArray) leaves = g_ptr_array_new_with_free_func((GDestroyNotify)stored_leaf_free);
    Chain chain = {.is_known = true}; // the first follows zeros
    int64_t after = INT64_MIN;
    verify->calls = calls;
    while (true) {
        g_ptr_array_set_size(leaves, 0);
        if (!audit_leaves_read(verify->database, (uint64_t)after, INT64_MAX, LEAVES_AT_A_TIME,
                               leaves, err))
            return false;
        if (leaves->len == 0)
            break;
        for (unsigned i = 0; i < leaves->len; i++) {
            const StoredLeaf *stored = g_ptr_array_index(leaves, i);
            if (!check_leaf(verify, stored, &chain, err))
                return false;
            after = (int64_t)stored->leaf.seq;
        }
    }
    if (!report_strays(verify, NULL, err))
        return false;
    *ret_counts = verify->counts;
    return true;
}
