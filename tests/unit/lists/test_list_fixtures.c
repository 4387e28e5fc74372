// SPDX-License-Identifier: Apache-2.0
//
// Every quirk of a list format that has been seen has a file in tests/fixtures/lists/FORMAT/ and
// beside it NAME.expected, all that the reader says of it. The same must come out whatever pieces
// the file arrives in, and the format must be recognised from the first bytes.
//
// CLEW_UPDATE_EXPECTED=1 rewrites the expectations; read the difference before committing it.
#include <glib.h>
#include <string.h>

#include "list_render.h"

typedef struct {
    const char *format;
    const char *file;
    const char *columns;
} Fixture;

typedef struct {
    char *expected_path;
    uint8_t *bytes;
    size_t size_bytes;
    ListReadOptions options;
} Loaded;

static Loaded load(const Fixture *fixture)
{
    const char *source = g_getenv("CLEW_SOURCE");
    g_assert_nonnull(source);
    g_autofree char *path = g_build_filename(source, "tests", "fixtures", "lists", fixture->format,
                                             fixture->file, NULL);
    Loaded loaded = {.expected_path = g_strconcat(path, ".expected", NULL)};
    g_autoptr(GError) error = NULL;
    char *text;
    g_file_get_contents(path, &text, &loaded.size_bytes, &error);
    g_assert_no_error(error);
    loaded.bytes = (uint8_t *)text;
    if (g_str_has_suffix(path, ".sql")) {
        loaded.bytes = database_from_sql(text, &loaded.size_bytes);
        g_free(text);
    }
    if (fixture->columns != NULL)
        list_read_options_parse_columns(&loaded.options, fixture->columns, &error);
    g_assert_no_error(error);
    return loaded;
}

static void unload(Loaded *loaded)
{
    g_free(loaded->expected_path);
    g_free(loaded->bytes);
}

static char *expected_of(const Loaded *loaded, const char *rendered)
{
    g_autoptr(GError) error = NULL;
    char *expected = NULL;
    if (g_getenv("CLEW_UPDATE_EXPECTED") != NULL)
        g_file_set_contents(loaded->expected_path, rendered, -1, &error);
    g_assert_no_error(error);
    g_file_get_contents(loaded->expected_path, &expected, NULL, &error);
    g_assert_no_error(error);
    return expected;
}

static void reads_as_expected(gconstpointer data)
{
    static const size_t chunks[] = {0, 1, 7, 100};
    const Fixture *fixture = data;
    const ListFormat *format = list_format_by_name(fixture->format);
    Loaded loaded = load(fixture);
    for (size_t i = 0; i < G_N_ELEMENTS(chunks); i++) {
        MemoryList list = {.bytes = loaded.bytes,
                           .size_bytes = loaded.size_bytes,
                           .chunk_bytes = chunks[i],
                           .is_pipe = i > 0 && strcmp(fixture->format, "nsrl") != 0};
        g_autofree char *rendered = render_list(format, list, &loaded.options);
        g_autofree char *expected = expected_of(&loaded, rendered);
        g_assert_cmpstr(rendered, ==, expected);
    }
    unload(&loaded);
}

static void is_recognised(gconstpointer data)
{
    const Fixture *fixture = data;
    Loaded loaded = load(fixture);
    const ListFormat *format =
        list_format_recognise(loaded.bytes, MIN(loaded.size_bytes, LIST_RECOGNISE_BYTES), NULL);
    g_assert_nonnull(format);
    g_assert_cmpstr(format->name, ==, fixture->format);
    unload(&loaded);
}

