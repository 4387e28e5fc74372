// SPDX-License-Identifier: Apache-2.0
//
// Units. Everybody sees them, with how to reach them; administrators change them.
#include "api/call.h"
#include "api/routes.h"
#include "base/limits.h"
#include "cases/accounts.h"

#define COUNTRY_BYTES 2u

static json_t *unit_json(const Unit *unit)
{
    return json_pack("{sI ss ss ss ss ss sI}", "id", (json_int_t)unit->id, "name", unit->name,
                     "agency", unit->agency, "country", unit->country, "contact", unit->contact,
                     "state", unit->state, "version", (json_int_t)unit->seq);
}

static bool list_units(ApiCall *call, GError **err)
{
    ApiPage page;
    if (!api_page_begin(call, &page, err))
        return false;
    uint64_t after = page.has_place ? (uint64_t)page.place.numbers[0] : 0;
    g_autoptr(GPtrArray) units = unit_list(api_call_work(call), after, page.limit + 1, err);
    if (units == NULL)
        return false;
    json_t *items = json_array();
    ApiPlace last = {0};
    for (unsigned i = 0; i < units->len && i < page.limit; i++) {
        const Unit *unit = units->pdata[i];
        json_array_append_new(items, unit_json(unit));
        last.numbers[0] = (int64_t)unit->id;
    }
    return api_reply_page(call, items, units->len > page.limit ? &last : NULL, err);
}

static bool get_unit(ApiCall *call, GError **err)
{
    g_autoptr(Unit) unit = unit_get(api_call_work(call), api_call_id(call, "unit"), err);
    if (unit == NULL)
        return false;
    api_call_set_version(call, unit->seq);
    return api_reply_json(call, 200, unit_json(unit), err);
}

static UnitFields read_fields(ApiCall *call)
{
    ApiObject *in = api_call_body(call);
    return (UnitFields){
        .name = api_object_text(in, "name", 1, LIMIT_ACCOUNT_TEXT),
        .agency = api_object_text_or(in, "agency", 0, LIMIT_ACCOUNT_TEXT, ""),
        .country = api_object_text(in, "country", COUNTRY_BYTES, COUNTRY_BYTES),
        .contact = api_object_text_or(in, "contact", 0, LIMIT_ACCOUNT_CONTACT, ""),
    };
}

static bool commit_unit(ApiCall *call, Act *act, int status, uint64_t id, GError **err)
{
    g_autoptr(Unit) unit = unit_get(act_work(act), id, err);
    return unit != NULL && api_call_commit(call, status, unit_json(unit), err);
}

static bool create_unit(ApiCall *call, GError **err)
{
    UnitFields fields = read_fields(call);
    uint64_t id;
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_UNIT_CHANGED, err);
    return act != NULL && unit_create(act, &fields, &id, err) &&
           commit_unit(call, act, 201, id, err);
}

static bool is_as_read(ApiCall *call, Act *act, uint64_t id, GError **err)
{
    g_autoptr(Unit) unit = unit_get(act_work(act), id, err);
    return unit != NULL && api_call_if_match(call, unit->seq, false, err);
}

static bool change_unit(ApiCall *call, GError **err)
{
    uint64_t id = api_call_id(call, "unit");
    UnitFields fields = read_fields(call);
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_UNIT_CHANGED, err);
    return act != NULL && is_as_read(call, act, id, err) && unit_change(act, id, &fields, err) &&
           commit_unit(call, act, 200, id, err);
}

static bool close_unit(ApiCall *call, GError **err)
{
    uint64_t id = api_call_id(call, "unit");
    Act *act = api_call_begin(call, AUDIT_UNIT_CHANGED, err);
    return act != NULL && is_as_read(call, act, id, err) && unit_close(act, id, err) &&
           commit_unit(call, act, 200, id, err);
}

const ApiRoute routes_units[] = {
    {.path = "/api/v1/units",
     .operation = "listUnits",
     .permission = PERMISSION_SIGNED_IN,
     .query = "cursor limit",
     .handle = list_units},
    {.method = API_METHOD_POST,
     .path = "/api/v1/units",
     .operation = "createUnit",
     .permission = PERMISSION_ADMINISTER,
     .body = API_BODY_JSON,
     .handle = create_unit},
    {.path = "/api/v1/units/{unit}",
     .operation = "getUnit",
     .permission = PERMISSION_SIGNED_IN,
     .handle = get_unit},
    {.method = API_METHOD_PUT,
     .path = "/api/v1/units/{unit}",
     .operation = "changeUnit",
     .permission = PERMISSION_ADMINISTER,
     .body = API_BODY_JSON,
     .handle = change_unit},
    {.method = API_METHOD_POST,
     .path = "/api/v1/units/{unit}/close",
     .operation = "closeUnit",
     .permission = PERMISSION_ADMINISTER,
     .handle = close_unit},
    {0},
};
