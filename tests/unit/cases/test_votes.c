// SPDX-License-Identifier: Apache-2.0
//
// Votes are only ever added, decide by the policy of their case, and what they decide is known to
// every matcher until it is undone.
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "cases/decisions.h"
#include "cases/matcher.h"
#include "cases/votes.h"
#include "casework_fixture.h"
#include "store/audit_verify.h"
#include "store/lease_rows.h"
#include "store/set_edit.h"
#include "store/set_import.h"

static const FixturePicture pictures[] = {{.seed = 1}, {.seed = 2}, {.seed = 3}};

static void init(CaseworkFixture *fixture, int voters, int voter_units)
{
    g_autoptr(GError) error = NULL;
    casework_fixture_init(fixture);
    g_autoptr(Act) act = act_begin(fixture->work, &fixture->ann, AUDIT_CASE_CHANGED, &error);
    g_assert_no_error(error);
    case_file_change(
        act, fixture->case_id,
        &(CaseFileChange){.voters = voters, .voter_units = voter_units, .restricted = -1}, &error);
    g_assert_no_error(error);
    case_file_add_member(act, fixture->case_id, fixture->eve.account_id, &error);
    g_assert_no_error(error);
    act_commit(act, &error);
    g_assert_no_error(error);
    casework_fixture_ingest(fixture, &fixture->ann, fixture->case_id, "disk", pictures,
                            G_N_ELEMENTS(pictures));
}

static GArray *try_cast(CaseworkFixture *fixture, const Actor *actor, const VoteRequest *request,
                        GError **err)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture->work, actor, AUDIT_VOTE, &error);
    g_assert_no_error(error);
    g_autoptr(GArray) results = votes_cast(act, request, err);
    if (results == NULL)
        return NULL;
    act_commit(act, &error);
    g_assert_no_error(error);
    return g_steal_pointer(&results);
}

static VoteResult cast_in(CaseworkFixture *fixture, const Actor *actor, uint64_t case_id,
                          uint64_t media, const char *category)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) results = try_cast(
        fixture, actor,
        &(VoteRequest){.case_id = case_id, .media = &media, .count = 1, .category = category},
        &error);
    g_assert_no_error(error);
    g_assert_cmpuint(results->len, ==, 1);
    return g_array_index(results, VoteResult, 0);
}

static VoteResult cast(CaseworkFixture *fixture, const Actor *actor, uint64_t media,
                       const char *category)
{
    return cast_in(fixture, actor, fixture->case_id, media, category);
}

static GArray *try_undo(CaseworkFixture *fixture, const Actor *actor, uint64_t vote, GError **err)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture->work, actor, AUDIT_VOTE_UNDONE, &error);
    g_assert_no_error(error);
    g_autoptr(GArray) results = votes_undo(act, &vote, 1, err);
    if (results == NULL)
        return NULL;
    act_commit(act, &error);
    g_assert_no_error(error);
    return g_steal_pointer(&results);
}

static OutcomeState undo(CaseworkFixture *fixture, const Actor *actor, uint64_t vote)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) results = try_undo(fixture, actor, vote, &error);
    g_assert_no_error(error);
    return g_array_index(results, VoteResult, 0).state;
}

static char *category_of(CaseworkFixture *fixture, uint64_t media)
{
    g_autoptr(GError) error = NULL;
    CaseMediaState state;
    bool found;
    vote_rows_case_media(casework_database(fixture->work), fixture->case_id, media, &state, &found,
                         &error);
    g_assert_no_error(error);
    g_assert_true(found);
    g_free(state.decision);
    return state.category;
}

static GArray *votes_of(CaseworkFixture *fixture, uint64_t media)
{
    g_autoptr(GError) error = NULL;
    GArray *votes = decisions_votes(fixture->work, &fixture->ann, fixture->case_id, media, &error);
    g_assert_no_error(error);
    return votes;
}

// ---- Rules --------------------------------------------------------------------------------------

