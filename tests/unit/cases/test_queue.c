// SPDX-License-Identifier: Apache-2.0
//
// Stacks are leased by one person at a time unless the policy wants several, and nobody gets what
// they are through with.
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "cases/queue.h"
#include "cases/votes.h"
#include "casework_fixture.h"

static void change_policy(CaseworkFixture *fixture, int voters, int voter_units)
{
    g_autoptr(GError) error = NULL;
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
}

static void ingest_many(CaseworkFixture *fixture, unsigned first, unsigned count)
{
    g_autofree FixturePicture *pictures = g_new0(FixturePicture, count);
    for (unsigned i = 0; i < count; i++)
        pictures[i].seed = first + i;
    casework_fixture_ingest(fixture, &fixture->ann, fixture->case_id, "disk", pictures, count);
}

static void init(CaseworkFixture *fixture, unsigned stacks, int voters, int voter_units)
{
    casework_fixture_init(fixture);
    change_policy(fixture, voters, voter_units);
    ingest_many(fixture, 1, stacks);
}

static GArray *lease_in(CaseworkFixture *fixture, const Actor *actor, unsigned count,
                        QueueOrder order)
{
    g_autoptr(GError) error = NULL;
    GArray *leased = queue_lease(fixture->work, actor, fixture->case_id,
                                 &(QueueRequest){.count = count, .order = order}, &error);
    g_assert_no_error(error);
    return leased;
}

static unsigned lease(CaseworkFixture *fixture, const Actor *actor, unsigned count)
{
    g_autoptr(GArray) leased = lease_in(fixture, actor, count, QUEUE_OF_CASE);
    return leased->len;
}

static uint64_t stack_of(CaseworkFixture *fixture, unsigned seed)
{
    return casework_fixture_case_media(fixture, fixture->case_id, seed, 0);
}

static uint64_t vote(CaseworkFixture *fixture, const Actor *actor, unsigned seed,
                     const char *category)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture->work, actor, AUDIT_VOTE, &error);
    g_assert_no_error(error);
    uint64_t media = casework_fixture_media(fixture, seed, 0);
    g_autoptr(GArray) results = votes_cast(
        act,
        &(VoteRequest){
            .case_id = fixture->case_id, .media = &media, .count = 1, .category = category},
        &error);
    g_assert_no_error(error);
    act_commit(act, &error);
    g_assert_no_error(error);
    return g_array_index(results, VoteResult, 0).vote_id;
}

static void undo(CaseworkFixture *fixture, const Actor *actor, uint64_t id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture->work, actor, AUDIT_VOTE_UNDONE, &error);
    g_assert_no_error(error);
    g_autoptr(GArray) results = votes_undo(act, &id, 1, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(results->len, ==, 1);
    act_commit(act, &error);
    g_assert_no_error(error);
}

// ---- Rules --------------------------------------------------------------------------------------

static void gives_up_to_twenty_stacks_in_order_with_their_facts(void)
{
    CaseworkFixture fixture;
    init(&fixture, 25, 1, 1);
    g_autoptr(GArray) leased = lease_in(&fixture, &fixture.bob, 100, QUEUE_OF_CASE);
    g_assert_cmpuint(leased->len, ==, LIMIT_REVIEW_LEASES);
    for (unsigned i = 0; i < leased->len; i++) {
        const LeasedStack *stack = &g_array_index(leased, LeasedStack, i);
        g_assert_cmpuint(stack->facts.stack_id, ==, stack_of(&fixture, i + 1));
        g_assert_cmpstr(stack->facts.media_type, ==, "image/jpeg");
        g_assert_cmpuint(stack->facts.width, ==, 640);
        g_assert_cmpuint(stack->media_count, ==, 1);
        g_assert_false(stack->facts.has_distance);
        g_assert_cmpint(stack->ends_us, ==, fixture.now_us + REVIEW_LEASE_US);
    }
    g_assert_cmpuint(lease(&fixture, &fixture.bob, 1), ==, 0);
    casework_fixture_clear(&fixture);
}

static void a_leased_stack_goes_to_nobody_else_until_the_lease_ends(void)
{
    CaseworkFixture fixture;
    init(&fixture, 3, 1, 1);
    g_assert_cmpuint(lease(&fixture, &fixture.bob, 2), ==, 2);
    g_assert_cmpuint(lease(&fixture, &fixture.ann, 5), ==, 1);
    g_assert_cmpuint(lease(&fixture, &fixture.eve, 5), ==, 0);
    fixture.now_us += REVIEW_LEASE_US;
    g_assert_cmpuint(lease(&fixture, &fixture.eve, 5), ==, 3);
    casework_fixture_clear(&fixture);
}