static const Fixture fixtures[] = {
    {"vics", "hash_set_2_0.json", NULL},
    {"vics", "case_us.json", NULL},
    {"vics", "region_uk.json", NULL},
    {"vics", "region_ca.json", NULL},
    {"vics", "region_unknown.json", NULL},
    {"vics", "region_custom.json", NULL},
    {"vics", "hash_set_1_3.json", NULL},
    {"vics", "nist_1_2.json", NULL},
    {"vics", "bom_and_crlf.json", NULL},
    {"vics", "booleans.json", NULL},
    {"vics", "dates.json", NULL},
    {"vics", "repeated_media.json", NULL},
    {"vics", "relative_paths.json", NULL},
    {"vics", "nul_in_a_path.json", NULL},
    {"vics", "photodna.json", NULL},
    {"vics", "series.json", NULL},
    {"vics", "unknown_members.json", NULL},
    {"vics", "context_after_value.json", NULL},
    {"vics", "bad_entries.json", NULL},
    {"vics", "truncated.json", NULL},
    {"vics", "broken_in_the_middle.json", NULL},
    {"vics", "no_value.json", NULL},
    {"vics", "not_utf8.json", NULL},
    {"vics", "segments.json", NULL},
    {"ncmec", "page.xml", NULL},
    {"ncmec", "videos.xml", NULL},
    {"ncmec", "prefixed.xml", NULL},
    {"ncmec", "bad_entries.xml", NULL},
    {"ncmec", "truncated.xml", NULL},
    {"ncmec", "entities.xml", NULL},
    {"ncmec", "external_entity.xml", NULL},
    {"stopncii", "page.json", NULL},
    {"stopncii", "two_pages.json", NULL},
    {"stopncii", "videos.json", NULL},
    {"stopncii", "bad_entries.json", NULL},
    {"stopncii", "truncated.json", NULL},
    {"hashdeep", "hashdeep.txt", NULL},
    {"hashdeep", "more_columns.txt", NULL},
    {"hashdeep", "bad_rows.txt", NULL},
    {"hashdeep", "md5deep.txt", NULL},
    {"hashdeep", "md5deep_sizes.txt", NULL},
    {"hashdeep", "sha1deep.txt", NULL},
    {"hashdeep", "sha256deep.txt", NULL},
    {"hashdeep", "bsd_tags.txt", NULL},
    {"hashdeep", "escaped_names.txt", NULL},
    {"hashdeep", "not_utf8_names.txt", NULL},
    {"icse", "icse.csv", NULL},
    {"csv", "comma.csv", NULL},
    {"csv", "semicolon_crlf_bom.csv", NULL},
    {"csv", "tab.csv", NULL},
    {"csv", "quoted_line_ends.csv", NULL},
    {"csv", "griffeye.csv", NULL},
    {"csv", "type_and_hash.csv", NULL},
    {"csv", "no_headings.csv", NULL},
    {"csv", "unclosed_quote.csv", NULL},
    {"csv", "bad_records.csv", NULL},
    {"csv", "guarded_text.csv", NULL},
    {"plain", "plain.txt", NULL},
    {"plain", "bad_lines.txt", NULL},
    {"pdq", "with_quality.txt", NULL},
    {"pdq", "with_heading.txt", NULL},
    {"pdq", "labelled.txt", NULL},
    {"vpdq", "one_video.txt", NULL},
    {"vpdq", "several_videos.txt", NULL},
    {"vpdq", "bad_lines.txt", NULL},
    {"vpdq", "out_of_order.txt", NULL},
    {"vpdq", "empty_video.txt", NULL},
    {"vpdq", "scaled.txt", NULL},
    {"vpdq", "scaled_later.txt", NULL},
    {"nsrl", "view.sql", NULL},
    {"nsrl", "file_table.sql", NULL},
    {"nsrl", "view_only.sql", NULL},
    {"nsrl", "bad_rows.sql", NULL},
    {"nsrl", "recursive_view.sql", NULL},
    {"nsrl", "endless_join.sql", NULL},
    {"nsrl", "file_access_in_view.sql", NULL},
    {"nsrl", "another_database.sql", NULL},
};

// Files that say too little to be known for what they are.
static const Fixture unmarked[] = {
    {"vics", "utf16.json", NULL},
    {"pdq", "bare.txt", NULL},
    {"pdq", "bad_lines.txt", NULL},
    {"csv", "unknown_columns.csv", NULL},
};

static void add(const char *what, const Fixture *fixture, GTestDataFunc test)
{
    g_autofree char *path =
        g_strdup_printf("/lists/fixtures/%s/%s/%s", fixture->format, fixture->file, what);
    g_test_add_data_func(path, fixture, test);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(fixtures); i++) {
        add("reads_as_expected", &fixtures[i], reads_as_expected);
        add("is_recognised", &fixtures[i], is_recognised);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(unmarked); i++)
        add("reads_as_expected", &unmarked[i], reads_as_expected);
    return g_test_run();
}
