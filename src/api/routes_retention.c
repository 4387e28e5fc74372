// SPDX-License-Identifier: Apache-2.0
//
// Retention and expunge: what is to go when, who asked for it and who approved, what is left.
#include "api/call.h"
#include "api/fields.h"
#include "api/routes.h"
#include "api/times.h"
#include "cases/expunge.h"
#include "cases/retention.h"

// In the order of ExpungeKind.
static const char *const kinds[] = {"preview", "item", "note", "identifier", "case", NULL};
static const char *const clocks[] = {"closed", "opened", NULL};

// ---- Retention --------------------------------------------------------------------------------

static json_t *rule_json(const RetentionRow *row)
{
    return json_pack("{ss si ss ss sb so}", "kind", expunge_kind_name(row->kind), "days",
                     (int)row->days, "from", clocks[row->from_opened ? 1 : 0], "reason",
                     row->reason, "general", (int)(row->case_id == 0), "made",
                     api_time(row->made_us));
}

static bool reply_rules(ApiCall *call, const GPtrArray *rows, GError **err)
{
    if (rows == NULL)
        return false;
    json_t *items = json_array();
    for (unsigned i = 0; i < rows->len; i++)
        json_array_append_new(items, rule_json(rows->pdata[i]));
    return api_reply_json(call, 200, json_pack("{so}", "items", items), err);
}

static bool list_rules(ApiCall *call, GError **err)
{
    g_autoptr(GPtrArray) rows =
        retention_rules(api_call_work(call), api_call_actor(call), api_call_id(call, "case"), err);
    return reply_rules(call, rows, err);
}

static bool list_general_rules(ApiCall *call, GError **err)
{
    g_autoptr(GPtrArray) rows = retention_general_rules(api_call_work(call), err);
    return reply_rules(call, rows, err);
}

static bool set_rule(ApiCall *call, uint64_t case_id, GError **err)
{
    ApiObject *in = api_call_body(call);
    RetentionRule rule = {.case_id = case_id,
                          .kind = (ExpungeKind)api_object_choice(in, "kind", kinds),
                          .days = (unsigned)api_object_int(in, "days", 1, RETENTION_DAYS_MAX),
                          .from_opened = api_object_choice_or(in, "from", clocks, 0) == 1,
                          .reason = api_object_text(in, "reason", 1, LIMIT_CASE_TEXT)};
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_RETENTION_CHANGED, err);
    return act != NULL && retention_set(act, &rule, err) && api_call_commit(call, 204, NULL, err);
}

static bool set_case_rule(ApiCall *call, GError **err)
{
    return set_rule(call, api_call_id(call, "case"), err);
}

static bool set_general_rule(ApiCall *call, GError **err)
{
    return set_rule(call, 0, err);
}

static bool list_due(ApiCall *call, GError **err)
{
    Casework *work = api_call_work(call);
    g_autoptr(GArray) rows = retention_due(work, api_call_actor(call), casework_now_us(work), err);
    if (rows == NULL)
        return false;
    json_t *items = json_array();
    for (unsigned i = 0; i < rows->len; i++) {
        const RetentionDue *due = &g_array_index(rows, RetentionDue, i);
        json_array_append_new(items, json_pack("{sI ss so}", "case", (json_int_t)due->case_id,
                                               "kind", expunge_kind_name(due->kind), "since",
                                               api_time(due->since_us)));
    }
    return api_reply_json(call, 200, json_pack("{so}", "items", items), err);
}

// ---- Expunge ----------------------------------------------------------------------------------

static json_t *expunge_json(const ExpungeRow *row)
{
    return json_pack("{sI ss ss ss so so so so}", "id", (json_int_t)row->id, "kind",
                     expunge_kind_name(row->kind), "reason", row->reason, "state",
                     expunge_state_name(row->state), "asked_by", api_id(row->asked_by), "asked",
                     api_time(row->asked_us), "decided_by", api_id(row->decided_by), "decided",
                     api_time(row->decided_us));
}