static void one_vote_decides_where_one_is_enough(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 1);
    uint64_t media = casework_fixture_media(&fixture, 1, 0);
    g_assert_cmpint(cast(&fixture, &fixture.bob, media, " 1 ").state, ==, OUTCOME_DECIDED);
    g_autofree char *category = category_of(&fixture, media);
    g_assert_cmpstr(category, ==, "1");
    casework_fixture_clear(&fixture);
}

static void two_voters_of_two_units_decide_where_the_case_says_so(void)
{
    CaseworkFixture fixture;
    init(&fixture, 2, 2);
    uint64_t media = casework_fixture_media(&fixture, 1, 0);
    g_assert_cmpint(cast(&fixture, &fixture.ann, media, "2").state, ==, OUTCOME_OPEN);
    g_assert_cmpint(cast(&fixture, &fixture.bob, media, "2").state, ==, OUTCOME_OPEN);
    g_assert_cmpint(cast(&fixture, &fixture.eve, media, "2").state, ==, OUTCOME_DECIDED);
    casework_fixture_clear(&fixture);
}

static void the_same_person_twice_is_one_voter(void)
{
    CaseworkFixture fixture;
    init(&fixture, 2, 1);
    uint64_t media = casework_fixture_media(&fixture, 1, 0);
    cast(&fixture, &fixture.bob, media, "2");
    g_assert_cmpint(cast(&fixture, &fixture.bob, media, "2").state, ==, OUTCOME_OPEN);
    g_autoptr(GArray) votes = votes_of(&fixture, media);
    g_assert_cmpuint(votes->len, ==, 2);
    casework_fixture_clear(&fixture);
}

static void a_new_vote_takes_the_place_of_the_old_which_stays_readable(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 1);
    uint64_t media = casework_fixture_media(&fixture, 1, 0);
    cast(&fixture, &fixture.bob, media, "1");
    cast(&fixture, &fixture.bob, media, "0");
    g_autofree char *category = category_of(&fixture, media);
    g_assert_cmpstr(category, ==, "0");
    g_autoptr(GArray) votes = votes_of(&fixture, media);
    g_assert_cmpuint(votes->len, ==, 2);
    g_assert_cmpstr(g_array_index(votes, Vote, 0).category, ==, "1");
    casework_fixture_clear(&fixture);
}

static void disagreement_is_disputed_until_a_third_decides(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 1);
    uint64_t media = casework_fixture_media(&fixture, 1, 0);
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(cast(&fixture, &fixture.ann, media, "1").state, ==, OUTCOME_DECIDED);
    g_assert_cmpint(cast(&fixture, &fixture.bob, media, "2").state, ==, OUTCOME_DISPUTED);
    g_autofree char *disputed = category_of(&fixture, media);
    g_assert_null(disputed);
    g_assert_cmpint(cast(&fixture, &fixture.eve, media, "2").state, ==, OUTCOME_DECIDED);
    g_autofree char *category = category_of(&fixture, media);
    g_assert_cmpstr(category, ==, "2");
    g_autoptr(GArray) rows =
        decisions_of_media(fixture.work, &fixture.ann, fixture.case_id, media, &error);
    g_assert_cmpuint(rows->len, ==, 3);
    const DecisionWithEntry *decisions = (const DecisionWithEntry *)(void *)rows->data;
    g_assert_cmpint(decisions[0].row.withdrawn_us, !=, 0);
    g_assert_false(decisions[0].entry_stands);
    g_assert_false(decisions[1].row.is_decided);
    g_assert_cmpuint(decisions[2].row.in_favour, ==, 2);
    g_assert_cmpuint(decisions[2].row.against, ==, 1);
    g_assert_true(decisions[2].entry_stands);
    casework_fixture_clear(&fixture);
}

static void undoing_a_vote_opens_what_it_decided(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 1);
    uint64_t media = casework_fixture_media(&fixture, 1, 0);
    uint64_t vote = cast(&fixture, &fixture.bob, media, "1").vote_id;
    g_assert_cmpint(undo(&fixture, &fixture.bob, vote), ==, OUTCOME_OPEN);
    g_autofree char *category = category_of(&fixture, media);
    g_assert_null(category);
    g_autoptr(GArray) votes = votes_of(&fixture, media);
    g_assert_cmpuint(votes->len, ==, 2);
    g_assert_cmpuint(g_array_index(votes, Vote, 1).undoes, ==, vote);
    casework_fixture_clear(&fixture);
}

