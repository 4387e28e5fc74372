// SPDX-License-Identifier: Apache-2.0
#include "api/call.h"
#include "api/routes.h"
#include "cases/scheme.h"
#include "model/vote.h"

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

// The codes in the order in which they are offered.
static json_t *codes_json(const Scheme *scheme)
{
    json_t *codes = json_array();
    for (size_t i = 0; i < scheme_code_count(scheme); i++) {
        const SchemeCode *code = scheme_code(scheme, i);
        const char key[] = {code->key, '\0'};
        json_array_append_new(codes, json_pack("{ss ss ss ss? sb}", "code", code->code, "label",
                                               code->label, "meaning", meaning_name(code->meaning),
                                               "key", code->key != '\0' ? key : NULL, "offered",
                                               (int)code->is_offered));
    }
    return codes;
}

static bool get_scheme(ApiCall *call, GError **err)
{
    const char *folder = casework_folder(api_call_work(call));
    g_autoptr(Scheme) scheme = scheme_load(api_call_word(call, "scheme"), folder, err);
    if (scheme == NULL)
        return false;
    json_t *self_generated = json_array(), *commercial = json_array();
    for (unsigned i = 0; i < SELF_GENERATED_COUNT; i++)
        json_array_append_new(self_generated, json_string(self_generated_name((SelfGenerated)i)));
    for (unsigned i = 0; i < COMMERCIAL_COUNT; i++)
        json_array_append_new(commercial, json_string(commercial_name((Commercial)i)));
    return api_reply_json(call, 200,
                          json_pack("{ss ss sb so so so}", "id", scheme_id(scheme), "name",
                                    scheme_name(scheme), "public", (int)scheme_is_public(scheme),
                                    "codes", codes_json(scheme), "self_generated", self_generated,
                                    "commercial", commercial),
                          err);
}

const ApiRoute routes_schemes[] = {
    {.path = "/api/v1/schemes",
     .operation = "listSchemes",
     .permission = PERMISSION_SIGNED_IN,
     .handle = get_schemes},
    {.path = "/api/v1/schemes/{scheme:word}",
     .operation = "getScheme",
     .permission = PERMISSION_SIGNED_IN,
     .handle = get_scheme},
    {0},
};
