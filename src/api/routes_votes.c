// SPDX-License-Identifier: Apache-2.0
//
// Votes, what a person may know of them, and what they came to.
#include "api/call.h"
#include "api/routes.h"
#include "api/times.h"
#include "base/limits.h"
#include "cases/ballot.h"
#include "cases/decisions.h"
#include "cases/votes.h"

// A list of LIMIT_VOTE_MEDIA ids of at most 19 digits.
#define IDS_BODY_BYTES (LIMIT_VOTE_MEDIA * 24u)

static const char *const self_generated_names[SELF_GENERATED_COUNT + 1] = {
    [SELF_GENERATED_UNKNOWN] = "unknown", [SELF_GENERATED_NO] = "no",
    [SELF_GENERATED_SHARED] = "shared",   [SELF_GENERATED_PRESSURED] = "pressured",
    [SELF_GENERATED_ALONE] = "alone",
};

static const char *const commercial_names[COMMERCIAL_COUNT + 1] = {
    [COMMERCIAL_UNKNOWN] = "unknown",
    [COMMERCIAL_NO] = "no",
    [COMMERCIAL_YES] = "yes",
};

// ---- Voting -----------------------------------------------------------------------------------

static GArray *ids_of(ApiArray *array)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    for (size_t i = 0; i < api_array_size(array); i++) {
        uint64_t id = (uint64_t)api_array_int(array, i, 1, INT64_MAX);
        g_array_append_val(ids, id);
    }
    return ids;
}

// What became of the media: each of them, and in numbers.
static json_t *results_json(const GArray *results)
{
    json_int_t counts[OUTCOME_COUNT] = {0};
    json_t *items = json_array();
    for (unsigned i = 0; i < results->len; i++) {
        const VoteResult *result = &g_array_index(results, VoteResult, i);
        counts[result->state]++;
        json_array_append_new(
            items,
            json_pack("{sI sI ss sb sb}", "vote", (json_int_t)result->vote_id, "media",
                      (json_int_t)result->media_id, "state", outcome_state_name(result->state),
                      "late", (int)result->is_late, "submitter", (int)result->is_submitter));
    }
    return json_pack("{so s{sI sI sI}}", "items", items, "counts", "open", counts[OUTCOME_OPEN],
                     "disputed", counts[OUTCOME_DISPUTED], "decided", counts[OUTCOME_DECIDED]);
}

static bool cast_votes(ApiCall *call, GError **err)
{
    ApiObject *in = api_call_body(call);
    bool has_media = api_object_has(in, "media"), has_stack = api_object_has(in, "stack");
    g_autoptr(GArray) media =
        ids_of(api_object_array_or_empty(in, "media", (size_t)LIMIT_VOTE_MEDIA));
    VoteRequest request = {
        .case_id = api_call_id(call, "case"),
        .media = has_media ? (const uint64_t *)(void *)media->data : NULL,
        .count = media->len,
        .stack_id = (uint64_t)api_object_int_or(in, "stack", 1, INT64_MAX, 0),
        .open_count = (uint64_t)api_object_int_or(in, "open_count", 1, INT64_MAX, 0),
        .category = api_object_text(in, "category", 1, LIMIT_CASE_TEXT),
        .self_generated =
            (SelfGenerated)api_object_choice_or(in, "self_generated", self_generated_names, 0),
        .commercial = (Commercial)api_object_choice_or(in, "commercial", commercial_names, 0),
        .note = api_object_text_or(in, "note", 1, LIMIT_NOTE_BYTES, NULL)};
    if (has_media == has_stack)
        api_object_refuse(in, has_media ? "media" : "stack",
                          "give either the media or one stack to vote on");
    else if (has_media && media->len == 0)
        api_object_refuse(in, "media", "give at least one media");
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_VOTE, err);
    g_autoptr(GArray) results = act != NULL ? votes_cast(act, &request, err) : NULL;
    return results != NULL && api_call_commit(call, 201, results_json(results), err);
}

// ---- Taking back ------------------------------------------------------------------------------