static void a_lease_is_renewed_and_released_by_its_holder(void)
{
    CaseworkFixture fixture;
    init(&fixture, 2, 1, 1);
    g_autoptr(GError) error = NULL;
    lease(&fixture, &fixture.bob, 2);
    fixture.now_us += REVIEW_LEASE_US - 1;
    unsigned count;
    uint64_t stack = stack_of(&fixture, 1);
    g_assert_true(
        queue_renew(fixture.work, &fixture.bob, fixture.case_id, &stack, 1, &count, &error));
    g_assert_cmpuint(count, ==, 1);
    fixture.now_us += 2;
    g_assert_cmpuint(lease(&fixture, &fixture.ann, 5), ==, 1);
    g_assert_true(
        queue_release(fixture.work, &fixture.ann, fixture.case_id, &stack, 1, &count, &error));
    g_assert_cmpuint(count, ==, 0);
    g_autoptr(GArray) held = queue_leases(fixture.work, &fixture.bob, fixture.case_id, &error);
    g_assert_cmpuint(held->len, ==, 1);
    g_assert_cmpuint(g_array_index(held, LeasedStack, 0).facts.stack_id, ==, stack);
    g_assert_true(
        queue_release(fixture.work, &fixture.bob, fixture.case_id, NULL, 0, &count, &error));
    g_assert_cmpuint(count, ==, 1);
    g_assert_cmpuint(lease(&fixture, &fixture.eve, 5), ==, 1);
    casework_fixture_clear(&fixture);
}

static void two_may_look_at_once_where_two_have_to_vote(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 2, 1);
    g_assert_cmpuint(lease(&fixture, &fixture.bob, 1), ==, 1);
    g_assert_cmpuint(lease(&fixture, &fixture.bob, 1), ==, 0);
    g_assert_cmpuint(lease(&fixture, &fixture.ann, 1), ==, 1);
    g_assert_cmpuint(lease(&fixture, &fixture.eve, 1), ==, 0);
    casework_fixture_clear(&fixture);
}

static void one_vote_of_two_leaves_room_for_one_person(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 2, 1);
    vote(&fixture, &fixture.bob, 1, "1");
    g_assert_cmpuint(lease(&fixture, &fixture.bob, 1), ==, 0);
    g_assert_cmpuint(lease(&fixture, &fixture.ann, 1), ==, 1);
    g_assert_cmpuint(lease(&fixture, &fixture.eve, 1), ==, 0);
    casework_fixture_clear(&fixture);
}

static void nobody_looks_in_vain_when_another_unit_is_wanted(void)
{
    CaseworkFixture fixture;
    init(&fixture, 2, 2, 2);
    vote(&fixture, &fixture.bob, 1, "1");
    vote(&fixture, &fixture.bob, 2, "1");
    g_assert_cmpuint(lease(&fixture, &fixture.ann, 5), ==, 0);
    g_assert_cmpuint(lease(&fixture, &fixture.eve, 5), ==, 2);
    casework_fixture_clear(&fixture);
}

static void what_is_decided_is_not_given_out_until_it_is_undone(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 1, 1);
    uint64_t id = vote(&fixture, &fixture.bob, 1, "1");
    g_assert_cmpuint(lease(&fixture, &fixture.ann, 1), ==, 0);
    undo(&fixture, &fixture.bob, id);
    g_assert_cmpuint(lease(&fixture, &fixture.bob, 1), ==, 1);
    casework_fixture_clear(&fixture);
}

static void what_is_disputed_goes_to_a_third_who_has_not_voted(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 2, 1);
    vote(&fixture, &fixture.bob, 1, "1");
    vote(&fixture, &fixture.ann, 1, "2");
    g_assert_cmpuint(lease(&fixture, &fixture.bob, 1), ==, 0);
    g_assert_cmpuint(lease(&fixture, &fixture.ann, 1), ==, 0);
    g_assert_cmpuint(lease(&fixture, &fixture.eve, 1), ==, 1);
    casework_fixture_clear(&fixture);
}

