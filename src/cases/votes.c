// SPDX-License-Identifier: Apache-2.0
#include "cases/votes.h"

#include "base/error.h"
#include "base/limits.h"
#include "cases/case_file.h"
#include "cases/decisions.h"
#include "cases/notes.h"
#include "cases/scheme.h"
#include "store/case_rows.h"
#include "store/lease_rows.h"
#include "store/vote_rows.h"

// One act of voting, or of taking votes back.
typedef struct {
    Act *act;
    CaseFile *file;
    Scheme *scheme;
    const SchemeCode *code; // NULL when votes are taken back
    GArray *media;          // of CaseMediaState: each once
    GHashTable *seen;       // media ids, pointing into `ids`
    GArray *results;        // of VoteResult
} Voting;

static void clear_state(gpointer state)
{
    case_media_state_clear(state);
}

static void voting_init(Voting *voting, Act *act)
{
    *voting = (Voting){.act = act};
    voting->media = g_array_new(FALSE, FALSE, sizeof(CaseMediaState));
    g_array_set_clear_func(voting->media, clear_state);
    voting->seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    voting->results = g_array_new(FALSE, FALSE, sizeof(VoteResult));
}

static void voting_clear(Voting *voting)
{
    case_file_free(voting->file);
    scheme_free(voting->scheme);
    g_array_unref(voting->media);
    g_hash_table_unref(voting->seen);
    g_clear_pointer(&voting->results, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Voting, voting_clear)

// ---- Who may vote -------------------------------------------------------------------------------

static bool check_voter(Voting *voting, GError **err)
{
    const Actor *actor = act_actor(voting->act);
    uint64_t member = 0;
    if (actor->account_id == 0 || (actor->permissions & PERMISSION_BIT(PERMISSION_REVIEW)) == 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "votes are cast by people with an account that may review");
        return false;
    }
    if (!case_rows_member(act_database(voting->act), voting->file->id, actor->account_id, &member,
                          err))
        return false;
    if (member == 0)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "only members of case %s vote in it; have yourself added first",
                    voting->file->number);
    return member != 0;
}

static bool open_case(Voting *voting, uint64_t case_id, GError **err)
{
    voting->file = case_file_for_change(voting->act, case_id, err);
    if (voting->file == NULL)
        return false;
    voting->scheme = scheme_load(voting->file->scheme, casework_folder(act_work(voting->act)), err);
    return voting->scheme != NULL;
}

// ---- What is voted on ---------------------------------------------------------------------------

static bool add_media(Voting *voting, uint64_t media_id, GError **err)
{
    CaseMediaState state;
    bool found;
    if (!vote_rows_case_media(act_database(voting->act), voting->file->id, media_id, &state, &found,
                              err))
        return false;
    if (!found) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no media %" G_GUINT64_FORMAT " in case %s", media_id,
                    voting->file->number);
        return false;
    }
    g_array_append_val(voting->media, state);
    return true;
}

// False when it is there already.
static bool note_media(Voting *voting, uint64_t media_id)
{
    return g_hash_table_add(voting->seen, g_memdup2(&media_id, sizeof media_id));
}

static bool fail_limit(size_t count, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                "one act of voting covers 1 to %u media, not %zu; do it in several",
                LIMIT_VOTE_MEDIA, count);
    return false;
}

static bool add_listed(Voting *voting, const VoteRequest *request, GError **err)
{
    if (request->count == 0 || request->count > LIMIT_VOTE_MEDIA)
        return fail_limit(request->count, err);
    for (size_t i = 0; i < request->count; i++) {
        if (!note_media(voting, request->media[i])) {
            g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                        "media %" G_GUINT64_FORMAT " is named twice", request->media[i]);
            return false;
        }
        if (!add_media(voting, request->media[i], err))
            return false;
    }
    return true;
}

