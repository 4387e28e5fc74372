// SPDX-License-Identifier: Apache-2.0
//
// Stacks, their media, and leases of stacks.
#include "api/call.h"
#include "api/routes.h"
#include "api/stack_json.h"
#include "api/times.h"
#include "base/limits.h"
#include "cases/queue.h"
#include "cases/stacks.h"
#include "model/record.h"

static const char *const order_names[QUEUE_ORDER_COUNT + 1] = {
    [QUEUE_OF_CASE] = "case",
    [QUEUE_LARGEST_FIRST] = "size",
    [QUEUE_NEWEST_FIRST] = "newest",
};

// ---- Stacks -----------------------------------------------------------------------------------

static bool list_stacks(ApiCall *call, GError **err)
{
    static const char *const states[STACK_FILTER_COUNT + 1] = {
        [STACKS_ALL] = "any",
        [STACKS_OPEN] = "open",
        [STACKS_DECIDED] = "decided",
        [STACKS_DISPUTED] = "disputed",
    };
    ApiPage page;
    unsigned order, state;
    if (!api_page_begin(call, &page, err) ||
        !api_call_query_choice(call, "order", order_names, QUEUE_OF_CASE, &order, err) ||
        !api_call_query_choice(call, "state", states, STACKS_ALL, &state, err))
        return false;
    const StackListQuery query = {.case_id = api_call_id(call, "case"),
                                  .filter = (StackFilter)state,
                                  .order = (QueueOrder)order,
                                  .limit = page.limit + 1};
    const StackRow after = {.id = (uint64_t)page.place.numbers[0],
                            .order_key = page.place.numbers[1],
                            .media_count = (uint64_t)page.place.numbers[2]};
    g_autoptr(GArray) stacks = stacks_list(api_call_work(call), api_call_actor(call), &query,
                                           page.has_place ? &after : NULL, err);
    if (stacks == NULL)
        return false;
    json_t *items = json_array();
    ApiPlace next = {0};
    for (unsigned i = 0; i < stacks->len && i < page.limit; i++) {
        const CaseStack *stack = &g_array_index(stacks, CaseStack, i);
        json_array_append_new(items, case_stack_json(stack));
        next = (ApiPlace){.numbers = {(int64_t)stack->row.id, stack->row.order_key,
                                      (int64_t)stack->row.media_count}};
    }
    return api_reply_page(call, items, stacks->len > page.limit ? &next : NULL, err);
}

static bool get_stack(ApiCall *call, GError **err)
{
    CaseStack stack;
    if (!stacks_get(api_call_work(call), api_call_actor(call), api_call_id(call, "case"),
                    api_call_id(call, "stack"), &stack, err))
        return false;
    json_t *json = case_stack_json(&stack);
    case_stack_clear(&stack);
    return api_reply_json(call, 200, json, err);
}

static bool list_stack_media(ApiCall *call, GError **err)
{
    ApiPage page;
    if (!api_page_begin(call, &page, err))
        return false;
    uint64_t after = page.has_place ? (uint64_t)page.place.numbers[0] : 0;
    g_autoptr(GArray) media =
        stacks_media(api_call_work(call), api_call_actor(call), api_call_id(call, "case"),
                     api_call_id(call, "stack"), after, page.limit + 1, err);
    if (media == NULL)
        return false;
    json_t *items = json_array();
    ApiPlace next = {0};
    for (unsigned i = 0; i < media->len && i < page.limit; i++) {
        const StackMedia *one = &g_array_index(media, StackMedia, i);
        json_array_append_new(items, stack_media_json(one));
        next.numbers[0] = (int64_t)one->case_media_id;
    }
    return api_reply_page(call, items, media->len > page.limit ? &next : NULL, err);
}

// ---- Leases -----------------------------------------------------------------------------------

static bool reply_leases(ApiCall *call, const GArray *leases, GError **err)
{
    json_t *items = json_array();
    for (unsigned i = 0; i < leases->len; i++) {
        const LeasedStack *leased = &g_array_index(leases, LeasedStack, i);
        json_t *json = stack_facts_json(&leased->facts);
        json_object_set_new(json, "media_count", json_integer((json_int_t)leased->media_count));
        json_object_set_new(json, "open_count", json_integer((json_int_t)leased->open_count));
        json_object_set_new(json, "disputed_count",
                            json_integer((json_int_t)leased->disputed_count));
        json_object_set_new(json, "until", api_time(leased->ends_us));
        json_array_append_new(items, json);
    }
    return api_reply_json(call, 200, json_pack("{so}", "items", items), err);
}

static bool list_leases(ApiCall *call, GError **err)
{
    g_autoptr(GArray) leases =
        queue_leases(api_call_work(call), api_call_actor(call), api_call_id(call, "case"), err);
    return leases != NULL && reply_leases(call, leases, err);
}

