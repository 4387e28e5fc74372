// SPDX-License-Identifier: Apache-2.0
//
// Victims: their states, what they are linked to, and the name where a unit keeps one. Reading a
// name is an act and no GET, so that it is on record.
#include "api/call.h"
#include "api/fields.h"
#include "api/routes.h"
#include "api/times.h"
#include "cases/victims.h"

static const char *const state_names[] = {"unidentified", "being_worked", "identified",
                                          "safeguarded", NULL};

static json_t *victim_json(const Victim *victim)
{
    return json_pack("{sI ss ss so sI sb so sI}", "id", (json_int_t)victim->id, "reference",
                     victim->reference, "state", victim_state_name(victim->state), "since",
                     api_time(victim->since_us), "unit", (json_int_t)victim->unit_id, "has_name",
                     (int)victim->has_name, "made", api_time(victim->made_us), "version",
                     (json_int_t)victim->seq);
}

static bool read_filter(ApiCall *call, VictimFilter *ret_filter, GError **err)
{
    int64_t series_id;
    unsigned state;
    if (!api_call_query_int(call, "series", 1, INT64_MAX, 0, &series_id, err) ||
        !api_call_query_case_media(call, &ret_filter->case_id, &ret_filter->media_id, err) ||
        !api_call_query_choice(call, "state", state_names, 0, &state, err))
        return false;
    ret_filter->series_id = (uint64_t)series_id;
    ret_filter->has_state = api_call_query(call, "state") != NULL;
    ret_filter->state = (VictimState)state;
    return true;
}

static bool list_victims(ApiCall *call, GError **err)
{
    ApiPage page;
    VictimFilter filter;
    if (!api_page_begin(call, &page, err) || !read_filter(call, &filter, err))
        return false;
    uint64_t after = page.has_place ? (uint64_t)page.place.numbers[0] : 0;
    g_autoptr(GPtrArray) rows =
        victim_list(api_call_work(call), api_call_actor(call), &filter, after, page.limit + 1, err);
    if (rows == NULL)
        return false;
    json_t *items = json_array();
    ApiPlace next = {0};
    for (unsigned i = 0; i < rows->len && i < page.limit; i++) {
        const Victim *victim = rows->pdata[i];
        json_array_append_new(items, victim_json(victim));
        next.numbers[0] = (int64_t)victim->id;
    }
    return api_reply_page(call, items, rows->len > page.limit ? &next : NULL, err);
}

static bool reply_changed(ApiCall *call, Act *act, uint64_t id, int status, GError **err)
{
    g_autoptr(Victim) victim = victim_get(act_work(act), act_actor(act), id, err);
    return victim != NULL && api_call_commit(call, status, victim_json(victim), err);
}

static bool make_victim(ApiCall *call, GError **err)
{
    const char *reference = api_object_text(api_call_body(call), "reference", 1, LIMIT_CASE_TEXT);
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_VICTIM_CHANGED, err);
    uint64_t id;
    return act != NULL && victim_make(act, reference, &id, err) &&
           reply_changed(call, act, id, 201, err);
}

static json_t *history_json(const GPtrArray *history)
{
    json_t *items = json_array();
    for (unsigned i = 0; i < history->len; i++) {
        const VictimStateRow *row = history->pdata[i];
        json_array_append_new(
            items, json_pack("{ss so so sI ss}", "state", victim_state_name(row->state), "since",
                             api_time(row->since_us), "made", api_time(row->made_us), "unit",
                             (json_int_t)row->unit_id, "reason", row->reason));
    }
    return items;
}

static json_t *links_json(const GArray *links)
{
    json_t *items = json_array();
    for (unsigned i = 0; i < links->len; i++) {
        const VictimLinkRow *row = &g_array_index(links, VictimLinkRow, i);
        json_array_append_new(items,
                              json_pack("{sI so so so so so}", "id", (json_int_t)row->id, "series",
                                        api_id(row->series_id), "case", api_id(row->case_id),
                                        "media", api_id(row->media_id), "made",
                                        api_time(row->made_us), "left", api_time(row->left_us)));
    }
    return items;
}