static void undoing_brings_an_earlier_vote_back(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 1);
    uint64_t media = casework_fixture_media(&fixture, 1, 0);
    cast(&fixture, &fixture.bob, media, "1");
    uint64_t second = cast(&fixture, &fixture.bob, media, "0").vote_id;
    g_assert_cmpint(undo(&fixture, &fixture.bob, second), ==, OUTCOME_DECIDED);
    g_autofree char *category = category_of(&fixture, media);
    g_assert_cmpstr(category, ==, "1");
    casework_fixture_clear(&fixture);
}

static void only_the_voter_takes_a_vote_back_and_only_once(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 1);
    uint64_t vote =
        cast(&fixture, &fixture.bob, casework_fixture_media(&fixture, 1, 0), "1").vote_id;
    g_autoptr(GError) error = NULL;
    g_assert_null(try_undo(&fixture, &fixture.ann, vote, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_clear_error(&error);
    undo(&fixture, &fixture.bob, vote);
    g_assert_null(try_undo(&fixture, &fixture.bob, vote, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);
    casework_fixture_clear(&fixture);
}

static void assert_refused(CaseworkFixture *fixture, const Actor *actor, const VoteRequest *request,
                           ClewError code, const char *says)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(try_cast(fixture, actor, request, &error));
    g_assert_error(error, CLEW_ERROR, (int)code);
    g_assert_nonnull(strstr(error->message, says));
}

static void refuses_strangers_and_what_is_not_there(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 1);
    uint64_t media[] = {casework_fixture_media(&fixture, 1, 0), 0};
    VoteRequest request = {.case_id = fixture.case_id, .media = media, .count = 1, .category = "1"};
    Actor root = actor_of_command_line("root");
    Actor no_reviewer = fixture.bob;
    no_reviewer.permissions &= ~PERMISSION_BIT(PERMISSION_REVIEW);
    assert_refused(&fixture, &fixture.cur, &request, CLEW_ERROR_NOT_FOUND, "case");
    assert_refused(&fixture, &fixture.aud, &request, CLEW_ERROR_DENIED, "review");
    assert_refused(&fixture, &root, &request, CLEW_ERROR_DENIED, "account");
    assert_refused(&fixture, &no_reviewer, &request, CLEW_ERROR_DENIED, "review");
    request.category = "9";
    assert_refused(&fixture, &fixture.bob, &request, CLEW_ERROR_INVALID, "0, 1, 2, 3, 4");
    request.category = "5"; // stands in lists only
    assert_refused(&fixture, &fixture.bob, &request, CLEW_ERROR_INVALID, "0, 1, 2, 3, 4");
    request.category = "1";
    media[0] = 999;
    assert_refused(&fixture, &fixture.bob, &request, CLEW_ERROR_NOT_FOUND, "999");
    media[0] = media[1] = casework_fixture_media(&fixture, 1, 0);
    request.count = 2;
    assert_refused(&fixture, &fixture.bob, &request, CLEW_ERROR_INVALID, "twice");
    request.count = LIMIT_VOTE_MEDIA + 1;
    assert_refused(&fixture, &fixture.bob, &request, CLEW_ERROR_LIMIT, "10000");
    casework_fixture_clear(&fixture);
}

