// SPDX-License-Identifier: Apache-2.0
//
// A store is private, whole and durable: what is promised about its files, its refusals and its
// edits. What sequences of changes add up to is test_set_model.c.
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "fixture.h"
#include "store/set_edit.h"
#include "store/set_store_internal.h"

static mode_t mode_of(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    struct stat status;
    g_assert_cmpint(stat(path, &status), ==, 0);
    return status.st_mode & 07777;
}

static void assert_open_fails(const Fixture *fixture, ClewError code, const char *word)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(
        set_store_open(fixture->folder, (SetStoreOptions){.database = fixture->database}, &error));
    g_assert_error(error, CLEW_ERROR, (int)code);
    g_assert_nonnull(strstr(error->message, word));
}

static EntrySelector select_hash(HashType type, uint32_t number)
{
    EntrySelector selector = {.type = type};
    fixture_value(type, number, selector.value);
    return selector;
}

// ---- Files ------------------------------------------------------------------------------------

static void makes_a_private_folder(void)
{
    g_auto(Fixture) fixture = fixture_make();
    mode_t old = umask(0);
    g_autoptr(SetStore) store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 3);
    umask(old);

    g_assert_cmpint(mode_of(fixture.folder, "."), ==, 0700);
    g_assert_cmpint(mode_of(fixture.folder, "clew.db"), ==, 0600);
    g_assert_cmpint(mode_of(fixture.folder, "clew.db-wal"), ==, 0600);
    g_assert_cmpint(mode_of(fixture.folder, "clew.db-shm"), ==, 0600);
}

static void refuses_a_folder_that_others_can_read(void)
{
    static const mode_t modes[] = {0755, 0750, 0710, 0701};
    g_auto(Fixture) fixture = fixture_make();
    set_store_close(fixture_open(&fixture));
    for (unsigned i = 0; i < G_N_ELEMENTS(modes); i++) {
        chmod(fixture.folder, modes[i]);
        assert_open_fails(&fixture, CLEW_ERROR_DENIED, "chmod 700");
    }
}

static void refuses_a_database_that_others_can_read(void)
{
    g_auto(Fixture) fixture = fixture_make();
    set_store_close(fixture_open(&fixture));
    g_autofree char *path = g_build_filename(fixture.folder, "clew.db", NULL);
    chmod(path, 0644);
    assert_open_fails(&fixture, CLEW_ERROR_DENIED, "chmod 600");
}

static void does_not_create_when_told_so(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(GError) error = NULL;
    g_assert_null(set_store_open(
        fixture.folder, (SetStoreOptions){.must_exist = true, .database = fixture.database},
        &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_assert_false(g_file_test(fixture.folder, G_FILE_TEST_EXISTS));
}

static void names_an_emptied_database(void)
{
    g_auto(Fixture) fixture = fixture_make();
    set_store_close(fixture_open(&fixture));
    g_autofree char *path = g_build_filename(fixture.folder, "clew.db", NULL);
    g_assert_cmpint(truncate(path, 0), ==, 0);
    assert_open_fails(&fixture, CLEW_ERROR_CORRUPT, "clew.db");
}

// Opens, lists and verifies: anything but a sentence about damage is a fault.
static void assert_damage_is_named(const Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(SetStore) store =
        set_store_open(fixture->folder, (SetStoreOptions){.database = fixture->database}, &error);
    bool sound = store != NULL && set_store_verify(store, faults, &error) && faults->len == 0;
    g_assert_false(sound);
    if (error != NULL)
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
}

static void names_a_truncated_database(void)
{
    g_auto(Fixture) fixture = fixture_make();
    SetStore *store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_SHA256, 1, 12000);
    set_store_close(store);
    g_autofree char *path = g_build_filename(fixture.folder, "clew.db", NULL);
    struct stat status;
    g_assert_cmpint(stat(path, &status), ==, 0);
    static const int shares[] = {99, 50, 10, 1};
    for (unsigned i = 0; i < G_N_ELEMENTS(shares); i++) {
        g_assert_cmpint(truncate(path, status.st_size * shares[i] / 100), ==, 0);
        assert_damage_is_named(&fixture);
    }
}

static void names_overwritten_pages(void)
{
    g_auto(Fixture) fixture = fixture_make();
    SetStore *store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_SHA256, 1, 12000);
    set_store_close(store);
    g_autofree char *path = g_build_filename(fixture.folder, "clew.db", NULL);
    g_autofree char *noise = g_malloc(8192);
    memset(noise, 0xa5, 8192);
    int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    g_assert_cmpint(pwrite(descriptor, noise, 8192, 200 * 4096), ==, 8192);
    close(descriptor);
    assert_damage_is_named(&fixture);
}

