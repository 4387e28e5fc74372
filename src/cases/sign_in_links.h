// SPDX-License-Identifier: Apache-2.0
//
// Sign-in links: for demonstrations and tests, the operator of a server that only its own machine
// reaches lets somebody in without password and code. A link is good once and for
// SIGN_IN_LINK_LIFE_US, only in the process that made it, and only its hash is kept, in memory. The
// session it opens has its second factor at once; the record says how it was opened.
#pragma once

#include "cases/casework.h"

#define SIGN_IN_LINK_LIFE_US (15 * G_TIME_SPAN_MINUTE)

// May be used by several threads.
typedef struct SignInLinks SignInLinks;

SignInLinks *sign_in_links_new(void);
void sign_in_links_free(SignInLinks *links); // NULL is fine
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SignInLinks, sign_in_links_free)

// For the account of this name: the secret of a new link, 64 hexadecimal digits, to be shown once
// and wiped. CLEW_ERROR_NOT_FOUND unless there is such an account and it is active.
char *sign_in_links_make(SignInLinks *links, Casework *work, const char *name, GError **err);

// As sessions_login: *ret_session is the newly allocated value for the cookie. CLEW_ERROR_DENIED,
// with the sentence of a wrong password, when the link is unknown, used or over, or the account no
// longer active; CLEW_ERROR_BUSY when too many attempts failed before. `links` may be NULL: none.
bool sign_in_links_open(SignInLinks *links, Casework *work, const char *link, const char *address,
                        char **ret_session, GError **err);
// The name under which attempts with links are counted (sessions_wait_s); no account can have it.
#define SIGN_IN_LINK_NAME "(link)"
