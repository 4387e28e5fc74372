// SPDX-License-Identifier: Apache-2.0
//
// Imports through the real list reader, as clew set import makes them: what goes in, what is
// refused, what is said, and that nothing happens when it fails. And exports, which stay private.
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/error.h"
#include "cases/matcher.h"
#include "cases/sets.h"
#include "fixture.h"

static Zygote *zygote; // one for all tests: starting it is what takes time

// ---- Builders ---------------------------------------------------------------------------------

static int list_of(const char *text)
{
    int descriptor = memfd_create("list", MFD_CLOEXEC);
    g_assert_cmpint(write(descriptor, text, strlen(text)), ==, (ssize_t)strlen(text));
    g_assert_cmpint(lseek(descriptor, 0, SEEK_SET), ==, 0);
    return descriptor;
}

typedef struct {
    GString *said;
    GString *refused;
} Told;

static void on_talk(const char *text, void *user_data)
{
    Told *told = user_data;
    g_string_append_printf(told->said, "%s\n", text);
}

static void on_refused(void *user_data, const char *unit, uint64_t position, const char *reason)
{
    Told *told = user_data;
    g_string_append_printf(told->refused, "%s %" G_GUINT64_FORMAT ": %s\n", unit, position, reason);
}

static Told told_new(void)
{
    return (Told){.said = g_string_new(NULL), .refused = g_string_new(NULL)};
}

static void told_clear(Told *told)
{
    g_string_free(told->said, TRUE);
    g_string_free(told->refused, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Told, told_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SetsImportSummary, sets_import_summary_clear)

static SetsImportRequest request_for(const char *set_name, SetImportMode mode, Told *told)
{
    return (SetsImportRequest){.set_name = set_name,
                               .mode = mode,
                               .has_kind = mode == SET_IMPORT_NEW,
                               .kind = SET_NOTABLE,
                               .who = "tester",
                               .refused = on_refused,
                               .talk = on_talk,
                               .user_data = told};
}

static bool import_text(SetStore *store, const SetsImportRequest *request, const char *text,
                        SetsImportSummary *summary, GError **err)
{
    int descriptor = list_of(text);
    bool ok = sets_import(store, zygote, descriptor, "list", request, summary, err);
    close(descriptor);
    return ok;
}

static const char list_with_categories[] = "md5,category\n"
                                           "00000000000000000000000000000001,1\n"
                                           "00000000000000000000000000000002,0\n"
                                           "00000000000000000000000000000003,77\n";

// ---- Importing --------------------------------------------------------------------------------

static void entries_and_refusals_are_counted(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Told) told = told_new();
    SetsImportRequest request = request_for("a", SET_IMPORT_NEW, &told);
    g_auto(SetsImportSummary) summary = {0};
    g_autoptr(GError) error = NULL;
    import_text(store, &request,
                "md5,sha1\n"
                "00000000000000000000000000000001,\n"
                "nonsense,\n"
                ",0000000000000000000000000000000000000002\n"
                "00000000000000000000000000000001,\n",
                &summary, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(summary.counts.entries, ==, 3);
    g_assert_cmpuint(summary.counts.added, ==, 2);
    g_assert_cmpuint(summary.counts.repeated, ==, 1);
    g_assert_cmpuint(summary.counts.hashes[HASH_MD5], ==, 2);
    g_assert_cmpuint(summary.counts.hashes[HASH_SHA1], ==, 1);
    g_assert_cmpuint(summary.refused, ==, 1);
    g_assert_cmpuint(summary.active, ==, 2);
    g_assert_cmpuint(summary.generation, ==, 1);
    g_assert_true(g_str_has_prefix(told.refused->str, "line 3: "));
}

static void source_is_recorded_with_its_digest(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Told) told = told_new();
    SetsImportRequest request = request_for("a", SET_IMPORT_NEW, &told);
    g_auto(SetsImportSummary) summary = {0};
    const char *text = "00000000000000000000000000000001\n";
    g_assert_true(import_text(store, &request, text, &summary, NULL));
    g_autofree char *expected = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    g_autoptr(SetInfo) info = set_store_find(store, "a", NULL);
    g_autoptr(GPtrArray) acts = set_store_acts(store, info->id, NULL);
    const SetAct *act = acts->pdata[0];
    g_autofree char *recorded = encoding_hex_new(act->source_sha256, SHA256_BYTES);
    g_assert_true(act->has_source_sha256);
    g_assert_cmpstr(recorded, ==, expected);
    g_assert_cmpuint(act->source_bytes, ==, strlen(text));
    g_assert_cmpstr(act->source, ==, "list");
    g_assert_cmpstr(act->who, ==, "tester");
}

