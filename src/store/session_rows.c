// SPDX-License-Identifier: Apache-2.0
#include "store/session_rows.h"

#include <string.h>

#include "store/bound.h"

#define HASH_SIZE ((size_t)ACCOUNT_HASH_BYTES)

// A hash of another size is damage; zeros are the hash of nothing that anybody has.
static void column_hash(const Statement *statement, int column,
                        uint8_t ret_hash[ACCOUNT_HASH_BYTES])
{
    size_t size;
    const uint8_t *bytes = statement_blob(statement, column, &size);
    memset(ret_hash, 0, HASH_SIZE);
    if (bytes != NULL && size == HASH_SIZE)
        memcpy(ret_hash, bytes, HASH_SIZE);
}

// ---- Sessions -----------------------------------------------------------------------------------

void session_row_free(SessionRow *row)
{
    if (row == NULL)
        return;
    g_free(row->address);
    g_free(row);
}

bool session_row_insert(Database *database, const SessionRow *row, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO session (id_hash, account_id, made_us, seen_us, ends_us, "
                     "second_factor_us, address) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                     "buiiiit", row->id_hash, HASH_SIZE, row->account_id, row->made_us,
                     row->seen_us, row->ends_us, row->second_factor_us, row->address);
}

bool session_row_load(Database *database, const uint8_t id_hash[ACCOUNT_HASH_BYTES],
                      SessionRow **ret_row, GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "SELECT id_hash, account_id, made_us, seen_us, ends_us, second_factor_us, address "
        "FROM session WHERE id_hash = ?1",
        "b", id_hash, HASH_SIZE);
    bool found;
    if (statement == NULL || !statement_step(statement, &found, err))
        return false;
    *ret_row = NULL;
    if (!found)
        return true;
    SessionRow *row = g_new0(SessionRow, 1);
    column_hash(statement, 0, row->id_hash);
    row->account_id = (uint64_t)statement_int(statement, 1);
    row->made_us = statement_int(statement, 2);
    row->seen_us = statement_int(statement, 3);
    row->ends_us = statement_int(statement, 4);
    row->second_factor_us = statement_int(statement, 5);
    row->address = g_strdup(statement_text(statement, 6));
    statement_reset(statement);
    *ret_row = row;
    return true;
}

bool session_row_seen(Database *database, const uint8_t id_hash[ACCOUNT_HASH_BYTES], int64_t now_us,
                      GError **err)
{
    return bound_run(database, err, "UPDATE session SET seen_us = ?2 WHERE id_hash = ?1", "bi",
                     id_hash, HASH_SIZE, now_us);
}

bool session_row_second_factor(Database *database, const uint8_t id_hash[ACCOUNT_HASH_BYTES],
                               int64_t now_us, GError **err)
{
    return bound_run(database, err, "UPDATE session SET second_factor_us = ?2 WHERE id_hash = ?1",
                     "bi", id_hash, HASH_SIZE, now_us);
}

bool session_row_delete(Database *database, const uint8_t id_hash[ACCOUNT_HASH_BYTES], GError **err)
{
    return bound_run(database, err, "DELETE FROM session WHERE id_hash = ?1", "b", id_hash,
                     HASH_SIZE);
}

bool session_row_delete_of(Database *database, uint64_t account_id, GError **err)
{
    return bound_run(database, err, "DELETE FROM session WHERE account_id = ?1", "u", account_id);
}

bool session_row_prune(Database *database, uint64_t account_id, unsigned keep, int64_t now_us,
                       GError **err)
{
    return bound_run(database, err, "DELETE FROM session WHERE ends_us <= ?1", "i", now_us) &&
           bound_run(database, err,
                     "DELETE FROM session WHERE account_id = ?1 AND id_hash NOT IN (SELECT id_hash "
                     "FROM session WHERE account_id = ?1 ORDER BY made_us DESC, id_hash LIMIT ?2)",
                     "uu", account_id, (uint64_t)keep);
}

bool session_row_count(Database *database, uint64_t account_id, uint64_t *ret_count, GError **err)
{
    int64_t count = 0;
    bool found;
    if (!bound_number(database, &count, &found, err,
                      "SELECT count(*) FROM session WHERE account_id = ?1", "u", account_id))
        return false;
    *ret_count = (uint64_t)count;
    return true;
}

// ---- Tokens -------------------------------------------------------------------------------------

#define TOKEN_SELECT                                                                               \
    "SELECT token.id, token.seq, token.account_id, token.name, token.hash, token.scopes, "         \
    "token.case_id, token.made_us, token.ends_us, token.revoked_us, token_use.day "                \
    "FROM token LEFT JOIN token_use ON token_use.token_id = token.id "

void token_row_free(TokenRow *row)
{
    if (row == NULL)
        return;
    g_free(row->name);
    g_free(row);
}

static TokenRow *read_token(const Statement *statement)
{
    TokenRow *row = g_new0(TokenRow, 1);
    row->id = (uint64_t)statement_int(statement, 0);
    row->seq = (uint64_t)statement_int(statement, 1);
    row->account_id = (uint64_t)statement_int(statement, 2);
    row->name = g_strdup(statement_text(statement, 3));
    column_hash(statement, 4, row->hash);
    row->scopes = (unsigned)statement_int(statement, 5);
    row->case_id = (uint64_t)statement_int(statement, 6); // NULL reads as 0
    row->made_us = statement_int(statement, 7);
    row->ends_us = statement_int(statement, 8);
    row->revoked_us = statement_int(statement, 9);
    row->used_day = statement_int(statement, 10);
    return row;
}

