// SPDX-License-Identifier: Apache-2.0
//
// What the server asks about a caller: who is it, and may they. The answers come from accounts and
// case membership (cases/) in the program and from a double in tests. The server asks both before
// any handler runs, and nothing else decides about access.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "api/casework_pool.h"
#include "base/error.h"
#include "cases/identity.h"
#include "cases/permission.h"

// What a request carries. A request with both a cookie and a bearer token is refused earlier.
typedef struct {
    const char *session; // value of the session cookie, or NULL
    const char *bearer;  // token of "Authorization: Bearer", or NULL
    const char *address; // of the client, seen through the configured proxy
} ApiCredential;

typedef struct {
    // Who this is. CLEW_ERROR_DENIED when nobody (unknown, expired, revoked, account disabled): the
    // reply is 401 and tells none of these apart.
    bool (*identify)(void *data, Casework *work, const ApiCredential *credential,
                     Identity *ret_identity, GError **err);
    // May this caller do it in this case? Asked only for routes with {case} and only when the
    // actor's permissions have it. CLEW_ERROR_NOT_FOUND when the case does not exist or is not
    // visible to them; CLEW_ERROR_DENIED when it is visible but they may not do this.
    bool (*may_in_case)(void *data, Casework *work, const Identity *identity, Permission permission,
                        uint64_t case_id, GError **err);
    void *data;
} ApiAuthenticator;

// Over the sessions, tokens and case files of cases/.
const ApiAuthenticator *api_authenticator_of_accounts(void);
