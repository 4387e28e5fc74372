// SPDX-License-Identifier: Apache-2.0
//
// What is in a case: lists of media and of items, and all there is of one media. Facts only; a
// picture is shown by a reveal. Perceptual hashes are not shown, and of lists only opaque numbers.
#include <string.h>

#include "api/call.h"
#include "api/media_json.h"
#include "api/routes.h"
#include "base/limits.h"
#include "cases/media_list.h"
#include "model/record.h"

#define ID_DIGITS_USUAL 9 // of a media, and the comma

// The names of an enumeration with NULL behind them.
static bool is_word_of(const char *word, const char *(*name_of)(unsigned), unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (g_str_equal(word, name_of(i)))
            return true;
    return false;
}

static const char *status_word(unsigned value)
{
    return status_name((Status)value);
}

static const char *finding_word(unsigned value)
{
    return finding_type_name((FindingType)value);
}

static bool check_word(const char *parameter, const char *word,
                       const char *(*name_of)(unsigned value), unsigned count, GError **err)
{
    if (word == NULL || is_word_of(word, name_of, count))
        return true;
    g_set_error(err, API_PROBLEM, API_PROBLEM_BAD_REQUEST, "the query parameter %s knows no %s",
                parameter, word);
    return false;
}

static bool read_choice(ApiCall *call, const char *name, const char *const *choices,
                        const char **ret_word, GError **err)
{
    unsigned index;
    *ret_word = NULL;
    if (api_call_query(call, name) == NULL)
        return true;
    if (!api_call_query_choice(call, name, choices, 0, &index, err))
        return false;
    *ret_word = choices[index];
    return true;
}

static bool read_id(ApiCall *call, const char *name, uint64_t *ret_id, GError **err)
{
    int64_t id;
    if (!api_call_query_int(call, name, 1, INT64_MAX, 0, &id, err))
        return false;
    *ret_id = (uint64_t)id;
    return true;
}

// ---- Media ------------------------------------------------------------------------------------

static bool read_filter(ApiCall *call, MediaListFilter *ret_filter, GError **err)
{
    static const char *const kinds[] = {"new", "notable", "ignorable", NULL};
    static const char *const decisions[] = {"open", "decided", "disputed", NULL};
    static const char *const families[] = {"picture", "video", "other", NULL};
    if (!read_choice(call, "kind", kinds, &ret_filter->kind, err) ||
        !read_choice(call, "decision", decisions, &ret_filter->decision, err) ||
        !read_choice(call, "family", families, &ret_filter->family, err) ||
        !read_id(call, "stack", &ret_filter->stack_id, err))
        return false;
    ret_filter->tag = api_call_query(call, "tag");
    ret_filter->status = api_call_query(call, "status");
    ret_filter->finding = api_call_query(call, "finding");
    return check_word("status", ret_filter->status, status_word, STATUS_COUNT, err) &&
           check_word("finding", ret_filter->finding, finding_word, FINDING_TYPE_COUNT, err);
}

static json_t *rows_json(const GArray *rows)
{
    json_t *items = json_array();
    for (unsigned i = 0; i < rows->len; i++)
        json_array_append_new(items, media_row_json(&g_array_index(rows, MediaListRow, i)));
    return items;
}

static bool refuse_ids(GError **err)
{
    g_set_error(
        err, API_PROBLEM, API_PROBLEM_BAD_REQUEST,
        "the query parameter ids takes 1 to %u numbers joined by commas, and nothing beside "
        "it",
        LIMIT_API_PAGE);
    return false;
}

// Of the query, which must not ask for anything else.
static bool read_ids(ApiCall *call, GArray *ids, GError **err)
{
    static const char *const others[] = {"cursor", "limit",   "kind", "decision", "family",
                                         "status", "finding", "tag",  "stack",    "sort"};
    for (unsigned i = 0; i < G_N_ELEMENTS(others); i++)
        if (api_call_query(call, others[i]) != NULL)
            return refuse_ids(err);
    const char *text = api_call_query(call, "ids");
    while (true) {
        size_t length = strcspn(text, ",");
        uint64_t id;
        if (ids->len == LIMIT_API_PAGE || !api_number_from_text(text, length, &id))
            return refuse_ids(err);
        g_array_append_val(ids, id);
        if (text[length] == '\0')
            return true;
        text += length + 1;
    }
}

static bool list_these(ApiCall *call, GError **err)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    g_autoptr(GArray) rows = media_list_rows_new();
    return read_ids(call, ids, err) &&
           media_list_these(api_call_work(call), api_call_actor(call), api_call_id(call, "case"),
                            (const uint64_t *)(const void *)ids->data, ids->len, rows, err) &&
           api_reply_page(call, rows_json(rows), NULL, err);
}

