// SPDX-License-Identifier: Apache-2.0
//
// Cases, their members and their evidence.
#include "api/call.h"
#include "api/routes.h"
#include "api/times.h"
#include "base/limits.h"
#include "cases/accounts.h"
#include "cases/case_file.h"

static json_t *case_json(const CaseFile *file)
{
    return json_pack("{sI ss ss ss sI sI sI sb ss? so so ss? sI}", "id", (json_int_t)file->id,
                     "number", file->number, "title", file->title, "state",
                     case_state_name(file->state), "unit", (json_int_t)file->unit_id, "voters",
                     (json_int_t)file->voters, "voter_units", (json_int_t)file->voter_units,
                     "restricted", (int)file->restricted, "reference", file->reference, "opened",
                     api_time(file->opened_us), "closed", api_time(file->closed_us), "outcome",
                     file->outcome, "version", (json_int_t)file->seq);
}

static json_t *with_scheme(const CaseFile *file)
{
    json_t *json = case_json(file);
    json_object_set_new(json, "scheme", json_string(file->scheme));
    return json;
}

// ---- Cases ------------------------------------------------------------------------------------

static bool list_cases(ApiCall *call, GError **err)
{
    ApiPage page;
    if (!api_page_begin(call, &page, err))
        return false;
    const char *number = api_call_query(call, "number");
    g_autoptr(GPtrArray) files = NULL;
    if (number != NULL) {
        files = g_ptr_array_new_with_free_func((GDestroyNotify)case_file_free);
        CaseFile *file = case_file_find(api_call_work(call), api_call_actor(call), number, NULL);
        if (file != NULL)
            g_ptr_array_add(files, file);
    } else {
        uint64_t after = page.has_place ? (uint64_t)page.place.numbers[0] : 0;
        files =
            case_file_list(api_call_work(call), api_call_actor(call), after, page.limit + 1, err);
    }
    if (files == NULL)
        return false;
    json_t *items = json_array();
    ApiPlace next = {0};
    for (unsigned i = 0; i < files->len && i < page.limit; i++) {
        const CaseFile *file = files->pdata[i];
        json_array_append_new(items, with_scheme(file));
        next.numbers[0] = (int64_t)file->id;
    }
    return api_reply_page(call, items, files->len > page.limit ? &next : NULL, err);
}

static bool open_case(ApiCall *call, GError **err)
{
    ApiObject *in = api_call_body(call);
    CaseFileNew request = {
        .number = api_object_text(in, "number", 1, LIMIT_CASE_NUMBER),
        .title = api_object_text_or(in, "title", 0, LIMIT_CASE_TEXT, NULL),
        .scheme = api_object_text(in, "scheme", 1, LIMIT_CASE_TEXT),
        .voters = (unsigned)api_object_int_or(in, "voters", 1, LIMIT_CASE_VOTERS, 1),
        .voter_units = (unsigned)api_object_int_or(in, "voter_units", 1, LIMIT_CASE_VOTERS, 1),
        .restricted = api_object_bool_or(in, "restricted", false),
        .reference = api_object_text_or(in, "reference", 0, LIMIT_CASE_TEXT, NULL)};
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_CASE_OPENED, err);
    g_autoptr(CaseFile) file = act != NULL ? case_file_open(act, &request, err) : NULL;
    return file != NULL && api_call_commit(call, 201, with_scheme(file), err);
}

static bool get_case(ApiCall *call, GError **err)
{
    uint64_t id = api_call_id(call, "case");
    g_autoptr(CaseFile) file = case_file_get(api_call_work(call), api_call_actor(call), id, err);
    CaseCounts counts;
    if (file == NULL ||
        !case_file_counts(api_call_work(call), api_call_actor(call), id, &counts, err))
        return false;
    json_t *json = with_scheme(file);
    json_object_set_new(
        json, "counts",
        json_pack("{sI sI sI sI sI sI sI sI sI}", "items", (json_int_t)counts.items, "not_examined",
                  (json_int_t)counts.not_examined, "notable", (json_int_t)counts.notable,
                  "ignorable", (json_int_t)counts.ignorable, "new", (json_int_t)counts.fresh,
                  "open", (json_int_t)counts.open, "decided", (json_int_t)counts.decided,
                  "disputed", (json_int_t)counts.disputed, "stacks", (json_int_t)counts.stacks));
    api_call_set_version(call, file->seq);
    return api_reply_json(call, 200, json, err);
}