static void names_an_entry_that_was_changed_behind_its_back(void)
{
    g_auto(Fixture) fixture = fixture_make();
    SetStore *store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 10);
    set_store_close(store);
    fixture_execute(&fixture, "UPDATE entry SET md5 = x'00112233445566778899aabbccddeeff' "
                              "WHERE (id & 255) = 5");
    assert_damage_is_named(&fixture);
}

static void refuses_a_newer_schema(void)
{
    g_auto(Fixture) fixture = fixture_make();
    set_store_close(fixture_open(&fixture));
    fixture_execute(&fixture, "INSERT INTO schema_step VALUES (99, 'x', 'x')");
    assert_open_fails(&fixture, CLEW_ERROR_UNSUPPORTED, "newer");
}

static void refuses_a_database_of_somebody_else(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_assert_cmpint(g_mkdir_with_parents(fixture.folder, 0700), ==, 0);
    g_autofree char *path = g_build_filename(fixture.folder, "clew.db", NULL);
    mode_t old = umask(077);
    sqlite3 *database;
    g_assert_cmpint(sqlite3_open(path, &database), ==, SQLITE_OK);
    sqlite3_exec(database, "CREATE TABLE other (x)", NULL, NULL, NULL);
    sqlite3_close(database);
    umask(old);
    assert_open_fails(&fixture, CLEW_ERROR_CORRUPT, "schema");
}

// ---- Transactions -----------------------------------------------------------------------------

static void second_writer_waits_and_is_told(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    SetImportOptions options = {
        .set_name = "a", .has_kind = true, .kind = SET_ALERT, .who = "tester"};
    g_autoptr(GError) error = NULL;
    g_autoptr(SetImport) first = set_import_begin(store, &options, &error);
    g_assert_no_error(error);
    g_assert_nonnull(first);

    g_autoptr(SetStore) other = set_store_open(
        fixture.folder, (SetStoreOptions){.busy_ms = 100, .database = fixture.database}, &error);
    g_assert_no_error(error);
    g_assert_null(set_import_begin(other, &options, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_BUSY);
}

static void nothing_of_an_unfinished_import_is_visible(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 3);
    g_autoptr(GError) error = NULL;
    SetImportOptions options = {.set_name = "a", .mode = SET_IMPORT_REPLACE, .who = "tester"};
    SetImport *import = set_import_begin(store, &options, &error);
    g_assert_no_error(error);
    ListEntry entry;
    list_entry_init(&entry);
    fixture_add_hash(&entry, HASH_MD5, 77);
    g_assert_true(set_import_entry(import, &entry, &error));
    list_entry_clear(&entry);

    g_autoptr(SetStore) reader = fixture_open(&fixture);
    g_assert_cmpuint(fixture_active(reader, "a"), ==, 3);
    set_import_free(import);
    g_assert_cmpuint(fixture_active(store, "a"), ==, 3);
}

static bool import_many(SetStore *store, uint32_t count, GError **err)
{
    SetImportOptions options = {.set_name = "a", .mode = SET_IMPORT_REPLACE, .who = "tester"};
    g_autoptr(SetImport) import = set_import_begin(store, &options, err);
    bool ok = import != NULL;
    for (uint32_t number = 1000; ok && number < 1000 + count; number++) {
        ListEntry entry;
        list_entry_init(&entry);
        fixture_add_hash(&entry, HASH_SHA256, number);
        ok = set_import_entry(import, &entry, err);
        list_entry_clear(&entry);
    }
    SetImportCounts counts;
    return ok && set_import_commit(import, &(SetImportSource){0}, &counts, err);
}