bool token_row_insert(Database *database, const TokenRow *row, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO token (id, seq, account_id, name, hash, scopes, case_id, "
                     "made_us, ends_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                     "uuutbunii", row->id, row->seq, row->account_id, row->name, row->hash,
                     HASH_SIZE, (uint64_t)row->scopes, (int64_t)row->case_id, row->made_us,
                     row->ends_us);
}

bool token_row_revoke(Database *database, uint64_t id, uint64_t seq, int64_t now_us, GError **err)
{
    return bound_run(database, err, "UPDATE token SET seq = ?2, revoked_us = ?3 WHERE id = ?1",
                     "uui", id, seq, now_us);
}

static bool load_token(Statement *statement, TokenRow **ret_row, GError **err)
{
    bool found;
    if (statement == NULL || !statement_step(statement, &found, err))
        return false;
    *ret_row = found ? read_token(statement) : NULL;
    if (found)
        statement_reset(statement);
    return true;
}

bool token_row_load(Database *database, uint64_t id, TokenRow **ret_row, GError **err)
{
    return load_token(bound_statement(database, err, TOKEN_SELECT "WHERE token.id = ?1", "u", id),
                      ret_row, err);
}

bool token_row_find(Database *database, const uint8_t hash[ACCOUNT_HASH_BYTES], TokenRow **ret_row,
                    GError **err)
{
    return load_token(
        bound_statement(database, err, TOKEN_SELECT "WHERE token.hash = ?1", "b", hash, HASH_SIZE),
        ret_row, err);
}

bool token_row_list(Database *database, uint64_t account_id, uint64_t after_id, unsigned limit,
                    GPtrArray *rows, GError **err)
{
    Statement *statement =
        bound_statement(database, err,
                        TOKEN_SELECT "WHERE (token.account_id = ?1 OR ?1 = 0) AND token.id > ?2 "
                                     "ORDER BY token.id LIMIT ?3",
                        "uuu", account_id, after_id, (uint64_t)limit);
    if (statement == NULL)
        return false;
    while (true) {
        bool found;
        if (!statement_step(statement, &found, err))
            return false;
        if (!found)
            return true;
        g_ptr_array_add(rows, read_token(statement));
    }
}

bool token_row_used(Database *database, uint64_t id, int64_t day, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO token_use (token_id, day) VALUES (?1, ?2) "
                     "ON CONFLICT (token_id) DO UPDATE SET day = excluded.day",
                     "ui", id, day);
}

// ---- Failed logins ------------------------------------------------------------------------------

bool attempt_row_load(Database *database, const char *kind, const uint8_t who[ACCOUNT_HASH_BYTES],
                      AttemptRow *ret_row, GError **err)
{
    Statement *statement = bound_statement(
        database, err, "SELECT failures, last_us FROM login_attempt WHERE kind = ?1 AND who = ?2",
        "tb", kind, who, HASH_SIZE);
    bool found;
    if (statement == NULL || !statement_step(statement, &found, err))
        return false;
    *ret_row = (AttemptRow){0};
    if (!found)
        return true;
    *ret_row = (AttemptRow){.failures = (uint64_t)statement_int(statement, 0),
                            .last_us = statement_int(statement, 1)};
    statement_reset(statement);
    return true;
}

bool attempt_row_write(Database *database, const char *kind, const uint8_t who[ACCOUNT_HASH_BYTES],
                       AttemptRow row, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO login_attempt (kind, who, failures, last_us) "
                     "VALUES (?1, ?2, ?3, ?4) ON CONFLICT (kind, who) DO UPDATE SET "
                     "failures = excluded.failures, last_us = excluded.last_us",
                     "tbui", kind, who, HASH_SIZE, row.failures, row.last_us);
}

bool attempt_row_delete(Database *database, const char *kind, const uint8_t who[ACCOUNT_HASH_BYTES],
                        GError **err)
{
    return bound_run(database, err, "DELETE FROM login_attempt WHERE kind = ?1 AND who = ?2", "tb",
                     kind, who, HASH_SIZE);
}

static bool forget_beyond(Database *database, const char *kind, uint64_t keep, GError **err)
{
    int64_t oldest_kept;
    bool found;
    if (!bound_number(database, &oldest_kept, &found, err,
                      "SELECT last_us FROM login_attempt WHERE kind = ?1 "
                      "ORDER BY last_us DESC LIMIT 1 OFFSET ?2",
                      "tu", kind, keep))
        return false;
    return !found ||
           bound_run(database, err, "DELETE FROM login_attempt WHERE kind = ?1 AND last_us <= ?2",
                     "ti", kind, oldest_kept);
}

bool attempt_row_prune(Database *database, const char *kind, int64_t before_us, uint64_t keep,
                       GError **err)
{
    return bound_run(database, err, "DELETE FROM login_attempt WHERE kind = ?1 AND last_us < ?2",
                     "ti", kind, before_us) &&
           forget_beyond(database, kind, keep, err);
}
