// SPDX-License-Identifier: Apache-2.0
//
// The links of --sign-in-link: made before the server says that it is ready, printed after it.
#pragma once

#include <glib.h>

#include "cases/sign_in_links.h"

// One address for each name: of char *, wiped when freed. `origin`: "http://127.0.0.1:8600". NULL
// with CLEW_ERROR_NOT_FOUND for a name without an active account.
GPtrArray *sign_in_make(SignInLinks *links, Casework *work, char *const *names, const char *origin,
                        GError **err);
// To standard output, a line each.
void sign_in_print(const GPtrArray *addresses);