static void a_stack_is_voted_on_in_one_act(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 1);
    const FixturePicture near[] = {{.seed = 1, .flips = 2}, {.seed = 1, .flips = 4}};
    casework_fixture_ingest(&fixture, &fixture.ann, fixture.case_id, "phone", near, 2);
    uint64_t stack = casework_fixture_case_media(&fixture, fixture.case_id, 1, 0);
    VoteRequest request = {.case_id = fixture.case_id,
                           .stack_id = stack,
                           .open_count = 2,
                           .category = "3",
                           .self_generated = SELF_GENERATED_PRESSURED,
                           .commercial = COMMERCIAL_NO};
    assert_refused(&fixture, &fixture.bob, &request, CLEW_ERROR_CONFLICT, "3 open");
    request.open_count = 3;
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) results = try_cast(&fixture, &fixture.bob, &request, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(results->len, ==, 3);
    g_autoptr(GArray) rows = decisions_of_media(fixture.work, &fixture.ann, fixture.case_id,
                                                casework_fixture_media(&fixture, 1, 4), &error);
    g_assert_cmpuint(rows->len, ==, 1);
    const DecisionRow *row = &g_array_index(rows, DecisionWithEntry, 0).row;
    g_assert_cmpint(row->self_generated, ==, SELF_GENERATED_PRESSURED);
    g_assert_cmpint(row->commercial, ==, COMMERCIAL_NO);
    assert_refused(&fixture, &fixture.eve, &request, CLEW_ERROR_CONFLICT, "0 open");
    casework_fixture_clear(&fixture);
}

static void a_vote_after_its_lease_ended_is_stored_and_marked(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 1);
    g_autoptr(GError) error = NULL;
    uint64_t media = casework_fixture_media(&fixture, 1, 0);
    const LeaseRow lease = {.stack_id =
                                casework_fixture_case_media(&fixture, fixture.case_id, 1, 0),
                            .account_id = fixture.bob.account_id,
                            .case_id = fixture.case_id,
                            .unit_id = fixture.bob.unit_id,
                            .ends_us = fixture.now_us + 10};
    lease_rows_write(casework_database(fixture.work), &lease, &error);
    g_assert_no_error(error);
    g_assert_false(cast(&fixture, &fixture.ann, media, "1").is_late);
    fixture.now_us += 10;
    VoteResult late = cast(&fixture, &fixture.bob, media, "1");
    g_assert_true(late.is_late);
    g_assert_cmpint(late.state, ==, OUTCOME_DECIDED);
    g_autoptr(GArray) votes = votes_of(&fixture, media);
    g_assert_true(g_array_index(votes, Vote, 1).is_late);
    casework_fixture_clear(&fixture);
}

// ---- Submitters ---------------------------------------------------------------------------------

static uint64_t add_to_set(CaseworkFixture *fixture, const char *who)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SetImport) import = set_import_begin(
        casework_sets(fixture->work),
        &(SetImportOptions){
            .set_name = "by hand", .mode = SET_IMPORT_ADD, .has_kind = true, .who = who},
        &error);
    g_assert_no_error(error);
    ListEntry entry;
    list_entry_init(&entry);
    entry.key = g_strdup("one");
    set_import_entry(import, &entry, &error);
    g_assert_no_error(error);
    list_entry_clear(&entry);
    SetImportCounts counts;
    set_import_commit(import, &(SetImportSource){.name = NULL}, &counts, &error);
    g_assert_no_error(error);
    g_autoptr(SetInfo) info = set_store_find(casework_sets(fixture->work), "by hand", &error);
    g_assert_no_error(error);
    return entry_id_make(info->id, 1);
}

// As ingest writes what a set said.
static void add_match(CaseworkFixture *fixture, uint64_t case_id, uint64_t media, uint64_t entry,
                      const char *type)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture->work, &fixture->ann, AUDIT_INGEST, &error);
    g_assert_no_error(error);
    uint64_t id;
    act_new_ids(act, TABLE_MEDIA_MATCH, 1, &id, &error);
    g_assert_no_error(error);
    g_autofree char *sql = g_strdup_printf(
        "INSERT INTO media_match (id, seq, case_id, media_id, set_id, entry_id, type, meaning, "
        "is_weak, detail) VALUES (%" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT
        ", %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT
        ", '%s', 'notable', 0, '{}')",
        id, act_seq(act), case_id, media, entry_id_set(entry), entry, type);
    database_execute(act_database(act), sql, &error);
    g_assert_no_error(error);
    act_wrote(act, TABLE_MEDIA_MATCH, id);
    act_commit(act, &error);
    g_assert_no_error(error);
}

