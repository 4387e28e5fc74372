// SPDX-License-Identifier: Apache-2.0
//
// Lists of stacks in every order and state, what voters see of votes, and the last act undone.
#include <string.h>

#include "base/error.h"
#include "cases/ballot.h"
#include "cases/decisions.h"
#include "cases/stacks.h"
#include "cases/votes.h"
#include "casework_fixture.h"

#define UNLIKE 12u

static void fill(CaseworkFixture *fixture, int voters)
{
    g_autoptr(GError) error = NULL;
    FixturePicture pictures[UNLIKE + 2];
    for (unsigned i = 0; i < UNLIKE; i++)
        pictures[i] = (FixturePicture){.seed = i + 1};
    pictures[UNLIKE] = (FixturePicture){.seed = 5, .flips = 4};
    pictures[UNLIKE + 1] = (FixturePicture){.seed = 5, .flips = 8};
    casework_fixture_ingest(fixture, &fixture->ann, fixture->case_id, "phone", pictures,
                            G_N_ELEMENTS(pictures));
    g_autoptr(Act) act = act_begin(fixture->work, &fixture->ann, AUDIT_CASE_CHANGED, &error);
    g_assert_no_error(error);
    case_file_add_member(act, fixture->case_id, fixture->eve.account_id, &error);
    case_file_change(act, fixture->case_id,
                     &(CaseFileChange){.voters = voters, .voter_units = -1, .restricted = -1},
                     &error);
    act_commit(act, &error);
    g_assert_no_error(error);
}

static void cast_vote(CaseworkFixture *fixture, const Actor *actor, const uint64_t *media,
                      size_t count, const char *category)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture->work, actor, AUDIT_VOTE, &error);
    g_assert_no_error(error);
    g_autoptr(GArray) results = votes_cast(
        act,
        &(VoteRequest){
            .case_id = fixture->case_id, .media = media, .count = count, .category = category},
        &error);
    g_assert_nonnull(results);
    g_assert_no_error(error);
    act_commit(act, &error);
    g_assert_no_error(error);
}

static void cast_on(CaseworkFixture *fixture, const Actor *actor, unsigned seed,
                    const char *category)
{
    uint64_t media = casework_fixture_media(fixture, seed, 0);
    cast_vote(fixture, actor, &media, 1, category);
}

// All of them, in pages of `limit`.
static GArray *list(CaseworkFixture *fixture, StackFilter filter, QueueOrder order, unsigned limit)
{
    g_autoptr(GError) error = NULL;
    GArray *all = g_array_new(FALSE, FALSE, sizeof(StackRow));
    const StackListQuery query = {
        .case_id = fixture->case_id, .filter = filter, .order = order, .limit = limit};
    unsigned got;
    do {
        StackRow after = all->len > 0 ? g_array_index(all, StackRow, all->len - 1) : (StackRow){0};
        g_autoptr(GArray) page =
            stacks_list(fixture->work, &fixture->bob, &query, all->len > 0 ? &after : NULL, &error);
        g_assert_no_error(error);
        got = page->len;
        for (unsigned i = 0; i < got; i++)
            g_array_append_val(all, g_array_index(page, CaseStack, i).row);
    } while (got == limit);
    return all;
}

static void check_same(const GArray *a, const GArray *b, unsigned count)
{
    g_assert_cmpuint(a->len, ==, count);
    g_assert_cmpuint(b->len, ==, count);
    for (unsigned i = 0; i < count; i++)
        g_assert_cmpuint(g_array_index(a, StackRow, i).id, ==, g_array_index(b, StackRow, i).id);
}

