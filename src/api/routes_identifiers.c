// SPDX-License-Identifier: Apache-2.0
//
// Identifiers of a case.
#include "api/call.h"
#include "api/fields.h"
#include "api/routes.h"
#include "api/times.h"
#include "cases/identifiers.h"

// In the order of TraitKind, from TRAIT_EMAIL.
static const char *const kinds[] = {"email",  "phone", "account", "ip",
                                    "device", "url",   "name",    NULL};

static json_t *identifier_json(const IdentifierRow *row)
{
    json_t *json =
        json_pack("{sI ss ss ss so so ss so so}", "id", (json_int_t)row->id, "kind", row->kind,
                  "value", row->value, "written", row->written, "media", api_id(row->media_id),
                  "item", api_id(row->item_id), "source", row->source, "made",
                  api_time(row->made_us), "port", api_id(row->port));
    json_object_set_new(json, "at", row->has_at ? api_time(row->at_us) : json_null());
    return json;
}

static bool list(ApiCall *call, GError **err)
{
    ApiPage page;
    int64_t media_id;
    if (!api_page_begin(call, &page, err) ||
        !api_call_query_int(call, "media", 1, INT64_MAX, 0, &media_id, err))
        return false;
    uint64_t after = page.has_place ? (uint64_t)page.place.numbers[0] : 0;
    g_autoptr(GPtrArray) rows =
        identifier_list(api_call_work(call), api_call_actor(call), api_call_id(call, "case"),
                        (uint64_t)media_id, after, page.limit + 1, err);
    if (rows == NULL)
        return false;
    json_t *items = json_array();
    ApiPlace next = {0};
    for (unsigned i = 0; i < rows->len && i < page.limit; i++) {
        const IdentifierRow *row = rows->pdata[i];
        json_array_append_new(items, identifier_json(row));
        next.numbers[0] = (int64_t)row->id;
    }
    return api_reply_page(call, items, rows->len > page.limit ? &next : NULL, err);
}

static bool add(ApiCall *call, GError **err)
{
    ApiObject *in = api_call_body(call);
    IdentifierNew identifier = {
        .kind = (TraitKind)(TRAIT_EMAIL + api_object_choice(in, "kind", kinds)),
        .written = api_object_text(in, "value", 1, IDENTIFIER_BYTES_MAX),
        .media_id = (uint64_t)api_object_int_or(in, "media", 1, INT64_MAX, 0),
        .item_id = (uint64_t)api_object_int_or(in, "item", 1, INT64_MAX, 0),
        .has_at = api_object_has(in, "at"),
        .at_us = api_object_time_or_none(in, "at"),
        .port = (uint16_t)api_object_int_or(in, "port", 1, UINT16_MAX, 0),
        .source = IDENTIFIER_FROM_HAND};
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_IDENTIFIER_CHANGED, err);
    uint64_t id;
    return act != NULL && identifier_add(act, api_call_id(call, "case"), &identifier, &id, err) &&
           api_call_commit(call, 201, json_pack("{sI}", "id", (json_int_t)id), err);
}

static bool take_away(ApiCall *call, GError **err)
{
    Act *act = api_call_begin(call, AUDIT_IDENTIFIER_CHANGED, err);
    return act != NULL &&
           identifier_remove(act, api_call_id(call, "case"), api_call_id(call, "identifier"),
                             err) &&
           api_call_commit(call, 204, NULL, err);
}

const ApiRoute routes_identifiers[] = {
    {.path = "/api/v1/cases/{case}/identifiers",
     .operation = "listIdentifiers",
     .permission = PERMISSION_CASE_READ,
     .query = "cursor limit media",
     .handle = list},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/identifiers",
     .operation = "addIdentifier",
     .permission = PERMISSION_CASE_WRITE,
     .body = API_BODY_JSON,
     .handle = add},
    {.method = API_METHOD_DELETE,
     .path = "/api/v1/cases/{case}/identifiers/{identifier}",
     .operation = "removeIdentifier",
     .permission = PERMISSION_CASE_WRITE,
     .handle = take_away},
    {0},
};