static void who_put_the_entry_into_its_set_decides_nothing(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 1);
    uint64_t media = casework_fixture_media(&fixture, 1, 0);
    add_match(&fixture, fixture.case_id, media, add_to_set(&fixture, "bob"), "exact");
    VoteResult own = cast(&fixture, &fixture.bob, media, "1");
    g_assert_true(own.is_submitter);
    g_assert_cmpint(own.state, ==, OUTCOME_OPEN);
    g_assert_cmpint(cast(&fixture, &fixture.eve, media, "1").state, ==, OUTCOME_DECIDED);
    g_assert_false(
        cast(&fixture, &fixture.bob, casework_fixture_media(&fixture, 2, 0), "1").is_submitter);
    casework_fixture_clear(&fixture);
}

static void an_entry_that_is_only_alike_makes_no_submitter(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 1);
    uint64_t media = casework_fixture_media(&fixture, 1, 0);
    add_match(&fixture, fixture.case_id, media, add_to_set(&fixture, "bob"), "near");
    g_assert_false(cast(&fixture, &fixture.bob, media, "1").is_submitter);
    casework_fixture_clear(&fixture);
}

static uint64_t entry_of(CaseworkFixture *fixture, uint64_t media)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) rows =
        decisions_of_media(fixture->work, &fixture->ann, fixture->case_id, media, &error);
    g_assert_no_error(error);
    return rows->len > 0 ? g_array_index(rows, DecisionWithEntry, rows->len - 1).row.entry_id : 0;
}

static void who_voted_for_it_in_another_case_decides_nothing_in_this_one(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 1);
    uint64_t other = casework_fixture_case(&fixture, &fixture.bob, "24-002");
    casework_fixture_ingest(&fixture, &fixture.bob, other, "disk", pictures, 1);
    uint64_t media = casework_fixture_media(&fixture, 1, 0);
    uint64_t vote = cast(&fixture, &fixture.bob, media, "1").vote_id;
    add_match(&fixture, other, media, entry_of(&fixture, media), "exact");
    g_assert_true(cast_in(&fixture, &fixture.bob, other, media, "1").is_submitter);
    // Their own case is another matter, and a vote taken back is none.
    add_match(&fixture, fixture.case_id, media, entry_of(&fixture, media), "exact");
    g_assert_false(cast(&fixture, &fixture.bob, media, "1").is_submitter);
    undo(&fixture, &fixture.bob, vote);
    undo(&fixture, &fixture.bob, vote + 2);
    g_assert_false(cast_in(&fixture, &fixture.bob, other, media, "1").is_submitter);
    casework_fixture_clear(&fixture);
}

// ---- Entries ------------------------------------------------------------------------------------

static Digests digests_of(CaseworkFixture *fixture, uint64_t media)
{
    g_autoptr(GError) error = NULL;
    MediaIdentity identity;
    vote_rows_media_identity(casework_database(fixture->work), media, &identity, &error);
    g_assert_no_error(error);
    Digests digests;
    memcpy(digests.md5, identity.md5, MD5_BYTES);
    memcpy(digests.sha1, identity.sha1, SHA1_BYTES);
    memcpy(digests.sha256, identity.sha256, SHA256_BYTES);
    return digests;
}

static unsigned matches_of(Matcher *matcher, const Digests *digests, Meaning *ret_meaning)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) matches = g_array_new(FALSE, TRUE, sizeof(Match));
    matcher_exact(matcher, digests, matches, &error);
    g_assert_no_error(error);
    if (matches->len > 0)
        *ret_meaning = g_array_index(matches, Match, 0).meaning;
    return matches->len;
}

// A matcher has a second to follow.
static void await_matches(Matcher *matcher, const Digests *digests, unsigned count, Meaning meaning)
{
    gint64 until = g_get_monotonic_time() + G_USEC_PER_SEC;
    Meaning found = meaning;
    while (matches_of(matcher, digests, &found) != count || found != meaning) {
        g_assert_cmpint(g_get_monotonic_time(), <, until);
        g_usleep(1000);
    }
}

