// SPDX-License-Identifier: Apache-2.0
//
// A case document comes in whole or not at all, once, for those who may bring it; what it says is
// told as somebody else's word and never becomes a vote.
#include <dirent.h>
#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "store/audit_verify.h"
#include "vics_fixture.h"

#define LEAVES "SELECT count(*) FROM audit_leaf"
#define ELEMENTS "SELECT count(*) FROM vics_media"
#define DOCUMENTS "SELECT count(*) FROM vics_document"

static CaseworkFixture *fixture_new(void)
{
    CaseworkFixture *fixture = g_new0(CaseworkFixture, 1);
    casework_fixture_init(fixture);
    return fixture;
}

static void fixture_free(CaseworkFixture *fixture)
{
    casework_fixture_clear(fixture);
    g_free(fixture);
}

static unsigned listed(CaseworkFixture *fixture)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rows =
        vics_documents(fixture->work, &fixture->ann, fixture->case_id, &error);
    g_assert_no_error(error);
    return rows->len;
}

static GPtrArray *sayings(CaseworkFixture *fixture, unsigned number)
{
    g_autoptr(GError) error = NULL;
    Digests digests = vics_fixture_digests(number);
    GPtrArray *said = vics_say(fixture->work, &fixture->ann, fixture->case_id, &digests, &error);
    g_assert_no_error(error);
    return said;
}

static void a_document_comes_in_and_says_something(void)
{
    CaseworkFixture *fixture = fixture_new();
    FILE *file = vics_fixture_many(2500);
    bool was_there;
    g_autoptr(VicsDocumentRow) row = vics_fixture_import(fixture, file, &was_there);
    g_assert_false(was_there);
    g_assert_true(row->is_complete);
    g_assert_cmpuint(row->media, ==, 2500);
    g_assert_cmpuint(row->identifiers, ==, 1);
    g_assert_cmpuint(row->files, ==, 2500);
    g_assert_cmpstr(row->case_number, ==, "X-1");
    g_assert_cmpstr(row->scheme, ==, "vics-us");
    g_assert_cmpuint(listed(fixture), ==, 1);
    g_assert_cmpint(vics_fixture_count(fixture, "SELECT count(*) FROM vics_file"), ==, 2500);

    g_autoptr(GPtrArray) said = sayings(fixture, 7);
    g_assert_cmpuint(said->len, ==, 1);
    const VicsSaying *saying = said->pdata[0];
    g_assert_cmpstr(saying->category, ==, "1");
    g_assert_cmpstr(saying->category_source, ==, "a list");
    g_assert_cmpstr(saying->scheme, ==, "vics-us");
    g_assert_false(saying->is_weak);
    g_assert_cmpint(vics_fixture_count(fixture, "SELECT count(*) FROM vote"), ==, 0);
    g_assert_cmpint(vics_fixture_count(fixture, "SELECT count(*) FROM media"), ==, 0);
    fclose(file);
    fixture_free(fixture);
}

static void note_fault(void *user_data, const AuditFault *fault)
{
    g_string_append_printf(user_data, "%s %" G_GUINT64_FORMAT "; ",
                           fault->table != NULL ? fault->table : "", fault->row_id);
}

static char *faults_of_the_record(CaseworkFixture *fixture)
{
    GString *faults = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(AuditVerify) verify = audit_verify_begin(casework_database(fixture->work), &error);
    const AuditVerifyCalls calls = {.fault = note_fault, .user_data = faults};
    AuditVerifyCounts counts;
    g_assert_no_error(error);
    g_assert_true(audit_verify_run(verify, &calls, &counts, &error));
    g_assert_no_error(error);
    return g_string_free(faults, FALSE);
}

static void every_element_is_on_record(void)
{
    CaseworkFixture *fixture = fixture_new();
    FILE *file = vics_fixture_many(1500);
    vics_document_row_free(vics_fixture_import(fixture, file, NULL));
    g_autofree char *sound = faults_of_the_record(fixture);
    g_assert_cmpstr(sound, ==, "");
    g_autoptr(GError) error = NULL;
    database_execute(casework_database(fixture->work),
                     "UPDATE vics_media SET category = '2' WHERE id = 1234", &error);
    g_assert_no_error(error);
    g_autofree char *changed = faults_of_the_record(fixture);
    g_assert_cmpstr(changed, !=, "");
    fclose(file);
    fixture_free(fixture);
}