static void pipes_are_read_to_their_end(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Told) told = told_new();
    SetsImportRequest request = request_for("a", SET_IMPORT_NEW, &told);
    g_auto(SetsImportSummary) summary = {0};
    int ends[2];
    g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
    const char *text = "00000000000000000000000000000001\n";
    g_assert_cmpint(write(ends[1], text, strlen(text)), ==, (ssize_t)strlen(text));
    close(ends[1]);
    g_autoptr(GError) error = NULL;
    sets_import(store, zygote, ends[0], "pipe", &request, &summary, &error);
    close(ends[0]);
    g_assert_no_error(error);
    g_assert_false(summary.is_file);
    g_assert_cmpuint(summary.active, ==, 1);
}

static void categories_need_a_scheme(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Told) told = told_new();
    SetsImportRequest request = request_for("a", SET_IMPORT_NEW, &told);
    g_auto(SetsImportSummary) summary = {0};
    g_autoptr(GError) error = NULL;
    g_assert_false(import_text(store, &request, list_with_categories, &summary, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, "--scheme"));
    g_assert_null(set_store_find(store, "a", NULL));

    request.scheme = "vics-us";
    g_clear_error(&error);
    g_assert_true(import_text(store, &request, list_with_categories, &summary, &error));
    g_assert_cmpuint(summary.unknown_category, ==, 1);
    g_assert_cmpstr(summary.scheme, ==, "vics-us");

    // The set has its scheme now.
    request = request_for("a", SET_IMPORT_MERGE, &told);
    g_auto(SetsImportSummary) again = {0};
    g_assert_true(import_text(store, &request, list_with_categories, &again, &error));
    g_assert_cmpuint(again.counts.unchanged, ==, 3);
    request.scheme = "uk-legal";
    g_assert_false(import_text(store, &request, list_with_categories, &again, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);
}

static void strict_takes_all_or_nothing(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Told) told = told_new();
    SetsImportRequest request = request_for("a", SET_IMPORT_NEW, &told);
    request.strict = true;
    g_auto(SetsImportSummary) summary = {0};
    g_autoptr(GError) error = NULL;
    g_assert_false(import_text(store, &request, "md5\n00000000000000000000000000000001\nzz\n",
                               &summary, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, "line 3"));
    g_assert_null(set_store_find(store, "a", NULL));
}

static void a_broken_document_changes_nothing(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 5);
    g_auto(Told) told = told_new();
    SetsImportRequest request = request_for("a", SET_IMPORT_REPLACE, &told);
    request.format = "vics";
    request.scheme = "vics-us";
    g_auto(SetsImportSummary) summary = {0};
    g_autoptr(GError) error = NULL;
    g_assert_false(import_text(store, &request,
                               "{\"value\":[{\"MD5\":\"00000000000000000000000000000001\"},",
                               &summary, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
    g_assert_cmpuint(fixture_active(store, "a"), ==, 5);
}

static bool always(void)
{
    return true;
}

static void an_interrupted_import_changes_nothing(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Told) told = told_new();
    SetsImportRequest request = request_for("a", SET_IMPORT_NEW, &told);
    request.is_cancelled = always;
    g_auto(SetsImportSummary) summary = {0};
    g_autoptr(GError) error = NULL;
    g_assert_false(
        import_text(store, &request, "00000000000000000000000000000001\n", &summary, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CANCELLED);
    g_assert_null(set_store_find(store, "a", NULL));
}

static void values_that_look_like_pdq_are_noticed(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Told) told = told_new();
    g_autoptr(GString) balanced = g_string_new(NULL);
    g_autoptr(GString) digests = g_string_new(NULL);
    for (unsigned i = 0; i < 20; i++) {
        g_autofree char *digest =
            g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)&i, sizeof i);
        g_string_append_printf(digests, "%s\n", digest);
        // Eight digits with 16 bits, eight times.
        for (unsigned part = 0; part < 8; part++)
            g_string_append_printf(balanced, "%04x%04x", i * 2654u & 0xffff, ~(i * 2654u) & 0xffff);
        g_string_append_c(balanced, '\n');
    }
    SetsImportRequest request = request_for("a", SET_IMPORT_NEW, &told);
    g_auto(SetsImportSummary) summary = {0};
    g_assert_true(import_text(store, &request, balanced->str, &summary, NULL));
    g_assert_true(summary.looks_like_pdq);
    request.set_name = "b";
    g_auto(SetsImportSummary) other = {0};
    g_assert_true(import_text(store, &request, digests->str, &other, NULL));
    g_assert_false(other.looks_like_pdq);
}

