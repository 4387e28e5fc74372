// SPDX-License-Identifier: Apache-2.0
//
// Cases: who sees them, who may be a member, and what a change of their policy does.
#include "base/error.h"
#include "base/limits.h"
#include "cases/votes.h"
#include "casework_fixture.h"

static const CaseFileChange unchanged = {.voters = -1, .voter_units = -1, .restricted = -1};

static void change(CaseworkFixture *fixture, CaseFileChange wanted, GError **err)
{
    g_autoptr(Act) act = act_begin(fixture->work, &fixture->ann, AUDIT_CASE_CHANGED, err);
    g_assert_nonnull(act);
    if (case_file_change(act, fixture->case_id, &wanted, err))
        g_assert_true(act_commit(act, err));
}

static CaseState state_of(CaseworkFixture *fixture)
{
    g_autoptr(CaseFile) file = case_file_get(fixture->work, &fixture->ann, fixture->case_id, NULL);
    return file->state;
}

static void members_and_auditors_of_the_unit_see_a_case_and_nobody_else(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    const struct {
        const Actor *actor;
        bool sees;
    } rows[] = {{&fixture.ann, true},  {&fixture.bob, true},  {&fixture.aud, true},
                {&fixture.eve, false}, {&fixture.adm, false}, {&fixture.cur, false}};
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(CaseFile) by_id =
            case_file_get(fixture.work, rows[i].actor, fixture.case_id, &error);
        g_autoptr(CaseFile) by_number = case_file_find(fixture.work, rows[i].actor, "24-001", NULL);
        g_autoptr(GPtrArray) listed = case_file_list(fixture.work, rows[i].actor, 0, 10, NULL);
        g_assert_cmpint(by_id != NULL, ==, rows[i].sees);
        g_assert_cmpint(by_number != NULL, ==, rows[i].sees);
        g_assert_cmpuint(listed->len, ==, rows[i].sees);
        if (!rows[i].sees)
            g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    }
    casework_fixture_clear(&fixture);
}

static void an_auditor_of_another_unit_sees_nothing(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    Actor other = fixture.aud;
    other.unit_id = fixture.unit[1];
    g_assert_null(case_file_get(fixture.work, &other, fixture.case_id, NULL));
    casework_fixture_clear(&fixture);
}

static void a_token_for_one_case_sees_no_other(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    uint64_t second = casework_fixture_case(&fixture, &fixture.ann, "24-002");
    Actor token = fixture.ann;
    token.only_case = second;
    g_assert_null(case_file_get(fixture.work, &token, fixture.case_id, NULL));
    g_autoptr(CaseFile) file = case_file_get(fixture.work, &token, second, NULL);
    g_assert_nonnull(file);
    casework_fixture_clear(&fixture);
}

static void a_number_is_taken_once(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture.work, &fixture.eve, AUDIT_CASE_OPENED, &error);
    g_assert_null(
        case_file_open(act, &(CaseFileNew){.number = "24-001", .scheme = "vics-us"}, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);
    g_clear_pointer(&act, act_free);
    casework_fixture_clear(&fixture);
}

static void the_last_member_stays(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture.work, &fixture.ann, AUDIT_MEMBER_CHANGED, &error);
    g_assert_true(case_file_remove_member(act, fixture.case_id, fixture.bob.account_id, &error));
    g_assert_false(case_file_remove_member(act, fixture.case_id, fixture.ann.account_id, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);
    g_clear_pointer(&act, act_free);
    casework_fixture_clear(&fixture);
}

static void a_closed_case_is_reopened_and_not_changed(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    g_autoptr(GError) error = NULL;
    CaseFileChange wanted = unchanged;
    wanted.close = true;
    change(&fixture, wanted, &error);
    g_assert_no_error(error);
    g_assert_cmpint(state_of(&fixture), ==, CASE_CLOSED);
    wanted = unchanged;
    wanted.title = "other";
    change(&fixture, wanted, &error);
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);
    g_clear_error(&error);
    wanted = unchanged;
    wanted.reopen = true;
    change(&fixture, wanted, &error);
    g_assert_no_error(error);
    g_assert_cmpint(state_of(&fixture), ==, CASE_OPEN);
    casework_fixture_clear(&fixture);
}

static void a_policy_that_makes_no_sense_is_refused(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    const struct {
        int voters, units;
    } rows[] = {{0, 1}, {1, 2}, {LIMIT_CASE_VOTERS + 1, 1}, {2, 0}};
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        change(&fixture,
               (CaseFileChange){
                   .voters = rows[i].voters, .voter_units = rows[i].units, .restricted = -1},
               &error);
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
    }
    casework_fixture_clear(&fixture);
}

static int64_t decided(CaseworkFixture *fixture)
{
    CaseCounts counts;
    g_assert_true(case_file_counts(fixture->work, &fixture->ann, fixture->case_id, &counts, NULL));
    return (int64_t)counts.decided;
}

static void votes_are_counted_again_when_the_policy_changes(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    g_autoptr(GError) error = NULL;
    casework_fixture_ingest(&fixture, &fixture.ann, fixture.case_id, "disk",
                            (FixturePicture[]){{.seed = 1}}, 1);
    const uint64_t media = casework_fixture_media(&fixture, 1, 0);
    g_autoptr(Act) act = act_begin(fixture.work, &fixture.bob, AUDIT_VOTE, &error);
    g_autoptr(GArray) results = votes_cast(
        act,
        &(VoteRequest){.case_id = fixture.case_id, .media = &media, .count = 1, .category = "1"},
        &error);
    g_assert_no_error(error);
    g_assert_cmpuint(results->len, ==, 1);
    g_assert_true(act_commit(act, &error));
    g_assert_cmpint(decided(&fixture), ==, 1);
    CaseFileChange wanted = unchanged;
    wanted.voters = 2;
    change(&fixture, wanted, &error);
    g_assert_no_error(error);
    g_assert_cmpint(decided(&fixture), ==, 0);
    wanted.voters = 1;
    change(&fixture, wanted, &error);
    g_assert_no_error(error);
    g_assert_cmpint(decided(&fixture), ==, 1);
    casework_fixture_clear(&fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(test) g_test_add_func("/case_file/" #test, test)
    ADD(members_and_auditors_of_the_unit_see_a_case_and_nobody_else);
    ADD(an_auditor_of_another_unit_sees_nothing);
    ADD(a_token_for_one_case_sees_no_other);
    ADD(a_number_is_taken_once);
    ADD(the_last_member_stays);
    ADD(a_closed_case_is_reopened_and_not_changed);
    ADD(a_policy_that_makes_no_sense_is_refused);
    ADD(votes_are_counted_again_when_the_policy_changes);
    return g_test_run();
}
