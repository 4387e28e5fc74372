// SPDX-License-Identifier: Apache-2.0
//
// Links: the same value in two places that the reader may see.
#include "api/call.h"
#include "api/fields.h"
#include "api/routes.h"
#include "cases/links.h"

static json_t *link_json(const Link *link)
{
    json_t *places = json_array();
    for (unsigned i = 0; link->places != NULL && i < link->places->len; i++) {
        const TraitPlace *place = &g_array_index(link->places, TraitPlace, i);
        json_array_append_new(places,
                              json_pack("{sI so so}", "case", (json_int_t)place->case_id, "media",
                                        api_id(place->media_id), "item", api_id(place->item_id)));
    }
    return json_pack("{ss ss sI sI sb so}", "kind", trait_kind_name(link->kind), "value",
                     link->value, "uses", (json_int_t)link->uses, "cases", (json_int_t)link->cases,
                     "everywhere", (int)link->is_everywhere, "places", places);
}

static json_t *links_json(const GPtrArray *links)
{
    json_t *items = json_array();
    for (unsigned i = 0; i < links->len; i++)
        json_array_append_new(items, link_json(links->pdata[i]));
    return items;
}

static bool list_of_media(ApiCall *call, GError **err)
{
    g_autoptr(GPtrArray) links =
        links_of_media(api_call_work(call), api_call_actor(call), api_call_id(call, "case"),
                       api_call_id(call, "media"), err);
    return links != NULL &&
           api_reply_json(call, 200, json_pack("{so}", "items", links_json(links)), err);
}

static bool list_of_case(ApiCall *call, GError **err)
{
    ApiPage page;
    if (!api_page_begin(call, &page, err))
        return false;
    uint64_t cursor = page.has_place ? (uint64_t)page.place.numbers[0] : 0;
    bool more;
    g_autoptr(GPtrArray) links =
        links_of_case(api_call_work(call), api_call_actor(call), api_call_id(call, "case"), &cursor,
                      page.limit, &more, err);
    const ApiPlace next = {.numbers = {(int64_t)cursor}};
    return links != NULL && api_reply_page(call, links_json(links), more ? &next : NULL, err);
}

const ApiRoute routes_links[] = {
    {.path = "/api/v1/cases/{case}/links",
     .operation = "listCaseLinks",
     .permission = PERMISSION_CASE_READ,
     .query = "cursor limit",
     .handle = list_of_case},
    {.path = "/api/v1/cases/{case}/media/{media}/links",
     .operation = "listMediaLinks",
     .permission = PERMISSION_CASE_READ,
     .handle = list_of_media},
    {0},
};
