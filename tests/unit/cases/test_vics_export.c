// SPDX-License-Identifier: Apache-2.0
//
// What came in goes out again: nothing lost, every quirk as it was, but for what was decided here.
// What Clew found goes out in the same form, with names that are safe everywhere, to those who may
// take something out and on record.
#include <glib.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

#include "base/encoding.h"
#include "base/error.h"
#include "cases/vics_export.h"
#include "vics_fixture.h"

#define LEAVES "SELECT count(*) FROM audit_leaf"

typedef struct {
    CaseworkFixture work;
    char *folder, *path;
} Fixture;

static Fixture *fixture_new(void)
{
    Fixture *fixture = g_new0(Fixture, 1);
    casework_fixture_init(&fixture->work);
    fixture->folder = g_dir_make_tmp("clew-vics-XXXXXX", NULL);
    g_assert_nonnull(fixture->folder);
    fixture->path = g_build_filename(fixture->folder, "out.json", NULL);
    return fixture;
}

static void fixture_free(Fixture *fixture)
{
    g_unlink(fixture->path);
    g_rmdir(fixture->folder);
    casework_fixture_clear(&fixture->work);
    g_free(fixture->path);
    g_free(fixture->folder);
    g_free(fixture);
}

static char *exported(Fixture *fixture, VicsExportOptions options, VicsExportCounts *ret_counts)
{
    g_autoptr(GError) error = NULL;
    VicsExportCounts counts;
    char *text = NULL;
    options.path = fixture->path;
    options.overwrite = true;
    if (options.case_id == 0)
        options.case_id = fixture->work.case_id;
    vics_export(fixture->work.work, &fixture->work.ann, &options, &counts, &error);
    g_assert_no_error(error);
    g_assert_true(g_file_get_contents(fixture->path, &text, NULL, &error));
    if (ret_counts != NULL)
        *ret_counts = counts;
    return text;
}

static uint64_t import_text(Fixture *fixture, const char *text)
{
    FILE *file = vics_fixture_file(text);
    g_autoptr(VicsDocumentRow) row = vics_fixture_import(&fixture->work, file, NULL);
    fclose(file);
    return row->id;
}

// As jansson understands it, members in their order.
static char *understood(const char *text)
{
    json_error_t error;
    json_t *root = json_loads(g_str_has_prefix(text, "\xef\xbb\xbf") ? text + 3 : text,
                              JSON_DECODE_INT_AS_REAL, &error);
    g_assert_cmpstr(root != NULL ? "" : error.text, ==, "");
    char *dump = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    return dump;
}

static void every_quirk_goes_out_as_it_came(void)
{
    g_autofree char *folder =
        g_build_filename(g_getenv("CLEW_SOURCE"), "tests", "fixtures", "vics_case", NULL);
    GDir *dir = g_dir_open(folder, 0, NULL);
    Fixture *fixture = fixture_new();
    unsigned count = 0;
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        if (!g_str_has_suffix(name, ".json"))
            continue;
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *text = NULL;
        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        uint64_t id = import_text(fixture, text);
        g_autofree char *again = exported(fixture, (VicsExportOptions){.document_id = id}, NULL);
        char *before = understood(text), *after = understood(again);
        g_assert_cmpstr(after, ==, before);
        free(before);
        free(after);
        count++;
    }
    g_assert_cmpuint(count, >=, 16);
    g_dir_close(dir);
    fixture_free(fixture);
}

static void our_own_form_comes_back_byte_for_byte(void)
{
    Fixture *fixture = fixture_new();
    FILE *file = vics_fixture_many(1200);
    g_autoptr(VicsDocumentRow) row = vics_fixture_import(&fixture->work, file, NULL);
    g_autofree char *once = exported(fixture, (VicsExportOptions){.document_id = row->id}, NULL);
    fixture->work.case_id = casework_fixture_case(&fixture->work, &fixture->work.ann, "24-002");
    uint64_t id = import_text(fixture, once);
    g_autofree char *twice = exported(fixture, (VicsExportOptions){.document_id = id}, NULL);
    g_assert_cmpstr(twice, ==, once);
    fclose(file);
    fixture_free(fixture);
}

