// SPDX-License-Identifier: Apache-2.0
#include "store/idempotency.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"

#define FORGET_EVERY 64

void idempotent_reply_clear(IdempotentReply *reply)
{
    g_free(reply->text);
    *reply = (IdempotentReply){0};
}

bool idempotency_find(Database *database, uint64_t account_id, const IdempotencyKey *key,
                      IdempotentReply *ret_reply, GError **err)
{
    Statement *statement = database_statement(database,
                                              "SELECT request_sha256, status, reply FROM "
                                              "idempotency WHERE account_id = ?1 AND key = ?2",
                                              err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)account_id);
    statement_bind_text(statement, 2, key->key);
    bool row;
    if (!statement_step(statement, &row, err))
        return false;
    *ret_reply = (IdempotentReply){.found = row};
    if (!row)
        return true;
    size_t size_bytes;
    const uint8_t *request = statement_blob(statement, 0, &size_bytes);
    bool is_same =
        size_bytes == SHA256_BYTES && memcmp(request, key->request_sha256, SHA256_BYTES) == 0;
    if (is_same) {
        ret_reply->status = (unsigned)statement_int(statement, 1);
        ret_reply->text = g_strdup(statement_text(statement, 2));
    } else {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "the idempotency key was used for another request; use a new key for each act");
    }
    statement_reset(statement);
    return is_same;
}

static bool forget(Database *database, uint64_t account_id, int64_t now_us, GError **err)
{
    Statement *statement =
        database_statement(database, "DELETE FROM idempotency WHERE made_us < ?1", err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, now_us - IDEMPOTENCY_KEPT_US);
    if (!statement_run(statement, err))
        return false;
    statement = database_statement(
        database,
        "DELETE FROM idempotency WHERE account_id = ?1 AND made_us < (SELECT made_us FROM "
        "idempotency WHERE account_id = ?1 ORDER BY made_us DESC LIMIT 1 OFFSET ?2)",
        err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)account_id);
    statement_bind_int(statement, 2, LIMIT_IDEMPOTENCY_KEYS);
    return statement_run(statement, err);
}

bool idempotency_store(Database *database, uint64_t account_id, const IdempotencyKey *key,
                       unsigned status, const char *text, int64_t now_us, GError **err)
{
    // One act in so many looks for old rows: the limit is for keeping, not for counting.
    if (now_us % FORGET_EVERY == 0 && !forget(database, account_id, now_us, err))
        return false;
    Statement *statement = database_statement(
        database, "INSERT INTO idempotency VALUES (?1, ?2, ?3, ?4, ?5, ?6)", err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)account_id);
    statement_bind_text(statement, 2, key->key);
    statement_bind_blob(statement, 3, key->request_sha256, SHA256_BYTES);
    statement_bind_int(statement, 4, status);
    statement_bind_text(statement, 5, text);
    statement_bind_int(statement, 6, now_us);
    return statement_run(statement, err);
}
