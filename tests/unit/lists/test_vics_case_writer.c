// SPDX-License-Identifier: Apache-2.0
//
// The case document of a scan is what other tools expect (read by jansson) and what our own reader
// reads, with every file under its media and nothing stated that is not known.
#include <glib.h>
#include <jansson.h>
#include <string.h>

#include "list_render.h"
#include "lists/vics_case_writer.h"

static bool append_output(void *user_data, const void *bytes, size_t size_bytes, GError **err)
{
    g_string_append_len(user_data, bytes, (gssize)size_bytes);
    return true;
}

static Record *record_of(const char *path, uint8_t byte)
{
    Record *record = record_new();
    record->path = g_strdup(path);
    record->item_id = g_strdup_printf("item-%s", path);
    record->has_size = true;
    record->size_bytes = 1000u + byte;
    record->media_type = "image/jpeg";
    record->has_digests = true;
    memset(&record->digests, byte, sizeof record->digests);
    record->times.modified =
        (ItemTime){.seconds = 1700000000, .nanoseconds = 5000000, .zone = ZONE_UTC};
    record->times.created = (ItemTime){.seconds = 1700000000, .zone = ZONE_UNKNOWN};
    return record;
}

static StillFacts *still_of(uint8_t byte)
{
    StillFacts *still = still_facts_new();
    still->decoded = true;
    still->width = 640;
    still->height = 480;
    still->pdq[PIPELINE_512].present = true;
    memset(still->pdq[PIPELINE_512].hash, byte, sizeof still->pdq[PIPELINE_512].hash);
    still->pdq[PIPELINE_FULL].present = true;
    memset(still->pdq[PIPELINE_FULL].hash, byte + 1, sizeof still->pdq[PIPELINE_FULL].hash);
    still->exif.present = true;
    still->exif.make = g_strdup("A \"maker\"");
    still->exif.has_gps = true;
    still->exif.gps_latitude = 59.5;
    return still;
}

static const VicsCaseFacts facts = {
    .case_id = "00000000-0000-4000-8000-000000000001",
    .case_number = "2024-1",
    .scheme = "vics-us",
    .application_name = "Clew",
    .application_version = "0.1.0",
    .metadata = (const VicsProperty[]){{"CommandLine", "clew scan"}, {"Absent", NULL}},
    .metadata_count = 2,
};

// Two contents; the first in two files and with a category.
static char *write_case(const VicsCaseFacts *with)
{
    GString *text = g_string_new(NULL);
    const ListOutput output = {.write = append_output, .user_data = text};
    g_autoptr(VicsCaseWriter) writer = vics_case_writer_new(with, &output);
    g_autoptr(Record) first = record_of("folder/a.jpg", 0x11);
    g_autoptr(Record) copy = record_of("other/copy.jpg", 0x11);
    g_autoptr(Record) second = record_of("b.jpg", 0x22);
    const Match match = {.set_name = "a set", .entry = 7, .category = "1", .type = MATCH_EXACT};
    first->still = still_of(0x0f);
    const VicsCaseMedia media[] = {
        {.record = first,
         .category = "1",
         .category_source = "a set",
         .series = "A series",
         .matches = &match,
         .match_count = 1},
        {.record = second},
    };
    record_set_status(second, STATUS_CORRUPT, "the picture is cut short");
    g_assert_true(vics_case_media_begin(writer, &media[0], NULL));
    g_assert_true(vics_case_media_file(writer, first, NULL));
    g_assert_true(vics_case_media_file(writer, copy, NULL));
    g_assert_true(vics_case_media_end(writer, NULL));
    g_assert_true(vics_case_media_begin(writer, &media[1], NULL));
    g_assert_true(vics_case_media_file(writer, second, NULL));
    g_assert_true(vics_case_media_end(writer, NULL));
    g_assert_true(vics_case_end(writer, NULL));
    return g_string_free(text, FALSE);
}

static json_t *parse(const char *text)
{
    json_error_t error;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL)
        g_error("line %d: %s", error.line, error.text);
    return root;
}

