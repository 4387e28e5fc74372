// SPDX-License-Identifier: Apache-2.0
//
// How evidence was examined is kept with the case: who, from when to when, and what came of it.
#include "base/error.h"
#include "base/limits.h"
#include "cases/examination.h"
#include "cases/expunge.h"
#include "leads_fixture.h"

#define PROVENANCE "{\"clew\":\"1\"}"
#define TOTALS "{\"items\":3}"
#define BEGUN_US INT64_C(1700000000000001)
#define ENDED_US INT64_C(1700000060000000)

static uint64_t begin_as(CaseworkFixture *f, const Actor *actor, const char *evidence,
                         const char *provenance, GError **err)
{
    uint64_t id = 0;
    const ExaminationNew request = {.case_id = f->case_id,
                                    .evidence = evidence,
                                    .root = "/evidence",
                                    .begun_us = BEGUN_US,
                                    .provenance = provenance};
    Act *act = leads_begin(f, actor, AUDIT_SCAN);
    if (examination_begin(act, &request, &id, err))
        leads_commit(act);
    else
        act_free(act);
    return id;
}

static uint64_t begin(CaseworkFixture *f, const char *evidence)
{
    g_autoptr(GError) error = NULL;
    uint64_t id = begin_as(f, &f->ann, evidence, PROVENANCE, &error);
    g_assert_no_error(error);
    return id;
}

static bool end_as(CaseworkFixture *f, const Actor *actor, uint64_t id, int64_t ended_us,
                   const char *totals, GError **err)
{
    Act *act = leads_begin(f, actor, AUDIT_SCAN);
    bool ok = examination_end(act, f->case_id, id, ended_us, totals, err);
    if (ok)
        leads_commit(act);
    else
        act_free(act);
    return ok;
}

static void end(CaseworkFixture *f, uint64_t id)
{
    g_autoptr(GError) error = NULL;
    end_as(f, &f->ann, id, ENDED_US, TOTALS, &error);
    g_assert_no_error(error);
}

static GPtrArray *list(CaseworkFixture *f, uint64_t after, unsigned limit)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *rows = examination_list(f->work, &f->bob, f->case_id, after, limit, &error);
    g_assert_no_error(error);
    return rows;
}

static void it_says_who_when_and_how(CaseworkFixture *f)
{
    end(f, begin(f, "disk 1"));
    g_autoptr(GPtrArray) rows = list(f, 0, 10);
    g_assert_cmpuint(rows->len, ==, 1);
    const Examination *row = rows->pdata[0];
    g_assert_cmpstr(row->evidence, ==, "disk 1");
    g_assert_cmpuint(row->account_id, ==, f->ann.account_id);
    g_assert_null(row->login);
    g_assert_cmpint(row->begun_us, ==, BEGUN_US);
    g_assert_cmpint(row->ended_us, ==, ENDED_US);
    g_assert_cmpstr(row->provenance, ==, PROVENANCE);
    g_assert_cmpstr(row->totals, ==, TOTALS);
    g_assert_cmpuint(leads_count_leaves(f, f->case_id, AUDIT_SCAN), ==, 2);
    leads_assert_record_is_whole(f);
}

static void one_that_was_cut_off_has_no_end(CaseworkFixture *f)
{
    begin(f, "disk 1");
    g_autoptr(GPtrArray) rows = list(f, 0, 10);
    const Examination *row = rows->pdata[0];
    g_assert_cmpint(row->ended_us, ==, 0);
    g_assert_null(row->totals);
    leads_assert_record_is_whole(f);
}

static void the_command_line_is_named_by_its_login(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    const Actor root = actor_of_command_line("examiner");
    uint64_t id = begin_as(f, &root, "disk 1", PROVENANCE, &error);
    end_as(f, &root, id, ENDED_US, TOTALS, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) rows = list(f, 0, 10);
    const Examination *row = rows->pdata[0];
    g_assert_cmpuint(row->account_id, ==, 0);
    g_assert_cmpstr(row->login, ==, "examiner");
}

