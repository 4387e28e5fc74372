// SPDX-License-Identifier: Apache-2.0
//
// How a case goes on by day and at what pace, what came of the cases somebody worked on, and what a
// report states of how a case came about.
#include <string.h>

#include "base/error.h"
#include "cases/case_outcomes.h"
#include "cases/methods.h"
#include "cases/progress.h"
#include "cases/votes.h"
#include "casework_fixture.h"
#include "store/bound.h"
#include "store/migration.h"

#define HOUR_US G_TIME_SPAN_HOUR
#define DAY_US G_TIME_SPAN_DAY
#define PICTURES 30u

// The fixture's first midnight (UTC) behind its clock, so that hours and days begin where a test
// says; with pictures that came in then.
static int64_t init(CaseworkFixture *fixture)
{
    FixturePicture pictures[PICTURES] = {0};
    for (unsigned i = 0; i < PICTURES; i++)
        pictures[i].seed = i + 1;
    casework_fixture_init(fixture);
    int64_t midnight_us = (fixture->now_us / DAY_US + 1) * DAY_US;
    fixture->now_us = midnight_us;
    casework_fixture_ingest(fixture, &fixture->ann, fixture->case_id, "disk", pictures, PICTURES);
    return midnight_us;
}

static void vote(CaseworkFixture *fixture, const Actor *actor, unsigned first, unsigned count)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture->work, actor, AUDIT_VOTE, &error);
    g_assert_no_error(error);
    g_autofree uint64_t *media = g_new(uint64_t, count);
    for (unsigned i = 0; i < count; i++)
        media[i] = casework_fixture_media(fixture, first + i, 0);
    g_autoptr(GArray) results = votes_cast(
        act,
        &(VoteRequest){
            .case_id = fixture->case_id, .media = media, .count = count, .category = "1"},
        &error);
    g_assert_nonnull(results);
    g_assert_no_error(error);
    act_commit(act, &error);
    g_assert_no_error(error);
}

static Progress progress(CaseworkFixture *fixture)
{
    g_autoptr(GError) error = NULL;
    Progress found = {0};
    g_assert_true(progress_of(fixture->work, &fixture->ann, fixture->case_id, &found, &error));
    g_assert_no_error(error);
    return found;
}

static void expect_day(const Progress *found, unsigned at, int64_t day, uint64_t came_in,
                       uint64_t decided)
{
    g_assert_cmpuint(found->days->len, >, at);
    const ProgressDay *one = &g_array_index(found->days, ProgressDay, at);
    g_assert_cmpint(one->day, ==, day);
    g_assert_cmpuint(one->came_in, ==, came_in);
    g_assert_cmpuint(one->decided, ==, decided);
}

// ---- By day -------------------------------------------------------------------------------------

static void days_are_those_on_which_anything_happened(void)
{
    CaseworkFixture fixture;
    int64_t midnight_us = init(&fixture), day = midnight_us / DAY_US;
    fixture.now_us = midnight_us + DAY_US - 1;
    vote(&fixture, &fixture.bob, 1, 2);
    fixture.now_us = midnight_us + 3 * DAY_US;
    vote(&fixture, &fixture.bob, 3, 5);
    casework_fixture_ingest(&fixture, &fixture.ann, fixture.case_id, "phone",
                            &(FixturePicture){.seed = 99}, 1);
    g_auto(Progress) found = progress(&fixture);
    g_assert_cmpuint(found.days->len, ==, 2);
    expect_day(&found, 0, day, PICTURES, 2);
    expect_day(&found, 1, day + 3, 1, 5);
    casework_fixture_clear(&fixture);
}

static void only_the_last_sixty_days_are_given(void)
{
    CaseworkFixture fixture;
    int64_t midnight_us = init(&fixture);
    for (unsigned i = 1; i <= 61; i++) {
        fixture.now_us = midnight_us + i * DAY_US;
        casework_fixture_ingest(&fixture, &fixture.ann, fixture.case_id, "phone",
                                &(FixturePicture){.seed = 100 + i}, 1);
    }
    g_auto(Progress) found = progress(&fixture);
    g_assert_cmpuint(found.days->len, ==, 60);
    expect_day(&found, 0, midnight_us / DAY_US + 2, 1, 0);
    expect_day(&found, 59, midnight_us / DAY_US + 61, 1, 0);
    casework_fixture_clear(&fixture);
}

