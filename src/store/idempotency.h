// SPDX-License-Identifier: Apache-2.0
//
// Replies to writes that were done, by the key that the client gave each, so that a client that
// lost the answer can ask again and nothing is done twice. A reply is stored in the transaction of
// the act itself. They are kept for a day (IDEMPOTENCY_KEPT_US) and, of each account, for at most
// LIMIT_IDEMPOTENCY_KEYS acts.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/digest_set.h"
#include "store/database.h"

#define IDEMPOTENCY_KEPT_US (24 * G_TIME_SPAN_HOUR)

typedef struct {
    const char *key;                      // of the client's choice; NULL: none
    uint8_t request_sha256[SHA256_BYTES]; // over method, target and body
} IdempotencyKey;

typedef struct {
    bool found;
    unsigned status; // of HTTP
    char *text;      // newly allocated
} IdempotentReply;

void idempotent_reply_clear(IdempotentReply *reply);

// CLEW_ERROR_CONFLICT when the key was used for another request.
bool idempotency_find(Database *database, uint64_t account_id, const IdempotencyKey *key,
                      IdempotentReply *ret_reply, GError **err);

// Inside the transaction of the act; forgets what is older than it is kept.
bool idempotency_store(Database *database, uint64_t account_id, const IdempotencyKey *key,
                       unsigned status, const char *text, int64_t now_us, GError **err);
