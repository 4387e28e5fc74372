// SPDX-License-Identifier: Apache-2.0
//
// Search. Terms may name people, so they come in a body, never in an address, and each search is an
// act; replies are not kept for repeats.
#include <string.h>

#include "api/call.h"
#include "api/fields.h"
#include "api/known.h"
#include "api/routes.h"
#include "api/services.h"
#include "base/encoding.h"
#include "cases/media_client.h"
#include "cases/search.h"
#include "sniff/sniff.h"

#define EXAMPLE_BYTES_MAX ((size_t)32 << 20)
#define DEFAULT_DISTANCE 31 // as the sets are asked

// In the order of SearchKind and TraitKind.
static const char *const kinds[] = {"digest", "pdq",   "prefix",  "name_part", "dates",
                                    "trait",  "place", "finding", "note",      NULL};
static const char *const traits[] = {
    "camera", "camera_serial", "jpeg_tables", "software", "place",  "taken", "folder", "file_name",
    "email",  "phone",         "account",     "ip",       "device", "url",   "name",   NULL};

static json_t *hits_json(const GArray *hits)
{
    json_t *items = json_array();
    for (unsigned i = 0; i < hits->len; i++) {
        const SearchHit *hit = &g_array_index(hits, SearchHit, i);
        json_array_append_new(items, json_pack("{sI so so so si}", "case", (json_int_t)hit->case_id,
                                               "media", api_id(hit->media_id), "item",
                                               api_id(hit->item_id), "note", api_id(hit->note_id),
                                               "distance", (int)hit->distance));
    }
    return items;
}

// ---- By terms ---------------------------------------------------------------------------------

static Search read_search(ApiObject *in)
{
    Search search = {.kind = (SearchKind)api_object_choice(in, "kind", kinds),
                     .case_id = (uint64_t)api_object_int_or(in, "case", 1, INT64_MAX, 0),
                     .term = api_object_text_or(in, "term", 1, SEARCH_TERM_MAX, NULL)};
    if (search.kind == SEARCH_PDQ)
        search.distance = (unsigned)api_object_int(in, "distance", 0, SEARCH_DISTANCE_MAX);
    if (search.kind == SEARCH_DATES) {
        search.from_us = api_object_time_or_none(in, "from");
        search.to_us = api_object_time_or_none(in, "to");
        if (search.to_us == 0)
            search.to_us = INT64_MAX;
    }
    if (search.kind == SEARCH_TRAIT)
        search.trait = (TraitKind)api_object_choice(in, "trait", traits);
    if (search.kind == SEARCH_PLACE) {
        search.latitude = api_object_real(in, "latitude", -90, 90);
        search.longitude = api_object_real(in, "longitude", -180, 180);
        search.reach = (unsigned)api_object_int_or(in, "reach", 0, TRAIT_PLACE_REACH, 1);
    }
    bool needs_term = search.kind != SEARCH_DATES && search.kind != SEARCH_PLACE;
    if (needs_term && search.term == NULL)
        api_object_refuse(in, "term", "say what to search for");
    if (!needs_term && search.term != NULL)
        api_object_refuse(in, "term", "this kind of search has no term");
    return search;
}

// What a cursor is good for.
static char *terms_of(const Search *search)
{
    return g_strdup_printf("%d %d %" G_GUINT64_FORMAT " %u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
                           " %.9g %.9g %u %s",
                           (int)search->kind, (int)search->trait, search->case_id, search->distance,
                           search->from_us, search->to_us, search->latitude, search->longitude,
                           search->reach, search->term != NULL ? search->term : "");
}

static void take_place(const ApiPage *page, SearchCursor *cursor)
{
    if (!page->has_place)
        return;
    cursor->value = (uint64_t)page->place.numbers[0];
    cursor->case_id = (uint64_t)page->place.numbers[1];
    cursor->id = (uint64_t)page->place.numbers[2];
    cursor->number = page->place.numbers[3];
    cursor->text = *page->place.text != '\0' ? g_strdup(page->place.text) : NULL;
}

static bool give_place(const SearchCursor *cursor, ApiPlace *ret_place, GError **err)
{
    const char *text = cursor->text != NULL ? cursor->text : "";
    if (strlen(text) > LIMIT_API_CURSOR_TEXT) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "the page ends at a name of more than %u bytes; search for a longer beginning",
                    LIMIT_API_CURSOR_TEXT);
        return false;
    }
    *ret_place = (ApiPlace){.numbers = {(int64_t)cursor->value, (int64_t)cursor->case_id,
                                        (int64_t)cursor->id, cursor->number}};
    g_strlcpy(ret_place->text, text, sizeof ret_place->text);
    return true;
}