static bool get_victim(ApiCall *call, GError **err)
{
    uint64_t id = api_call_id(call, "victim");
    Casework *work = api_call_work(call);
    const Actor *actor = api_call_actor(call);
    g_autoptr(Victim) victim = victim_get(work, actor, id, err);
    g_autoptr(GPtrArray) history = victim != NULL ? victim_history(work, actor, id, err) : NULL;
    g_autoptr(GArray) links = history != NULL ? victim_links(work, actor, id, err) : NULL;
    if (links == NULL)
        return false;
    json_t *json = victim_json(victim);
    json_object_set_new(json, "history", history_json(history));
    json_object_set_new(json, "links", links_json(links));
    api_call_set_version(call, victim->seq);
    return api_reply_json(call, 200, json, err);
}

static bool set_state(ApiCall *call, GError **err)
{
    uint64_t id = api_call_id(call, "victim");
    ApiObject *in = api_call_body(call);
    VictimState state = (VictimState)api_object_choice(in, "state", state_names);
    int64_t since_us = api_object_time_or_none(in, "since");
    const char *reason = api_object_text(in, "reason", 1, LIMIT_CASE_TEXT);
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_VICTIM_CHANGED, err);
    if (act == NULL)
        return false;
    g_autoptr(Victim) before = victim_get(act_work(act), act_actor(act), id, err);
    return before != NULL && api_call_if_match(call, before->seq, false, err) &&
           victim_set_state(act, id, state, since_us, reason, err) &&
           reply_changed(call, act, id, 200, err);
}

// ---- Links ------------------------------------------------------------------------------------

static bool link_victim(ApiCall *call, GError **err)
{
    uint64_t id = api_call_id(call, "victim"), link;
    ApiObject *in = api_call_body(call);
    uint64_t series = (uint64_t)api_object_int_or(in, "series", 1, INT64_MAX, 0);
    uint64_t case_id = (uint64_t)api_object_int_or(in, "case", 1, INT64_MAX, 0);
    uint64_t media = (uint64_t)api_object_int_or(in, "media", 1, INT64_MAX, 0);
    bool has_media = case_id != 0 && media != 0;
    if (has_media == (series != 0) || (case_id != 0) != (media != 0))
        api_object_refuse(in, "series", "give either a series, or a case and a media of it");
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_VICTIM_CHANGED, err);
    return act != NULL &&
           (has_media ? victim_link_media(act, id, case_id, media, &link, err)
                      : victim_link_series(act, id, series, &link, err)) &&
           api_call_commit(call, 201, json_pack("{sI}", "id", (json_int_t)link), err);
}

static bool unlink_victim(ApiCall *call, GError **err)
{
    Act *act = api_call_begin(call, AUDIT_VICTIM_CHANGED, err);
    return act != NULL &&
           victim_unlink(act, api_call_id(call, "victim"), api_call_id(call, "link"), err) &&
           api_call_commit(call, 204, NULL, err);
}

// ---- The name ---------------------------------------------------------------------------------

static bool set_name(ApiCall *call, GError **err)
{
    const char *name = api_object_text(api_call_body(call), "name", 1, LIMIT_CASE_TEXT);
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_VICTIM_CHANGED, err);
    return act != NULL && victim_name_set(act, api_call_id(call, "victim"), name, err) &&
           api_call_commit(call, 204, NULL, err);
}

static bool read_name(ApiCall *call, GError **err)
{
    Act *act = api_call_begin(call, AUDIT_VICTIM_CHANGED, err);
    g_autofree char *name = NULL;
    return act != NULL && victim_name_read(act, api_call_id(call, "victim"), &name, err) &&
           api_call_commit(call, 200, json_pack("{ss}", "name", name), err);
}

