// SPDX-License-Identifier: Apache-2.0
//
// Retention and expunge: two people, everything or nothing, tombstones that count, a record that
// still fits, and nothing taken from other cases.
#include "base/error.h"
#include "cases/enquiry.h"
#include "cases/expunge.h"
#include "cases/identifiers.h"
#include "cases/preview_store.h"
#include "cases/retention.h"
#include "leads_fixture.h"

#define DAY_US (INT64_C(86400) * G_USEC_PER_SEC)

// Another investigator of ann's case.
static Actor second(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    Actor eve = f->eve;
    Act *act = leads_begin(f, &f->ann, AUDIT_MEMBER_CHANGED);
    case_file_add_member(act, f->case_id, eve.account_id, &error);
    g_assert_no_error(error);
    leads_commit(act);
    return eve;
}

static uint64_t ask(CaseworkFixture *f, ExpungeKind kind)
{
    g_autoptr(GError) error = NULL;
    uint64_t id = 0;
    Act *act = leads_begin(f, &f->ann, AUDIT_EXPUNGE_ASKED);
    expunge_ask(act, f->case_id, kind, "the court says so", &id, &error);
    g_assert_no_error(error);
    leads_commit(act);
    return id;
}

static void approve(CaseworkFixture *f, const Actor *actor, uint64_t id)
{
    g_autoptr(GError) error = NULL;
    Act *act = leads_begin(f, actor, AUDIT_EXPUNGED);
    expunge_approve(act, id, &error);
    g_assert_no_error(error);
    leads_commit(act);
}

static uint64_t buried(CaseworkFixture *f, const char *what, const char *detail)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) stones = expunge_tombstones(f->work, &f->ann, f->case_id, &error);
    g_assert_no_error(error);
    for (unsigned i = 0; i < stones->len; i++) {
        const TombstoneRow *stone = stones->pdata[i];
        if (g_str_equal(stone->what, what) && g_str_equal(stone->detail, detail))
            return stone->count;
    }
    return 0;
}

static void add_identifier(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    uint64_t id;
    Act *act = leads_begin(f, &f->ann, AUDIT_IDENTIFIER_CHANGED);
    identifier_add(act, f->case_id,
                   &(IdentifierNew){.kind = TRAIT_EMAIL, .written = "some.one@example.org"}, &id,
                   &error);
    g_assert_no_error(error);
    leads_commit(act);
}