static bool add_stack(Voting *voting, const VoteRequest *request, GError **err)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    uint64_t case_id;
    if (!vote_rows_open_of_stack(act_database(voting->act), request->stack_id, LIMIT_VOTE_MEDIA + 1,
                                 &case_id, ids, err))
        return false;
    if (case_id != voting->file->id) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no stack %" G_GUINT64_FORMAT " in case %s", request->stack_id,
                    voting->file->number);
        return false;
    }
    if (ids->len == 0 || (request->open_count != 0 && request->open_count != ids->len)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "stack %" G_GUINT64_FORMAT " has %u open media now; look at it again",
                    request->stack_id, ids->len);
        return false;
    }
    if (ids->len > LIMIT_VOTE_MEDIA)
        return fail_limit(ids->len, err);
    for (unsigned i = 0; i < ids->len; i++)
        if (!add_media(voting, g_array_index(ids, uint64_t, i), err))
            return false;
    return true;
}

// ---- Writing ------------------------------------------------------------------------------------

static bool is_late(Voting *voting, const CaseMediaState *media, bool *ret_late, GError **err)
{
    int64_t ends_us = 0;
    if (media->stack_id != 0 && !lease_rows_end(act_database(voting->act), media->stack_id,
                                                act_actor(voting->act)->account_id, &ends_us, err))
        return false;
    *ret_late = ends_us != 0 && ends_us <= act_now_us(voting->act);
    return true;
}

static bool insert_vote(Voting *voting, const VoteRequest *request, const CaseMediaState *media,
                        uint64_t id, GError **err)
{
    const Actor *actor = act_actor(voting->act);
    Database *database = act_database(voting->act);
    Vote vote = {.id = id,
                 .seq = act_seq(voting->act),
                 .case_id = media->case_id,
                 .media_id = media->media_id,
                 .account_id = actor->account_id,
                 .unit_id = actor->unit_id,
                 .category = (char *)voting->code->code,
                 .self_generated = request->self_generated,
                 .commercial = request->commercial,
                 .made_us = act_now_us(voting->act)};
    if (!is_late(voting, media, &vote.is_late, err) ||
        !vote_rows_is_submitter(database, media->case_id, media->media_id, actor->account_id,
                                actor->name, &vote.is_submitter, err) ||
        !vote_rows_insert(database, &vote, err))
        return false;
    VoteResult result = {.vote_id = id,
                         .media_id = media->media_id,
                         .is_late = vote.is_late,
                         .is_submitter = vote.is_submitter};
    g_array_append_val(voting->results, result);
    return true;
}

static bool insert_votes(Voting *voting, const VoteRequest *request, GError **err)
{
    uint64_t first;
    if (!act_new_ids(voting->act, TABLE_VOTE, voting->media->len, &first, err))
        return false;
    for (unsigned i = 0; i < voting->media->len; i++)
        if (!insert_vote(voting, request, &g_array_index(voting->media, CaseMediaState, i),
                         first + i, err))
            return false;
    act_wrote_range(voting->act, TABLE_VOTE, first, first + voting->media->len - 1);
    return true;
}

// ---- What follows -------------------------------------------------------------------------------

static void set_state(Voting *voting, uint64_t media_id, OutcomeState state)
{
    for (unsigned i = 0; i < voting->results->len; i++) {
        VoteResult *result = &g_array_index(voting->results, VoteResult, i);
        if (result->media_id == media_id)
            result->state = state;
    }
}

static bool recount_stack(Voting *voting, uint64_t stack_id, GError **err)
{
    Database *database = act_database(voting->act);
    uint64_t account_id = act_actor(voting->act)->account_id;
    bool is_through;
    return lease_rows_recount(database, stack_id, err) &&
           lease_rows_voted_all(database, stack_id, account_id, &is_through, err) &&
           (!is_through || lease_rows_delete(database, stack_id, account_id, err));
}

