// SPDX-License-Identifier: Apache-2.0
//
// How each evidence was examined: a scan says so when it begins, and once more when it ends. Saying
// the same again changes nothing, so that an answer that was lost does no harm.
#include "api/call.h"
#include "api/examination_body.h"
#include "api/fields.h"
#include "api/routes.h"
#include "api/times.h"
#include "base/limits.h"
#include "cases/examination.h"

static json_t *examination_json(const Examination *row)
{
    json_t *totals = row->totals != NULL ? json_loads(row->totals, 0, NULL) : json_null();
    return json_pack("{sI sI ss so ss? so so so so}", "id", (json_int_t)row->id, "evidence",
                     (json_int_t)row->evidence_id, "evidence_name", row->evidence, "account",
                     api_id(row->account_id), "login", row->login, "begun", api_time(row->begun_us),
                     "ended", api_time(row->ended_us), "provenance",
                     json_loads(row->provenance, 0, NULL), "totals", totals);
}

static bool list_examinations(ApiCall *call, GError **err)
{
    ApiPage page;
    if (!api_page_begin(call, &page, err))
        return false;
    unsigned limit = page.limit < LIMIT_EXAMINATION_PAGE ? page.limit : LIMIT_EXAMINATION_PAGE;
    uint64_t after = page.has_place ? (uint64_t)page.place.numbers[0] : 0;
    g_autoptr(GPtrArray) rows = examination_list(api_call_work(call), api_call_actor(call),
                                                 api_call_id(call, "case"), after, limit + 1, err);
    if (rows == NULL)
        return false;
    json_t *items = json_array();
    ApiPlace next = {0};
    for (unsigned i = 0; i < rows->len && i < limit; i++) {
        const Examination *row = rows->pdata[i];
        json_array_append_new(items, examination_json(row));
        next.numbers[0] = (int64_t)row->id;
    }
    return api_reply_page(call, items, rows->len > limit ? &next : NULL, err);
}

static int64_t required_time(ApiObject *in, const char *member)
{
    int64_t us = api_object_time_or_none(in, member);
    if (us <= 0)
        api_object_refuse(in, member, "must be a time like 2026-01-31T23:59:59Z");
    return us;
}

static bool add_examination(ApiCall *call, GError **err)
{
    ApiObject *in = api_call_body(call);
    g_autofree char *provenance = examination_provenance(in, "provenance");
    const ExaminationNew request = {.case_id = api_call_id(call, "case"),
                                    .evidence = api_object_text(in, "evidence", 1, LIMIT_CASE_TEXT),
                                    .root =
                                        api_object_text_or(in, "root", 1, LIMIT_RECORD_PATH, NULL),
                                    .begun_us = required_time(in, "begun"),
                                    .provenance = provenance};
    uint64_t id;
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_SCAN, err);
    if (act == NULL || !examination_begin(act, &request, &id, err))
        return false;
    return api_call_commit(call, 201, json_pack("{sI}", "id", (json_int_t)id), err);
}

static bool end_examination(ApiCall *call, GError **err)
{
    ApiObject *in = api_call_body(call);
    int64_t ended_us = required_time(in, "ended");
    g_autofree char *totals = examination_totals(in, "totals");
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_SCAN, err);
    return act != NULL &&
           examination_end(act, api_call_id(call, "case"), api_call_id(call, "examination"),
                           ended_us, totals, err) &&
           api_call_commit(call, 204, NULL, err);
}

const ApiRoute routes_examinations[] = {
    {.path = "/api/v1/cases/{case}/examinations",
     .operation = "listExaminations",
     .permission = PERMISSION_CASE_READ,
     .query = "cursor limit",
     .handle = list_examinations},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/examinations",
     .operation = "addExamination",
     .permission = PERMISSION_INGEST,
     .body = API_BODY_JSON,
     .handle = add_examination},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/examinations/{examination}/end",
     .operation = "endExamination",
     .permission = PERMISSION_INGEST,
     .body = API_BODY_JSON,
     .handle = end_examination},
    {0},
};