static void saying_the_same_again_changes_nothing(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    uint64_t id = begin(f, "disk 1");
    g_assert_cmpuint(begin(f, "disk 1"), ==, id);
    g_assert_cmpuint(begin(f, "disk 2"), !=, id);
    g_assert_cmpuint(begin_as(f, &f->ann, "disk 1", "{}", &error), !=, id);
    g_assert_cmpuint(begin_as(f, &f->bob, "disk 1", PROVENANCE, &error), !=, id);
    g_assert_no_error(error);
    end(f, id);
    end(f, id);
    g_assert_false(end_as(f, &f->ann, id, ENDED_US, "{\"items\":4}", &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);
    leads_assert_record_is_whole(f);
}

static void whoever_began_it_alone_ends_it(CaseworkFixture *f)
{
    g_autoptr(GError) denied = NULL, nothing = NULL, early = NULL;
    uint64_t id = begin(f, "disk 1");
    g_assert_false(end_as(f, &f->bob, id, ENDED_US, TOTALS, &denied));
    g_assert_error(denied, CLEW_ERROR, CLEW_ERROR_DENIED);
    g_assert_false(end_as(f, &f->ann, id + 1, ENDED_US, TOTALS, &nothing));
    g_assert_error(nothing, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_assert_false(end_as(f, &f->ann, id, BEGUN_US - 1, TOTALS, &early));
    g_assert_error(early, CLEW_ERROR, CLEW_ERROR_INVALID);
}

static void strangers_and_other_cases_see_nothing(CaseworkFixture *f)
{
    g_autoptr(GError) unseen = NULL, unbegun = NULL, elsewhere = NULL;
    uint64_t id = begin(f, "disk 1");
    g_assert_null(examination_list(f->work, &f->eve, f->case_id, 0, 10, &unseen));
    g_assert_error(unseen, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_assert_cmpuint(begin_as(f, &f->eve, "disk 1", PROVENANCE, &unbegun), ==, 0);
    g_assert_error(unbegun, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    uint64_t other = casework_fixture_case(f, &f->ann, "24-002");
    Act *act = leads_begin(f, &f->ann, AUDIT_SCAN);
    g_assert_false(examination_end(act, other, id, ENDED_US, TOTALS, &elsewhere));
    act_free(act);
    g_assert_error(elsewhere, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
}

static void what_is_too_long_is_refused(CaseworkFixture *f)
{
    g_autoptr(GError) provenance = NULL, totals = NULL;
    g_autofree char *text = g_strnfill(LIMIT_PROVENANCE_BYTES + 1, ' ');
    g_assert_cmpuint(begin_as(f, &f->ann, "disk 1", text, &provenance), ==, 0);
    g_assert_error(provenance, CLEW_ERROR, CLEW_ERROR_LIMIT);
    uint64_t id = begin(f, "disk 1");
    text[LIMIT_TOTALS_BYTES + 1] = '\0';
    g_assert_false(end_as(f, &f->ann, id, ENDED_US, text, &totals));
    g_assert_error(totals, CLEW_ERROR, CLEW_ERROR_LIMIT);
}

static void a_closed_case_takes_none(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL, closed = NULL;
    Act *act = leads_begin(f, &f->ann, AUDIT_CASE_CHANGED);
    case_file_change(
        act, f->case_id,
        &(CaseFileChange){.voters = -1, .voter_units = -1, .restricted = -1, .close = true},
        &error);
    g_assert_no_error(error);
    leads_commit(act);
    g_assert_cmpuint(begin_as(f, &f->ann, "disk 1", PROVENANCE, &closed), ==, 0);
    g_assert_error(closed, CLEW_ERROR, CLEW_ERROR_CONFLICT);
}

static void they_are_listed_page_by_page(CaseworkFixture *f)
{
    uint64_t first = begin(f, "disk 1"), second = begin(f, "disk 2");
    g_autoptr(GPtrArray) one = list(f, 0, 1), rest = list(f, first, 10);
    g_assert_cmpuint(one->len, ==, 1);
    g_assert_cmpuint(((Examination *)one->pdata[0])->id, ==, first);
    g_assert_cmpuint(rest->len, ==, 1);
    g_assert_cmpuint(((Examination *)rest->pdata[0])->id, ==, second);
}

static void an_expunged_case_has_none(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    uint64_t expunge;
    end(f, begin(f, "disk 1"));
    Act *act = leads_begin(f, &f->ann, AUDIT_EXPUNGE_ASKED);
    expunge_ask(act, f->case_id, EXPUNGE_CASE, "the court says so", &expunge, &error);
    g_assert_no_error(error);
    leads_commit(act);
    const Actor root = actor_of_command_line("root");
    act = leads_begin(f, &root, AUDIT_EXPUNGED);
    expunge_approve(act, expunge, &error);
    g_assert_no_error(error);
    leads_commit(act);
    g_assert_cmpint(leads_number(f, "SELECT count(*) FROM examination"), ==, 0);
    g_assert_cmpint(leads_number(f, "SELECT count FROM tombstone WHERE what = 'examination'"), ==,
                    1);
    g_assert_cmpint(leads_number(f, "SELECT count(*) FROM audit_leaf WHERE action = 'scan' AND "
                                    "payload IS NOT NULL"),
                    ==, 0);
    leads_assert_record_is_whole(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    leads_add_test("/examination/it says who, when and how", it_says_who_when_and_how);
    leads_add_test("/examination/one that was cut off has no end", one_that_was_cut_off_has_no_end);
    leads_add_test("/examination/the command line is named by its login",
                   the_command_line_is_named_by_its_login);
    leads_add_test("/examination/saying the same again changes nothing",
                   saying_the_same_again_changes_nothing);
    leads_add_test("/examination/whoever began it alone ends it", whoever_began_it_alone_ends_it);
    leads_add_test("/examination/strangers and other cases see nothing",
                   strangers_and_other_cases_see_nothing);
    leads_add_test("/examination/what is too long is refused", what_is_too_long_is_refused);
    leads_add_test("/examination/a closed case takes none", a_closed_case_takes_none);
    leads_add_test("/examination/they are listed page by page", they_are_listed_page_by_page);
    leads_add_test("/examination/an expunged case has none", an_expunged_case_has_none);
    return g_test_run();
}