static void what_is_decided_is_known_to_another_matcher_until_it_is_undone(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(Casework) again = casework_fixture_open_again(&fixture);
    g_autoptr(Matcher) matcher = matcher_open(
        casework_sets(again), (MatcherOptions){.distance = MATCHER_DISTANCE}, NULL, NULL, &error);
    g_assert_no_error(error);
    uint64_t media = casework_fixture_media(&fixture, 1, 0);
    Digests digests = digests_of(&fixture, media);
    Meaning none;
    g_assert_cmpuint(matches_of(matcher, &digests, &none), ==, 0);
    uint64_t vote = cast(&fixture, &fixture.bob, media, "1").vote_id;
    await_matches(matcher, &digests, 1, MEANING_NOTABLE);
    undo(&fixture, &fixture.bob, vote);
    await_matches(matcher, &digests, 0, MEANING_NOTABLE);
    cast(&fixture, &fixture.bob, media, "0");
    await_matches(matcher, &digests, 1, MEANING_IGNORABLE);
    cast(&fixture, &fixture.bob, media, "2");
    await_matches(matcher, &digests, 1, MEANING_NOTABLE);
    casework_fixture_clear(&fixture);
}

static StoredEntry load_entry(CaseworkFixture *fixture, uint64_t id)
{
    g_autoptr(GError) error = NULL;
    StoredEntry entry;
    stored_entry_init(&entry);
    bool found;
    set_store_entry(casework_sets(fixture->work), id, &entry, &found, &error);
    g_assert_no_error(error);
    g_assert_true(found);
    return entry;
}

static void an_entry_says_where_it_comes_from(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 1);
    uint64_t media = casework_fixture_media(&fixture, 2, 0);
    cast(&fixture, &fixture.bob, media, "2");
    StoredEntry entry = load_entry(&fixture, entry_of(&fixture, media));
    g_assert_cmpuint(entry.content.hash_count, ==, 4);
    g_assert_cmpint(entry.content.hashes[3].type, ==, HASH_PDQ);
    g_assert_cmpstr(entry.content.category, ==, "2");
    g_assert_cmpstr(entry.content.comment, ==, "decided in case 24-001");
    g_assert_cmpstr(entry.content.extra_json, ==,
                    "{\"case\":1,\"decision\":1,\"self_generated\":\"unknown\","
                    "\"commercial\":\"unknown\"}");
    g_assert_cmpuint(entry.content.size_bytes, ==, 1002);
    stored_entry_clear(&entry);
    g_autoptr(GError) error = NULL;
    g_autoptr(SetInfo) info =
        set_store_find(casework_sets(fixture.work), "decided in case 1", &error);
    g_assert_no_error(error);
    g_assert_cmpint(info->kind, ==, SET_NOTABLE);
    g_assert_cmpstr(info->scheme, ==, "vics-us");
    g_autoptr(CaseFile) file = case_file_get(fixture.work, &fixture.ann, fixture.case_id, &error);
    g_assert_cmpuint(file->decided_set_id, ==, info->id);
    casework_fixture_clear(&fixture);
}

static void what_means_neither_becomes_no_entry(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 1);
    uint64_t media = casework_fixture_media(&fixture, 2, 0);
    g_assert_cmpint(cast(&fixture, &fixture.bob, media, "4").state, ==, OUTCOME_DECIDED);
    g_assert_cmpuint(entry_of(&fixture, media), ==, 0);
    casework_fixture_clear(&fixture);
}

static void what_people_withdrew_by_hand_stays_withdrawn(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 1);
    uint64_t media = casework_fixture_media(&fixture, 1, 0);
    uint64_t vote = cast(&fixture, &fixture.bob, media, "1").vote_id;
    const EntrySelector selector = {.is_id = true, .id = entry_of(&fixture, media)};
    g_autoptr(GError) error = NULL;
    SetEditCounts counts;
    set_edit_withdraw(casework_sets(fixture.work), "decided in case 1", &selector, 1, "cur",
                      &counts, &error);
    g_assert_no_error(error);
    undo(&fixture, &fixture.bob, vote);
    cast(&fixture, &fixture.bob, media, "1");
    StoredEntry entry = load_entry(&fixture, entry_of(&fixture, media));
    g_assert_cmpuint(entry.id, ==, selector.id);
    g_assert_cmpuint(entry.state, ==, ENTRY_WITHDRAWN_LOCALLY);
    stored_entry_clear(&entry);
    casework_fixture_clear(&fixture);
}

