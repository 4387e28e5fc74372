// SPDX-License-Identifier: Apache-2.0
#include "apps/clewd/nobody.h"

static bool identify_nobody(void *data, Casework *work, const ApiCredential *credential,
                            ApiIdentity *ret_identity, GError **err)
{
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_DENIED, "there are no accounts");
    return false;
}

static bool refuse_case(void *data, Casework *work, const ApiIdentity *identity,
                        Permission permission, uint64_t case_id, GError **err)
{
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND, "there is no such case");
    return false;
}

const ApiAuthenticator *authenticator_of_nobody(void)
{
    static const ApiAuthenticator nobody = {.identify = identify_nobody,
                                            .may_in_case = refuse_case};
    return &nobody;
}