static bool recount_stacks(Voting *voting, GError **err)
{
    g_autoptr(GHashTable) stacks = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (unsigned i = 0; i < voting->media->len; i++) {
        const CaseMediaState *media = &g_array_index(voting->media, CaseMediaState, i);
        if (media->stack_id != 0 && g_hash_table_add(stacks, (gpointer)&media->stack_id) &&
            !recount_stack(voting, media->stack_id, err))
            return false;
    }
    return true;
}

static void say_counts(Voting *voting, DecisionCounts counts)
{
    JsonWriter *json = act_payload(voting->act);
    json_write_member_uint(json, "media", voting->media->len);
    json_write_member_uint(json, "decided", counts.decided);
    json_write_member_uint(json, "disputed", counts.disputed);
    json_write_member_uint(json, "reopened", counts.reopened);
}

// `is_one_each`: the results stand in the order of the media.
static bool reconsider(Voting *voting, const char *why, bool is_one_each, GError **err)
{
    g_autoptr(Decisions) decisions = decisions_new(voting->act, voting->file, voting->scheme);
    for (unsigned i = 0; i < voting->media->len; i++) {
        const CaseMediaState *media = &g_array_index(voting->media, CaseMediaState, i);
        Outcome outcome;
        if (!decisions_reconsider(decisions, media, why, &outcome, err))
            return false;
        if (is_one_each)
            g_array_index(voting->results, VoteResult, i).state = outcome.state;
        else
            set_state(voting, media->media_id, outcome.state);
    }
    say_counts(voting, decisions_counts(decisions));
    return decisions_finish(decisions, err) && recount_stacks(voting, err);
}

static bool write_note(Voting *voting, const VoteRequest *request, GError **err)
{
    uint64_t note_id;
    if (request->note == NULL)
        return true;
    if (request->media != NULL && request->count != 1) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "a note stands beside one stack or one media, not %zu; write it on its own",
                    request->count);
        return false;
    }
    NoteTarget target = {.case_id = request->case_id,
                         .id = request->media != NULL ? request->media[0] : request->stack_id,
                         .is_stack = request->media == NULL};
    return note_add(voting->act, target, request->note, &note_id, err);
}

GArray *votes_cast(Act *act, const VoteRequest *request, GError **err)
{
    g_auto(Voting) voting;
    voting_init(&voting, act);
    if (!open_case(&voting, request->case_id, err) || !check_voter(&voting, err))
        return NULL;
    voting.code = scheme_offered_code(voting.scheme, request->category, err);
    if (voting.code == NULL || !write_note(&voting, request, err))
        return NULL;
    act_set_object(act,
                   request->media == NULL ? "stack %" G_GUINT64_FORMAT : "media %" G_GUINT64_FORMAT,
                   request->media == NULL ? request->stack_id
                   : request->count > 0   ? request->media[0]
                                          : 0);
    json_write_member_string(act_payload(act), "category", voting.code->code);
    json_write_member_string(act_payload(act), "self_generated",
                             self_generated_name(request->self_generated));
    json_write_member_string(act_payload(act), "commercial", commercial_name(request->commercial));
    bool ok = request->media != NULL ? add_listed(&voting, request, err)
                                     : add_stack(&voting, request, err);
    if (!ok || !insert_votes(&voting, request, err) ||
        !reconsider(&voting, "votes changed", true, err))
        return NULL;
    return g_steal_pointer(&voting.results);
}

// ---- Taking back --------------------------------------------------------------------------------

// The vote, if it is the actor's, stands, and is of the same case as those before it.
static bool load_own(Voting *voting, uint64_t id, Vote *vote, GError **err)
{
    bool found, undone;
    if (!vote_rows_get(act_database(voting->act), id, vote, &found, err))
        return false;
    bool is_own = found && vote->undoes == 0 && vote->account_id != 0 &&
                  vote->account_id == act_actor(voting->act)->account_id;
    if (!is_own || (voting->file != NULL && voting->file->id != vote->case_id)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no vote %" G_GUINT64_FORMAT " of yours%s", id,
                    voting->file != NULL ? " in this case" : "");
        return false;
    }
    if (!vote_rows_is_undone(act_database(voting->act), id, &undone, err))
        return false;
    if (undone)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "vote %" G_GUINT64_FORMAT " was taken back already", id);
    return !undone && (voting->file != NULL || open_case(voting, vote->case_id, err));
}