static void a_new_policy_counts_when_votes_are_counted_again(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 1);
    uint64_t media = casework_fixture_media(&fixture, 1, 0);
    cast(&fixture, &fixture.bob, media, "1");
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture.work, &fixture.ann, AUDIT_CASE_CHANGED, &error);
    case_file_change(act, fixture.case_id,
                     &(CaseFileChange){.voters = 2, .voter_units = -1, .restricted = -1}, &error);
    g_assert_no_error(error);
    uint64_t last;
    votes_recount(act, fixture.case_id, 0, 100, &last, &error);
    g_assert_no_error(error);
    act_commit(act, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(last, ==, 0);
    g_autofree char *category = category_of(&fixture, media);
    g_assert_null(category);
    g_assert_cmpint(cast(&fixture, &fixture.eve, media, "1").state, ==, OUTCOME_DECIDED);
    casework_fixture_clear(&fixture);
}

// ---- Property -----------------------------------------------------------------------------------

#define RANDOM_STEPS 120
#define RANDOM_MEDIA 3

static void check_against_history(CaseworkFixture *fixture, uint64_t media, Policy policy)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) votes = votes_of(fixture, media);
    g_autoptr(GPtrArray) counting = outcome_counting(votes);
    Outcome outcome = outcome_of(counting, policy);
    g_autofree char *category = category_of(fixture, media);
    g_assert_cmpstr(category, ==, outcome.category);
    DecisionRow row = {0};
    bool stands;
    CaseMediaState state;
    bool found;
    vote_rows_case_media(casework_database(fixture->work), fixture->case_id, media, &state, &found,
                         &error);
    g_assert_no_error(error);
    g_assert_cmpstr(state.decision, ==,
                    outcome.state == OUTCOME_OPEN ? NULL : outcome_state_name(outcome.state));
    decision_rows_standing(casework_database(fixture->work), state.id, &row, &stands, &error);
    g_assert_no_error(error);
    g_assert_true(stands == (outcome.state != OUTCOME_OPEN));
    if (stands) {
        g_assert_cmpuint(row.in_favour, ==, outcome.in_favour);
        g_assert_cmpuint(row.against, ==, outcome.against);
        g_assert_cmpint(row.self_generated, ==, outcome.self_generated);
    }
    unsigned entry_state = 0;
    bool has_entry = stands && row.entry_id != 0;
    if (has_entry)
        decision_rows_entry_state(casework_database(fixture->work), row.entry_id, &entry_state,
                                  &found, &error);
    g_assert_true(has_entry ==
                  (outcome.state == OUTCOME_DECIDED && g_strcmp0(outcome.category, "4") != 0));
    g_assert_cmpuint(entry_state, ==, 0);
    decision_row_clear(&row);
    case_media_state_clear(&state);
}