static void hashes_that_cannot_be_computed_are_kept_and_counted(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Told) told = told_new();
    SetsImportRequest request = request_for("a", SET_IMPORT_NEW, &told);
    g_autoptr(GString) text = g_string_new(
        "<queryResult xmlns=\"https://hashsharing.ncmec.org/hashsharing/v2\"><images count=\"1\">"
        "<image><member id=\"1\">x</member><timestamp>2026-01-01T00:00:00Z</timestamp><id>k1</id>"
        "<classification>A1</classification><fingerprints>"
        "<md5>00000000000000000000000000000001</md5><pdna>");
    for (unsigned i = 0; i < 144; i++)
        g_string_append_printf(text, "%02x", i);
    g_string_append(text, "</pdna></fingerprints></image></images></queryResult>");
    g_auto(SetsImportSummary) summary = {0};
    g_autoptr(GError) error = NULL;
    import_text(store, &request, text->str, &summary, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(summary.counts.hashes[HASH_PHOTODNA], ==, 1);
    g_autoptr(SetInfo) info = set_store_find(store, "a", NULL);
    g_assert_cmpuint(info->tally.hashes[HASH_PHOTODNA], ==, 1);
    g_assert_cmpuint(info->tally.hashes[HASH_MD5], ==, 1);
}

// Member and id are the key; the deletion comes later and names no hash.
static void deletions_of_a_feed_withdraw(void)
{
    static const char *const image =
        "<queryResult xmlns=\"https://hashsharing.ncmec.org/hashsharing/v2\"><images count=\"2\">"
        "<image><member id=\"1\">x</member><timestamp>2026-01-01T00:00:00Z</timestamp><id>k1</id>"
        "<classification>A1</classification><fingerprints>"
        "<md5>00000000000000000000000000000001</md5></fingerprints></image>"
        "<image><member id=\"1\">x</member><timestamp>2026-01-01T00:00:00Z</timestamp><id>k2</id>"
        "<classification>B2</classification><fingerprints>"
        "<md5>00000000000000000000000000000002</md5></fingerprints></image></images></queryResult>";
    static const char *const deletion =
        "<queryResult xmlns=\"https://hashsharing.ncmec.org/hashsharing/v2\"><images count=\"2\">"
        "<deletedImage><member id=\"1\">x</member><timestamp>2026-01-02T00:00:00Z</timestamp>"
        "<id>k1</id></deletedImage><deletedImage><member id=\"9\">x</member>"
        "<timestamp>2026-01-02T00:00:00Z</timestamp><id>k1</id></deletedImage></images>"
        "</queryResult>";
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Told) told = told_new();
    SetsImportRequest request = request_for("a", SET_IMPORT_NEW, &told);
    g_auto(SetsImportSummary) first = {0}, second = {0}, third = {0};
    g_autoptr(GError) error = NULL;
    import_text(store, &request, image, &first, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(first.active, ==, 2);
    g_assert_cmpstr(first.scheme, ==, "ncmec");

    request = request_for("a", SET_IMPORT_MERGE, &told);
    import_text(store, &request, deletion, &second, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(second.counts.withdrawn, ==, 1);
    g_assert_cmpuint(second.counts.unknown_deleted, ==, 1);
    g_assert_cmpuint(second.active, ==, 1);

    import_text(store, &request, image, &third, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(third.counts.reinstated, ==, 1);
    g_assert_cmpuint(third.active, ==, 2);
}

static void withdrawn_records_withdraw_by_their_hash(void)
{
    static const char *const pages[] = {
        "{\"count\":1,\"hasMoreRecords\":false,\"hashRecords\":[{\"signalType\":\"VideoMD5\","
        "\"hashValue\":\"00000000000000000000000000000001\",\"hashStatus\":\"Active\"}]}",
        "{\"count\":1,\"hasMoreRecords\":false,\"hashRecords\":[{\"signalType\":\"VideoMD5\","
        "\"hashValue\":\"00000000000000000000000000000001\",\"hashStatus\":\"Withdrawn\"}]}"};
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Told) told = told_new();
    for (unsigned i = 0; i < 2; i++) {
        SetsImportRequest request =
            request_for("a", i == 0 ? SET_IMPORT_NEW : SET_IMPORT_MERGE, &told);
        g_auto(SetsImportSummary) summary = {0};
        g_autoptr(GError) error = NULL;
        import_text(store, &request, pages[i], &summary, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(summary.active, ==, 1 - i);
    }
}

// ---- The index --------------------------------------------------------------------------------

static void an_import_leaves_an_index_behind_and_removing_empties_it(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Told) told = told_new();
    SetsImportRequest request = request_for("a", SET_IMPORT_NEW, &told);
    g_auto(SetsImportSummary) summary = {0};
    g_assert_true(
        import_text(store, &request, "0123456789abcdef0123456789abcdef\n", &summary, NULL));
    static const uint8_t digest[] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
    static const char *const names[] = {"index.clew", "clew.db"};
    for (unsigned round = 0; round < 2; round++) {
        if (round == 1)
            g_assert_true(sets_remove(store, "a", NULL, NULL, NULL));
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
            g_autofree char *path = g_build_filename(fixture.folder, names[i], NULL);
            g_autofree char *bytes = NULL;
            gsize size;
            g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
            bool holds = memmem(bytes, size, digest, sizeof digest) != NULL;
            if (round == 0 && i == 0)
                g_assert_true(holds);
            if (round == 1)
                g_assert_false(holds);
        }
    }
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    g_assert_true(sets_verify(store, faults, NULL));
    g_assert_cmpuint(faults->len, ==, 0);
}