static void ingest(Fixture *fixture)
{
    const FixturePicture pictures[] = {
        {.seed = 1, .path = "disk.E01 > p2 > /Users/a/b.zip > kite.jpg"},
        {.seed = 2, .path = "C:/../con|fig/tree.jpg"},
        {.seed = 3, .path = "sky.jpg", .notable = "known"},
        {.seed = 4, .path = "icon.jpg", .ignorable = true},
    };
    casework_fixture_ingest(&fixture->work, &fixture->work.ann, fixture->work.case_id, "stick",
                            pictures, G_N_ELEMENTS(pictures));
}

static void run_sql(Fixture *fixture, const char *format, uint64_t id)
{
    g_autoptr(GError) error = NULL;
    Database *database = casework_database(fixture->work.work);
    g_autofree char *sql = g_strdup_printf("%s%" G_GUINT64_FORMAT, format, id);
    g_assert_true(database_begin_write(database, &error));
    g_assert_true(database_execute(database, sql, &error));
    g_assert_true(database_commit(database, &error));
    g_assert_no_error(error);
}

static void decide(Fixture *fixture, unsigned seed, const char *category)
{
    uint64_t id = casework_fixture_case_media(&fixture->work, fixture->work.case_id, seed, 0);
    g_autofree char *sql = g_strdup_printf(
        "UPDATE case_media SET decision = 'decided', category = '%s' WHERE id = ", category);
    g_assert_cmpuint(id, >, 0);
    run_sql(fixture, sql, id);
}

static json_t *case_of(const char *text, json_t **ret_root)
{
    json_error_t error;
    *ret_root = json_loads(text, 0, &error);
    g_assert_cmpstr(*ret_root != NULL ? "" : error.text, ==, "");
    return json_array_get(json_object_get(*ret_root, "value"), 0);
}

static const char *member(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static void what_was_found_goes_out_with_safe_names(void)
{
    Fixture *fixture = fixture_new();
    VicsExportCounts counts;
    json_t *root;
    ingest(fixture);
    decide(fixture, 1, "2");
    g_autofree char *text = exported(fixture, (VicsExportOptions){0}, &counts);
    json_t *object = case_of(text, &root);
    json_t *media = json_object_get(object, "Media");
    g_assert_cmpstr(member(root, "@odata.context"), ==,
                    "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/"
                    "$metadata#Cases");
    g_assert_cmpstr(member(object, "CaseNumber"), ==, "24-001");
    g_assert_cmpuint(json_array_size(media), ==, 3);
    g_assert_cmpuint(counts.own, ==, 3);
    g_assert_cmpint(json_integer_value(json_object_get(object, "TotalMediaFiles")), ==, 3);

    json_t *kite = json_array_get(media, 0), *tree = json_array_get(media, 1);
    g_assert_cmpint(json_integer_value(json_object_get(kite, "Category")), ==, 2);
    g_assert_true(json_is_false(json_object_get(kite, "IsPrecategorized")));
    g_assert_null(json_object_get(tree, "Category"));
    json_t *file = json_array_get(json_object_get(kite, "MediaFiles"), 0);
    g_assert_cmpstr(member(file, "FileName"), ==, "kite.jpg");
    g_assert_cmpstr(member(file, "FilePath"), ==, "disk.E01\\p2\\Users\\a\\b.zip");
    file = json_array_get(json_object_get(tree, "MediaFiles"), 0);
    g_assert_cmpstr(member(file, "FilePath"), ==, "C_\\._\\con_fig");
    json_decref(root);
    fixture_free(fixture);
}

static void the_same_state_gives_the_same_bytes(void)
{
    Fixture *fixture = fixture_new();
    VicsExportCounts counts;
    ingest(fixture);
    import_text(fixture, "{\"value\":[{\"CaseID\":\"x\",\"Media\":[{\"MD5\":\"00\"}]}]}");
    g_autofree char *once = exported(fixture, (VicsExportOptions){0}, &counts);
    g_autofree char *twice = exported(fixture, (VicsExportOptions){0}, NULL);
    g_autofree char *sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, once, -1);
    g_autofree char *counted = encoding_hex_new(counts.sha256, sizeof counts.sha256);
    g_assert_cmpstr(once, ==, twice);
    g_assert_cmpstr(counted, ==, sha256);
    g_assert_cmpuint(counts.media, ==, 4);
    g_assert_cmpuint(counts.size_bytes, ==, strlen(once));
    fixture_free(fixture);
}

