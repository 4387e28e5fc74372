// SPDX-License-Identifier: Apache-2.0
//
// What votes come to, by literal votes.
#include "cases/outcome.h"

// "ann" is voter 1 of unit 1, and so on.
typedef struct {
    const char *category; // NULL: no further vote
    uint64_t account, unit;
    uint64_t undoes; // then it takes this one back
    bool is_submitter;
    SelfGenerated self_generated;
    Commercial commercial;
} Said;

static GArray *votes_of(const Said *said)
{
    GArray *votes = votes_new();
    for (uint64_t id = 1; said[id - 1].account != 0; id++) {
        const Said *one = &said[id - 1];
        Vote vote = {.id = id,
                     .account_id = one->account,
                     .unit_id = one->unit,
                     .undoes = one->undoes,
                     .category = g_strdup(one->category),
                     .is_submitter = one->is_submitter,
                     .self_generated = one->self_generated,
                     .commercial = one->commercial};
        g_array_append_val(votes, vote);
    }
    return votes;
}

static void assert_outcome(const Said *said, Policy policy, OutcomeState state,
                           const char *category)
{
    g_autoptr(GArray) votes = votes_of(said);
    g_autoptr(GPtrArray) counting = outcome_counting(votes);
    Outcome outcome = outcome_of(counting, policy);
    g_assert_cmpstr(outcome_state_name(outcome.state), ==, outcome_state_name(state));
    g_assert_cmpstr(outcome.category, ==, category);
}

#define ONE ((Policy){.voters = 1, .voter_units = 1})
#define TWO ((Policy){.voters = 2, .voter_units = 1})
#define TWO_UNITS ((Policy){.voters = 2, .voter_units = 2})
#define THREE ((Policy){.voters = 3, .voter_units = 1})

static void votes_come_to_what_the_policy_says(void)
{
    const Said none[] = {{0}};
    const Said one[] = {{"1", 1, 1}, {0}};
    const Said agree[] = {{"1", 1, 1}, {"1", 2, 1}, {0}};
    const Said agree_across[] = {{"A1", 1, 1}, {"a1", 2, 2}, {0}};
    const Said differ[] = {{"1", 1, 1}, {"2", 2, 2}, {0}};
    const Said third[] = {{"1", 1, 1}, {"2", 2, 2}, {"2", 3, 2}, {0}};
    const Said tie[] = {{"1", 1, 1}, {"2", 2, 2}, {"2", 3, 2}, {"1", 4, 1}, {0}};
    const Said three[] = {{"1", 1, 1}, {"2", 2, 2}, {"3", 3, 2}, {0}};
    assert_outcome(none, ONE, OUTCOME_OPEN, NULL);
    assert_outcome(one, ONE, OUTCOME_DECIDED, "1");
    assert_outcome(one, TWO, OUTCOME_OPEN, NULL);
    assert_outcome(agree, TWO, OUTCOME_DECIDED, "1");
    assert_outcome(agree, TWO_UNITS, OUTCOME_OPEN, NULL);
    assert_outcome(agree_across, TWO_UNITS, OUTCOME_DECIDED, "A1");
    assert_outcome(differ, ONE, OUTCOME_DISPUTED, NULL);
    assert_outcome(differ, TWO, OUTCOME_DISPUTED, NULL);
    assert_outcome(third, TWO, OUTCOME_DECIDED, "2");
    assert_outcome(third, THREE, OUTCOME_DISPUTED, NULL);
    assert_outcome(third, TWO_UNITS, OUTCOME_DISPUTED, NULL);
    assert_outcome(tie, TWO, OUTCOME_DISPUTED, NULL);
    assert_outcome(three, ONE, OUTCOME_DISPUTED, NULL);
}

static void the_latest_vote_of_a_person_counts_that_was_not_taken_back(void)
{
    const Said changed[] = {{"1", 1, 1}, {"2", 1, 1}, {0}};
    const Said undone[] = {{"1", 1, 1}, {"2", 1, 1}, {NULL, 1, 1, .undoes = 2}, {0}};
    const Said all_undone[] = {{"1", 1, 1}, {NULL, 1, 1, .undoes = 1}, {0}};
    const Said submitter[] = {{"1", 1, 1, .is_submitter = true}, {"2", 2, 1}, {0}};
    assert_outcome(changed, ONE, OUTCOME_DECIDED, "2");
    assert_outcome(undone, ONE, OUTCOME_DECIDED, "1");
    assert_outcome(all_undone, ONE, OUTCOME_OPEN, NULL);
    assert_outcome(submitter, ONE, OUTCOME_DECIDED, "2");
    assert_outcome(submitter, TWO, OUTCOME_OPEN, NULL);
}

