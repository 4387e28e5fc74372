// SPDX-License-Identifier: Apache-2.0
//
// Replies to writes that carried an Idempotency-Key, kept with the act that made them, so that a
// client that did not get its answer can ask again without doing it twice. Both functions run
// inside the transaction of the act: writers are serial, so no second one slips between.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "cases/act.h"

#define API_REQUEST_DIGEST_BYTES 32

typedef struct {
    uint8_t request[API_REQUEST_DIGEST_BYTES]; // digest of method, target and body
    int status;
    char *body; // JSON text; "" for none; owned
} ApiStoredReply;

typedef struct {
    // What this account's `key` was answered. True with *ret_found false when it is unknown.
    bool (*find)(void *data, Act *act, const char *key, bool *ret_found, ApiStoredReply *ret_reply,
                 GError **err);
    bool (*store)(void *data, Act *act, const char *key, const ApiStoredReply *reply, GError **err);
    void *data;
} ApiReplies;
