// SPDX-License-Identifier: Apache-2.0
//
// Is it already known? The asker's side, the owner's side, and what is new on both.
#include "api/call.h"
#include "api/fields.h"
#include "api/known.h"
#include "api/routes.h"
#include "api/times.h"
#include "cases/enquiry.h"

static json_t *contact_json(const char *unit, const char *agency, const char *country,
                            const char *contact, const char *reference)
{
    return json_pack("{ss? ss? ss? ss? ss?}", "unit", unit, "agency", agency, "country", country,
                     "contact", contact, "reference", reference);
}

static json_t *known_json(const KnownPlace *place)
{
    json_t *owner = place->case_id != 0 ? json_null()
                                        : contact_json(place->unit, place->agency, place->country,
                                                       place->contact, place->reference);
    return json_pack("{sI sb si ss so so so}", "media", (json_int_t)place->media_id, "near",
                     (int)place->is_near, "distance", (int)place->distance, "state",
                     victim_state_name(place->state), "case", api_id(place->case_id), "known_media",
                     api_id(place->known_media_id), "owner", owner);
}

static json_t *known_list(const GPtrArray *places)
{
    json_t *items = json_array();
    for (unsigned i = 0; i < places->len; i++)
        json_array_append_new(items, known_json(places->pdata[i]));
    return items;
}

// ---- The asker --------------------------------------------------------------------------------

static bool ask_with(ApiCall *call, KnownIndex *index, const GArray *media, GError **err)
{
    Act *act = api_call_begin(call, AUDIT_ENQUIRY, err);
    if (act == NULL)
        return false;
    g_autoptr(GPtrArray) places =
        enquiry_ask(act, index, api_call_id(call, "case"),
                    (const uint64_t *)(const void *)media->data, media->len, err);
    return places != NULL &&
           api_call_commit(call, 200, json_pack("{so}", "items", known_list(places)), err);
}

static bool ask(ApiCall *call, GError **err)
{
    g_autoptr(GArray) media = api_object_ids(api_call_body(call), "media", ENQUIRY_MEDIA_MAX);
    if (!api_call_body_ok(call, err))
        return false;
    ApiKnown *known = api_known_of(call);
    KnownIndex *index = api_known_take(known, api_call_work(call), err);
    if (index == NULL)
        return false;
    bool ok = ask_with(call, index, media, err);
    api_known_give(known);
    return ok;
}

static bool list_known(ApiCall *call, GError **err)
{
    ApiPage page;
    if (!api_page_begin(call, &page, err))
        return false;
    uint64_t cursor = page.has_place ? (uint64_t)page.place.numbers[0] : 0;
    bool more;
    g_autoptr(GPtrArray) places =
        enquiry_known(api_call_work(call), api_call_actor(call), api_call_id(call, "case"), &cursor,
                      page.limit, &more, err);
    const ApiPlace next = {.numbers = {(int64_t)cursor}};
    return places != NULL && api_reply_page(call, known_list(places), more ? &next : NULL, err);
}

// ---- The owner --------------------------------------------------------------------------------

static json_t *question_json(const EnquiryQuestion *question)
{
    return json_pack("{sI sI sb si ss so so so}", "id", (json_int_t)question->id, "media",
                     (json_int_t)question->media_id, "near", (int)question->is_near, "distance",
                     (int)question->distance, "state", enquiry_state_name(question->state), "made",
                     api_time(question->made_us), "answered", api_time(question->answered_us),
                     "asker",
                     contact_json(question->unit, question->agency, question->country,
                                  question->contact, question->reference));
}

static bool list_questions(ApiCall *call, GError **err)
{
    ApiPage page;
    if (!api_page_begin(call, &page, err))
        return false;
    uint64_t after = page.has_place ? (uint64_t)page.place.numbers[0] : 0;
    g_autoptr(GPtrArray) rows =
        enquiry_questions(api_call_work(call), api_call_actor(call), api_call_id(call, "case"),
                          after, page.limit + 1, err);
    if (rows == NULL)
        return false;
    json_t *items = json_array();
    ApiPlace next = {0};
    for (unsigned i = 0; i < rows->len && i < page.limit; i++) {
        const EnquiryQuestion *question = rows->pdata[i];
        json_array_append_new(items, question_json(question));
        next.numbers[0] = (int64_t)question->id;
    }
    return api_reply_page(call, items, rows->len > page.limit ? &next : NULL, err);
}

static bool answer(ApiCall *call, GError **err)
{
    static const char *const answers[] = {"same", "different", "later", NULL};
    unsigned choice = api_object_choice(api_call_body(call), "answer", answers);
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_ENQUIRY_ANSWERED, err);
    return act != NULL &&
           enquiry_answer(act, api_call_id(call, "enquiry"), (EnquiryAnswer)choice, err) &&
           api_call_commit(call, 204, NULL, err);
}

// ---- Both -------------------------------------------------------------------------------------

static bool list_notices(ApiCall *call, GError **err)
{
    ApiPage page;
    if (!api_page_begin(call, &page, err))
        return false;
    uint64_t after = page.has_place ? (uint64_t)page.place.numbers[0] : 0;
    g_autoptr(GPtrArray) rows =
        enquiry_notices(api_call_work(call), api_call_actor(call), api_call_id(call, "case"), after,
                        page.limit + 1, err);
    if (rows == NULL)
        return false;
    json_t *items = json_array();
    ApiPlace next = {0};
    for (unsigned i = 0; i < rows->len && i < page.limit; i++) {
        const EnquiryNotice *notice = rows->pdata[i];
        json_array_append_new(
            items, json_pack("{sI so so ss so}", "media", (json_int_t)notice->media_id, "enquiry",
                             api_id(notice->enquiry_id), "owner", json_boolean(notice->is_owner),
                             "what", notice->what, "made", api_time(notice->made_us)));
        next.numbers[0] = (int64_t)notice->id;
    }
    return api_reply_page(call, items, rows->len > page.limit ? &next : NULL, err);
}

const ApiRoute routes_enquiries[] = {
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/enquiries",
     .operation = "enquire",
     .permission = PERMISSION_ENQUIRE,
     .body = API_BODY_JSON,
     .handle = ask},
    {.path = "/api/v1/cases/{case}/enquiries/known",
     .operation = "listKnown",
     .permission = PERMISSION_CASE_READ,
     .query = "cursor limit",
     .handle = list_known},
    {.path = "/api/v1/cases/{case}/enquiries/questions",
     .operation = "listQuestions",
     .permission = PERMISSION_CASE_READ,
     .query = "cursor limit",
     .handle = list_questions},
    {.path = "/api/v1/cases/{case}/enquiries/notices",
     .operation = "listNotices",
     .permission = PERMISSION_CASE_READ,
     .query = "cursor limit",
     .handle = list_notices},
    {.method = API_METHOD_POST,
     .path = "/api/v1/enquiries/{enquiry}/answer",
     .operation = "answerEnquiry",
     .permission = PERMISSION_ENQUIRE,
     .body = API_BODY_JSON,
     .handle = answer},
    {0},
};
