// SPDX-License-Identifier: Apache-2.0
//
// The known index of the server (cases/known_index.h): one for all threads, which take turns. Take
// it before the act begins and give it back behind the commit, so that nobody waits for it inside a
// write.
#pragma once

#include "api/call.h"
#include "cases/known_index.h"

typedef struct ApiKnown ApiKnown;

ApiKnown *api_known_new(void);
void api_known_free(ApiKnown *known);

// Waits, and follows what was committed. NULL with CLEW_ERROR_BUSY when the program has none.
KnownIndex *api_known_take(ApiKnown *known, Casework *work, GError **err);
void api_known_give(ApiKnown *known);

// That of a call's services; NULL when there is none.
ApiKnown *api_known_of(const ApiCall *call);
