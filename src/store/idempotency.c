// SPDX-License-Identifier: Apache-2.0
#include "store/idempotency.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "store/bound.h"

#define FORGET_EVERY 64

void idempotent_reply_clear(IdempotentReply *reply)
{
    g_free(reply->text);
    *reply = (IdempotentReply){0};
}

bool idempotency_find(Database *database, uint64_t account_id, const IdempotencyKey *key,
                      IdempotentReply *ret_reply, GError **err)
{
    Statement *statement = bound_statement(database, err,
                                           "SELECT request_sha256, status, reply FROM idempotency "
                                           "WHERE account_id = ?1 AND key = ?2",
                                           "ut", account_id, key->key);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
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
    return bound_run(database, err, "DELETE FROM idempotency WHERE made_us < ?1", "i",
                     now_us - IDEMPOTENCY_KEPT_US) &&
           bound_run(database, err,
                     "DELETE FROM idempotency WHERE account_id = ?1 AND made_us < (SELECT made_us "
                     "FROM idempotency WHERE account_id = ?1 ORDER BY made_us DESC LIMIT 1 OFFSET "
                     "?2)",
                     "ui", account_id, (int64_t)LIMIT_IDEMPOTENCY_KEYS);
}

bool idempotency_store(Database *database, uint64_t account_id, const IdempotencyKey *key,
                       unsigned status, const char *text, int64_t now_us, GError **err)
{
    // One act in so many looks for old rows: the limit is for keeping, not for counting.
    if (now_us % FORGET_EVERY == 0 && !forget(database, account_id, now_us, err))
        return false;
    return bound_run(database, err, "INSERT INTO idempotency VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                     "utbiti", account_id, key->key, key->request_sha256, (size_t)SHA256_BYTES,
                     (int64_t)status, text, now_us);
}
