// SPDX-License-Identifier: Apache-2.0
//
// One's own desk: preferences, what was shown to oneself, and stacks that one skips. None of it is
// an act, so these commit by themselves.
#include <stdlib.h>
#include <string.h>

#include "api/call.h"
#include "api/routes.h"
#include "api/times.h"
#include "base/limits.h"
#include "cases/exposure.h"
#include "cases/preferences.h"
#include "cases/skips.h"

#define FAMILY_COUNT 3u
#define DESK_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(17))

// In the order of their bits.
static const char *const family_names[FAMILY_COUNT + 1] = {"picture", "video", "other", NULL};

// ---- Preferences --------------------------------------------------------------------------------

static json_t *preferences_json(const Preferences *preferences)
{
    json_t *families = json_array(), *tags = json_array();
    for (unsigned i = 0; i < FAMILY_COUNT; i++)
        if (preferences->families & (1u << i))
            json_array_append_new(families, json_string(family_names[i]));
    for (unsigned i = 0; i < preferences->tags->len; i++)
        json_array_append_new(tags, json_string(preferences->tags->pdata[i]));
    return json_pack("{so s{so so}}", "desk", json_loads(preferences->desk, 0, NULL), "not_mine",
                     "families", families, "tags", tags);
}

static bool reply_preferences(ApiCall *call, GError **err)
{
    g_autoptr(Preferences) preferences =
        preferences_get(api_call_work(call), api_call_actor(call), err);
    return preferences != NULL && api_reply_json(call, 200, preferences_json(preferences), err);
}

static char *read_desk(ApiObject *in)
{
    const json_t *desk = api_object_any(in, "desk");
    if (!json_is_object(desk)) {
        api_object_refuse(in, "desk", "must be an object");
        return g_strdup("{}");
    }
    char *text = json_dumps(desk, DESK_FLAGS);
    g_autofree char *copy = g_strdup(text);
    free(text);
    if (copy == NULL || strlen(copy) > LIMIT_DESK_BYTES)
        api_object_refuse(in, "desk", "must be at most %u bytes of JSON", LIMIT_DESK_BYTES);
    return g_steal_pointer(&copy);
}

static unsigned family_bit(const char *name)
{
    for (unsigned i = 0; i < FAMILY_COUNT; i++)
        if (g_str_equal(name, family_names[i]))
            return 1u << i;
    return 0;
}

static unsigned read_families(ApiObject *in)
{
    unsigned families = 0;
    ApiArray *named = api_object_array(in, "families", 0, FAMILY_COUNT);
    for (size_t i = 0; i < api_array_size(named); i++) {
        unsigned bit = family_bit(api_array_text(named, i, 1, LIMIT_TAG_BYTES));
        if (bit == 0)
            api_object_refuse(in, "families", "must be some of: picture, video, other");
        families |= bit;
    }
    return families;
}

static GPtrArray *read_tags(ApiObject *in)
{
    GPtrArray *tags = g_ptr_array_new_with_free_func(g_free);
    ApiArray *named = api_object_array(in, "tags", 0, LIMIT_NOT_MINE_TAGS);
    for (size_t i = 0; i < api_array_size(named); i++)
        g_ptr_array_add(tags, g_strdup(api_array_text(named, i, 1, LIMIT_TAG_BYTES)));
    return tags;
}

static bool set_preferences(ApiCall *call, GError **err)
{
    ApiObject *in = api_call_body(call);
    g_autoptr(Preferences) preferences = g_new0(Preferences, 1);
    preferences->desk = read_desk(in);
    ApiObject *not_mine = api_object_child(in, "not_mine");
    preferences->families = read_families(not_mine);
    preferences->tags = read_tags(not_mine);
    return api_call_body_ok(call, err) &&
           preferences_set(api_call_work(call), api_call_actor(call), preferences, err) &&
           reply_preferences(call, err);
}

// ---- Exposure -----------------------------------------------------------------------------------

