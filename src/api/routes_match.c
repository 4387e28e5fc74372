// SPDX-License-Identifier: Apache-2.0
//
// Matching for programs that check uploads. A token with the scope "match" asks and is told what is
// known of each hash, or of one picture.
#include <string.h>

#include "api/call.h"
#include "api/routes.h"
#include "api/services.h"
#include "base/encoding.h"
#include "base/limits.h"

// The longest computable value in hexadecimal digits.
#define HASH_TEXT_MAX (2 * HASH_BYTES_MAX)

static MatchService *service_of(ApiCall *call, GError **err)
{
    const ApiServices *services = api_call_services(call);
    if (services != NULL && services->matching != NULL)
        return services->matching;
    g_set_error_literal(err, API_PROBLEM, API_PROBLEM_UNAVAILABLE, "this server does not match");
    return NULL;
}

static bool take(ApiCall *call, MatchService *service, unsigned hashes, GError **err)
{
    unsigned wait_s = match_service_take(service, api_call_identity(call), hashes);
    if (wait_s == 0)
        return true;
    api_call_retry_after(call, wait_s);
    g_set_error(err, API_PROBLEM, API_PROBLEM_TOO_MANY,
                "the token asks about more hashes than it may; wait %u s", wait_s);
    return false;
}

// ---- Replies ----------------------------------------------------------------------------------

static json_t *verdict_json(const MatchVerdict *verdict)
{
    if (!verdict->found)
        return json_pack("{ss sb}", "match", "none", "frequent", (int)verdict->frequent);
    const Match *match = &verdict->match;
    json_t *json =
        json_pack("{ss sb ss ss ss? ss? ss}", "match", match_type_name(match->type), "frequent",
                  (int)verdict->frequent, "meaning", meaning_name(match->meaning), "kind",
                  set_kind_name(match->set_kind), "category", match->category, "scheme",
                  match->scheme, "reference", verdict->reference);
    if (match->type == MATCH_NEAR)
        json_object_set_new(json, "distance", json_integer(match->distance));
    else
        json_object_set_new(json, "weak", json_boolean(match->weak_digest));
    return json;
}

// ---- Hashes -----------------------------------------------------------------------------------

static const char *const type_names[] = {"md5", "sha1", "sha256", "pdq", NULL};

static void read_hash(ApiObject *in, ListHash *ret_hash, const char **ret_id)
{
    ret_hash->type = (HashType)api_object_choice(in, "type", type_names);
    const char *text = api_object_text(in, "value", 1, HASH_TEXT_MAX);
    *ret_id = api_object_text_or(in, "id", 1, LIMIT_MATCH_ID_BYTES, NULL);
    if (!encoding_from_hex(text, strlen(text), ret_hash->value, hash_type_bytes(ret_hash->type)))
        api_object_refuse(in, "value", "not the %u hexadecimal digits of this type",
                          (unsigned)(2 * hash_type_bytes(ret_hash->type)));
}

static bool match_hashes(ApiCall *call, GError **err)
{
    MatchService *service = service_of(call, err);
    if (service == NULL)
        return false;
    ApiArray *array = api_object_array(api_call_body(call), "hashes", 1, LIMIT_MATCH_HASHES);
    size_t count = api_array_size(array);
    g_autofree ListHash *hashes = g_new0(ListHash, count);
    g_autofree const char **ids = g_new0(const char *, count);
    for (size_t i = 0; i < count; i++)
        read_hash(api_array_object(array, i), &hashes[i], &ids[i]);
    if (!api_call_body_ok(call, err) || !take(call, service, (unsigned)count, err))
        return false;
    g_autofree MatchVerdict *verdicts = g_new0(MatchVerdict, count);
    if (!match_service_hashes(service, api_call_identity(call), hashes, count, verdicts, err))
        return false;
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *item = verdict_json(&verdicts[i]);
        if (ids[i] != NULL)
            json_object_set_new(item, "id", json_string(ids[i]));
        json_array_append_new(items, item);
    }
    return api_reply_json(call, 200, json_pack("{so}", "items", items), err);
}

// ---- Pictures ---------------------------------------------------------------------------------

static bool match_picture(ApiCall *call, GError **err)
{
    MatchService *service = service_of(call, err);
    if (service == NULL || !take(call, service, LIMIT_MATCH_PICTURE_HASHES, err))
        return false;
    MatchVerdict verdict;
    Status status;
    if (!match_service_picture(service, api_call_identity(call), api_call_bytes(call), &status,
                               &verdict, err))
        return false;
    json_t *json = verdict_json(&verdict);
    json_object_set_new(json, "picture", json_string(status_name(status)));
    return api_reply_json(call, 200, json, err);
}

// Both change nothing but counts, so that asking twice needs no key.
const ApiRoute routes_match[] = {
    {.method = API_METHOD_POST,
     .path = "/api/v1/match",
     .operation = "matchHashes",
     .permission = PERMISSION_MATCH,
     .body = API_BODY_JSON,
     .unrepeatable = true,
     .handle = match_hashes},
    {.method = API_METHOD_POST,
     .path = "/api/v1/match/picture",
     .operation = "matchPicture",
     .permission = PERMISSION_MATCH,
     .body = API_BODY_BYTES,
     .body_limit = LIMIT_MATCH_PICTURE_BYTES,
     .unrepeatable = true,
     .handle = match_picture},
    {0},
};