// Files of the child may not grow: every write past the limit fails as on a full disk.
static int import_with_file_limit(const Fixture *fixture)
{
    signal(SIGXFSZ, SIG_IGN);
    g_autoptr(SetStore) store = fixture_open(fixture);
    struct rlimit limit = {.rlim_cur = 256 * 1024, .rlim_max = 256 * 1024};
    setrlimit(RLIMIT_FSIZE, &limit);
    g_autoptr(GError) error = NULL;
    bool refused = !import_many(store, 6000, &error);
    bool told = g_error_matches(error, CLEW_ERROR, CLEW_ERROR_IO);
    return refused && told && fixture_active(store, "a") == 3 ? 0 : 1;
}

static void full_disk_leaves_the_old_set(void)
{
    g_auto(Fixture) fixture = fixture_make();
    SetStore *first = fixture_open(&fixture);
    fixture_import(first, "a", SET_IMPORT_NEW, HASH_MD5, 1, 3);
    set_store_close(first);
    pid_t child = fork();
    if (child == 0)
        _exit(import_with_file_limit(&fixture));
    int status;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 0);

    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_assert_cmpuint(fixture_active(store, "a"), ==, 3);
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_assert_true(set_store_verify(store, faults, &error));
    g_assert_cmpuint(faults->len, ==, 0);
}

// ---- Sets -------------------------------------------------------------------------------------

static void needs_a_mode_for_a_set_that_exists(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 3);
    g_autoptr(GError) error = NULL;
    SetImportOptions options = {
        .set_name = "a", .has_kind = true, .kind = SET_NOTABLE, .who = "tester"};
    g_assert_null(set_import_begin(store, &options, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);
}

static void needs_a_kind_for_a_new_set(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_autoptr(GError) error = NULL;
    SetImportOptions options = {.set_name = "a", .who = "tester"};
    g_assert_null(set_import_begin(store, &options, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
}

static void refuses_names_that_cannot_be_shown(void)
{
    static const char *const names[] = {"", "-x", " x", "x ", "a\nb", "a\x1b[2J", "\xff"};
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;
        SetImportOptions options = {
            .set_name = names[i], .has_kind = true, .kind = SET_NOTABLE, .who = "tester"};
        g_assert_null(set_import_begin(store, &options, &error));
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
    }
}

static void removing_a_set_leaves_the_others(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 3);
    fixture_import(store, "b", SET_IMPORT_NEW, HASH_MD5, 1, 5);
    g_autoptr(GError) error = NULL;
    g_assert_true(set_edit_remove(store, "a", "tester", &error));
    g_assert_null(set_store_find(store, "a", &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_assert_cmpuint(fixture_active(store, "b"), ==, 5);

    // The next set gets an id of its own: old entry ids never come back.
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 1);
    g_autoptr(SetInfo) info = set_store_find(store, "a", NULL);
    g_assert_cmpuint(info->id, ==, 3);
}

static void same_list_has_the_same_digest_everywhere(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 30);
    fixture_import(store, "b", SET_IMPORT_NEW, HASH_MD5, 16, 30);
    fixture_import(store, "b", SET_IMPORT_MERGE, HASH_MD5, 1, 20);
    fixture_import(store, "c", SET_IMPORT_NEW, HASH_MD5, 1, 29);
    g_autoptr(SetInfo) a = set_store_find(store, "a", NULL);
    g_autoptr(SetInfo) b = set_store_find(store, "b", NULL);
    g_autoptr(SetInfo) c = set_store_find(store, "c", NULL);
    g_assert_cmpstr(a->digest, ==, b->digest);
    g_assert_cmpstr(a->digest, !=, c->digest);
}

static void unchanged_import_keeps_generation(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 30);
    SetImportCounts counts = fixture_import(store, "a", SET_IMPORT_REPLACE, HASH_MD5, 1, 30);
    g_assert_cmpuint(counts.unchanged, ==, 30);
    g_autoptr(SetInfo) info = set_store_find(store, "a", NULL);
    g_assert_cmpuint(info->generation, ==, 1);
    g_autoptr(GPtrArray) acts = set_store_acts(store, info->id, NULL);
    g_assert_cmpuint(acts->len, ==, 2);
}

// ---- Edits ------------------------------------------------------------------------------------