static void another_sha1_is_another_media(void)
{
    CaseworkFixture *fixture = fixture_new();
    FILE *file = vics_fixture_many(10);
    vics_document_row_free(vics_fixture_import(fixture, file, NULL));
    g_autoptr(GError) error = NULL;
    Digests digests = vics_fixture_digests(7);
    digests.sha1[0] = 1;
    g_autoptr(GPtrArray) said =
        vics_say(fixture->work, &fixture->ann, fixture->case_id, &digests, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(said->len, ==, 0);
    fclose(file);
    fixture_free(fixture);
}

static void the_same_file_twice_changes_nothing(void)
{
    CaseworkFixture *fixture = fixture_new();
    FILE *file = vics_fixture_many(10);
    g_autoptr(VicsDocumentRow) first = vics_fixture_import(fixture, file, NULL);
    int64_t leaves = vics_fixture_count(fixture, LEAVES);
    bool was_there = false;
    g_autoptr(VicsDocumentRow) second = vics_fixture_import(fixture, file, &was_there);
    g_assert_true(was_there);
    g_assert_cmpuint(second->id, ==, first->id);
    g_assert_cmpint(vics_fixture_count(fixture, LEAVES), ==, leaves);
    g_assert_cmpint(vics_fixture_count(fixture, ELEMENTS), ==, 11);
    fclose(file);
    fixture_free(fixture);
}

static void assert_fails(CaseworkFixture *fixture, const Actor *actor, FILE *file,
                         VicsImportOptions options, int code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Zygote) zygote = vics_fixture_zygote();
    bool was_there;
    options.case_id = fixture->case_id;
    options.descriptor = fileno(file);
    options.name = "case.json";
    options.zygote = zygote;
    g_assert_null(vics_import(fixture->work, actor, &options, &was_there, &error));
    g_assert_error(error, CLEW_ERROR, code);
}

static void a_document_that_breaks_leaves_nothing(void)
{
    CaseworkFixture *fixture = fixture_new();
    FILE *file = vics_fixture_many(2500);
    int64_t leaves = vics_fixture_count(fixture, LEAVES);
    g_assert_cmpint(ftruncate(fileno(file), ftell(file) - 4), ==, 0);
    assert_fails(fixture, &fixture->ann, file, (VicsImportOptions){0}, CLEW_ERROR_CORRUPT);
    g_assert_cmpint(vics_fixture_count(fixture, ELEMENTS), ==, 0);
    g_assert_cmpint(vics_fixture_count(fixture, DOCUMENTS), ==, 0);
    g_assert_cmpint(vics_fixture_count(fixture, LEAVES), ==, leaves);
    fclose(file);
    fixture_free(fixture);
}

// Kills the worker that this program's zygote has started.
static void kill_children_of(pid_t parent)
{
    DIR *folder = opendir("/proc");
    struct dirent *entry;
    g_assert_nonnull(folder);
    while ((entry = readdir(folder)) != NULL) {
        pid_t pid = (pid_t)atoi(entry->d_name);
        g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)pid);
        g_autofree char *text = NULL;
        if (pid <= 0 || !g_file_get_contents(path, &text, NULL, NULL))
            continue;
        const char *name_end = strrchr(text, ')');
        int its_parent = 0;
        if (name_end == NULL || sscanf(name_end, ") %*c %d", &its_parent) != 1)
            continue;
        if (its_parent == (int)parent && parent != getpid())
            kill(pid, SIGKILL);
        else if (its_parent == (int)parent)
            kill_children_of(pid);
    }
    closedir(folder);
}

static void kill_worker_late(void *user_data, uint64_t bytes_read, uint64_t bytes_in_all)
{
    bool *killed = user_data;
    if (bytes_read > bytes_in_all / 4 * 3 && !*killed) {
        kill_children_of(getpid());
        *killed = true;
    }
}

static void an_import_that_was_cut_short_counts_for_nothing_and_goes_on_later(void)
{
    CaseworkFixture *fixture = fixture_new();
    FILE *file = vics_fixture_many(20000);
    bool killed = false;
    assert_fails(fixture, &fixture->ann, file,
                 (VicsImportOptions){.progress = kill_worker_late, .user_data = &killed},
                 CLEW_ERROR_INTERNAL);
    g_assert_true(killed);
    g_assert_cmpuint(listed(fixture), ==, 0);
    g_autoptr(GPtrArray) said = sayings(fixture, 0);
    g_assert_cmpuint(said->len, ==, 0);
    g_assert_cmpint(vics_fixture_count(fixture, ELEMENTS), >, 0);
    g_assert_cmpint(vics_fixture_count(fixture, ELEMENTS), <, 20001);

    bool was_there = true;
    g_autoptr(VicsDocumentRow) row = vics_fixture_import(fixture, file, &was_there);
    g_assert_false(was_there);
    g_assert_cmpuint(row->media, ==, 20000);
    g_assert_cmpint(vics_fixture_count(fixture, ELEMENTS), ==, 20001);
    g_assert_cmpint(vics_fixture_count(fixture,
                                       "SELECT count(*) FROM vics_media v JOIN vics_file f ON "
                                       "f.vics_media_id = v.id WHERE v.kind = 'media'"),
                    ==, 20000);
    g_assert_cmpint(vics_fixture_count(fixture, "SELECT max(ordinal) FROM vics_media"), ==, 20000);
    g_assert_cmpuint(listed(fixture), ==, 1);
    fclose(file);
    fixture_free(fixture);
}

