// SPDX-License-Identifier: Apache-2.0
//
// The record: leaves, the newest signed head, proofs.
#include <string.h>

#include "api/call.h"
#include "api/fields.h"
#include "api/routes.h"
#include "api/times.h"
#include "cases/audit_read.h"

static json_t *details_of(const StoredLeaf *leaf)
{
    json_t *details = leaf->payload != NULL ? json_loads(leaf->payload, 0, NULL) : NULL;
    return details != NULL ? details : json_null();
}

static json_t *leaf_json(const StoredLeaf *stored)
{
    const AuditLeaf *leaf = &stored->leaf;
    return json_pack("{sI so so ss ss so ss so}", "leaf", (json_int_t)leaf->seq, "time",
                     api_time(leaf->made_us), "account", api_id(leaf->account_id), "actor",
                     stored->actor, "action", stored->action, "case", api_id(leaf->case_id),
                     "object", stored->object, "details", details_of(stored));
}

static bool query_time(ApiCall *call, const char *name, int64_t fallback, int64_t *ret_us,
                       GError **err)
{
    const char *text = api_call_query(call, name);
    *ret_us = fallback;
    if (text == NULL || api_time_read(text, ret_us))
        return true;
    g_set_error(err, API_PROBLEM, API_PROBLEM_BAD_REQUEST,
                "%s is no time like 2026-01-31T23:59:59Z", name);
    return false;
}

static bool list(ApiCall *call, uint64_t case_id, GError **err)
{
    ApiPage page;
    int64_t account;
    AuditFilter filter = {.case_id = case_id};
    if (!api_page_begin(call, &page, err) ||
        !api_call_query_int(call, "account", 1, INT64_MAX, 0, &account, err) ||
        !query_time(call, "from", INT64_MIN, &filter.from_us, err) ||
        !query_time(call, "to", INT64_MAX, &filter.to_us, err))
        return false;
    const char *action = api_call_query(call, "action");
    filter.action = action != NULL ? action : "";
    filter.account_id = (uint64_t)account;
    filter.before_seq = page.has_place ? (uint64_t)page.place.numbers[0] : 0;
    bool more;
    g_autoptr(GPtrArray) leaves =
        audit_read(api_call_work(call), api_call_actor(call), &filter, page.limit, &more, err);
    if (leaves == NULL)
        return false;
    json_t *items = json_array();
    for (unsigned i = 0; i < leaves->len; i++)
        json_array_append_new(items, leaf_json(leaves->pdata[i]));
    const ApiPlace next = {.numbers = {(int64_t)filter.before_seq}};
    return api_reply_page(call, items, more ? &next : NULL, err);
}

static bool list_all(ApiCall *call, GError **err)
{
    int64_t case_id;
    return api_call_query_int(call, "case", 1, INT64_MAX, 0, &case_id, err) &&
           list(call, (uint64_t)case_id, err);
}

static bool list_of_case(ApiCall *call, GError **err)
{
    return list(call, api_call_id(call, "case"), err);
}

static bool reply_text(ApiCall *call, const char *text, const char *file_name)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    return api_reply_bytes(call, "text/plain; charset=utf-8", g_steal_pointer(&bytes), file_name);
}

static bool get_checkpoint(ApiCall *call, GError **err)
{
    g_autofree char *note = audit_read_checkpoint(api_call_work(call), err);
    return note != NULL && reply_text(call, note, "clew.checkpoint");
}

static bool get_proof(ApiCall *call, GError **err)
{
    uint64_t leaf = api_call_id(call, "leaf");
    g_autofree char *proof = audit_read_proof(api_call_work(call), api_call_actor(call), leaf, err);
    g_autofree char *name = g_strdup_printf("leaf-%" G_GUINT64_FORMAT ".tlog-proof", leaf);
    return proof != NULL && reply_text(call, proof, name);
}

const ApiRoute routes_audit[] = {
    {.path = "/api/v1/audit",
     .operation = "listLeaves",
     .permission = PERMISSION_AUDIT_READ,
     .query = "cursor limit case account action from to",
     .handle = list_all},
    {.path = "/api/v1/cases/{case}/audit",
     .operation = "listCaseLeaves",
     .permission = PERMISSION_CASE_READ,
     .query = "cursor limit account action from to",
     .handle = list_of_case},
    {.path = "/api/v1/audit/checkpoint",
     .operation = "getCheckpoint",
     .permission = PERMISSION_AUDIT_READ,
     .handle = get_checkpoint},
    {.path = "/api/v1/audit/leaves/{leaf}/proof",
     .operation = "getProof",
     .permission = PERMISSION_AUDIT_READ,
     .handle = get_proof},
    {0},
};
