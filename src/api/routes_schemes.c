// SPDX-License-Identifier: Apache-2.0
#include "api/call.h"
#include "api/routes.h"
#include "cases/scheme.h"

static bool get_schemes(ApiCall *call, GError **err)
{
    const char *folder = casework_folder(api_call_work(call));
    g_auto(GStrv) ids = scheme_ids(folder);
    json_t *items = json_array();
    for (char **id = ids; *id != NULL; id++) {
        g_autoptr(Scheme) scheme = scheme_load(*id, folder, err);
        if (scheme == NULL) {
            json_decref(items);
            return false;
        }
        json_array_append_new(items,
                              json_pack("{ss ss sb}", "id", scheme_id(scheme), "name",
                                        scheme_name(scheme), "public", scheme_is_public(scheme)));
    }
    return api_reply_json(call, 200, json_pack("{so}", "items", items), err);
}

const ApiRoute routes_schemes[] = {
    {.path = "/api/v1/schemes",
     .operation = "listSchemes",
     .permission = PERMISSION_SIGNED_IN,
     .handle = get_schemes},
    {0},
};