typedef struct {
    FILE *file;
    bool in_second_reading;
} Growth;

static void grow(void *user_data, uint64_t bytes_read, uint64_t bytes_in_all)
{
    const Growth *growth = user_data;
    if (growth->in_second_reading == (bytes_read > bytes_in_all / 2))
        g_assert_cmpint(pwrite(fileno(growth->file), " ", 1, ftell(growth->file)), ==, 1);
}

static void a_file_that_changes_meanwhile_is_refused(void)
{
    for (unsigned reading = 0; reading < 2; reading++) {
        CaseworkFixture *fixture = fixture_new();
        FILE *file = vics_fixture_many(5000);
        Growth growth = {.file = file, .in_second_reading = reading == 1};
        assert_fails(fixture, &fixture->ann, file,
                     (VicsImportOptions){.progress = grow, .user_data = &growth},
                     CLEW_ERROR_CONFLICT);
        g_assert_cmpuint(listed(fixture), ==, 0);
        fclose(file);
        fixture_free(fixture);
    }
}

static void only_those_who_may_bring_something_in(void)
{
    CaseworkFixture *fixture = fixture_new();
    FILE *file = vics_fixture_many(3);
    assert_fails(fixture, &fixture->eve, file, (VicsImportOptions){0}, CLEW_ERROR_NOT_FOUND);
    assert_fails(fixture, &fixture->bob, file, (VicsImportOptions){0}, CLEW_ERROR_DENIED);
    assert_fails(fixture, &fixture->aud, file, (VicsImportOptions){0}, CLEW_ERROR_DENIED);
    assert_fails(fixture, &fixture->ann, file, (VicsImportOptions){.scheme = "nowhere"},
                 CLEW_ERROR_NOT_FOUND);
    g_assert_cmpint(vics_fixture_count(fixture, DOCUMENTS), ==, 0);
    fclose(file);
    fixture_free(fixture);
}

static void what_they_say_stays_in_the_case(void)
{
    CaseworkFixture *fixture = fixture_new();
    FILE *file = vics_fixture_many(3);
    vics_document_row_free(vics_fixture_import(fixture, file, NULL));
    g_autoptr(GError) error = NULL;
    Digests digests = vics_fixture_digests(1);
    g_assert_null(vics_say(fixture->work, &fixture->eve, fixture->case_id, &digests, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_clear_error(&error);
    uint64_t other = casework_fixture_case(fixture, &fixture->eve, "24-900");
    g_autoptr(GPtrArray) said = vics_say(fixture->work, &fixture->eve, other, &digests, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(said->len, ==, 0);
    fclose(file);
    fixture_free(fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vics_import/a_document_comes_in_and_says_something",
                    a_document_comes_in_and_says_something);
    g_test_add_func("/vics_import/every_element_is_on_record", every_element_is_on_record);
    g_test_add_func("/vics_import/another_sha1_is_another_media", another_sha1_is_another_media);
    g_test_add_func("/vics_import/the_same_file_twice_changes_nothing",
                    the_same_file_twice_changes_nothing);
    g_test_add_func("/vics_import/a_document_that_breaks_leaves_nothing",
                    a_document_that_breaks_leaves_nothing);
    g_test_add_func(
        "/vics_import/an_import_that_was_cut_short_counts_for_nothing_and_goes_on_later",
        an_import_that_was_cut_short_counts_for_nothing_and_goes_on_later);
    g_test_add_func("/vics_import/a_file_that_changes_meanwhile_is_refused",
                    a_file_that_changes_meanwhile_is_refused);
    g_test_add_func("/vics_import/only_those_who_may_bring_something_in",
                    only_those_who_may_bring_something_in);
    g_test_add_func("/vics_import/what_they_say_stays_in_the_case",
                    what_they_say_stays_in_the_case);
    return g_test_run();
}
