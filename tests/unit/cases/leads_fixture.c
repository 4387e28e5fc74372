// SPDX-License-Identifier: Apache-2.0
#include "leads_fixture.h"

#include "cases/enquiry.h"
#include "store/audit_verify.h"
#include "store/bound.h"

Act *leads_begin(CaseworkFixture *fixture, const Actor *actor, AuditAction action)
{
    g_autoptr(GError) error = NULL;
    Act *act = act_begin(fixture->work, actor, action, &error);
    g_assert_no_error(error);
    return act;
}

void leads_commit(Act *act)
{
    g_autoptr(GError) error = NULL;
    act_commit(act, &error);
    g_assert_no_error(error);
    act_free(act);
}

void leads_decide(CaseworkFixture *fixture, uint64_t case_id, uint64_t media_id,
                  const char *category)
{
    g_autoptr(GError) error = NULL;
    Act *act = leads_begin(fixture, &fixture->ann, AUDIT_VOTE);
    int64_t id = 0;
    bool found;
    bound_number(act_database(act), &id, &found, &error,
                 "SELECT id FROM case_media WHERE case_id = ?1 AND media_id = ?2", "uu", case_id,
                 media_id);
    g_assert_no_error(error);
    g_assert_true(found);
    act_supersedes(act, TABLE_CASE_MEDIA, (uint64_t)id, &error);
    g_assert_no_error(error);
    bound_run(act_database(act), &error,
              "UPDATE case_media SET seq = ?2, decision = 'decided', category = ?3 WHERE id = ?1",
              "iut", id, act_seq(act), category);
    g_assert_no_error(error);
    leads_commit(act);
}

void leads_restrict(CaseworkFixture *fixture, const Actor *actor, uint64_t case_id, bool restricted)
{
    g_autoptr(GError) error = NULL;
    Act *act = leads_begin(fixture, actor, AUDIT_CASE_CHANGED);
    case_file_change(act, case_id,
                     &(CaseFileChange){.voters = -1, .voter_units = -1, .restricted = restricted},
                     &error);
    g_assert_no_error(error);
    enquiry_case_changed(act, case_id, &error);
    g_assert_no_error(error);
    leads_commit(act);
}

static void show_fault(void *user_data, const AuditFault *fault)
{
    unsigned *faults = user_data;
    (*faults)++;
    g_test_message("leaf %" G_GUINT64_FORMAT " (%s): %s row %" G_GUINT64_FORMAT ": %s", fault->seq,
                   fault->action != NULL ? fault->action : "none",
                   fault->table != NULL ? fault->table : "no", fault->row_id, fault->text);
}

void leads_assert_record_is_whole(CaseworkFixture *fixture)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(AuditVerify) verify = audit_verify_begin(casework_database(fixture->work), &error);
    g_assert_no_error(error);
    unsigned faults = 0;
    AuditVerifyCounts counts;
    const AuditVerifyCalls calls = {.fault = show_fault, .user_data = &faults};
    audit_verify_run(verify, &calls, &counts, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(faults, ==, 0);
}

unsigned leads_count_leaves(CaseworkFixture *fixture, uint64_t case_id, AuditAction action)
{
    g_autoptr(GError) error = NULL;
    int64_t count = 0;
    bool found;
    bound_number(casework_database(fixture->work), &count, &found, &error,
                 "SELECT count(*) FROM audit_leaf WHERE case_id = ?1 AND action = ?2", "ut",
                 case_id, audit_action_name(action));
    g_assert_no_error(error);
    return (unsigned)count;
}

int64_t leads_number(CaseworkFixture *fixture, const char *sql)
{
    g_autoptr(GError) error = NULL;
    int64_t number = 0;
    bool found;
    bound_number(casework_database(fixture->work), &number, &found, &error, sql, "");
    g_assert_no_error(error);
    return number;
}

static void run_test(const void *data)
{
    void (*test)(CaseworkFixture *) = *(void (*const *)(CaseworkFixture *))data;
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    test(&fixture);
    casework_fixture_clear(&fixture);
}

void leads_add_test(const char *path, void (*test)(CaseworkFixture *fixture))
{
    g_test_add_data_func_full(path, g_memdup2(&test, sizeof test), run_test, g_free);
}