// ---- Exporting --------------------------------------------------------------------------------

static void an_export_is_private_and_comes_back_the_same(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_auto(Told) told = told_new();
    SetsImportRequest request = request_for("a", SET_IMPORT_NEW, &told);
    request.scheme = "vics-us";
    g_auto(SetsImportSummary) summary = {0};
    g_assert_true(import_text(store, &request, list_with_categories, &summary, NULL));
    g_autofree char *path = g_build_filename(fixture.folder, "out.csv", NULL);
    SetsExportRequest export = {.format = "csv", .path = path};
    SetsExportSummary exported;
    g_autoptr(GError) error = NULL;
    sets_export(store, "a", &export, &exported, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(exported.written, ==, 3);
    struct stat status;
    g_assert_cmpint(stat(path, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 0777, ==, 0600);
    g_assert_false(sets_export(store, "a", &export, &exported, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);

    request.set_name = "b";
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    g_auto(SetsImportSummary) back = {0};
    g_assert_true(sets_import(store, zygote, descriptor, "out.csv", &request, &back, NULL));
    close(descriptor);
    g_autoptr(SetInfo) a = set_store_find(store, "a", NULL);
    g_autoptr(SetInfo) b = set_store_find(store, "b", NULL);
    g_assert_cmpstr(a->digest, ==, b->digest);
}

static void an_export_goes_into_files_only(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 3);
    g_autofree char *fifo = g_build_filename(fixture.folder, "fifo", NULL);
    g_autofree char *link = g_build_filename(fixture.folder, "link", NULL);
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    g_assert_cmpint(symlink("elsewhere", link), ==, 0);
    const char *const paths[] = {"-", fifo, link};
    for (unsigned i = 0; i < G_N_ELEMENTS(paths); i++) {
        SetsExportRequest export = {.format = "csv", .path = paths[i], .overwrite = true};
        SetsExportSummary exported;
        g_autoptr(GError) error = NULL;
        g_assert_false(sets_export(store, "a", &export, &exported, &error));
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_DENIED);
    }
}

#define TEST(name) g_test_add_func("/sets/" #name, name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_autoptr(GError) error = NULL;
    zygote = zygote_start((ZygoteOptions){.program = LIST_WORKER}, &error);
    g_assert_no_error(error);
    TEST(entries_and_refusals_are_counted);
    TEST(source_is_recorded_with_its_digest);
    TEST(pipes_are_read_to_their_end);
    TEST(categories_need_a_scheme);
    TEST(strict_takes_all_or_nothing);
    TEST(a_broken_document_changes_nothing);
    TEST(an_interrupted_import_changes_nothing);
    TEST(values_that_look_like_pdq_are_noticed);
    TEST(hashes_that_cannot_be_computed_are_kept_and_counted);
    TEST(deletions_of_a_feed_withdraw);
    TEST(withdrawn_records_withdraw_by_their_hash);
    TEST(an_import_leaves_an_index_behind_and_removing_empties_it);
    TEST(an_export_is_private_and_comes_back_the_same);
    TEST(an_export_goes_into_files_only);
    int status = g_test_run();
    zygote_free(zygote);
    return status;
}
