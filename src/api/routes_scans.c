// SPDX-License-Identifier: Apache-2.0
//
// Scans that the server runs below its evidence roots.
#include "api/call.h"
#include "api/routes.h"
#include "api/services.h"
#include "api/times.h"
#include "base/limits.h"
#include "cases/case_file.h"
#include "cases/scan_job.h"

static json_t *job_json(const ScanJob *job)
{
    json_t *progress = job->progress != NULL ? json_loads(job->progress, 0, NULL) : NULL;
    return json_pack("{sI ss ss so ss? sI so so so so}", "id", (json_int_t)job->id, "path",
                     job->path, "state", job->state, "progress",
                     progress != NULL ? progress : json_null(), "error", job->error, "account",
                     (json_int_t)job->account_id, "made", api_time(job->made_us), "started",
                     api_time(job->started_us), "seen", api_time(job->seen_us), "ended",
                     api_time(job->ended_us));
}

static ScanRunner *runner_of(ApiCall *call, GError **err)
{
    const ApiServices *services = api_call_services(call);
    if (services != NULL && services->scans != NULL)
        return services->scans;
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_BUSY, "this server runs no scans");
    return NULL;
}

static bool list_scans(ApiCall *call, GError **err)
{
    ApiPage page;
    if (!api_page_begin(call, &page, err))
        return false;
    g_autoptr(GPtrArray) jobs =
        scan_job_list(api_call_work(call), api_call_actor(call), api_call_id(call, "case"),
                      page.has_place ? (uint64_t)page.place.numbers[0] : 0, page.limit + 1, err);
    if (jobs == NULL)
        return false;
    json_t *items = json_array();
    ApiPlace next = {0};
    for (unsigned i = 0; i < jobs->len && i < page.limit; i++) {
        const ScanJob *job = jobs->pdata[i];
        json_array_append_new(items, job_json(job));
        next.numbers[0] = (int64_t)job->id;
    }
    return api_reply_page(call, items, jobs->len > page.limit ? &next : NULL, err);
}

static bool get_scan(ApiCall *call, GError **err)
{
    g_autoptr(ScanJobRow) job =
        scan_job_get(api_call_work(call), api_call_actor(call), api_call_id(call, "case"),
                     api_call_id(call, "scan"), err);
    return job != NULL && api_reply_json(call, 200, job_json(job), err);
}

// The process begins once the act is committed: it reads the job from the database.
static bool start_scan(ApiCall *call, GError **err)
{
    uint64_t case_id = api_call_id(call, "case"), id;
    const char *path = api_object_text(api_call_body(call), "path", 1, LIMIT_NAME_BYTES);
    if (!api_call_body_ok(call, err))
        return false;
    ScanRunner *runner = runner_of(call, err);
    if (runner == NULL || !scan_runner_has_room(runner, err))
        return false;
    const ApiServices *services = api_call_services(call);
    g_autofree char *real = NULL;
    g_autoptr(CaseFile) file =
        case_file_get(api_call_work(call), api_call_actor(call), case_id, err);
    g_autoptr(Act) act =
        file != NULL ? act_begin(api_call_work(call), api_call_actor(call), AUDIT_SCAN, err) : NULL;
    if (act == NULL ||
        !scan_job_request(act, case_id, path, services->evidence_roots, &id, &real, err) ||
        !act_commit(act, err))
        return false;
    scan_runner_start(runner, id, file->number, real);
    g_autoptr(ScanJobRow) job =
        scan_job_get(api_call_work(call), api_call_actor(call), case_id, id, err);
    return job != NULL && api_reply_json(call, 202, job_json(job), err);
}

static bool cancel_scan(ApiCall *call, GError **err)
{
    uint64_t id = api_call_id(call, "scan");
    g_autoptr(ScanJobRow) job =
        scan_job_get(api_call_work(call), api_call_actor(call), api_call_id(call, "case"), id, err);
    ScanRunner *runner = job != NULL ? runner_of(call, err) : NULL;
    if (runner == NULL)
        return false;
    if (job->ended_us == 0 && !scan_runner_cancel(runner, id)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "scan %" G_GUINT64_FORMAT " is run by another server", id);
        return false;
    }
    return api_reply_json(call, 202, job_json(job), err);
}

// ---- Progress as it comes -----------------------------------------------------------------------

typedef struct {
    uint64_t case_id, id;
    int64_t told_us; // of what was told last
} Following;

static ApiEventState next_event(void *data, Casework *work, const Actor *actor, ApiEvent *ret_event)
{
    Following *following = data;
    g_autoptr(ScanJobRow) job = scan_job_get(work, actor, following->case_id, following->id, NULL);
    if (job == NULL)
        return API_EVENT_END;
    int64_t changed_us = MAX(job->seen_us, job->ended_us);
    if (changed_us <= following->told_us)
        return job->ended_us != 0 ? API_EVENT_END : API_EVENT_NONE;
    following->told_us = changed_us;
    *ret_event = (ApiEvent){.name = "progress", .id = changed_us, .data = job_json(job)};
    return job->ended_us != 0 ? API_EVENT_LAST : API_EVENT_ONE;
}

static bool follow_scan(ApiCall *call, GError **err)
{
    uint64_t case_id = api_call_id(call, "case"), id = api_call_id(call, "scan");
    g_autoptr(ScanJobRow) job =
        scan_job_get(api_call_work(call), api_call_actor(call), case_id, id, err);
    if (job == NULL)
        return false;
    Following *following = g_new0(Following, 1);
    *following = (Following){case_id, id, api_call_last_event(call)};
    return api_reply_events(
        call, &(ApiEventSource){.next = next_event, .free = g_free, .data = following}, err);
}

const ApiRoute routes_scans[] = {
    {.path = "/api/v1/cases/{case}/scans",
     .operation = "listScans",
     .permission = PERMISSION_CASE_READ,
     .query = "cursor limit",
     .handle = list_scans},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/scans",
     .operation = "startScan",
     .permission = PERMISSION_INGEST,
     .body = API_BODY_JSON,
     .unrepeatable = true,
     .handle = start_scan},
    {.path = "/api/v1/cases/{case}/scans/{scan}",
     .operation = "getScan",
     .permission = PERMISSION_CASE_READ,
     .handle = get_scan},
    {.method = API_METHOD_DELETE,
     .path = "/api/v1/cases/{case}/scans/{scan}",
     .operation = "cancelScan",
     .permission = PERMISSION_INGEST,
     .unrepeatable = true,
     .handle = cancel_scan},
    {.path = "/api/v1/cases/{case}/scans/{scan}/events",
     .operation = "followScan",
     .permission = PERMISSION_CASE_READ,
     .handle = follow_scan},
    {0},
};
