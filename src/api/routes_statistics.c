// SPDX-License-Identifier: Apache-2.0
//
// Numbers of the cases that the caller may see: of units and cases, never of persons.
#include <stdio.h>

#include "api/call.h"
#include "api/routes.h"
#include "cases/statistics.h"

// "2026-01-31": digits where that has digits.
static bool looks_like_day(const char *text)
{
    static const char form[] = "0000-00-00";
    size_t i = 0;
    for (; i < sizeof form - 1; i++)
        if (form[i] == '0' ? !g_ascii_isdigit(text[i]) : text[i] != form[i])
            return false;
    return text[i] == '\0';
}

// A day of a year, UTC.
static bool day_of(ApiCall *call, const char *name, int64_t *ret_us, GError **err)
{
    const char *text = api_call_query(call, name);
    int year, month, day;
    if (text == NULL)
        return true;
    g_autoptr(GDateTime) time = NULL;
    if (looks_like_day(text) && sscanf(text, "%4d-%2d-%2d", &year, &month, &day) == 3)
        time = g_date_time_new_utc(year, month, day, 0, 0, 0);
    if (time == NULL) {
        g_set_error(err, API_PROBLEM, API_PROBLEM_BAD_REQUEST,
                    "the query parameter %s is a day such as 2026-01-31", name);
        return false;
    }
    *ret_us = g_date_time_to_unix(time) * G_USEC_PER_SEC;
    return true;
}

static json_t *cells_json(const GArray *cells)
{
    json_t *json = json_array();
    for (unsigned i = 0; i < cells->len; i++) {
        const StatisticsCell *cell = &g_array_index(cells, StatisticsCell, i);
        g_autofree char *month = g_strdup_printf("%04d-%02d", cell->year, cell->month);
        json_array_append_new(
            json, json_pack("{sI ss ss ss ss ss? sI}", "unit", (json_int_t)cell->unit_id, "month",
                            month, "kind", cell->kind, "state", cell->state, "scheme", cell->scheme,
                            "category", cell->category, "media", (json_int_t)cell->media));
    }
    return json;
}

static json_t *seconds(int64_t us)
{
    return us != 0 ? json_integer(us / G_USEC_PER_SEC) : json_null();
}

static json_t *cases_json(const GArray *cases)
{
    json_t *json = json_array();
    for (unsigned i = 0; i < cases->len; i++) {
        const StatisticsCase *one = &g_array_index(cases, StatisticsCase, i);
        json_array_append_new(
            json,
            json_pack("{sI sI sI sI sI sI so so}", "case", (json_int_t)one->case_id, "unit",
                      (json_int_t)one->unit_id, "media", (json_int_t)one->media, "items",
                      (json_int_t)one->items, "items_examined", (json_int_t)one->items_examined,
                      "decided", (json_int_t)one->decided, "median_seconds",
                      seconds(one->median_us), "ninetieth_seconds", seconds(one->ninetieth_us)));
    }
    return json;
}

static json_t *statuses_json(const GArray *statuses)
{
    json_t *json = json_array();
    for (unsigned i = 0; i < statuses->len; i++) {
        const StatisticsStatus *one = &g_array_index(statuses, StatisticsStatus, i);
        json_array_append_new(
            json, json_pack("{ss sI}", "status", one->status, "items", (json_int_t)one->items));
    }
    return json;
}

static bool get_statistics(ApiCall *call, GError **err)
{
    int64_t case_id, unit_id;
    StatisticsFilter filter = {0};
    if (!api_call_query_int(call, "case", 1, INT64_MAX, 0, &case_id, err) ||
        !api_call_query_int(call, "unit", 1, INT64_MAX, 0, &unit_id, err) ||
        !day_of(call, "from", &filter.from_us, err) || !day_of(call, "to", &filter.to_us, err))
        return false;
    filter.case_id = (uint64_t)case_id;
    filter.unit_id = (uint64_t)unit_id;
    g_autoptr(Statistics) statistics =
        statistics_of(api_call_work(call), api_call_actor(call), &filter, err);
    return statistics != NULL &&
           api_reply_json(call, 200,
                          json_pack("{so so so}", "cells", cells_json(statistics->cells), "cases",
                                    cases_json(statistics->cases), "statuses",
                                    statuses_json(statistics->statuses)),
                          err);
}

const ApiRoute routes_statistics[] = {
    {.path = "/api/v1/statistics",
     .operation = "getStatistics",
     .permission = PERMISSION_STATISTICS,
     .query = "case unit from to",
     .handle = get_statistics},
    {0},
};