static void withdrawal_outlives_the_next_import(void)
{
    static const SetImportMode modes[] = {SET_IMPORT_MERGE, SET_IMPORT_REPLACE};
    for (unsigned i = 0; i < G_N_ELEMENTS(modes); i++) {
        g_auto(Fixture) fixture = fixture_make();
        g_autoptr(SetStore) store = fixture_open(&fixture);
        fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 10);
        g_autoptr(GError) error = NULL;
        EntrySelector selector = select_hash(HASH_MD5, 4);
        SetEditCounts edit;
        g_assert_true(set_edit_withdraw(store, "a", &selector, 1, "tester", &edit, &error));
        g_assert_cmpuint(edit.changed, ==, 1);
        SetImportCounts counts = fixture_import(store, "a", modes[i], HASH_MD5, 1, 10);
        g_assert_cmpuint(counts.stay_withdrawn, ==, 1);
        g_assert_cmpuint(fixture_active(store, "a"), ==, 9);
        g_assert_true(set_edit_reinstate(store, "a", &selector, 1, "tester", &edit, &error));
        g_assert_cmpuint(fixture_active(store, "a"), ==, 10);
    }
}

// The next list knows the same media by a stronger hash: another entry, and still withdrawn.
static void withdrawal_follows_the_hash_to_another_entry(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 3);
    g_autoptr(GError) error = NULL;
    EntrySelector selector = select_hash(HASH_MD5, 2);
    SetEditCounts edit;
    g_assert_true(set_edit_withdraw(store, "a", &selector, 1, "tester", &edit, &error));

    SetImportOptions options = {.set_name = "a", .mode = SET_IMPORT_MERGE, .who = "tester"};
    g_autoptr(SetImport) import = set_import_begin(store, &options, &error);
    ListEntry entry;
    list_entry_init(&entry);
    fixture_add_hash(&entry, HASH_MD5, 2);
    fixture_add_hash(&entry, HASH_SHA256, 2);
    g_assert_true(set_import_entry(import, &entry, &error));
    list_entry_clear(&entry);
    SetImportCounts counts;
    g_assert_true(set_import_commit(import, &(SetImportSource){0}, &counts, &error));
    g_assert_cmpuint(counts.added, ==, 1);
    g_assert_cmpuint(counts.stay_withdrawn, ==, 1);
    g_assert_cmpuint(fixture_active(store, "a"), ==, 2);
}

static void unknown_hash_changes_nothing(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 3);
    EntrySelector selectors[] = {select_hash(HASH_MD5, 2), select_hash(HASH_MD5, 200)};
    g_autoptr(GError) error = NULL;
    SetEditCounts edit;
    g_assert_false(set_edit_withdraw(store, "a", selectors, 2, "tester", &edit, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_assert_nonnull(strstr(error->message, "hash 2 of the 2"));
    g_assert_cmpuint(fixture_active(store, "a"), ==, 3);
}

static void withdraws_by_entry_id_within_its_set_only(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 3);
    fixture_import(store, "b", SET_IMPORT_NEW, HASH_MD5, 1, 3);
    EntrySelector selector = {.is_id = true, .id = entry_id_make(2, 1)};
    g_autoptr(GError) error = NULL;
    SetEditCounts edit;
    g_assert_false(set_edit_withdraw(store, "a", &selector, 1, "tester", &edit, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_true(set_edit_withdraw(store, "b", &selector, 1, "tester", &edit, &error));
    g_assert_cmpuint(fixture_active(store, "b"), ==, 2);
}

// More entries than one batch of identities, so that batches are found in the table as well.
static void large_import_keeps_every_entry_once(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_autoptr(GError) error = NULL;
    uint32_t count = g_test_slow() ? 1200000 : 20000;
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_SHA1, 1, count);
    SetImportCounts counts = fixture_import(store, "a", SET_IMPORT_MERGE, HASH_SHA1, 11, count + 5);
    g_assert_cmpuint(counts.added, ==, 5);
    g_assert_cmpuint(counts.unchanged, ==, count - 10);
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    g_assert_true(set_store_verify(store, faults, &error));
    g_assert_cmpuint(faults->len, ==, 0);
}

static void *open_and_close(void *data)
{
    set_store_close(fixture_open(data));
    return NULL;
}

static void many_may_create_it_at_once(void)
{
    g_auto(Fixture) fixture = fixture_make();
    GThread *threads[6];
    for (unsigned i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("opener", open_and_close, &fixture);
    for (unsigned i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
    g_autoptr(SetStore) store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 3);
    g_assert_cmpuint(fixture_active(store, "a"), ==, 3);
}

// ---- In a larger transaction --------------------------------------------------------------------

static void changes_join_a_transaction_around_them(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) own = fixture_open(&fixture);
    g_autoptr(GError) error = NULL;
    Database *database = set_store_database(own);
    g_autoptr(SetStore) store = set_store_over(database, fixture.folder, &error);
    g_assert_no_error(error);

    g_assert_true(database_begin_write(database, NULL));
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 3);
    g_assert_cmpuint(fixture_active(store, "a"), ==, 3);
    database_rollback(database);
    g_assert_null(set_store_find(store, "a", &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);

    g_assert_true(database_begin_write(database, NULL));
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 3);
    fixture_import(store, "b", SET_IMPORT_NEW, HASH_MD5, 1, 4);
    g_assert_true(database_commit(database, NULL));
    g_autoptr(SetStore) other = fixture_open(&fixture);
    g_assert_cmpuint(fixture_active(other, "a"), ==, 3);
    g_assert_cmpuint(fixture_active(other, "b"), ==, 4);
}