static bool change_case(ApiCall *call, GError **err)
{
    static const char *const states[] = {"open", "closed", NULL};
    ApiObject *in = api_call_body(call);
    uint64_t id = api_call_id(call, "case");
    bool has_state = api_object_has(in, "state");
    unsigned state = api_object_choice_or(in, "state", states, 0);
    CaseFileChange change = {
        .title = api_object_text_or(in, "title", 0, LIMIT_CASE_TEXT, NULL),
        .reference = api_object_text_or(in, "reference", 0, LIMIT_CASE_TEXT, NULL),
        .outcome = api_object_text_or(in, "outcome", 0, CASE_OUTCOME_MAX, NULL),
        .voters = (int)api_object_int_or(in, "voters", 1, LIMIT_CASE_VOTERS, -1),
        .voter_units = (int)api_object_int_or(in, "voter_units", 1, LIMIT_CASE_VOTERS, -1),
        .restricted = api_object_has(in, "restricted") ? api_object_bool(in, "restricted") : -1,
        .close = has_state && state == 1,
        .reopen = has_state && state == 0};
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_CASE_CHANGED, err);
    if (act == NULL)
        return false;
    g_autoptr(CaseFile) before = case_file_get(act_work(act), act_actor(act), id, err);
    if (before == NULL || !api_call_if_match(call, before->seq, false, err) ||
        !case_file_change(act, id, &change, err))
        return false;
    g_autoptr(CaseFile) file = case_file_get(act_work(act), act_actor(act), id, err);
    return file != NULL && api_call_commit(call, 200, with_scheme(file), err);
}

// ---- Members ----------------------------------------------------------------------------------

static bool list_members(ApiCall *call, GError **err)
{
    g_autoptr(GArray) members = case_file_members(api_call_work(call), api_call_actor(call),
                                                  api_call_id(call, "case"), err);
    if (members == NULL)
        return false;
    json_t *items = json_array();
    for (unsigned i = 0; i < members->len; i++) {
        g_autoptr(Account) account =
            account_get(api_call_work(call), g_array_index(members, uint64_t, i), err);
        if (account == NULL) {
            json_decref(items);
            return false;
        }
        json_array_append_new(items, json_pack("{sI ss ss sI}", "account", (json_int_t)account->id,
                                               "name", account->name, "display", account->display,
                                               "unit", (json_int_t)account->unit_id));
    }
    return api_reply_json(call, 200, json_pack("{so}", "items", items), err);
}

static bool add_member(ApiCall *call, GError **err)
{
    ApiObject *in = api_call_body(call);
    uint64_t account = (uint64_t)api_object_int(in, "account", 1, INT64_MAX);
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_MEMBER_CHANGED, err);
    return act != NULL && case_file_add_member(act, api_call_id(call, "case"), account, err) &&
           api_call_commit(call, 201, json_pack("{sI}", "account", (json_int_t)account), err);
}

static bool remove_member(ApiCall *call, GError **err)
{
    Act *act = api_call_begin(call, AUDIT_MEMBER_CHANGED, err);
    return act != NULL &&
           case_file_remove_member(act, api_call_id(call, "case"), api_call_id(call, "account"),
                                   err) &&
           api_call_commit(call, 204, NULL, err);
}

// ---- Evidence ---------------------------------------------------------------------------------

static bool list_evidence(ApiCall *call, GError **err)
{
    g_autoptr(GPtrArray) rows = case_file_evidences(api_call_work(call), api_call_actor(call),
                                                    api_call_id(call, "case"), err);
    if (rows == NULL)
        return false;
    json_t *items = json_array();
    for (unsigned i = 0; i < rows->len; i++) {
        const EvidenceRow *row = rows->pdata[i];
        json_array_append_new(items, json_pack("{sI ss ss? so}", "id", (json_int_t)row->id, "name",
                                               row->name, "root", row->root, "added",
                                               api_time(row->added_us)));
    }
    return api_reply_json(call, 200, json_pack("{so}", "items", items), err);
}

const ApiRoute routes_cases[] = {
    {.path = "/api/v1/cases",
     .operation = "listCases",
     .permission = PERMISSION_CASE_READ,
     .query = "cursor limit number",
     .handle = list_cases},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases",
     .operation = "openCase",
     .permission = PERMISSION_CASE_CREATE,
     .body = API_BODY_JSON,
     .handle = open_case},
    {.path = "/api/v1/cases/{case}",
     .operation = "getCase",
     .permission = PERMISSION_CASE_READ,
     .handle = get_case},
    {.method = API_METHOD_PATCH,
     .path = "/api/v1/cases/{case}",
     .operation = "changeCase",
     .permission = PERMISSION_CASE_WRITE,
     .body = API_BODY_JSON,
     .handle = change_case},
    {.path = "/api/v1/cases/{case}/members",
     .operation = "listMembers",
     .permission = PERMISSION_CASE_READ,
     .handle = list_members},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/members",
     .operation = "addMember",
     .permission = PERMISSION_CASE_WRITE,
     .body = API_BODY_JSON,
     .handle = add_member},
    {.method = API_METHOD_DELETE,
     .path = "/api/v1/cases/{case}/members/{account}",
     .operation = "removeMember",
     .permission = PERMISSION_CASE_WRITE,
     .handle = remove_member},
    {.path = "/api/v1/cases/{case}/evidence",
     .operation = "listEvidence",
     .permission = PERMISSION_CASE_READ,
     .handle = list_evidence},
    {0},
};