// ---- Pace ---------------------------------------------------------------------------------------

static void the_pace_is_over_hours_in_which_anything_was_decided(void)
{
    CaseworkFixture fixture;
    int64_t midnight_us = init(&fixture);
    fixture.now_us = midnight_us + 9 * HOUR_US;
    vote(&fixture, &fixture.bob, 1, 9);
    fixture.now_us = midnight_us + 10 * HOUR_US - 1; // the same hour
    vote(&fixture, &fixture.ann, 10, 10);
    g_auto(Progress) too_few = progress(&fixture);
    g_assert_cmpfloat(too_few.decided_per_hour, ==, 0);
    g_assert_cmpint(too_few.seconds_left, ==, -1);
    fixture.now_us = midnight_us + 2 * DAY_US; // another one
    vote(&fixture, &fixture.bob, 20, 1);
    g_auto(Progress) found = progress(&fixture);
    g_assert_cmpfloat(found.decided_per_hour, ==, 10);
    g_assert_cmpint(found.seconds_left, ==, 3600); // ten are open
    casework_fixture_clear(&fixture);
}

static void what_is_older_than_two_weeks_says_nothing_of_the_pace(void)
{
    CaseworkFixture fixture;
    int64_t midnight_us = init(&fixture);
    vote(&fixture, &fixture.bob, 1, 20);
    fixture.now_us = midnight_us + 14 * DAY_US;
    g_auto(Progress) at_the_end = progress(&fixture);
    g_assert_cmpfloat(at_the_end.decided_per_hour, ==, 20);
    fixture.now_us++;
    g_auto(Progress) found = progress(&fixture);
    g_assert_cmpfloat(found.decided_per_hour, ==, 0);
    expect_day(&found, 0, midnight_us / DAY_US, PICTURES, 20);
    casework_fixture_clear(&fixture);
}

static void progress_of_a_case_that_one_may_not_see_is_not_there(void)
{
    CaseworkFixture fixture;
    init(&fixture);
    g_autoptr(GError) error = NULL;
    g_auto(Progress) found = {0};
    g_assert_false(progress_of(fixture.work, &fixture.eve, fixture.case_id, &found, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    casework_fixture_clear(&fixture);
}

// ---- Outcomes -----------------------------------------------------------------------------------

static GPtrArray *outcomes(CaseworkFixture *fixture, const Actor *actor, uint64_t before,
                           unsigned limit)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *found = case_outcomes_list(fixture->work, actor, before, limit, &error);
    g_assert_no_error(error);
    return found;
}

static void change(CaseworkFixture *fixture, const CaseFileChange *wanted, int code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture->work, &fixture->ann, AUDIT_CASE_CHANGED, &error);
    g_assert_no_error(error);
    bool ok = case_file_change(act, fixture->case_id, wanted, &error) && act_commit(act, &error);
    if (code != 0)
        g_assert_error(error, CLEW_ERROR, code);
    else
        g_assert_no_error(error);
    g_assert_true(ok == (code == 0));
}

#define NOTHING .voters = -1, .voter_units = -1, .restricted = -1

static void an_outcome_stays_when_its_writer_changes_other_things(void)
{
    CaseworkFixture fixture;
    init(&fixture);
    change(&fixture, &(CaseFileChange){NOTHING, .outcome = "Two\nlines."}, 0);
    change(&fixture, &(CaseFileChange){NOTHING, .title = "Blue"}, 0);
    change(&fixture, &(CaseFileChange){NOTHING, .close = true}, 0);
    g_autoptr(GPtrArray) found = outcomes(&fixture, &fixture.ann, 0, 10);
    g_assert_cmpuint(found->len, ==, 1);
    g_assert_cmpstr(((CaseOutcome *)found->pdata[0])->file->outcome, ==, "Two\nlines.");
    change(&fixture, &(CaseFileChange){NOTHING, .outcome = ""}, 0);
    change(&fixture, &(CaseFileChange){NOTHING, .outcome = "x", .title = "Red"},
           CLEW_ERROR_CONFLICT);
    g_autoptr(GPtrArray) gone = outcomes(&fixture, &fixture.ann, 0, 10);
    g_assert_null(((CaseOutcome *)gone->pdata[0])->file->outcome);
    casework_fixture_clear(&fixture);
}

