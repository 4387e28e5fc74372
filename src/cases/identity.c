// SPDX-License-Identifier: Apache-2.0
#include "cases/identity.h"

void identity_clear(Identity *identity)
{
    g_free(identity->name);
    g_free(identity->session);
    *identity = (Identity){0};
}

bool permission_needs_fresh_second_factor(Permission permission)
{
    return permission == PERMISSION_EXPORT || permission == PERMISSION_EXPUNGE ||
           permission == PERMISSION_ADMINISTER;
}

bool identity_has_second_factor(const Identity *identity, Permission permission, int64_t now_us)
{
    if (!permission_needs_second_factor(permission) || identity->token_id != 0)
        return true;
    int64_t life = permission_needs_fresh_second_factor(permission) ? SECOND_FACTOR_FRESH_US
                                                                    : SECOND_FACTOR_VALID_US;
    int64_t age = now_us - identity->second_factor_us;
    // One from the future was given before the clock went back.
    return identity->second_factor_us > 0 && age >= -SECOND_FACTOR_FRESH_US && age < life;
}