static void nobody_approves_what_they_asked(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    uint64_t id = ask(f, EXPUNGE_ITEMS);
    g_autoptr(Act) act = leads_begin(f, &f->ann, AUDIT_EXPUNGED);
    g_assert_false(expunge_approve(act, id, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_DENIED);
}

static void who_may_not_expunge_neither_asks_nor_approves(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    uint64_t id = ask(f, EXPUNGE_ITEMS), other;
    g_autoptr(Act) act = leads_begin(f, &f->bob, AUDIT_EXPUNGED);
    g_assert_false(expunge_approve(act, id, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_DENIED);
    g_clear_error(&error);
    g_assert_false(expunge_ask(act, f->case_id, EXPUNGE_NOTES, "why", &other, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_DENIED);
    g_clear_error(&error);
    g_clear_pointer(&act, act_free);
    act = leads_begin(f, &f->eve, AUDIT_EXPUNGED);
    g_assert_false(expunge_approve(act, id, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
}

static void an_expunge_needs_a_reason_and_is_asked_once(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    uint64_t id;
    ask(f, EXPUNGE_ITEMS);
    g_autoptr(Act) act = leads_begin(f, &f->ann, AUDIT_EXPUNGE_ASKED);
    g_assert_false(expunge_ask(act, f->case_id, EXPUNGE_NOTES, "", &id, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
    g_clear_error(&error);
    g_assert_false(expunge_ask(act, f->case_id, EXPUNGE_ITEMS, "again", &id, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);
}

static void a_refused_expunge_takes_nothing(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    Actor other = second(f);
    casework_fixture_ingest(f, &f->ann, f->case_id, "disk", &(FixturePicture){.seed = 1}, 1);
    uint64_t id = ask(f, EXPUNGE_ITEMS);
    Act *act = leads_begin(f, &other, AUDIT_EXPUNGED);
    expunge_refuse(act, id, &error);
    g_assert_no_error(error);
    leads_commit(act);
    g_assert_cmpint(leads_number(f, "SELECT count(*) FROM item"), ==, 1);
    act = leads_begin(f, &other, AUDIT_EXPUNGED);
    g_assert_false(expunge_approve(act, id, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);
    act_free(act);
    leads_assert_record_is_whole(f);
}

static void identifiers_go_with_what_they_link(CaseworkFixture *f)
{
    Actor other = second(f);
    add_identifier(f);
    casework_fixture_ingest(f, &f->ann, f->case_id, "disk", &(FixturePicture){.seed = 1}, 1);
    approve(f, &other, ask(f, EXPUNGE_IDENTIFIERS));
    g_assert_cmpint(leads_number(f, "SELECT count(*) FROM identifier"), ==, 0);
    g_assert_cmpint(leads_number(f, "SELECT count(*) FROM trait_value WHERE kind = 'email'"), ==,
                    0);
    g_assert_cmpint(leads_number(f, "SELECT count(*) FROM item"), ==, 1);
    g_assert_cmpuint(buried(f, "identifier", ""), ==, 1);
    leads_assert_record_is_whole(f);
}

static void previews_go_with_their_keys(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    Actor other = second(f);
    const FixturePicture pictures[] = {{.seed = 1}, {.seed = 2}};
    uint64_t shared = casework_fixture_case(f, &f->ann, "24-002");
    casework_fixture_ingest(f, &f->ann, f->case_id, "disk", pictures, 2);
    casework_fixture_ingest(f, &f->ann, shared, "disk", pictures, 1);
    for (unsigned seed = 1; seed <= 2; seed++) {
        g_autoptr(PreviewSet) previews = preview_set_new();
        preview_set_add(previews, PREVIEW_192, 0, 1, 1, g_bytes_new_static("shape", 5));
        Act *act = leads_begin(f, &f->ann, AUDIT_PREVIEWS);
        preview_store(act, casework_fixture_media(f, seed, 0), previews, NULL, &error);
        g_assert_no_error(error);
        leads_commit(act);
    }
    approve(f, &other, ask(f, EXPUNGE_PREVIEWS));
    g_assert_cmpint(leads_number(f, "SELECT count(*) FROM preview"), ==, 1);
    g_assert_cmpint(leads_number(f, "SELECT count(*) FROM object_key"), ==, 1);
    g_assert_cmpuint(buried(f, "preview", ""), ==, 1);
    leads_assert_record_is_whole(f);
}

static void a_whole_case_leaves_tombstones_that_count(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    Actor other = second(f);
    const FixturePicture pictures[] = {{.seed = 1}, {.seed = 2}, {.seed = 3, .ignorable = true}};
    uint64_t shared = casework_fixture_case(f, &f->ann, "24-002");
    casework_fixture_ingest(f, &f->ann, f->case_id, "disk", pictures, 3);
    casework_fixture_ingest(f, &f->ann, shared, "disk", pictures, 1);
    leads_decide(f, f->case_id, casework_fixture_media(f, 2, 0), "1");
    add_identifier(f);
    approve(f, &other, ask(f, EXPUNGE_CASE));
    g_assert_cmpuint(buried(f, "case_media", "new open -"), ==, 1);
    g_assert_cmpuint(buried(f, "case_media", "new decided 1"), ==, 1);
    g_assert_cmpuint(buried(f, "case_media", "ignorable open -"), ==, 1);
    g_assert_cmpuint(buried(f, "item", ""), ==, 3);
    g_assert_cmpuint(buried(f, "media", ""), ==, 2);
    g_assert_cmpuint(buried(f, "payload", ""), >, 0);
    g_assert_cmpint(leads_number(f, "SELECT count(*) FROM media"), ==, 1);
    g_assert_cmpint(leads_number(f, "SELECT count(*) FROM item"), ==, 1);
    g_assert_cmpint(leads_number(f, "SELECT count(*) FROM stack"), ==, 1);
    g_assert_cmpint(leads_number(f, "SELECT count(*) FROM trait_value"), ==, 0);
    g_autoptr(CaseFile) file = case_file_get(f->work, &f->ann, f->case_id, &error);
    g_assert_no_error(error);
    g_assert_cmpint(file->state, ==, CASE_EXPUNGED);
    g_assert_cmpstr(file->number, ==, "24-001");
    leads_assert_record_is_whole(f);
}

static void an_expunge_that_is_interrupted_did_nothing(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    Actor other = second(f);
    casework_fixture_ingest(f, &f->ann, f->case_id, "disk", &(FixturePicture){.seed = 1}, 1);
    uint64_t id = ask(f, EXPUNGE_CASE);
    Act *act = leads_begin(f, &other, AUDIT_EXPUNGED);
    expunge_approve(act, id, &error);
    g_assert_no_error(error);
    act_free(act);
    g_assert_cmpint(leads_number(f, "SELECT count(*) FROM item"), ==, 1);
    g_assert_cmpint(leads_number(f, "SELECT count(*) FROM media"), ==, 1);
    g_autoptr(CaseFile) file = case_file_get(f->work, &f->ann, f->case_id, &error);
    g_assert_cmpint(file->state, ==, CASE_OPEN);
    leads_assert_record_is_whole(f);
}

static void who_was_told_of_an_expunged_case_hears_that_it_is_gone(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    const FixturePicture picture = {.seed = 1};
    uint64_t south = casework_fixture_case(f, &f->eve, "S-1"), cursor = 0;
    g_autoptr(KnownIndex) index = known_index_new();
    casework_fixture_ingest(f, &f->ann, f->case_id, "disk", &picture, 1);
    casework_fixture_ingest(f, &f->eve, south, "disk", &picture, 1);
    uint64_t media = casework_fixture_media(f, 1, 0);
    Act *act = leads_begin(f, &f->eve, AUDIT_ENQUIRY);
    g_autoptr(GPtrArray) places = enquiry_ask(act, index, south, &media, 1, &error);
    g_assert_no_error(error);
    leads_commit(act);
    g_assert_cmpuint(places->len, ==, 1);
    uint64_t id = ask(f, EXPUNGE_CASE);
    Actor root = actor_of_command_line("root");
    approve(f, &root, id);
    bool more;
    g_autoptr(GPtrArray) known = enquiry_known(f->work, &f->eve, south, &cursor, 10, &more, &error);
    g_assert_cmpuint(known->len, ==, 0);
    g_autoptr(GPtrArray) notices = enquiry_notices(f->work, &f->eve, south, 0, 10, &error);
    g_assert_cmpuint(notices->len, ==, 1);
    g_assert_cmpstr(((EnquiryNotice *)notices->pdata[0])->what, ==, "withdrawn");
    leads_assert_record_is_whole(f);
}

static void what_is_due_is_listed_until_it_is_expunged(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    Actor other = second(f);
    Act *act = leads_begin(f, &f->adm, AUDIT_RETENTION_CHANGED);
    retention_set(act,
                  &(RetentionRule){
                      .kind = EXPUNGE_NOTES, .days = 30, .from_opened = true, .reason = "policy"},
                  &error);
    g_assert_no_error(error);
    leads_commit(act);
    g_autoptr(GArray) none = retention_due(f->work, &f->ann, f->now_us + 29 * DAY_US, &error);
    g_assert_cmpuint(none->len, ==, 0);
    g_autoptr(GArray) due = retention_due(f->work, &f->ann, f->now_us + 30 * DAY_US, &error);
    g_assert_cmpuint(due->len, ==, 1);
    g_assert_cmpuint(g_array_index(due, RetentionDue, 0).case_id, ==, f->case_id);
    act = leads_begin(f, &f->ann, AUDIT_RETENTION_CHANGED);
    retention_set(act,
                  &(RetentionRule){.case_id = f->case_id,
                                   .kind = EXPUNGE_NOTES,
                                   .days = 60,
                                   .from_opened = true,
                                   .reason = "appeal"},
                  &error);
    g_assert_no_error(error);
    leads_commit(act);
    g_autoptr(GArray) later = retention_due(f->work, &f->ann, f->now_us + 30 * DAY_US, &error);
    g_assert_cmpuint(later->len, ==, 0);
    f->now_us += 60 * DAY_US;
    approve(f, &other, ask(f, EXPUNGE_NOTES));
    g_autoptr(GArray) done = retention_due(f->work, &f->ann, f->now_us, &error);
    g_assert_cmpuint(done->len, ==, 0);
    leads_assert_record_is_whole(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(test) leads_add_test("/expunge/" #test, test)
    ADD(nobody_approves_what_they_asked);
    ADD(who_may_not_expunge_neither_asks_nor_approves);
    ADD(an_expunge_needs_a_reason_and_is_asked_once);
    ADD(a_refused_expunge_takes_nothing);
    ADD(identifiers_go_with_what_they_link);
    ADD(previews_go_with_their_keys);
    ADD(a_whole_case_leaves_tombstones_that_count);
    ADD(an_expunge_that_is_interrupted_did_nothing);
    ADD(who_was_told_of_an_expunged_case_hears_that_it_is_gone);
    ADD(what_is_due_is_listed_until_it_is_expunged);
    return g_test_run();
}