static void an_outcome_is_of_limited_length(void)
{
    CaseworkFixture fixture;
    init(&fixture);
    g_autofree char *longest = g_strnfill(CASE_OUTCOME_MAX, 'a');
    g_autofree char *longer = g_strnfill(CASE_OUTCOME_MAX + 1, 'a');
    change(&fixture, &(CaseFileChange){NOTHING, .outcome = longest}, 0);
    change(&fixture, &(CaseFileChange){NOTHING, .outcome = longer}, CLEW_ERROR_INVALID);
    change(&fixture, &(CaseFileChange){NOTHING, .outcome = "a\x07"}, CLEW_ERROR_INVALID);
    change(&fixture, &(CaseFileChange){NOTHING, .outcome = "\xff"}, CLEW_ERROR_INVALID);
    casework_fixture_clear(&fixture);
}

static void reveal(CaseworkFixture *fixture, const Actor *actor, uint64_t case_id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture->work, actor, AUDIT_REVEAL, &error);
    g_assert_no_error(error);
    act_set_case(act, case_id);
    act_commit(act, &error);
    g_assert_no_error(error);
}

static void cases_are_ones_own_by_membership_vote_or_reveal(void)
{
    CaseworkFixture fixture;
    init(&fixture);
    uint64_t theirs = casework_fixture_case(&fixture, &fixture.eve, "24-002");
    g_autoptr(GPtrArray) of_eve = outcomes(&fixture, &fixture.eve, 0, 10);
    g_assert_cmpuint(of_eve->len, ==, 1);
    g_assert_cmpuint(((CaseOutcome *)of_eve->pdata[0])->file->id, ==, theirs);
    g_autoptr(GPtrArray) of_aud = outcomes(&fixture, &fixture.aud, 0, 10);
    g_assert_cmpuint(of_aud->len, ==, 0); // who only may see it did not work on it
    reveal(&fixture, &fixture.eve, fixture.case_id);
    g_autoptr(GPtrArray) both = outcomes(&fixture, &fixture.eve, 0, 10);
    g_assert_cmpuint(both->len, ==, 2);
    g_assert_cmpuint(((CaseOutcome *)both->pdata[0])->file->id, ==, theirs); // the newest first
    g_autoptr(GPtrArray) behind = outcomes(&fixture, &fixture.eve, theirs, 10);
    g_assert_cmpuint(behind->len, ==, 1);
    g_assert_cmpuint(((CaseOutcome *)behind->pdata[0])->file->id, ==, fixture.case_id);
    casework_fixture_clear(&fixture);
}

static void who_voted_and_left_still_hears_of_it(void)
{
    CaseworkFixture fixture;
    init(&fixture);
    vote(&fixture, &fixture.bob, 1, 3);
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture.work, &fixture.ann, AUDIT_MEMBER_CHANGED, &error);
    g_assert_no_error(error);
    g_assert_true(case_file_remove_member(act, fixture.case_id, fixture.bob.account_id, &error));
    act_commit(act, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) found = outcomes(&fixture, &fixture.bob, 0, 10);
    g_assert_cmpuint(found->len, ==, 1);
    g_assert_cmpuint(((CaseOutcome *)found->pdata[0])->decided, ==, 3);
    casework_fixture_clear(&fixture);
}

// ---- Methods ------------------------------------------------------------------------------------