static void voting_on_all_of_a_stack_ends_its_lease(void)
{
    CaseworkFixture fixture;
    init(&fixture, 2, 2, 1);
    g_autoptr(GError) error = NULL;
    lease(&fixture, &fixture.bob, 2);
    vote(&fixture, &fixture.bob, 1, "1");
    g_autoptr(GArray) held = queue_leases(fixture.work, &fixture.bob, fixture.case_id, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(held->len, ==, 1);
    casework_fixture_clear(&fixture);
}

static void a_stack_that_grew_comes_back_to_who_voted_on_the_rest(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 2, 1);
    vote(&fixture, &fixture.bob, 1, "1");
    const FixturePicture near = {.seed = 1, .flips = 3};
    casework_fixture_ingest(&fixture, &fixture.ann, fixture.case_id, "phone", &near, 1);
    g_autoptr(GArray) leased = lease_in(&fixture, &fixture.bob, 1, QUEUE_OF_CASE);
    g_assert_cmpuint(leased->len, ==, 1);
    const LeasedStack *stack = &g_array_index(leased, LeasedStack, 0);
    g_assert_cmpuint(stack->media_count, ==, 2);
    g_assert_true(stack->facts.has_distance);
    g_assert_cmpuint(stack->facts.distance_most, ==, 3);
    casework_fixture_clear(&fixture);
}

static void other_orders_are_largest_and_newest_first(void)
{
    CaseworkFixture fixture;
    init(&fixture, 4, 1, 1);
    const FixturePicture near = {.seed = 2, .flips = 3};
    casework_fixture_ingest(&fixture, &fixture.ann, fixture.case_id, "phone", &near, 1);
    g_autoptr(GArray) largest = lease_in(&fixture, &fixture.bob, 1, QUEUE_LARGEST_FIRST);
    g_assert_cmpuint(g_array_index(largest, LeasedStack, 0).facts.stack_id, ==,
                     stack_of(&fixture, 2));
    g_autoptr(GArray) newest = lease_in(&fixture, &fixture.bob, 2, QUEUE_NEWEST_FIRST);
    g_assert_cmpuint(g_array_index(newest, LeasedStack, 0).facts.stack_id, ==,
                     stack_of(&fixture, 4));
    g_assert_cmpuint(g_array_index(newest, LeasedStack, 1).facts.stack_id, ==,
                     stack_of(&fixture, 3));
    casework_fixture_clear(&fixture);
}

static void refuses_who_may_not_review(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1, 1, 1);
    const QueueRequest request = {.count = 1};
    static const struct {
        size_t offset;
        ClewError code;
    } rows[] = {
        {G_STRUCT_OFFSET(CaseworkFixture, cur), CLEW_ERROR_NOT_FOUND},
        {G_STRUCT_OFFSET(CaseworkFixture, aud), CLEW_ERROR_DENIED},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        const Actor *actor = &G_STRUCT_MEMBER(Actor, &fixture, rows[i].offset);
        g_assert_null(queue_lease(fixture.work, actor, fixture.case_id, &request, &error));
        g_assert_error(error, CLEW_ERROR, (int)rows[i].code);
    }
    casework_fixture_clear(&fixture);
}

// ---- At once ------------------------------------------------------------------------------------

#define REVIEWERS 20
#define STACKS_FOR_ALL 240

typedef struct {
    CaseworkFixture *fixture;
    Actor actor;
    GHashTable *taken; // stack ids, under `lock`
    GMutex *lock;
    gint *twice;
} Reviewer;

static gpointer review(gpointer data)
{
    Reviewer *reviewer = data;
    g_autoptr(Casework) work = casework_fixture_open_again(reviewer->fixture);
    unsigned got = 1;
    while (got > 0) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GArray) leased = queue_lease(work, &reviewer->actor, reviewer->fixture->case_id,
                                               &(QueueRequest){.count = 3}, &error);
        g_assert_no_error(error);
        got = leased->len;
        g_mutex_lock(reviewer->lock);
        for (unsigned i = 0; i < leased->len; i++) {
            uint64_t id = g_array_index(leased, LeasedStack, i).facts.stack_id;
            if (!g_hash_table_add(reviewer->taken, g_memdup2(&id, sizeof id)))
                g_atomic_int_inc(reviewer->twice);
        }
        g_mutex_unlock(reviewer->lock);
    }
    return NULL;
}

static Actor add_reviewer(CaseworkFixture *fixture, unsigned number)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture->work, &fixture->ann, AUDIT_ACCOUNT_CHANGED, &error);
    g_assert_no_error(error);
    Actor actor = fixture->bob;
    act_new_ids(act, TABLE_ACCOUNT, 1, &actor.account_id, &error);
    g_autofree char *sql = g_strdup_printf(
        "INSERT INTO account (id, seq, name, display, unit_id, roles, state, made_us) VALUES "
        "(%" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT ", 'reviewer %u', 'r', %" G_GUINT64_FORMAT
        ", 4, 'active', 0)",
        actor.account_id, act_seq(act), number, fixture->unit[0]);
    database_execute(act_database(act), sql, &error);
    g_assert_no_error(error);
    act_wrote(act, TABLE_ACCOUNT, actor.account_id);
    case_file_add_member(act, fixture->case_id, actor.account_id, &error);
    g_assert_no_error(error);
    act_commit(act, &error);
    g_assert_no_error(error);
    return actor;
}