static void pages_of_every_state_and_order_are_the_whole_list(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    fill(&fixture, 2);
    cast_on(&fixture, &fixture.ann, 1, "1"); // decided
    cast_on(&fixture, &fixture.bob, 1, "1");
    cast_on(&fixture, &fixture.ann, 2, "1"); // disputed
    cast_on(&fixture, &fixture.bob, 2, "4");
    cast_on(&fixture, &fixture.ann, 3, "1"); // voted on by one
    cast_on(&fixture, &fixture.bob, 4, "1");
    static const unsigned counts[STACK_FILTER_COUNT] = {
        [STACKS_ALL] = 12, [STACKS_OPEN] = 11, [STACKS_DECIDED] = 1, [STACKS_DISPUTED] = 1};
    for (unsigned filter = 0; filter < STACK_FILTER_COUNT; filter++)
        for (unsigned order = 0; order < QUEUE_ORDER_COUNT; order++) {
            g_autoptr(GArray) whole =
                list(&fixture, (StackFilter)filter, (QueueOrder)order, UNLIKE + 1);
            g_autoptr(GArray) pages = list(&fixture, (StackFilter)filter, (QueueOrder)order, 2);
            check_same(whole, pages, counts[filter]);
        }
    g_autoptr(GArray) largest = list(&fixture, STACKS_OPEN, QUEUE_LARGEST_FIRST, 1);
    g_assert_cmpuint(g_array_index(largest, StackRow, 0).media_count, ==, 3);
    g_autoptr(GArray) disputed = list(&fixture, STACKS_DISPUTED, QUEUE_OF_CASE, 5);
    g_assert_cmpuint(g_array_index(disputed, StackRow, 0).disputed_count, ==, 1);
    casework_fixture_clear(&fixture);
}