// Ids of `stacks`, none when it is absent.
static size_t read_stacks(ApiObject *in, size_t least, uint64_t stacks[LIMIT_REVIEW_LEASES])
{
    ApiArray *named = api_object_array_or_empty(in, "stacks", LIMIT_REVIEW_LEASES);
    size_t count = MIN(api_array_size(named), (size_t)LIMIT_REVIEW_LEASES);
    for (size_t i = 0; i < count; i++)
        stacks[i] = (uint64_t)api_array_int(named, i, 1, INT64_MAX);
    if (count < least)
        api_object_refuse(in, "stacks", "give at least one stack, or leave it out");
    return count;
}

static unsigned read_family(ApiObject *in)
{
    static const char *const names[] = {"picture", "video", "other", NULL};
    static const unsigned bits[] = {FAMILY_BIT_PICTURE, FAMILY_BIT_VIDEO, FAMILY_BIT_OTHER, 0};
    return bits[api_object_choice_or(in, "family", names, G_N_ELEMENTS(bits) - 1)];
}

// The name of a type that there is.
static const char *read_finding(ApiObject *in)
{
    const char *names[FINDING_TYPE_COUNT + 1] = {NULL};
    for (unsigned i = 0; i < FINDING_TYPE_COUNT; i++)
        names[i] = finding_type_name((FindingType)i);
    unsigned chosen = api_object_choice_or(in, "finding", names, FINDING_TYPE_COUNT);
    return names[chosen];
}

static bool lease_stacks(ApiCall *call, GError **err)
{
    static const char *const purposes[] = {[QUEUE_REVIEW] = "review", NULL};
    ApiObject *in = api_call_body(call);
    uint64_t stacks[LIMIT_REVIEW_LEASES];
    bool is_named = api_object_has(in, "stacks");
    size_t stack_count = read_stacks(in, is_named ? 1 : 0, stacks);
    const QueueRequest request = {
        .purpose = (QueuePurpose)api_object_choice_or(in, "purpose", purposes, QUEUE_REVIEW),
        .order = (QueueOrder)api_object_choice_or(in, "order", order_names, QUEUE_OF_CASE),
        .count = (unsigned)api_object_int_or(in, "count", 1, LIMIT_REVIEW_LEASES,
                                             is_named ? (int64_t)stack_count : 1),
        .families = read_family(in),
        .finding = read_finding(in),
        .stacks = is_named ? stacks : NULL,
        .stack_count = stack_count};
    if (!api_call_body_ok(call, err))
        return false;
    g_autoptr(GArray) leases = queue_lease(api_call_work(call), api_call_actor(call),
                                           api_call_id(call, "case"), &request, err);
    return leases != NULL && reply_leases(call, leases, err);
}

typedef bool (*ChangeLeases)(Casework *work, const Actor *actor, uint64_t case_id,
                             const uint64_t *stacks, size_t count, unsigned *ret_count,
                             GError **err);

// Without `stacks`: all that the caller holds in the case.
static bool change_leases(ApiCall *call, ChangeLeases change, GError **err)
{
    uint64_t stacks[LIMIT_REVIEW_LEASES];
    ApiObject *in = api_call_body(call);
    bool is_all = !api_object_has(in, "stacks");
    size_t count = read_stacks(in, 0, stacks);
    if (!api_call_body_ok(call, err))
        return false;
    unsigned changed;
    return change(api_call_work(call), api_call_actor(call), api_call_id(call, "case"),
                  is_all ? NULL : stacks, count, &changed, err) &&
           api_reply_json(call, 200, json_pack("{si}", "count", (int)changed), err);
}

static bool renew_leases(ApiCall *call, GError **err)
{
    return change_leases(call, queue_renew, err);
}

static bool release_leases(ApiCall *call, GError **err)
{
    return change_leases(call, queue_release, err);
}

const ApiRoute routes_review[] = {
    {.path = "/api/v1/cases/{case}/stacks",
     .operation = "listStacks",
     .permission = PERMISSION_CASE_READ,
     .query = "cursor limit order state",
     .handle = list_stacks},
    {.path = "/api/v1/cases/{case}/stacks/{stack}",
     .operation = "getStack",
     .permission = PERMISSION_CASE_READ,
     .handle = get_stack},
    {.path = "/api/v1/cases/{case}/stacks/{stack}/media",
     .operation = "listStackMedia",
     .permission = PERMISSION_CASE_READ,
     .query = "cursor limit",
     .handle = list_stack_media},
    {.path = "/api/v1/cases/{case}/leases",
     .operation = "listLeases",
     .permission = PERMISSION_REVIEW,
     .handle = list_leases},
    // Leases are no acts: these commit by themselves.
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/leases",
     .operation = "leaseStacks",
     .permission = PERMISSION_REVIEW,
     .body = API_BODY_JSON,
     .unrepeatable = true,
     .handle = lease_stacks},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/leases/renew",
     .operation = "renewLeases",
     .permission = PERMISSION_REVIEW,
     .body = API_BODY_JSON,
     .unrepeatable = true,
     .handle = renew_leases},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/leases/release",
     .operation = "releaseLeases",
     .permission = PERMISSION_REVIEW,
     .body = API_BODY_JSON,
     .unrepeatable = true,
     .handle = release_leases},
    {0},
};