static bool undo_vote(ApiCall *call, GError **err)
{
    uint64_t vote = api_call_id(call, "vote");
    Act *act = api_call_begin(call, AUDIT_VOTE_UNDONE, err);
    g_autoptr(GArray) results =
        act != NULL ? votes_undo_in_case(act, api_call_id(call, "case"), &vote, 1, err) : NULL;
    return results != NULL && api_call_commit(call, 200, results_json(results), err);
}

// Without `votes`: the caller's last act of voting in the case.
static bool undo_votes(ApiCall *call, GError **err)
{
    ApiObject *in = api_call_body(call);
    bool is_last = !api_object_has(in, "votes");
    g_autoptr(GArray) votes =
        ids_of(api_object_array_or_empty(in, "votes", (size_t)LIMIT_VOTE_MEDIA));
    if (!is_last && votes->len == 0)
        api_object_refuse(in, "votes", "give at least one vote, or leave it out");
    if (!api_call_body_ok(call, err))
        return false;
    uint64_t case_id = api_call_id(call, "case");
    Act *act = api_call_begin(call, AUDIT_VOTE_UNDONE, err);
    if (act == NULL)
        return false;
    g_autoptr(GArray) results =
        is_last ? votes_undo_last(act, case_id, err)
                : votes_undo_in_case(act, case_id, (const uint64_t *)(void *)votes->data,
                                     votes->len, err);
    return results != NULL && api_call_commit(call, 200, results_json(results), err);
}

// ---- Reading ----------------------------------------------------------------------------------

static json_t *decision_json(const DecisionWithEntry *decision)
{
    const DecisionRow *row = &decision->row;
    const char *entry = row->entry_id == 0       ? "none"
                        : decision->entry_stands ? "standing"
                                                 : "withdrawn";
    json_t *json =
        json_pack("{sI sI ss ss? si si si sI so so ss?}", "id", (json_int_t)row->id, "media",
                  (json_int_t)row->media_id, "state", row->is_decided ? "decided" : "disputed",
                  "category", row->category, "in_favour", (int)row->in_favour, "against",
                  (int)row->against, "units", (int)row->units, "waited_seconds",
                  (json_int_t)(row->waited_us / G_USEC_PER_SEC), "made", api_time(row->made_us),
                  "withdrawn", api_time(row->withdrawn_us), "withdrawn_why", row->withdrawn_why);
    json_object_set_new(json, "self_generated",
                        row->is_decided ? json_string(self_generated_name(row->self_generated))
                                        : json_null());
    json_object_set_new(json, "commercial",
                        row->is_decided ? json_string(commercial_name(row->commercial))
                                        : json_null());
    json_object_set_new(json, "entry", json_string(entry));
    return json;
}

static json_t *vote_json(const Ballot *ballot, const Vote *vote, const Actor *actor)
{
    bool is_vote = vote->undoes == 0;
    json_t *json = json_pack(
        "{sI sI sI sb so ss? sb sb sb so}", "id", (json_int_t)vote->id, "account",
        (json_int_t)vote->account_id, "unit", (json_int_t)vote->unit_id, "own",
        (int)(vote->account_id == actor->account_id), "undoes",
        is_vote ? json_null() : json_integer((json_int_t)vote->undoes), "category", vote->category,
        "late", (int)vote->is_late, "submitter", (int)vote->is_submitter, "undone",
        (int)(is_vote && ballot_is_undone(ballot, vote->id)), "made", api_time(vote->made_us));
    json_object_set_new(json, "self_generated",
                        is_vote ? json_string(self_generated_name(vote->self_generated))
                                : json_null());
    json_object_set_new(json, "commercial",
                        is_vote ? json_string(commercial_name(vote->commercial)) : json_null());
    return json;
}

