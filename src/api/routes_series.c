// SPDX-License-Identifier: Apache-2.0
//
// Series and the media of cases in them.
#include "api/call.h"
#include "api/fields.h"
#include "api/routes.h"
#include "api/times.h"
#include "cases/series.h"

static json_t *series_json(const Series *series)
{
    return json_pack("{sI ss sI so sI sI}", "id", (json_int_t)series->id, "name", series->name,
                     "unit", (json_int_t)series->unit_id, "made", api_time(series->made_us),
                     "media", (json_int_t)series->media, "version", (json_int_t)series->seq);
}

static bool list_series(ApiCall *call, GError **err)
{
    ApiPage page;
    SeriesFilter filter;
    if (!api_page_begin(call, &page, err) ||
        !api_call_query_case_media(call, &filter.case_id, &filter.media_id, err))
        return false;
    uint64_t after = page.has_place ? (uint64_t)page.place.numbers[0] : 0;
    g_autoptr(GPtrArray) rows =
        series_list(api_call_work(call), api_call_actor(call), &filter, after, page.limit + 1, err);
    if (rows == NULL)
        return false;
    json_t *items = json_array();
    ApiPlace next = {0};
    for (unsigned i = 0; i < rows->len && i < page.limit; i++) {
        const Series *series = rows->pdata[i];
        json_t *json = series_json(series);
        if (filter.case_id != 0)
            json_object_set_new(json, "media_of_case",
                                json_integer((json_int_t)series->media_of_case));
        json_array_append_new(items, json);
        next.numbers[0] = (int64_t)series->id;
    }
    return api_reply_page(call, items, rows->len > page.limit ? &next : NULL, err);
}

static bool make_series(ApiCall *call, GError **err)
{
    const char *name = api_object_text(api_call_body(call), "name", 1, LIMIT_CASE_TEXT);
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_SERIES_CHANGED, err);
    uint64_t id;
    if (act == NULL || !series_make(act, name, &id, err))
        return false;
    g_autoptr(Series) series = series_get(act_work(act), act_actor(act), id, err);
    return series != NULL && api_call_commit(call, 201, series_json(series), err);
}

static bool get_series(ApiCall *call, GError **err)
{
    uint64_t id = api_call_id(call, "series");
    g_autoptr(Series) series = series_get(api_call_work(call), api_call_actor(call), id, err);
    g_autoptr(GArray) cases =
        series != NULL ? series_cases(api_call_work(call), api_call_actor(call), id, err) : NULL;
    if (cases == NULL)
        return false;
    json_t *ids = json_array();
    for (unsigned i = 0; i < cases->len; i++)
        json_array_append_new(ids, api_id(g_array_index(cases, uint64_t, i)));
    json_t *json = series_json(series);
    json_object_set_new(json, "cases", ids);
    return api_reply_json(call, 200, json, err);
}

static bool list_media(ApiCall *call, GError **err)
{
    ApiPage page;
    int64_t media_id;
    if (!api_page_begin(call, &page, err) ||
        !api_call_query_int(call, "media", 1, INT64_MAX, 0, &media_id, err))
        return false;
    uint64_t after = page.has_place ? (uint64_t)page.place.numbers[0] : 0;
    g_autoptr(GArray) rows =
        series_media(api_call_work(call), api_call_actor(call), api_call_id(call, "series"),
                     api_call_id(call, "case"), (uint64_t)media_id, after, page.limit + 1, err);
    if (rows == NULL)
        return false;
    json_t *items = json_array();
    ApiPlace next = {0};
    for (unsigned i = 0; i < rows->len && i < page.limit; i++) {
        const SeriesMedia *row = &g_array_index(rows, SeriesMedia, i);
        json_array_append_new(items,
                              json_pack("{sI so so}", "media", (json_int_t)row->media_id, "joined",
                                        api_time(row->joined_us), "left", api_time(row->left_us)));
        next.numbers[0] = (int64_t)row->id;
    }
    return api_reply_page(call, items, rows->len > page.limit ? &next : NULL, err);
}

typedef bool ChangeMedia(Act *act, uint64_t series_id, uint64_t case_id, const uint64_t *media_ids,
                         size_t count, GError **err);

static bool change_media(ApiCall *call, ChangeMedia *change, GError **err)
{
    g_autoptr(GArray) media = api_object_ids(api_call_body(call), "media", SERIES_MEDIA_MAX);
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_SERIES_CHANGED, err);
    return act != NULL &&
           change(act, api_call_id(call, "series"), api_call_id(call, "case"),
                  (const uint64_t *)(const void *)media->data, media->len, err) &&
           api_call_commit(call, 204, NULL, err);
}

static bool join(ApiCall *call, GError **err)
{
    return change_media(call, series_join, err);
}

static bool leave(ApiCall *call, GError **err)
{
    return change_media(call, series_leave, err);
}

const ApiRoute routes_series[] = {
    {.path = "/api/v1/series",
     .operation = "listSeries",
     .permission = PERMISSION_CASE_READ,
     .query = "cursor limit case media",
     .handle = list_series},
    {.method = API_METHOD_POST,
     .path = "/api/v1/series",
     .operation = "makeSeries",
     .permission = PERMISSION_CASE_WRITE,
     .body = API_BODY_JSON,
     .handle = make_series},
    {.path = "/api/v1/series/{series}",
     .operation = "getSeries",
     .permission = PERMISSION_CASE_READ,
     .handle = get_series},
    {.path = "/api/v1/cases/{case}/series/{series}/media",
     .operation = "listSeriesMedia",
     .permission = PERMISSION_CASE_READ,
     .query = "cursor limit media",
     .handle = list_media},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/series/{series}/media",
     .operation = "joinSeries",
     .permission = PERMISSION_CASE_WRITE,
     .body = API_BODY_JSON,
     .handle = join},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/series/{series}/leave",
     .operation = "leaveSeries",
     .permission = PERMISSION_CASE_WRITE,
     .body = API_BODY_JSON,
     .handle = leave},
    {0},
};