static bool list_media(ApiCall *call, GError **err)
{
    static const char *const sorts[] = {"oldest", "newest", NULL};
    ApiPage page;
    MediaListFilter filter = {0};
    unsigned sort;
    if (api_call_query(call, "ids") != NULL)
        return list_these(call, err);
    if (!api_page_begin(call, &page, err) || !read_filter(call, &filter, err) ||
        !api_call_query_choice(call, "sort", sorts, 0, &sort, err))
        return false;
    filter.newest_first = sort == 1;
    g_autoptr(GArray) rows = media_list_rows_new();
    uint64_t next;
    if (!media_list(api_call_work(call), api_call_actor(call), api_call_id(call, "case"), &filter,
                    page.has_place ? (uint64_t)page.place.numbers[0] : 0, page.limit, rows, &next,
                    err))
        return false;
    const ApiPlace place = {.numbers = {(int64_t)next}};
    return api_reply_page(call, rows_json(rows), next != 0 ? &place : NULL, err);
}

// A million numbers as JSON values would take a hundred times their room.
static char *order_text(const GArray *ids, bool more)
{
    GString *text = g_string_sized_new(ids->len * ID_DIGITS_USUAL + 32);
    g_string_append(text, "{\"ids\":[");
    for (unsigned i = 0; i < ids->len; i++) {
        char digits[24], *at = digits + sizeof digits;
        for (uint64_t id = g_array_index(ids, uint64_t, i); id > 0; id /= 10)
            *--at = (char)('0' + id % 10);
        if (i > 0)
            *--at = ',';
        g_string_append_len(text, at, digits + sizeof digits - at);
    }
    g_string_append_printf(text, "],\"more\":%s}", more ? "true" : "false");
    return g_string_free(text, FALSE);
}

static bool order_media(ApiCall *call, GError **err)
{
    static const char *const sorts[] = {"oldest", "newest", "largest", "stack", NULL};
    MediaListFilter filter = {0};
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    unsigned sort;
    bool more;
    return read_filter(call, &filter, err) &&
           api_call_query_choice(call, "sort", sorts, 0, &sort, err) &&
           media_order(api_call_work(call), api_call_actor(call), api_call_id(call, "case"),
                       &filter, (MediaSort)sort, ids, &more, err) &&
           api_reply_json_text(call, 200, order_text(ids, more));
}

static bool get_media(ApiCall *call, GError **err)
{
    uint64_t case_id = api_call_id(call, "case"), media_id = api_call_id(call, "media");
    g_auto(MediaWhole) whole = {0};
    return media_whole(api_call_work(call), api_call_actor(call), case_id, media_id, &whole, err) &&
           api_reply_json(call, 200, media_whole_json(case_id, &whole), err);
}

// ---- Items ------------------------------------------------------------------------------------

static bool list_items(ApiCall *call, GError **err)
{
    ApiPage page;
    ItemListFilter filter = {0};
    if (!api_page_begin(call, &page, err) || !read_id(call, "media", &filter.media_id, err) ||
        !read_id(call, "evidence", &filter.evidence_id, err) ||
        !api_call_query_bool(call, "not_examined", false, &filter.not_examined, err))
        return false;
    g_autoptr(GArray) rows = item_list_rows_new();
    uint64_t next;
    if (!item_list(api_call_work(call), api_call_actor(call), api_call_id(call, "case"), &filter,
                   page.has_place ? (uint64_t)page.place.numbers[0] : 0, page.limit, rows, &next,
                   err))
        return false;
    json_t *items = json_array();
    for (unsigned i = 0; i < rows->len; i++)
        json_array_append_new(items, item_row_json(&g_array_index(rows, ItemListRow, i)));
    const ApiPlace place = {.numbers = {(int64_t)next}};
    return api_reply_page(call, items, next != 0 ? &place : NULL, err);
}

const ApiRoute routes_media[] = {
    {.path = "/api/v1/cases/{case}/media",
     .operation = "listMedia",
     .permission = PERMISSION_CASE_READ,
     .query = "cursor limit kind decision family status finding tag stack sort ids",
     .handle = list_media},
    {.path = "/api/v1/cases/{case}/media/order",
     .operation = "orderMedia",
     .permission = PERMISSION_CASE_READ,
     .query = "kind decision family status finding tag stack sort",
     .handle = order_media},
    {.path = "/api/v1/cases/{case}/media/{media}",
     .operation = "getMedia",
     .permission = PERMISSION_CASE_READ,
     .handle = get_media},
    {.path = "/api/v1/cases/{case}/items",
     .operation = "listItems",
     .permission = PERMISSION_CASE_READ,
     .query = "cursor limit media evidence not_examined",
     .handle = list_items},
    {0},
};