static const char *text_of(json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static void is_a_case_document_of_the_scheme_s_region(void)
{
    g_autofree char *text = write_case(&facts);
    json_t *root = parse(text);
    g_assert_cmpstr(text_of(root, "@odata.context"), ==,
                    "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/"
                    "$metadata#Cases");
    json_t *one = json_array_get(json_object_get(root, "value"), 0);
    g_assert_cmpstr(text_of(one, "CaseID"), ==, facts.case_id);
    g_assert_cmpstr(text_of(one, "SourceApplicationName"), ==, "Clew");
    g_assert_null(json_object_get(one, "ContactName"));
    g_assert_cmpuint(json_array_size(json_object_get(one, "CaseMetadata")), ==, 1);
    g_assert_cmpint(json_integer_value(json_object_get(one, "TotalMediaFiles")), ==, 3);
    g_assert_cmpint(json_integer_value(json_object_get(one, "TotalPrecategorized")), ==, 1);
    json_decref(root);
}

static void puts_every_file_under_its_media(void)
{
    g_autofree char *text = write_case(&facts);
    json_t *root = parse(text);
    json_t *media = json_object_get(json_array_get(json_object_get(root, "value"), 0), "Media");
    g_assert_cmpuint(json_array_size(media), ==, 2);
    json_t *files = json_object_get(json_array_get(media, 0), "MediaFiles");
    g_assert_cmpuint(json_array_size(files), ==, 2);
    json_t *copy = json_array_get(files, 1);
    g_assert_cmpstr(text_of(copy, "MD5"), ==, "11111111111111111111111111111111");
    g_assert_cmpstr(text_of(copy, "FileName"), ==, "copy.jpg");
    g_assert_cmpstr(text_of(copy, "FilePath"), ==, "other/");
    g_assert_cmpint(json_integer_value(json_object_get(copy, "MediaFileID")), ==, 2);
    json_decref(root);
}

static void leaves_out_what_is_not_known(void)
{
    g_autofree char *text = write_case(&facts);
    json_t *root = parse(text);
    json_t *media = json_object_get(json_array_get(json_object_get(root, "value"), 0), "Media");
    json_t *second = json_array_get(media, 1);
    json_t *file = json_array_get(json_object_get(second, "MediaFiles"), 0);
    g_assert_null(json_object_get(second, "Category"));
    g_assert_false(json_boolean_value(json_object_get(second, "IsPrecategorized")));
    g_assert_null(json_object_get(second, "Exifs"));
    g_assert_cmpstr(text_of(file, "Written"), ==, "2023-11-14T22:13:20.005Z");
    g_assert_null(json_object_get(file, "Created")); // its zone is not known
    g_assert_null(json_object_get(file, "Accessed"));
    g_assert_null(json_object_get(file, "FilePath"));
    json_decref(root);
}

static void says_what_could_not_be_examined(void)
{
    g_autofree char *text = write_case(&facts);
    g_assert_nonnull(
        strstr(text, "{\"PropertyName\":\"ClewStatus\",\"PropertyValue\":\"corrupt\"}"));
    g_assert_nonnull(strstr(text, "the picture is cut short"));
}

static void writes_no_category_of_another_scheme(void)
{
    VicsCaseFacts other = facts;
    other.scheme = "ncmec";
    g_autofree char *text = write_case(&other);
    g_assert_null(strstr(text, "\"Category\""));
    g_assert_nonnull(strstr(text, "2.0.xml/CUSTOM/$metadata#Cases"));
    other.scheme = NULL;
    g_autofree char *none = write_case(&other);
    g_assert_null(strstr(none, "\"Category\""));
    g_assert_nonnull(strstr(none, "2.0.xml/UNKNOWN/$metadata#Cases"));
}

static void is_read_by_our_own_reader(void)
{
    g_autofree char *text = write_case(&facts);
    g_autofree char *read = render_text("vics", text, NULL);
    g_assert_true(g_str_has_prefix(
        read, "header [VICS 2.0 case document, region US] scheme=[vics-us]\nentry "));
    g_assert_nonnull(strstr(read,
                            " md5=11111111111111111111111111111111 "
                            "sha1=1111111111111111111111111111111111111111 "
                            "sha256=1111111111111111111111111111111111111111111111111111111111"
                            "111111 pdq=1010101010101010101010101010101010101010101010101010"
                            "101010101010 pdq=0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"
                            "0f0f0f0f0f0f0f0f0f category=[1] series=[A series] name=[a.jpg] "
                            "size=1017"));
    g_assert_nonnull(strstr(read, "name=[b.jpg]"));
    g_assert_true(g_str_has_suffix(read, "\ncomplete\n"));
    g_assert_null(strstr(read, "refused"));
}

static void writes_a_case_without_media(void)
{
    GString *text = g_string_new(NULL);
    const ListOutput output = {.write = append_output, .user_data = text};
    g_autoptr(VicsCaseWriter) writer = vics_case_writer_new(&facts, &output);
    g_assert_true(vics_case_end(writer, NULL));
    json_decref(parse(text->str));
    g_string_free(text, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define TEST(name) g_test_add_func("/lists/vics_case_writer/" #name, name)
    TEST(is_a_case_document_of_the_scheme_s_region);
    TEST(puts_every_file_under_its_media);
    TEST(leaves_out_what_is_not_known);
    TEST(says_what_could_not_be_examined);
    TEST(writes_no_category_of_another_scheme);
    TEST(is_read_by_our_own_reader);
    TEST(writes_a_case_without_media);
    return g_test_run();
}