static json_t *exposure_json(const ExposureRow *row)
{
    return json_pack("{sI sI}", "reveals", (json_int_t)row->reveals, "seconds",
                     (json_int_t)(row->shown_ms / 1000));
}

static json_t *day_json(const ExposureRow *row)
{
    g_autoptr(GDateTime) start = g_date_time_new_from_unix_utc(row->day * 24 * 3600);
    g_autofree char *day = g_date_time_format(start, "%F");
    json_t *json = exposure_json(row);
    json_object_set_new(json, "day", json_string(day));
    return json;
}

static bool get_exposure(ApiCall *call, GError **err)
{
    g_auto(Exposure) exposure = {0};
    if (!exposure_get(api_call_work(call), api_call_actor(call), &exposure, err))
        return false;
    json_t *days = json_array();
    for (unsigned i = 0; i < exposure.days->len; i++)
        json_array_append_new(days, day_json(&g_array_index(exposure.days, ExposureRow, i)));
    return api_reply_json(call, 200,
                          json_pack("{so so so}", "today", exposure_json(&exposure.today), "week",
                                    exposure_json(&exposure.week), "days", days),
                          err);
}

// ---- Skips --------------------------------------------------------------------------------------

static bool skip_stack(ApiCall *call, GError **err)
{
    return skip_add(api_call_work(call), api_call_actor(call), api_call_id(call, "case"),
                    api_call_id(call, "stack"), err) &&
           api_reply_empty(call);
}

static bool unskip_stack(ApiCall *call, GError **err)
{
    return skip_remove(api_call_work(call), api_call_actor(call), api_call_id(call, "case"),
                       api_call_id(call, "stack"), err) &&
           api_reply_empty(call);
}

static bool list_skips(ApiCall *call, GError **err)
{
    ApiPage page;
    if (!api_page_begin(call, &page, err))
        return false;
    uint64_t after = page.has_place ? (uint64_t)page.place.numbers[0] : 0;
    g_autoptr(GArray) skips = skip_list(api_call_work(call), api_call_actor(call),
                                        api_call_id(call, "case"), after, page.limit + 1, err);
    if (skips == NULL)
        return false;
    json_t *items = json_array();
    ApiPlace next = {0};
    for (unsigned i = 0; i < skips->len && i < page.limit; i++) {
        const SkipRow *skip = &g_array_index(skips, SkipRow, i);
        json_array_append_new(items, json_pack("{sI so}", "stack", (json_int_t)skip->stack_id,
                                               "made", api_time(skip->made_us)));
        next.numbers[0] = (int64_t)skip->stack_id;
    }
    return api_reply_page(call, items, skips->len > page.limit ? &next : NULL, err);
}

const ApiRoute routes_desk[] = {
    {.path = "/api/v1/account/preferences",
     .operation = "getPreferences",
     .permission = PERMISSION_SIGNED_IN,
     .handle = reply_preferences},
    {.method = API_METHOD_PUT,
     .path = "/api/v1/account/preferences",
     .operation = "setPreferences",
     .permission = PERMISSION_SIGNED_IN,
     .body = API_BODY_JSON,
     .unrepeatable = true,
     .handle = set_preferences},
    {.path = "/api/v1/account/exposure",
     .operation = "getExposure",
     .permission = PERMISSION_SIGNED_IN,
     .handle = get_exposure},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/stacks/{stack}/skip",
     .operation = "skipStack",
     .permission = PERMISSION_REVIEW,
     .unrepeatable = true,
     .handle = skip_stack},
    {.method = API_METHOD_DELETE,
     .path = "/api/v1/cases/{case}/stacks/{stack}/skip",
     .operation = "unskipStack",
     .permission = PERMISSION_REVIEW,
     .unrepeatable = true,
     .handle = unskip_stack},
    {.path = "/api/v1/cases/{case}/skips",
     .operation = "listSkips",
     .permission = PERMISSION_REVIEW,
     .query = "cursor limit",
     .handle = list_skips},
    {0},
};