// A document about the picture `seed` in the words of somebody else.
static char *document_about(Fixture *fixture, unsigned seed)
{
    g_autofree char *where =
        g_strdup_printf("SELECT md5, sha1 FROM media WHERE id = %" G_GUINT64_FORMAT,
                        casework_fixture_media(&fixture->work, seed, 0));
    g_autoptr(Statement) statement =
        statement_prepare(casework_database(fixture->work.work), where, NULL);
    bool row;
    size_t size_bytes;
    g_assert_true(statement_step(statement, &row, NULL) && row);
    g_autofree char *md5 = encoding_hex_new(statement_blob(statement, 0, &size_bytes), MD5_BYTES);
    g_autofree char *sha1 = encoding_hex_new(statement_blob(statement, 1, &size_bytes), SHA1_BYTES);
    statement_reset(statement);
    return g_strdup_printf(
        "{\"@odata.context\":\"x/DataModels/2.0.xml/US/$metadata#Cases\",\"value\":[{\"CaseID\":"
        "\"x\",\"TotalMediaFiles\":7,\"Media\":[\n{\"Vendor\":[1.50],\"MD5\":\"%s\",\"Category\":"
        "\"1\",\"SHA1\":\"%s\",\"Series\":{\"Name\":\"Blue kites\"},\"Last\":null}\n,{\"MD5\":"
        "\"%s\",\"Category\":\"1\"}]}]}\n",
        md5, sha1, md5);
}

static void what_was_decided_changes_its_member_alone(void)
{
    Fixture *fixture = fixture_new();
    VicsExportCounts counts;
    ingest(fixture);
    g_autofree char *text = document_about(fixture, 1);
    uint64_t id = import_text(fixture, text);
    const VicsExportOptions options = {.document_id = id, .imported_only = true};
    g_autofree char *before = exported(fixture, options, &counts);
    g_assert_cmpstr(before, ==, text);
    decide(fixture, 1, "1"); // what the document says in its own form
    g_autofree char *agreed = exported(fixture, options, &counts);
    g_assert_cmpstr(agreed, ==, text);
    g_assert_cmpuint(counts.changed, ==, 0);

    decide(fixture, 1, "2");
    g_autofree char *after = exported(fixture, options, &counts);
    // The second one is known by its MD5 alone.
    g_autoptr(GString) expected = g_string_new(text);
    g_string_replace(expected, "\"Category\":\"1\",\"SHA1\"", "\"Category\":2,\"SHA1\"", 0);
    g_assert_cmpstr(after, ==, expected->str);
    g_assert_cmpuint(counts.changed, ==, 1);
    fixture_free(fixture);
}

static void what_was_found_stands_behind_what_came(void)
{
    Fixture *fixture = fixture_new();
    VicsExportCounts counts;
    json_t *root;
    ingest(fixture);
    g_autofree char *text = document_about(fixture, 1);
    uint64_t id = import_text(fixture, text);
    g_autofree char *after = exported(fixture, (VicsExportOptions){.document_id = id}, &counts);
    json_t *object = case_of(after, &root);
    g_assert_cmpuint(json_array_size(json_object_get(object, "Media")), ==, 4);
    g_assert_cmpuint(counts.own, ==, 2);
    g_assert_cmpint(json_integer_value(json_object_get(object, "TotalMediaFiles")), ==, 2);
    json_decref(root);
    fixture_free(fixture);
}