static void answers_beside_the_category_need_more_than_half_of_the_answers(void)
{
    const Said said[] = {
        {"1", 1, 1, .self_generated = SELF_GENERATED_PRESSURED, .commercial = COMMERCIAL_NO},
        {"1", 2, 1, .self_generated = SELF_GENERATED_UNKNOWN, .commercial = COMMERCIAL_YES},
        {"2", 3, 1, .self_generated = SELF_GENERATED_NO, .commercial = COMMERCIAL_YES},
        {0}};
    g_autoptr(GArray) votes = votes_of(said);
    g_autoptr(GPtrArray) counting = outcome_counting(votes);
    Outcome outcome = outcome_of(counting, TWO);
    g_assert_cmpint(outcome.state, ==, OUTCOME_DECIDED);
    g_assert_cmpint(outcome.self_generated, ==, SELF_GENERATED_PRESSURED);
    g_assert_cmpint(outcome.commercial, ==, COMMERCIAL_UNKNOWN);
    g_assert_cmpuint(outcome.in_favour, ==, 2);
    g_assert_cmpuint(outcome.against, ==, 1);
}

// In every order of distinct people's votes the outcome is one.
static void the_order_of_votes_changes_nothing(void)
{
    static const unsigned orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                         {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    const Said said[] = {{"1", 1, 1}, {"2", 2, 2}, {"2", 3, 1}};
    for (unsigned i = 0; i < G_N_ELEMENTS(orders); i++) {
        const Said shuffled[] = {said[orders[i][0]], said[orders[i][1]], said[orders[i][2]], {0}};
        assert_outcome(shuffled, TWO_UNITS, OUTCOME_DECIDED, "2");
    }
}

static bool wants(const Said *said, const Voter *others, size_t count, uint64_t account,
                  uint64_t unit, Policy policy)
{
    g_autoptr(GArray) votes = votes_of(said);
    g_autoptr(GPtrArray) counting = outcome_counting(votes);
    return outcome_wants(counting, others, count, (Voter){account, unit}, policy);
}

static void a_further_vote_is_wanted_of_whom_it_could_help(void)
{
    const Said none[] = {{0}};
    const Said one[] = {{"1", 1, 1}, {0}};
    const Said same_unit[] = {{"1", 1, 1}, {"1", 2, 1}, {0}};
    const Said differ[] = {{"1", 1, 1}, {"2", 2, 1}, {0}};
    const Voter others[] = {{3, 1}, {4, 2}};
    g_assert_true(wants(none, NULL, 0, 9, 1, ONE));
    g_assert_false(wants(none, others, 1, 9, 1, ONE));
    g_assert_true(wants(none, others, 1, 9, 1, TWO));
    g_assert_false(wants(none, others, 1, 9, 1, TWO_UNITS));
    g_assert_true(wants(none, others, 1, 9, 2, TWO_UNITS));
    g_assert_false(wants(one, NULL, 0, 9, 1, ONE)); // decided
    g_assert_false(wants(one, NULL, 0, 1, 1, TWO)); // has voted
    g_assert_true(wants(one, NULL, 0, 9, 1, TWO));
    g_assert_false(wants(one, others, 1, 9, 1, TWO));
    g_assert_false(wants(same_unit, NULL, 0, 9, 1, TWO_UNITS));
    g_assert_true(wants(same_unit, NULL, 0, 9, 2, TWO_UNITS));
    g_assert_true(wants(differ, NULL, 0, 9, 1, TWO));
    g_assert_false(wants(differ, others, 1, 9, 1, TWO));
}

#define TEST(name) g_test_add_func("/outcome/" #name, name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST(votes_come_to_what_the_policy_says);
    TEST(the_latest_vote_of_a_person_counts_that_was_not_taken_back);
    TEST(answers_beside_the_category_need_more_than_half_of_the_answers);
    TEST(the_order_of_votes_changes_nothing);
    TEST(a_further_vote_is_wanted_of_whom_it_could_help);
    return g_test_run();
}
