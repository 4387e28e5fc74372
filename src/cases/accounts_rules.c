// SPDX-License-Identifier: Apache-2.0
#include "cases/accounts_rules.h"

#include "base/error.h"
#include "base/limits.h"

bool accounts_invalid(GError **err, const char *what, const char *why)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "%s: %s", what, why);
    return false;
}

bool accounts_conflict(GError **err, const char *sentence)
{
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CONFLICT, sentence);
    return false;
}

bool accounts_must_administer(const Act *act, GError **err)
{
    if ((act_actor(act)->permissions & PERMISSION_BIT(PERMISSION_ADMINISTER)) != 0)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                "units and accounts are changed by administrators");
    return false;
}

unsigned accounts_page_size(unsigned limit)
{
    return limit < LIMIT_ACCOUNT_PAGE ? limit : LIMIT_ACCOUNT_PAGE;
}