static bool run_search(ApiCall *call, const Search *search, const char *terms, const ApiPage *page,
                       GError **err)
{
    g_auto(SearchCursor) cursor = {0};
    ApiPlace next = {0};
    bool more = false;
    take_place(page, &cursor);
    Act *act = api_call_begin(call, AUDIT_SEARCH, err);
    g_autoptr(GArray) hits =
        act != NULL ? search_run(act, search, &cursor, page->limit, &more, err) : NULL;
    if (hits == NULL || (more && !give_place(&cursor, &next, err)))
        return false;
    json_t *json = json_pack("{so so}", "items", hits_json(hits), "next",
                             api_page_next(call, terms, more ? &next : NULL));
    return api_call_commit(call, 200, json, err);
}

// Only searches by likeness need the index and wait for it.
static bool run_near(ApiCall *call, Search *search, const char *terms, const ApiPage *page,
                     GError **err)
{
    ApiKnown *known = api_known_of(call);
    search->index = api_known_take(known, api_call_work(call), err);
    if (search->index == NULL)
        return false;
    bool ok = run_search(call, search, terms, page, err);
    api_known_give(known);
    return ok;
}

static bool search_terms(ApiCall *call, GError **err)
{
    ApiObject *in = api_call_body(call);
    Search search = read_search(in);
    g_autofree char *terms = terms_of(&search);
    ApiPage page;
    if (!api_page_begin_body(call, in, terms, &page, err))
        return false;
    return search.kind == SEARCH_PDQ ? run_near(call, &search, terms, &page, err)
                                     : run_search(call, &search, terms, &page, err);
}

// ---- By example -------------------------------------------------------------------------------

static bool refuse_picture(GError **err, const char *why)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "this picture cannot be searched for: %s",
                why);
    return false;
}

static bool hash_of_reply(const MediaReply *reply, char **ret_hash, GError **err)
{
    const PdqFacts *pdq = reply->still != NULL ? &reply->still->pdq[PIPELINE_512] : NULL;
    if (pdq == NULL || !pdq->present)
        return refuse_picture(err, reply->reason != NULL ? reply->reason : "it has no hash");
    *ret_hash = g_malloc(2 * PDQ_BYTES + 1);
    encoding_to_hex(pdq->hash[0], PDQ_BYTES, *ret_hash);
    return true;
}

// In the confined worker; its memory goes with it.
static bool hash_picture(ApiCall *call, GBytes *bytes, char **ret_hash, GError **err)
{
    const ApiServices *services = api_call_services(call);
    size_t size;
    const uint8_t *data = g_bytes_get_data(bytes, &size);
    const SniffType *type = data != NULL ? sniff_bytes(data, size) : NULL;
    if (type == NULL || type->family != FAMILY_STILL || !type->can_decode)
        return refuse_picture(err, "it is no picture of a kind that can be decoded");
    if (services == NULL || services->media == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_BUSY,
                    "this server has no worker that decodes pictures; try again later");
        return false;
    }
    g_autoptr(MediaClient) client = media_client_new(services->media, NULL, err);
    if (client == NULL || !media_client_ready(client, err))
        return false;
    if (size > media_client_buffer_bytes(client))
        return refuse_picture(err, "it is too large");
    memcpy(media_client_buffer(client), data, size);
    MediaReply reply;
    const MediaItem item = {size, type->media_type, -1};
    if (!media_client_still(client, &item, &reply, err))
        return false;
    bool ok = hash_of_reply(&reply, ret_hash, err);
    media_reply_clear(&reply);
    return ok;
}

static bool search_example(ApiCall *call, GError **err)
{
    int64_t distance, case_id, limit;
    if (!api_call_query_int(call, "distance", 0, SEARCH_DISTANCE_MAX, DEFAULT_DISTANCE, &distance,
                            err) ||
        !api_call_query_int(call, "case", 1, INT64_MAX, 0, &case_id, err) ||
        !api_call_query_int(call, "limit", 1, SEARCH_NEAR_MAX, SEARCH_NEAR_MAX, &limit, err))
        return false;
    g_autofree char *hash = NULL;
    if (!hash_picture(call, api_call_bytes(call), &hash, err))
        return false;
    Search search = {.kind = SEARCH_PDQ,
                     .term = hash,
                     .by_example = true,
                     .case_id = (uint64_t)case_id,
                     .distance = (unsigned)distance};
    const ApiPage page = {.limit = (unsigned)limit};
    return run_near(call, &search, hash, &page, err);
}

const ApiRoute routes_search[] = {
    {.method = API_METHOD_POST,
     .path = "/api/v1/search",
     .operation = "search",
     .permission = PERMISSION_SEARCH,
     .body = API_BODY_JSON,
     .unrepeatable = true,
     .handle = search_terms},
    {.method = API_METHOD_POST,
     .path = "/api/v1/search/example",
     .operation = "searchExample",
     .permission = PERMISSION_SEARCH,
     .query = "case distance limit",
     .body = API_BODY_BYTES,
     .body_limit = EXAMPLE_BYTES_MAX,
     .unrepeatable = true,
     .handle = search_example},
    {0},
};
