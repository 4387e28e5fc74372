// SPDX-License-Identifier: Apache-2.0
//
// Whether the server answers. It says nothing else, because strangers may ask.
#include "api/call.h"
#include "api/routes.h"

static bool get_health(ApiCall *call, GError **err)
{
    return api_reply_json(call, 200, json_pack("{ss}", "status", "ok"), err);
}

const ApiRoute routes_health[] = {
    {.path = "/api/v1/health",
     .operation = "getHealth",
     .permission = PERMISSION_NONE,
     .bare = true,
     .handle = get_health},
    {0},
};
