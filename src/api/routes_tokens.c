// SPDX-License-Identifier: Apache-2.0
//
// Tokens of programs: one's own, and those of others for administrators. A token cannot make
// tokens: none of its scopes reaches here.
#include "api/call.h"
#include "api/people_json.h"
#include "api/routes.h"
#include "api/times.h"
#include "base/limits.h"
#include "cases/tokens.h"

#define DAYS_MAX (TOKEN_LIFE_MAX_US / G_TIME_SPAN_DAY)

static json_t *scope_names_of(unsigned scopes)
{
    json_t *names = json_array();
    for (unsigned scope = 0; scope < SCOPE_COUNT; scope++)
        if ((scopes & 1u << scope) != 0)
            json_array_append_new(names, json_string(scope_name((Scope)scope)));
    return names;
}

static json_t *token_json(const Token *token)
{
    return json_pack(
        "{sI sI ss so so so so so so}", "id", (json_int_t)token->id, "account",
        (json_int_t)token->account_id, "name", token->name, "scopes", scope_names_of(token->scopes),
        "case", token->case_id != 0 ? json_integer((json_int_t)token->case_id) : json_null(),
        "created", api_time(token->made_us), "ends", api_time(token->ends_us), "revoked",
        api_time(token->revoked_us), "used", api_time(token->used_day * G_TIME_SPAN_DAY));
}

static bool list_tokens(ApiCall *call, GError **err)
{
    ApiPage page;
    int64_t account;
    if (!api_page_begin(call, &page, err) ||
        !api_call_query_int(call, "account", 1, INT64_MAX, 0, &account, err))
        return false;
    uint64_t after = page.has_place ? (uint64_t)page.place.numbers[0] : 0;
    g_autoptr(GPtrArray) tokens = token_list(api_call_work(call), api_call_actor(call),
                                             (uint64_t)account, after, page.limit + 1, err);
    if (tokens == NULL)
        return false;
    json_t *items = json_array();
    ApiPlace last = {0};
    for (unsigned i = 0; i < tokens->len && i < page.limit; i++) {
        const Token *token = tokens->pdata[i];
        json_array_append_new(items, token_json(token));
        last.numbers[0] = (int64_t)token->id;
    }
    return api_reply_page(call, items, tokens->len > page.limit ? &last : NULL, err);
}

static unsigned read_scopes(ApiObject *in)
{
    unsigned scopes = 0;
    ApiArray *names = api_object_array(in, "scopes", 1, SCOPE_COUNT);
    for (size_t i = 0; i < api_array_size(names); i++) {
        Scope scope;
        const char *name = api_array_text(names, i, 1, LIMIT_API_WORD);
        if (scope_from_name(name, &scope))
            scopes |= 1u << scope;
        else
            api_object_refuse(in, "scopes", "one of them is none of the scopes there are");
    }
    return scopes;
}

static bool create_token(ApiCall *call, GError **err)
{
    ApiObject *in = api_call_body(call);
    int64_t own = (int64_t)api_call_actor(call)->account_id;
    TokenFields fields = {
        .account_id = (uint64_t)api_object_int_or(in, "account", 1, INT64_MAX, own),
        .name = api_object_text(in, "name", 1, LIMIT_ACCOUNT_TEXT),
        .scopes = read_scopes(in),
        .case_id = (uint64_t)api_object_int_or(in, "case", 1, INT64_MAX, 0),
    };
    int64_t days = api_object_int(in, "days", 1, DAYS_MAX);
    API_SECRET text = NULL;
    uint64_t id;
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_TOKEN_CHANGED, err);
    if (act == NULL)
        return false;
    fields.ends_us = act_now_us(act) + days * G_TIME_SPAN_DAY;
    return token_create(act, &fields, &id, &text, err) &&
           api_call_commit(call, 201,
                           json_pack("{sI ss so}", "id", (json_int_t)id, "token", text, "ends",
                                     api_time(fields.ends_us)),
                           err);
}

static bool revoke_token(ApiCall *call, GError **err)
{
    Act *act = api_call_begin(call, AUDIT_TOKEN_CHANGED, err);
    return act != NULL && token_revoke(act, api_call_id(call, "token"), err) &&
           api_call_commit(call, 204, NULL, err);
}

const ApiRoute routes_tokens[] = {
    {.path = "/api/v1/tokens",
     .operation = "listTokens",
     .permission = PERMISSION_SIGNED_IN,
     .query = "cursor limit account",
     .handle = list_tokens},
    {.method = API_METHOD_POST,
     .path = "/api/v1/tokens",
     .operation = "createToken",
     .permission = PERMISSION_SIGNED_IN,
     .second_factor = true,
     .body = API_BODY_JSON,
     .unrepeatable = true,
     .handle = create_token},
    {.method = API_METHOD_DELETE,
     .path = "/api/v1/tokens/{token}",
     .operation = "revokeToken",
     .permission = PERMISSION_SIGNED_IN,
     .handle = revoke_token},
    {0},
};