static void a_stack_lists_its_leader_first_and_is_of_its_case_alone(void)
{
    CaseworkFixture fixture;
    g_autoptr(GError) error = NULL;
    casework_fixture_init(&fixture);
    fill(&fixture, 1);
    uint64_t stack = casework_fixture_case_media(&fixture, fixture.case_id, 5, 0);
    g_autoptr(GArray) media =
        stacks_media(fixture.work, &fixture.bob, fixture.case_id, stack, 0, 10, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(media->len, ==, 3);
    g_assert_false(g_array_index(media, StackMedia, 0).has_distance);
    g_assert_cmpuint(g_array_index(media, StackMedia, 2).distance, ==, 8);
    uint64_t other = casework_fixture_case(&fixture, &fixture.ann, "24-009");
    CaseStack found;
    g_assert_false(stacks_get(fixture.work, &fixture.ann, other, stack, &found, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    casework_fixture_clear(&fixture);
}

static Ballot *read_ballot(CaseworkFixture *fixture, const Actor *actor, unsigned seed)
{
    g_autoptr(GError) error = NULL;
    Ballot *ballot = ballot_read(fixture->work, actor, fixture->case_id,
                                 casework_fixture_media(fixture, seed, 0), &error);
    g_assert_no_error(error);
    return ballot;
}

static void check_ballot(CaseworkFixture *fixture, const Actor *actor, bool is_blind,
                         unsigned votes)
{
    g_autoptr(Ballot) ballot = read_ballot(fixture, actor, 1);
    g_assert_cmpint(ballot->is_blind, ==, is_blind);
    g_assert_cmpuint(ballot->votes->len, ==, votes);
    if (is_blind)
        g_assert_cmpuint(ballot->decisions->len, ==, 0);
}

static void voters_see_no_votes_of_others_before_their_own(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    fill(&fixture, 2);
    cast_on(&fixture, &fixture.ann, 1, "1");
    check_ballot(&fixture, &fixture.ann, false, 1);
    check_ballot(&fixture, &fixture.bob, true, 0);
    check_ballot(&fixture, &fixture.aud, false, 1);
    cast_on(&fixture, &fixture.bob, 1, "4"); // disputed
    check_ballot(&fixture, &fixture.bob, false, 2);
    check_ballot(&fixture, &fixture.eve, true, 0);
    cast_on(&fixture, &fixture.eve, 1, "1"); // decided
    check_ballot(&fixture, &fixture.eve, false, 3);
    casework_fixture_clear(&fixture);
}

static unsigned undo_last(CaseworkFixture *fixture, const Actor *actor, GError **err)
{
    g_autoptr(Act) act = act_begin(fixture->work, actor, AUDIT_VOTE_UNDONE, err);
    g_autoptr(GArray) results = votes_undo_last(act, fixture->case_id, err);
    return results != NULL && act_commit(act, err) ? results->len : 0;
}

static void the_last_act_is_undone_whole_and_then_the_one_before(void)
{
    CaseworkFixture fixture;
    g_autoptr(GError) error = NULL;
    casework_fixture_init(&fixture);
    fill(&fixture, 2);
    cast_on(&fixture, &fixture.bob, 1, "1");
    uint64_t media[3];
    for (unsigned i = 0; i < 3; i++)
        media[i] = casework_fixture_media(&fixture, i + 2, 0);
    cast_vote(&fixture, &fixture.bob, media, 3, "4");
    cast_on(&fixture, &fixture.ann, 9, "1");
    g_assert_cmpuint(undo_last(&fixture, &fixture.bob, &error), ==, 3);
    g_assert_cmpuint(undo_last(&fixture, &fixture.bob, &error), ==, 1);
    g_assert_no_error(error);
    g_assert_cmpuint(undo_last(&fixture, &fixture.bob, &error), ==, 0);
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_autoptr(Ballot) other = read_ballot(&fixture, &fixture.ann, 9);
    g_assert_false(ballot_is_undone(other, g_array_index(other->votes, Vote, 0).id));
    casework_fixture_clear(&fixture);
}

static bool try_edit(CaseworkFixture *fixture, uint64_t decision_id, bool reinstates, GError **err)
{
    g_autoptr(Act) act = act_begin(fixture->work, &fixture->ann, AUDIT_SET_CHANGED, err);
    return act != NULL &&
           decisions_edit_entry(act,
                                &(EntryEdit){.case_id = fixture->case_id,
                                             .decision_id = decision_id,
                                             .reinstates = reinstates,
                                             .reason = "looked again"},
                                err) &&
           act_commit(act, err);
}

static void edit(CaseworkFixture *fixture, uint64_t decision_id, bool reinstates)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(try_edit(fixture, decision_id, reinstates, &error));
    g_assert_no_error(error);
}

static void assert_done_already(CaseworkFixture *fixture, uint64_t decision_id, bool reinstates)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(try_edit(fixture, decision_id, reinstates, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);
    g_assert_nonnull(strstr(error->message, "already"));
}

static DecisionWithEntry newest(CaseworkFixture *fixture, GArray **ret_owner)
{
    g_autoptr(GError) error = NULL;
    *ret_owner =
        decisions_list(fixture->work, &fixture->ann, fixture->case_id, true, INT64_MAX, 5, &error);
    g_assert_no_error(error);
    return g_array_index(*ret_owner, DecisionWithEntry, 0);
}

static void an_entry_leaves_its_set_by_hand_and_comes_back(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    fill(&fixture, 1);
    cast_on(&fixture, &fixture.ann, 1, "1");
    g_autoptr(GArray) first = NULL, second = NULL, third = NULL;
    DecisionWithEntry decision = newest(&fixture, &first);
    g_assert_true(decision.entry_stands);
    assert_done_already(&fixture, decision.row.id, true);
    edit(&fixture, decision.row.id, false);
    g_assert_false(newest(&fixture, &second).entry_stands);
    assert_done_already(&fixture, decision.row.id, false);
    g_autoptr(Ballot) ballot = read_ballot(&fixture, &fixture.ann, 1);
    const DecisionWithEntry *seen = &g_array_index(ballot->decisions, DecisionWithEntry, 0);
    g_assert_cmpuint(seen->row.entry_id, !=, 0);
    g_assert_false(seen->entry_stands);
    edit(&fixture, decision.row.id, true);
    g_assert_true(newest(&fixture, &third).entry_stands);
    casework_fixture_clear(&fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stacks/pages of every state and order are the whole list",
                    pages_of_every_state_and_order_are_the_whole_list);
    g_test_add_func("/stacks/a stack lists its leader first and is of its case alone",
                    a_stack_lists_its_leader_first_and_is_of_its_case_alone);
    g_test_add_func("/ballot/voters see no votes of others before their own",
                    voters_see_no_votes_of_others_before_their_own);
    g_test_add_func("/votes/the last act is undone whole and then the one before",
                    the_last_act_is_undone_whole_and_then_the_one_before);
    g_test_add_func("/decisions/an entry leaves its set by hand and comes back",
                    an_entry_leaves_its_set_by_hand_and_comes_back);
    return g_test_run();
}