static bool get_votes(ApiCall *call, GError **err)
{
    const Actor *actor = api_call_actor(call);
    g_autoptr(Ballot) ballot = ballot_read(api_call_work(call), actor, api_call_id(call, "case"),
                                           api_call_id(call, "media"), err);
    if (ballot == NULL)
        return false;
    json_t *votes = json_array(), *decisions = json_array();
    for (unsigned i = 0; i < ballot->votes->len; i++)
        json_array_append_new(votes,
                              vote_json(ballot, &g_array_index(ballot->votes, Vote, i), actor));
    for (unsigned i = 0; i < ballot->decisions->len; i++)
        json_array_append_new(
            decisions, decision_json(&g_array_index(ballot->decisions, DecisionWithEntry, i)));
    return api_reply_json(call, 200,
                          json_pack("{ss sb so so}", "state", outcome_state_name(ballot->state),
                                    "blind", (int)ballot->is_blind, "votes", votes, "decisions",
                                    decisions),
                          err);
}

static bool list_decisions(ApiCall *call, GError **err)
{
    static const char *const states[] = {"decided", "disputed", NULL};
    ApiPage page;
    unsigned state;
    if (!api_page_begin(call, &page, err) ||
        !api_call_query_choice(call, "state", states, 0, &state, err))
        return false;
    uint64_t before = page.has_place ? (uint64_t)page.place.numbers[0] : INT64_MAX;
    g_autoptr(GArray) rows =
        decisions_list(api_call_work(call), api_call_actor(call), api_call_id(call, "case"),
                       state == 0, before, page.limit + 1, err);
    if (rows == NULL)
        return false;
    json_t *items = json_array();
    ApiPlace next = {0};
    for (unsigned i = 0; i < rows->len && i < page.limit; i++) {
        const DecisionWithEntry *decision = &g_array_index(rows, DecisionWithEntry, i);
        json_array_append_new(items, decision_json(decision));
        next.numbers[0] = (int64_t)decision->row.id;
    }
    return api_reply_page(call, items, rows->len > page.limit ? &next : NULL, err);
}

// ---- Entries of decisions ---------------------------------------------------------------------

static bool edit_entry(ApiCall *call, bool reinstates, GError **err)
{
    ApiObject *in = api_call_body(call);
    const EntryEdit edit = {.case_id = api_call_id(call, "case"),
                            .decision_id = api_call_id(call, "decision"),
                            .reinstates = reinstates,
                            .reason = api_object_text(in, "reason", 1, LIMIT_CASE_TEXT)};
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_SET_CHANGED, err);
    return act != NULL && decisions_edit_entry(act, &edit, err) &&
           api_call_commit(call, 204, NULL, err);
}

static bool withdraw_entry(ApiCall *call, GError **err)
{
    return edit_entry(call, false, err);
}

static bool reinstate_entry(ApiCall *call, GError **err)
{
    return edit_entry(call, true, err);
}

const ApiRoute routes_votes[] = {
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/votes",
     .operation = "castVotes",
     .permission = PERMISSION_REVIEW,
     .body = API_BODY_JSON,
     .body_limit = IDS_BODY_BYTES,
     .handle = cast_votes},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/votes/undo",
     .operation = "undoVotes",
     .permission = PERMISSION_REVIEW,
     .body = API_BODY_JSON,
     .body_limit = IDS_BODY_BYTES,
     .handle = undo_votes},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/votes/{vote}/undo",
     .operation = "undoVote",
     .permission = PERMISSION_REVIEW,
     .handle = undo_vote},
    {.path = "/api/v1/cases/{case}/media/{media}/votes",
     .operation = "getVotes",
     .permission = PERMISSION_CASE_READ,
     .handle = get_votes},
    {.path = "/api/v1/cases/{case}/decisions",
     .operation = "listDecisions",
     .permission = PERMISSION_CASE_READ,
     .query = "cursor limit state",
     .handle = list_decisions},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/decisions/{decision}/withdraw",
     .operation = "withdrawDecisionEntry",
     .permission = PERMISSION_CASE_WRITE,
     .body = API_BODY_JSON,
     .handle = withdraw_entry},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/decisions/{decision}/reinstate",
     .operation = "reinstateDecisionEntry",
     .permission = PERMISSION_CASE_WRITE,
     .body = API_BODY_JSON,
     .handle = reinstate_entry},
    {0},
};