static void an_import_left_half_way_spoils_the_transaction_around_it(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) own = fixture_open(&fixture);
    g_autoptr(GError) error = NULL;
    Database *database = set_store_database(own);
    g_autoptr(SetStore) store = set_store_over(database, fixture.folder, NULL);
    g_assert_true(database_begin_write(database, NULL));
    SetImportOptions options = {
        .set_name = "a", .has_kind = true, .kind = SET_NOTABLE, .who = "tester"};
    set_import_free(set_import_begin(store, &options, NULL));
    g_assert_false(database_commit(database, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INTERNAL);
    g_assert_null(set_store_find(store, "a", NULL));
}

static void a_second_handle_sees_the_same_store(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_autoptr(GError) error = NULL;
    g_autoptr(SetStore) second = set_store_reopen(store, &error);
    g_assert_no_error(error);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 3);
    g_assert_cmpuint(fixture_active(second, "a"), ==, 3);
    g_assert_cmpstr(set_store_folder(second), ==, fixture.folder);
}

#define TEST(name) g_test_add_func("/set_store/" #name, name)

static void add_tests_of_files(void)
{
    TEST(makes_a_private_folder);
    TEST(refuses_a_folder_that_others_can_read);
    TEST(refuses_a_database_that_others_can_read);
    TEST(names_an_emptied_database);
    TEST(names_a_truncated_database);
    TEST(names_overwritten_pages);
    TEST(refuses_a_database_of_somebody_else);
    TEST(full_disk_leaves_the_old_set);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (!fixture_on_server())
        add_tests_of_files();
    TEST(does_not_create_when_told_so);
    TEST(names_an_entry_that_was_changed_behind_its_back);
    TEST(refuses_a_newer_schema);
    TEST(second_writer_waits_and_is_told);
    TEST(nothing_of_an_unfinished_import_is_visible);
    TEST(needs_a_mode_for_a_set_that_exists);
    TEST(needs_a_kind_for_a_new_set);
    TEST(refuses_names_that_cannot_be_shown);
    TEST(removing_a_set_leaves_the_others);
    TEST(same_list_has_the_same_digest_everywhere);
    TEST(unchanged_import_keeps_generation);
    TEST(withdrawal_outlives_the_next_import);
    TEST(withdrawal_follows_the_hash_to_another_entry);
    TEST(unknown_hash_changes_nothing);
    TEST(withdraws_by_entry_id_within_its_set_only);
    TEST(large_import_keeps_every_entry_once);
    TEST(many_may_create_it_at_once);
    TEST(changes_join_a_transaction_around_them);
    TEST(an_import_left_half_way_spoils_the_transaction_around_it);
    TEST(a_second_handle_sees_the_same_store);
    return g_test_run();
}