static void methods_name_the_sets_that_matched(void)
{
    CaseworkFixture fixture;
    init(&fixture);
    const FixturePicture known[] = {{.seed = 70, .notable = "known"},
                                    {.seed = 71, .notable = "known"}};
    casework_fixture_ingest(&fixture, &fixture.ann, fixture.case_id, "phone", known, 2);
    g_autoptr(GError) error = NULL;
    g_autoptr(Methods) found = methods_of(fixture.work, &fixture.ann, fixture.case_id, &error);
    g_assert_no_error(error);
    g_assert_cmpint(found->schema, ==, migration_newest());
    g_assert_cmpstr(found->scheme_id, ==, "vics-us");
    g_assert_cmpuint(found->evidence->len, ==, 2);
    g_assert_cmpuint(((MethodsEvidence *)found->evidence->pdata[0])->items, ==, PICTURES);
    g_assert_cmpuint(((MethodsEvidence *)found->evidence->pdata[1])->items, ==, 2);
    g_assert_cmpuint(found->sets->len, ==, 1);
    const MethodsSet *set = found->sets->pdata[0];
    g_assert_cmpuint(set->matches, ==, 2);
    g_assert_cmpuint(set->media, ==, 2);
    g_assert_cmpuint(found->near_distance, ==, 31);
    g_assert_cmpuint(found->stack_distance, ==, 24);
    casework_fixture_clear(&fixture);
}

static void the_most_frequent_gaps_come_first_and_are_limited(void)
{
    CaseworkFixture fixture;
    init(&fixture);
    g_autoptr(GError) error = NULL;
    Database *database = casework_database(fixture.work);
    g_assert_true(database_begin_write(database, &error));
    for (unsigned i = 1; i <= PICTURES; i++) {
        g_autofree char *reason = g_strdup_printf("reason %u", i);
        g_assert_true(bound_run(database, &error,
                                "UPDATE item SET status = 'corrupt', reason = ?2 WHERE id = ?1",
                                "ut", (uint64_t)i, i <= 3 ? "often" : reason));
    }
    g_assert_true(database_commit(database, &error));
    g_autoptr(GPtrArray) gaps = g_ptr_array_new_with_free_func((GDestroyNotify)methods_gap_free);
    g_assert_true(methods_rows_gaps(database, fixture.case_id, 5, gaps, &error));
    g_assert_cmpuint(gaps->len, ==, 5);
    g_assert_cmpstr(((MethodsGap *)gaps->pdata[0])->reason, ==, "often");
    g_assert_cmpuint(((MethodsGap *)gaps->pdata[0])->items, ==, 3);
    g_autoptr(Methods) found = methods_of(fixture.work, &fixture.ann, fixture.case_id, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(found->gaps->len, ==, PICTURES - 2);
    g_assert_false(found->more_gaps);
    casework_fixture_clear(&fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/progress/days are those on which anything happened",
                    days_are_those_on_which_anything_happened);
    g_test_add_func("/progress/only the last sixty days are given",
                    only_the_last_sixty_days_are_given);
    g_test_add_func("/progress/the pace is over hours in which anything was decided",
                    the_pace_is_over_hours_in_which_anything_was_decided);
    g_test_add_func("/progress/what is older than two weeks says nothing of the pace",
                    what_is_older_than_two_weeks_says_nothing_of_the_pace);
    g_test_add_func("/progress/that of a case one may not see is not there",
                    progress_of_a_case_that_one_may_not_see_is_not_there);
    g_test_add_func("/outcomes/one stays when its writer changes other things",
                    an_outcome_stays_when_its_writer_changes_other_things);
    g_test_add_func("/outcomes/one is of limited length", an_outcome_is_of_limited_length);
    g_test_add_func("/outcomes/cases are one's own by membership, vote or reveal",
                    cases_are_ones_own_by_membership_vote_or_reveal);
    g_test_add_func("/outcomes/who voted and left still hears of it",
                    who_voted_and_left_still_hears_of_it);
    g_test_add_func("/methods/they name the sets that matched", methods_name_the_sets_that_matched);
    g_test_add_func("/methods/the most frequent gaps come first and are limited",
                    the_most_frequent_gaps_come_first_and_are_limited);
    return g_test_run();
}
