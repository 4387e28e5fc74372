// SPDX-License-Identifier: Apache-2.0
//
// Identity: who a request comes from, as found from a session or a token. Its texts are its own, so
// it outlives the rows it was read from; ask again for every request, revocation is immediate.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cases/casework.h"

#define IDENTITY_CSRF_LENGTH 64u

// How long a second factor counts: to see pictures, and to export or to administer.
#define SECOND_FACTOR_VALID_US (12 * G_TIME_SPAN_HOUR)
#define SECOND_FACTOR_FRESH_US (15 * G_TIME_SPAN_MINUTE)

typedef struct {
    Actor actor;                         // its texts are the two below
    char *name;                          // owned
    char *session;                       // owned; short key for the record, opens nothing
    char csrf[IDENTITY_CSRF_LENGTH + 1]; // what a request that changes something repeats; "" with a
                                         // token
    int64_t second_factor_us;            // 0: none
    uint64_t token_id;                   // 0: a session
} Identity;

void identity_clear(Identity *identity);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Identity, identity_clear)

// Whether its second factor is recent enough for this permission; true when it needs none, and for
// tokens, whose scopes reach nothing that needs one.
bool identity_has_second_factor(const Identity *identity, Permission permission, int64_t now_us);

// Whether the permission wants a fresh one.
bool permission_needs_fresh_second_factor(Permission permission);