static void twenty_reviewers_at_once_never_get_the_same_stack(void)
{
    CaseworkFixture fixture;
    init(&fixture, STACKS_FOR_ALL, 1, 1);
    GMutex lock;
    g_mutex_init(&lock);
    gint twice = 0;
    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    Reviewer reviewers[REVIEWERS];
    GThread *threads[REVIEWERS];
    for (unsigned i = 0; i < REVIEWERS; i++)
        reviewers[i] = (Reviewer){.fixture = &fixture,
                                  .actor = add_reviewer(&fixture, i),
                                  .taken = taken,
                                  .lock = &lock,
                                  .twice = &twice};
    for (unsigned i = 0; i < REVIEWERS; i++)
        threads[i] = g_thread_new("reviewer", review, &reviewers[i]);
    for (unsigned i = 0; i < REVIEWERS; i++)
        g_thread_join(threads[i]);
    g_assert_cmpint(twice, ==, 0);
    g_assert_cmpuint(g_hash_table_size(taken), ==, STACKS_FOR_ALL);
    g_mutex_clear(&lock);
    casework_fixture_clear(&fixture);
}

static void counting_all_stacks_again_changes_nothing(void)
{
    CaseworkFixture fixture;
    init(&fixture, 6, 2, 1);
    g_autoptr(GError) error = NULL;
    for (unsigned seed = 1; seed < 5; seed++)
        vote(&fixture, seed % 2 ? &fixture.bob : &fixture.ann, seed, "1");
    vote(&fixture, &fixture.eve, 1, "2");
    vote(&fixture, &fixture.eve, 2, "1");
    StackRow before[6];
    uint64_t case_id, stacks;
    bool found;
    Database *database = casework_database(fixture.work);
    for (unsigned i = 0; i < 6; i++)
        lease_rows_stack(database, stack_of(&fixture, i + 1), &case_id, &before[i], &found, &error);
    database_execute(database, "UPDATE stack SET open_count = 9, voted_by = 7, media_count = 3",
                     &error);
    g_assert_no_error(error);
    g_assert_true(queue_rebuild(fixture.work, fixture.case_id, &stacks, &error));
    g_assert_cmpuint(stacks, ==, 6);
    for (unsigned i = 0; i < 6; i++) {
        StackRow after;
        lease_rows_stack(database, stack_of(&fixture, i + 1), &case_id, &after, &found, &error);
        g_assert_cmpuint(after.open_count, ==, before[i].open_count);
        g_assert_cmpuint(after.media_count, ==, before[i].media_count);
        g_assert_cmpint(after.voted_by, ==, before[i].voted_by);
    }
    g_assert_cmpint(before[0].voted_by, ==, VOTED_BY_SEVERAL);
    g_assert_cmpuint(before[1].open_count, ==, 0);
    g_assert_cmpint(before[2].voted_by, ==, (int64_t)fixture.bob.account_id);
    g_assert_cmpint(before[5].voted_by, ==, VOTED_BY_NOBODY);
    casework_fixture_clear(&fixture);
}

#define TEST(name) g_test_add_func("/queue/" #name, name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST(gives_up_to_twenty_stacks_in_order_with_their_facts);
    TEST(a_leased_stack_goes_to_nobody_else_until_the_lease_ends);
    TEST(a_lease_is_renewed_and_released_by_its_holder);
    TEST(two_may_look_at_once_where_two_have_to_vote);
    TEST(one_vote_of_two_leaves_room_for_one_person);
    TEST(nobody_looks_in_vain_when_another_unit_is_wanted);
    TEST(what_is_decided_is_not_given_out_until_it_is_undone);
    TEST(what_is_disputed_goes_to_a_third_who_has_not_voted);
    TEST(voting_on_all_of_a_stack_ends_its_lease);
    TEST(a_stack_that_grew_comes_back_to_who_voted_on_the_rest);
    TEST(other_orders_are_largest_and_newest_first);
    TEST(refuses_who_may_not_review);
    TEST(twenty_reviewers_at_once_never_get_the_same_stack);
    TEST(counting_all_stacks_again_changes_nothing);
    return g_test_run();
}
