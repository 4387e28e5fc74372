// SPDX-License-Identifier: Apache-2.0
//
// Who the caller is and what they may do, as the desk needs it to show only what works.
#include "api/call.h"
#include "api/routes.h"

static json_t *role_names(unsigned roles)
{
    json_t *names = json_array();
    for (unsigned role = 0; role < ROLE_COUNT; role++)
        if ((roles & 1u << role) != 0)
            json_array_append_new(names, json_string(role_name((Role)role)));
    return names;
}

static json_t *permission_names(Permissions permissions)
{
    json_t *names = json_array();
    for (unsigned i = 0; i < PERMISSION_COUNT; i++)
        if ((permissions & PERMISSION_BIT(i)) != 0)
            json_array_append_new(names, json_string(permission_name((Permission)i)));
    return names;
}

static bool get_session(ApiCall *call, GError **err)
{
    const Identity *identity = api_call_identity(call);
    const Actor *actor = &identity->actor;
    int64_t now_us = casework_now_us(api_call_work(call));
    json_t *json = json_pack(
        "{sI ss so so so sb so}", "account", (json_int_t)actor->account_id, "name",
        actor->name != NULL ? actor->name : "", "unit",
        actor->unit_id != 0 ? json_integer((json_int_t)actor->unit_id) : json_null(), "roles",
        role_names(actor->roles), "permissions", permission_names(actor->permissions),
        "second_factor", identity_has_second_factor(identity, PERMISSION_REVEAL, now_us),
        "csrf_token", *identity->csrf != '\0' ? json_string(identity->csrf) : json_null());
    return api_reply_json(call, 200, json, err);
}

const ApiRoute routes_session[] = {
    {.path = "/api/v1/session",
     .operation = "getSession",
     .permission = PERMISSION_SIGNED_IN,
     .handle = get_session},
    {0},
};