static bool destroy_name(ApiCall *call, GError **err)
{
    Act *act = api_call_begin(call, AUDIT_VICTIM_CHANGED, err);
    return act != NULL && victim_name_destroy(act, api_call_id(call, "victim"), err) &&
           api_call_commit(call, 204, NULL, err);
}

// ---- Who is this? -----------------------------------------------------------------------------

static bool list_who(ApiCall *call, GError **err)
{
    ApiPage page;
    int64_t case_id;
    if (!api_page_begin(call, &page, err) ||
        !api_call_query_int(call, "case", 1, INT64_MAX, 0, &case_id, err))
        return false;
    WhoCursor cursor = {0};
    if (page.has_place)
        cursor = (WhoCursor){(uint64_t)page.place.numbers[0], (uint64_t)page.place.numbers[1]};
    bool more;
    g_autoptr(GArray) rows = victims_who_queue(api_call_work(call), api_call_actor(call),
                                               (uint64_t)case_id, &cursor, page.limit, &more, err);
    if (rows == NULL)
        return false;
    json_t *items = json_array();
    for (unsigned i = 0; i < rows->len; i++) {
        const WhoMedia *row = &g_array_index(rows, WhoMedia, i);
        json_array_append_new(items,
                              json_pack("{sI sI sI si}", "case", (json_int_t)row->case_id,
                                        "case_media", (json_int_t)row->case_media_id, "media",
                                        (json_int_t)row->media_id, "victims", (int)row->victims));
    }
    const ApiPlace next = {.numbers = {(int64_t)cursor.case_id, (int64_t)cursor.case_media_id}};
    return api_reply_page(call, items, more ? &next : NULL, err);
}

const ApiRoute routes_victims[] = {
    {.path = "/api/v1/victims",
     .operation = "listVictims",
     .permission = PERMISSION_CASE_READ,
     .query = "cursor limit series case media state",
     .handle = list_victims},
    {.method = API_METHOD_POST,
     .path = "/api/v1/victims",
     .operation = "makeVictim",
     .permission = PERMISSION_CASE_WRITE,
     .body = API_BODY_JSON,
     .handle = make_victim},
    {.path = "/api/v1/victims/{victim}",
     .operation = "getVictim",
     .permission = PERMISSION_CASE_READ,
     .handle = get_victim},
    {.method = API_METHOD_POST,
     .path = "/api/v1/victims/{victim}/states",
     .operation = "setVictimState",
     .permission = PERMISSION_CASE_WRITE,
     .body = API_BODY_JSON,
     .handle = set_state},
    {.method = API_METHOD_POST,
     .path = "/api/v1/victims/{victim}/links",
     .operation = "linkVictim",
     .permission = PERMISSION_CASE_WRITE,
     .body = API_BODY_JSON,
     .handle = link_victim},
    {.method = API_METHOD_DELETE,
     .path = "/api/v1/victims/{victim}/links/{link}",
     .operation = "unlinkVictim",
     .permission = PERMISSION_CASE_WRITE,
     .handle = unlink_victim},
    {.method = API_METHOD_PUT,
     .path = "/api/v1/victims/{victim}/name",
     .operation = "setVictimName",
     .permission = PERMISSION_CASE_WRITE,
     .body = API_BODY_JSON,
     .handle = set_name},
    {.method = API_METHOD_DELETE,
     .path = "/api/v1/victims/{victim}/name",
     .operation = "destroyVictimName",
     .permission = PERMISSION_CASE_WRITE,
     .handle = destroy_name},
    {.method = API_METHOD_POST,
     .path = "/api/v1/victims/{victim}/name/read",
     .operation = "readVictimName",
     .permission = PERMISSION_CASE_WRITE,
     .second_factor = true,
     .unrepeatable = true,
     .handle = read_name},
    {.path = "/api/v1/who",
     .operation = "listWho",
     .permission = PERMISSION_CASE_READ,
     .query = "cursor limit case",
     .handle = list_who},
    {0},
};