static bool undo_one(Voting *voting, uint64_t id, uint64_t new_id, GError **err)
{
    Vote vote = {0};
    bool ok = load_own(voting, id, &vote, err);
    Vote undo = {.id = new_id,
                 .seq = act_seq(voting->act),
                 .case_id = vote.case_id,
                 .media_id = vote.media_id,
                 .account_id = vote.account_id,
                 .unit_id = act_actor(voting->act)->unit_id,
                 .undoes = id,
                 .made_us = act_now_us(voting->act)};
    VoteResult result = {.vote_id = new_id, .media_id = vote.media_id};
    vote_clear(&vote);
    if (!ok || !vote_rows_insert(act_database(voting->act), &undo, err))
        return false;
    g_array_append_val(voting->results, result);
    return !note_media(voting, undo.media_id) || add_media(voting, undo.media_id, err);
}

// The case of `voting` is known, or is that of the first vote.
static bool undo_all(Voting *voting, const uint64_t *votes, size_t count, GError **err)
{
    uint64_t first;
    if (count == 0 || count > LIMIT_VOTE_MEDIA)
        return fail_limit(count, err);
    if (!act_new_ids(voting->act, TABLE_VOTE, count, &first, err))
        return false;
    act_set_object(voting->act, "vote %" G_GUINT64_FORMAT, votes[0]);
    for (size_t i = 0; i < count; i++)
        if (!undo_one(voting, votes[i], first + i, err))
            return false;
    act_wrote_range(voting->act, TABLE_VOTE, first, first + count - 1);
    return reconsider(voting, "votes changed", false, err);
}

GArray *votes_undo(Act *act, const uint64_t *votes, size_t count, GError **err)
{
    g_auto(Voting) voting;
    voting_init(&voting, act);
    return undo_all(&voting, votes, count, err) ? g_steal_pointer(&voting.results) : NULL;
}

GArray *votes_undo_in_case(Act *act, uint64_t case_id, const uint64_t *votes, size_t count,
                           GError **err)
{
    g_auto(Voting) voting;
    voting_init(&voting, act);
    return open_case(&voting, case_id, err) && undo_all(&voting, votes, count, err)
               ? g_steal_pointer(&voting.results)
               : NULL;
}

GArray *votes_undo_last(Act *act, uint64_t case_id, GError **err)
{
    g_auto(Voting) voting;
    voting_init(&voting, act);
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    if (!open_case(&voting, case_id, err) ||
        !vote_rows_last_act(act_database(act), case_id, act_actor(act)->account_id, ids, err))
        return NULL;
    if (ids->len == 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no vote of yours in case %s that could be taken back",
                    voting.file->number);
        return NULL;
    }
    return undo_all(&voting, (const uint64_t *)(void *)ids->data, ids->len, err)
               ? g_steal_pointer(&voting.results)
               : NULL;
}

// ---- Counting again -----------------------------------------------------------------------------

bool votes_recount(Act *act, uint64_t case_id, uint64_t after, unsigned limit, uint64_t *ret_last,
                   GError **err)
{
    g_auto(Voting) voting;
    voting_init(&voting, act);
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    limit = CLAMP(limit, 1, LIMIT_VOTE_MEDIA);
    if (!open_case(&voting, case_id, err) ||
        !vote_rows_voted_media(act_database(act), case_id, after, limit, ids, err))
        return false;
    for (unsigned i = 0; i < ids->len; i++)
        if (!add_media(&voting, g_array_index(ids, uint64_t, i), err))
            return false;
    *ret_last = ids->len == limit ? g_array_index(ids, uint64_t, ids->len - 1) : 0;
    return reconsider(&voting, "policy changed", false, err);
}
