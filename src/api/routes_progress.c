// SPDX-License-Identifier: Apache-2.0
//
// How a case goes on, how it came about and what came of it: for overviews and reports.
#include "api/call.h"
#include "api/routes.h"
#include "api/times.h"
#include "cases/case_outcomes.h"
#include "cases/methods.h"
#include "cases/progress.h"

#define SECONDS_PER_DAY 86400

// ---- Progress ---------------------------------------------------------------------------------

static char *day_text(int64_t day)
{
    g_autoptr(GDateTime) midnight = g_date_time_new_from_unix_utc(day * SECONDS_PER_DAY);
    return midnight != NULL ? g_date_time_format(midnight, "%Y-%m-%d") : g_strdup("1970-01-01");
}

static bool get_progress(ApiCall *call, GError **err)
{
    g_auto(Progress) progress = {0};
    if (!progress_of(api_call_work(call), api_call_actor(call), api_call_id(call, "case"),
                     &progress, err))
        return false;
    json_t *days = json_array();
    for (unsigned i = 0; i < progress.days->len; i++) {
        const ProgressDay *day = &g_array_index(progress.days, ProgressDay, i);
        g_autofree char *text = day_text(day->day);
        json_array_append_new(days, json_pack("{ss sI sI}", "day", text, "came_in",
                                              (json_int_t)day->came_in, "decided",
                                              (json_int_t)day->decided));
    }
    json_t *pace =
        progress.decided_per_hour > 0 ? json_real(progress.decided_per_hour) : json_null();
    json_t *left =
        progress.seconds_left >= 0 ? json_integer((json_int_t)progress.seconds_left) : json_null();
    return api_reply_json(
        call, 200,
        json_pack("{so so so}", "days", days, "decided_per_hour", pace, "seconds_left", left), err);
}

// ---- Methods ----------------------------------------------------------------------------------

static json_t *evidence_json(const GPtrArray *rows)
{
    json_t *array = json_array();
    for (unsigned i = 0; i < rows->len; i++) {
        const MethodsEvidence *row = rows->pdata[i];
        json_array_append_new(array,
                              json_pack("{sI ss ss? so sI sI}", "id", (json_int_t)row->id, "name",
                                        row->name, "root", row->root, "added",
                                        api_time(row->added_us), "items", (json_int_t)row->items,
                                        "not_examined", (json_int_t)row->not_examined));
    }
    return array;
}

static json_t *gaps_json(const GPtrArray *rows)
{
    json_t *array = json_array();
    for (unsigned i = 0; i < rows->len; i++) {
        const MethodsGap *row = rows->pdata[i];
        json_array_append_new(array, json_pack("{ss ss? sI}", "status", row->status, "reason",
                                               row->reason, "items", (json_int_t)row->items));
    }
    return array;
}

static json_t *sets_json(const GPtrArray *rows)
{
    json_t *array = json_array();
    for (unsigned i = 0; i < rows->len; i++) {
        const MethodsSet *row = rows->pdata[i];
        json_t *generation =
            row->name != NULL ? json_integer((json_int_t)row->generation) : json_null();
        json_array_append_new(array,
                              json_pack("{sI ss? ss? so ss? sI sI}", "set", (json_int_t)row->set_id,
                                        "name", row->name, "kind", row->kind, "generation",
                                        generation, "digest", row->digest, "matches",
                                        (json_int_t)row->matches, "media", (json_int_t)row->media));
    }
    return array;
}

static json_t *names_json(const char *const *names)
{
    json_t *array = json_array();
    for (; *names != NULL; names++)
        json_array_append_new(array, json_string(*names));
    return array;
}

static json_t *checkpoint_json(const Methods *methods)
{
    if (methods->checkpoint_size == 0)
        return json_null();
    return json_pack("{sI ss}", "size", (json_int_t)methods->checkpoint_size, "root",
                     methods->checkpoint_root);
}

static bool get_methods(ApiCall *call, GError **err)
{
    g_autoptr(Methods) methods =
        methods_of(api_call_work(call), api_call_actor(call), api_call_id(call, "case"), err);
    if (methods == NULL)
        return false;
    json_t *json = json_pack(
        "{ss sI s{ss ss} s{si si} so so sb so s{so so si si} sI sI so}", "version", CLEW_VERSION,
        "schema", (json_int_t)methods->schema, "scheme", "id", methods->scheme_id, "name",
        methods->scheme_name, "policy", "voters", (int)methods->voters, "voter_units",
        (int)methods->voter_units, "evidence", evidence_json(methods->evidence), "not_examined",
        gaps_json(methods->gaps), "more", (int)methods->more_gaps, "sets", sets_json(methods->sets),
        "hashing", "digests", names_json(methods->digests), "pipelines",
        names_json(methods->pipelines), "near_distance", (int)methods->near_distance,
        "stack_distance", (int)methods->stack_distance, "votes", (json_int_t)methods->votes,
        "decisions", (json_int_t)methods->decisions, "checkpoint", checkpoint_json(methods));
    return api_reply_json(call, 200, json, err);
}

// ---- Outcomes ---------------------------------------------------------------------------------

static json_t *outcome_json(const CaseOutcome *outcome)
{
    const CaseFile *file = outcome->file;
    json_t *victims = json_object();
    for (unsigned i = 0; i < VICTIM_STATE_COUNT; i++)
        json_object_set_new(victims, victim_state_name((VictimState)i),
                            json_integer((json_int_t)outcome->victims[i]));
    return json_pack("{sI ss ss ss so so ss? sI so}", "case", (json_int_t)file->id, "number",
                     file->number, "title", file->title, "state", case_state_name(file->state),
                     "opened", api_time(file->opened_us), "closed", api_time(file->closed_us),
                     "outcome", file->outcome, "decided", (json_int_t)outcome->decided, "victims",
                     victims);
}

static bool list_outcomes(ApiCall *call, GError **err)
{
    ApiPage page;
    if (!api_page_begin(call, &page, err))
        return false;
    uint64_t before = page.has_place ? (uint64_t)page.place.numbers[0] : 0;
    g_autoptr(GPtrArray) outcomes =
        case_outcomes_list(api_call_work(call), api_call_actor(call), before, page.limit + 1, err);
    if (outcomes == NULL)
        return false;
    json_t *items = json_array();
    ApiPlace next = {0};
    for (unsigned i = 0; i < outcomes->len && i < page.limit; i++) {
        const CaseOutcome *outcome = outcomes->pdata[i];
        json_array_append_new(items, outcome_json(outcome));
        next.numbers[0] = (int64_t)outcome->file->id;
    }
    return api_reply_page(call, items, outcomes->len > page.limit ? &next : NULL, err);
}

const ApiRoute routes_progress[] = {
    {.path = "/api/v1/cases/{case}/progress",
     .operation = "getProgress",
     .permission = PERMISSION_CASE_READ,
     .handle = get_progress},
    {.path = "/api/v1/cases/{case}/methods",
     .operation = "getMethods",
     .permission = PERMISSION_CASE_READ,
     .handle = get_methods},
    {.path = "/api/v1/account/outcomes",
     .operation = "listOutcomes",
     .permission = PERMISSION_SIGNED_IN,
     .query = "cursor limit",
     .handle = list_outcomes},
    {0},
};
