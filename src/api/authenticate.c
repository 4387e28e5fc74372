// SPDX-License-Identifier: Apache-2.0
#include "api/authenticate.h"

#include "cases/case_file.h"
#include "cases/sessions.h"
#include "cases/tokens.h"

static bool identify(void *data, Casework *work, const ApiCredential *credential,
                     Identity *ret_identity, GError **err)
{
    if (credential->bearer != NULL)
        return tokens_authenticate(work, credential->bearer, ret_identity, err);
    return sessions_authenticate(work, credential->session, ret_identity, err);
}

// Permissions are the same in every case that one may see.
static bool may_in_case(void *data, Casework *work, const Identity *identity, Permission permission,
                        uint64_t case_id, GError **err)
{
    bool visible = false;
    if (!case_file_is_visible(work, &identity->actor, case_id, &visible, err))
        return false;
    if (!visible)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND, "there is no case %" G_GUINT64_FORMAT,
                    case_id);
    return visible;
}

const ApiAuthenticator *api_authenticator_of_accounts(void)
{
    static const ApiAuthenticator accounts = {.identify = identify, .may_in_case = may_in_case};
    return &accounts;
}