static void check_stack(CaseworkFixture *fixture, uint64_t stack)
{
    g_autoptr(GError) error = NULL;
    Database *database = casework_database(fixture->work);
    StackRow kept, counted;
    uint64_t case_id;
    bool found;
    lease_rows_stack(database, stack, &case_id, &kept, &found, &error);
    g_assert_true(found);
    lease_rows_recount(database, stack, &error);
    lease_rows_stack(database, stack, &case_id, &counted, &found, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(kept.open_count, ==, counted.open_count);
    g_assert_cmpint(kept.voted_by, ==, counted.voted_by);
    g_assert_cmpuint(kept.media_count, ==, counted.media_count);
}

static void fail_on_fault(void *user_data, const AuditFault *fault)
{
    g_error("leaf %" G_GUINT64_FORMAT ", %s %" G_GUINT64_FORMAT ": %s", fault->seq,
            fault->table != NULL ? fault->table : "", fault->row_id, fault->text);
}

static void check_record(CaseworkFixture *fixture)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(AuditVerify) verify = audit_verify_begin(casework_database(fixture->work), &error);
    g_assert_no_error(error);
    AuditVerifyCounts counts;
    audit_verify_run(verify, &(AuditVerifyCalls){.fault = fail_on_fault}, &counts, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(counts.leaves, >, RANDOM_STEPS);
}

static void run_random(int voters, int voter_units)
{
    static const char *const codes[] = {"0", "1", "4"};
    CaseworkFixture fixture;
    init(&fixture, voters, voter_units);
    const Actor *people[] = {&fixture.ann, &fixture.bob, &fixture.eve};
    GArray *cast_votes[3] = {g_array_new(FALSE, FALSE, 8), g_array_new(FALSE, FALSE, 8),
                             g_array_new(FALSE, FALSE, 8)};
    for (unsigned step = 0; step < RANDOM_STEPS; step++) {
        unsigned person = (unsigned)g_test_rand_int_range(0, 3);
        unsigned seed = (unsigned)g_test_rand_int_range(1, RANDOM_MEDIA + 1);
        GArray *own = cast_votes[person];
        if (own->len > 0 && g_test_rand_int_range(0, 3) == 0) {
            unsigned at = (unsigned)g_test_rand_int_range(0, (int)own->len);
            undo(&fixture, people[person], g_array_index(own, uint64_t, at));
            g_array_remove_index(own, at);
        } else {
            uint64_t vote =
                cast(&fixture, people[person], casework_fixture_media(&fixture, seed, 0),
                     codes[g_test_rand_int_range(0, 3)])
                    .vote_id;
            g_array_append_val(own, vote);
        }
        fixture.now_us += 1000;
        for (unsigned i = 1; i <= RANDOM_MEDIA; i++)
            check_against_history(
                &fixture, casework_fixture_media(&fixture, i, 0),
                (Policy){.voters = (unsigned)voters, .voter_units = (unsigned)voter_units});
        check_stack(&fixture, casework_fixture_case_media(&fixture, fixture.case_id, seed, 0));
    }
    check_record(&fixture);
    for (unsigned i = 0; i < G_N_ELEMENTS(cast_votes); i++)
        g_array_unref(cast_votes[i]);
    casework_fixture_clear(&fixture);
}

static void random_votes_and_undos_end_as_their_history_says(void)
{
    run_random(1, 1);
    run_random(2, 1);
    run_random(2, 2);
}

#define TEST(name) g_test_add_func("/votes/" #name, name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST(one_vote_decides_where_one_is_enough);
    TEST(two_voters_of_two_units_decide_where_the_case_says_so);
    TEST(the_same_person_twice_is_one_voter);
    TEST(a_new_vote_takes_the_place_of_the_old_which_stays_readable);
    TEST(disagreement_is_disputed_until_a_third_decides);
    TEST(undoing_a_vote_opens_what_it_decided);
    TEST(undoing_brings_an_earlier_vote_back);
    TEST(only_the_voter_takes_a_vote_back_and_only_once);
    TEST(refuses_strangers_and_what_is_not_there);
    TEST(a_stack_is_voted_on_in_one_act);
    TEST(a_vote_after_its_lease_ended_is_stored_and_marked);
    TEST(who_put_the_entry_into_its_set_decides_nothing);
    TEST(an_entry_that_is_only_alike_makes_no_submitter);
    TEST(who_voted_for_it_in_another_case_decides_nothing_in_this_one);
    TEST(what_is_decided_is_known_to_another_matcher_until_it_is_undone);
    TEST(an_entry_says_where_it_comes_from);
    TEST(what_means_neither_becomes_no_entry);
    TEST(what_people_withdrew_by_hand_stays_withdrawn);
    TEST(a_new_policy_counts_when_votes_are_counted_again);
    TEST(random_votes_and_undos_end_as_their_history_says);
    return g_test_run();
}