static bool list_expunges(ApiCall *call, GError **err)
{
    g_autoptr(GPtrArray) rows =
        expunge_list(api_call_work(call), api_call_actor(call), api_call_id(call, "case"), err);
    if (rows == NULL)
        return false;
    json_t *items = json_array();
    for (unsigned i = 0; i < rows->len; i++)
        json_array_append_new(items, expunge_json(rows->pdata[i]));
    return api_reply_json(call, 200, json_pack("{so}", "items", items), err);
}

static bool ask(ApiCall *call, GError **err)
{
    ApiObject *in = api_call_body(call);
    ExpungeKind kind = (ExpungeKind)api_object_choice(in, "kind", kinds);
    const char *reason = api_object_text(in, "reason", 1, LIMIT_CASE_TEXT);
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_EXPUNGE_ASKED, err);
    uint64_t id;
    return act != NULL && expunge_ask(act, api_call_id(call, "case"), kind, reason, &id, err) &&
           api_call_commit(call, 201, json_pack("{sI}", "id", (json_int_t)id), err);
}

static bool approve(ApiCall *call, GError **err)
{
    Act *act = api_call_begin(call, AUDIT_EXPUNGED, err);
    return act != NULL && expunge_approve(act, api_call_id(call, "expunge"), err) &&
           api_call_commit(call, 204, NULL, err);
}

static bool refuse(ApiCall *call, GError **err)
{
    Act *act = api_call_begin(call, AUDIT_EXPUNGE_ASKED, err);
    return act != NULL && expunge_refuse(act, api_call_id(call, "expunge"), err) &&
           api_call_commit(call, 204, NULL, err);
}

static bool list_tombstones(ApiCall *call, GError **err)
{
    g_autoptr(GPtrArray) rows = expunge_tombstones(api_call_work(call), api_call_actor(call),
                                                   api_call_id(call, "case"), err);
    if (rows == NULL)
        return false;
    json_t *items = json_array();
    for (unsigned i = 0; i < rows->len; i++) {
        const TombstoneRow *row = rows->pdata[i];
        json_array_append_new(
            items, json_pack("{sI sI ss ss? sI so}", "id", (json_int_t)row->id, "expunge",
                             (json_int_t)row->expunge_id, "what", row->what, "detail", row->detail,
                             "count", (json_int_t)row->count, "made", api_time(row->made_us)));
    }
    return api_reply_json(call, 200, json_pack("{so}", "items", items), err);
}

const ApiRoute routes_retention[] = {
    {.path = "/api/v1/retention",
     .operation = "listGeneralRetention",
     .permission = PERMISSION_ADMINISTER,
     .handle = list_general_rules},
    {.method = API_METHOD_PUT,
     .path = "/api/v1/retention",
     .operation = "setGeneralRetention",
     .permission = PERMISSION_ADMINISTER,
     .body = API_BODY_JSON,
     .handle = set_general_rule},
    {.path = "/api/v1/retention/due",
     .operation = "listRetentionDue",
     .permission = PERMISSION_CASE_READ,
     .handle = list_due},
    {.path = "/api/v1/cases/{case}/retention",
     .operation = "listRetention",
     .permission = PERMISSION_CASE_READ,
     .handle = list_rules},
    {.method = API_METHOD_PUT,
     .path = "/api/v1/cases/{case}/retention",
     .operation = "setRetention",
     .permission = PERMISSION_CASE_WRITE,
     .body = API_BODY_JSON,
     .handle = set_case_rule},
    {.path = "/api/v1/cases/{case}/expunges",
     .operation = "listExpunges",
     .permission = PERMISSION_CASE_READ,
     .handle = list_expunges},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/expunges",
     .operation = "askExpunge",
     .permission = PERMISSION_EXPUNGE,
     .body = API_BODY_JSON,
     .handle = ask},
    {.method = API_METHOD_POST,
     .path = "/api/v1/expunges/{expunge}/approve",
     .operation = "approveExpunge",
     .permission = PERMISSION_EXPUNGE,
     .handle = approve},
    {.method = API_METHOD_POST,
     .path = "/api/v1/expunges/{expunge}/refuse",
     .operation = "refuseExpunge",
     .permission = PERMISSION_EXPUNGE,
     .handle = refuse},
    {.path = "/api/v1/cases/{case}/tombstones",
     .operation = "listTombstones",
     .permission = PERMISSION_CASE_READ,
     .handle = list_tombstones},
    {0},
};
