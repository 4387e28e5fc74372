// SPDX-License-Identifier: Apache-2.0
//
// What the routes of sessions, accounts and tokens have in common: roles as texts, texts that are
// secrets, and the reply to those who must wait before they try again.
#pragma once

#include <jansson.h>

#include "api/call.h"

json_t *api_role_names(unsigned roles);
// The array "roles": bits 1 << Role. A name that is none is refused.
unsigned api_roles(ApiObject *in);

// A text that was given out once: wiped and freed. Takes NULL.
void api_secret_free(char *text);
void api_secret_clear(char **text);
#define API_SECRET __attribute__((cleanup(api_secret_clear))) char *

// Of char *.
json_t *api_texts(const GPtrArray *texts);

// After a refused login or code of `name`: CLEW_ERROR_BUSY becomes 429 with Retry-After. Other
// errors stay as they are. Returns false.
bool api_refuse_attempt(ApiCall *call, const char *name, GError *error, GError **err);