static void a_category_of_another_scheme_is_left_out(void)
{
    Fixture *fixture = fixture_new();
    VicsExportCounts counts;
    ingest(fixture);
    decide(fixture, 1, "2");
    g_autofree char *text = exported(fixture, (VicsExportOptions){.region = "UK"}, &counts);
    g_assert_null(strstr(text, "\"Category\""));
    g_assert_cmpuint(counts.categories_left_out, ==, 1);
    fixture_free(fixture);
}

static void assert_fails(Fixture *fixture, const Actor *actor, VicsExportOptions options, int code)
{
    g_autoptr(GError) error = NULL;
    VicsExportCounts counts;
    options.case_id = fixture->work.case_id;
    options.path = fixture->path;
    g_assert_false(vics_export(fixture->work.work, actor, &options, &counts, &error));
    g_assert_error(error, CLEW_ERROR, code);
}

static void only_those_who_may_take_something_out(void)
{
    Fixture *fixture = fixture_new();
    struct stat status;
    int64_t leaves = vics_fixture_count(&fixture->work, LEAVES);
    assert_fails(fixture, &fixture->work.bob, (VicsExportOptions){0}, CLEW_ERROR_DENIED);
    assert_fails(fixture, &fixture->work.aud, (VicsExportOptions){0}, CLEW_ERROR_DENIED);
    assert_fails(fixture, &fixture->work.eve, (VicsExportOptions){0}, CLEW_ERROR_NOT_FOUND);
    assert_fails(fixture, &fixture->work.ann, (VicsExportOptions){.document_id = 99},
                 CLEW_ERROR_NOT_FOUND);
    g_assert_false(g_file_test(fixture->path, G_FILE_TEST_EXISTS));
    g_assert_cmpint(vics_fixture_count(&fixture->work, LEAVES), ==, leaves);

    g_autofree char *text = exported(fixture, (VicsExportOptions){0}, NULL);
    g_assert_nonnull(strstr(text, "\"CaseNumber\":\"24-001\""));
    g_assert_cmpint(vics_fixture_count(&fixture->work, LEAVES), ==, leaves + 1);
    g_assert_cmpint(vics_fixture_count(
                        &fixture->work,
                        "SELECT count(*) FROM audit_leaf WHERE action = 'export' AND case_id > 0"),
                    ==, 1);
    g_assert_cmpint(g_stat(fixture->path, &status), ==, 0);
    g_assert_cmpuint(status.st_mode & 0777, ==, 0600);
    assert_fails(fixture, &fixture->work.ann, (VicsExportOptions){0}, CLEW_ERROR_CONFLICT);
    fixture_free(fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vics_export/every_quirk_goes_out_as_it_came",
                    every_quirk_goes_out_as_it_came);
    g_test_add_func("/vics_export/our_own_form_comes_back_byte_for_byte",
                    our_own_form_comes_back_byte_for_byte);
    g_test_add_func("/vics_export/what_was_found_goes_out_with_safe_names",
                    what_was_found_goes_out_with_safe_names);
    g_test_add_func("/vics_export/the_same_state_gives_the_same_bytes",
                    the_same_state_gives_the_same_bytes);
    g_test_add_func("/vics_export/what_was_decided_changes_its_member_alone",
                    what_was_decided_changes_its_member_alone);
    g_test_add_func("/vics_export/what_was_found_stands_behind_what_came",
                    what_was_found_stands_behind_what_came);
    g_test_add_func("/vics_export/a_category_of_another_scheme_is_left_out",
                    a_category_of_another_scheme_is_left_out);
    g_test_add_func("/vics_export/only_those_who_may_take_something_out",
                    only_those_who_may_take_something_out);
    return g_test_run();
}
