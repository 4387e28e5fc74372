// SPDX-License-Identifier: Apache-2.0
//
// What a writer writes our readers read back; what a format cannot hold is counted; and the text is
// what others expect, literally.
#include <glib.h>
#include <jansson.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "list_render.h"
#include "lists/list_emit.h"
#include "lists/list_writer.h"

static bool append_output(void *user_data, const void *bytes, size_t size_bytes, GError **err)
{
    g_string_append_len(user_data, bytes, (gssize)size_bytes);
    return true;
}

static bool fail_output(void *user_data, const void *bytes, size_t size_bytes, GError **err)
{
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_IO, "no space left");
    return false;
}

static uint8_t *filled(uint8_t *value, uint8_t byte)
{
    memset(value, byte, HASH_BYTES_MAX);
    return value;
}

static void add_hash(ListEntry *entry, HashType type, uint8_t byte)
{
    uint8_t value[HASH_BYTES_MAX];
    list_entry_add_hash(entry, type, filled(value, byte), hash_type_bytes(type), NULL);
}

// An entry with a value in every field.
static ListEntry full_entry(void)
{
    ListEntry entry;
    list_entry_init(&entry);
    add_hash(&entry, HASH_MD5, 0x11);
    add_hash(&entry, HASH_SHA1, 0x22);
    add_hash(&entry, HASH_SHA256, 0x33);
    add_hash(&entry, HASH_PDQ, 0x0f);
    add_hash(&entry, HASH_PDQ, 0xf0);
    list_entry_add_hash(&entry, HASH_OTHER, NULL, 0, "netclean:value");
    entry.category = g_strdup("1");
    entry.series = g_strdup("A; series");
    entry.name = g_strdup("folder/a, \"b\".jpg");
    entry.comment = g_strdup("=1+1");
    entry.has_size = true;
    entry.size_bytes = 1234;
    entry.victim_identified = 1;
    entry.offender_identified = 0;
    entry.is_video = true;
    return entry;
}

static ListEntry entry_of(HashType type, uint8_t byte)
{
    ListEntry entry;
    list_entry_init(&entry);
    add_hash(&entry, type, byte);
    return entry;
}

typedef struct {
    const char *scheme;
    const ListEntry *entries;
    size_t count;
    ListLeftOut left_out;
} Set;

static char *write_set(const char *format, Set *set)
{
    GString *text = g_string_new(NULL);
    ListWriterFacts facts = {.scheme = set->scheme, .remark = "a remark"};
    for (size_t i = 0; i < set->count; i++)
        facts.videos += set->entries[i].is_video;
    for (size_t i = 0; i < set->count; i++)
        for (size_t k = 0; k < set->entries[i].hash_count; k++)
            facts.hashes[set->entries[i].hashes[k].type]++;
    const ListOutput output = {.write = append_output, .user_data = text};
    g_autoptr(ListWriter) writer =
        list_writer_new(list_writer_format_by_name(format), &facts, &output);
    for (size_t i = 0; i < set->count; i++)
        g_assert_true(list_writer_entry(writer, &set->entries[i], NULL));
    g_assert_true(list_writer_end(writer, NULL));
    set->left_out = list_writer_left_out(writer);
    return g_string_free(text, FALSE);
}

static void writes_hashdeep_that_hashdeep_reads(void)
{
    ListEntry entries[] = {full_entry(), entry_of(HASH_MD5, 0x44)};
    g_clear_pointer(&entries[0].name, g_free);
    list_entry_clear(&entries[1]);
    entries[1] = full_entry();
    Set set = {.entries = entries, .count = 2};
    g_autofree char *text = write_set("hashdeep", &set);
    g_assert_cmpstr(
        text, ==,
        "%%%% HASHDEEP-1.0\n%%%% size,md5,sha1,sha256,filename\n## a remark\n"
        "1234,11111111111111111111111111111111,2222222222222222222222222222222222222222,"
        "3333333333333333333333333333333333333333333333333333333333333333,\n"
        "1234,11111111111111111111111111111111,2222222222222222222222222222222222222222,"
        "3333333333333333333333333333333333333333333333333333333333333333,folder/a, \"b\".jpg\n");
    g_assert_cmpuint(set.left_out.hashes, ==, 6);
    list_entry_clear(&entries[0]);
    list_entry_clear(&entries[1]);
}

static void leaves_out_of_hashdeep_what_lacks_the_most_frequent_digest(void)
{
    ListEntry entries[] = {entry_of(HASH_MD5, 1), entry_of(HASH_MD5, 2), entry_of(HASH_SHA256, 3)};
    Set set = {.entries = entries, .count = 3};
    g_autofree char *text = write_set("hashdeep", &set);
    g_assert_cmpstr(text, ==,
                    "%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n## a remark\n"
                    ",01010101010101010101010101010101,\n,02020202020202020202020202020202,\n");
    g_assert_cmpuint(set.left_out.entries, ==, 1);
    for (size_t i = 0; i < 3; i++)
        list_entry_clear(&entries[i]);
}

static void assert_reads_back(const char *format, const char *text, const char *expected)
{
    g_autofree char *read = render_text(format, text, NULL);
    g_assert_cmpstr(read, ==, expected);
}

static void reads_back_its_csv(void)
{
    ListEntry entry = full_entry();
    entry.key = g_strdup("k/1");
    Set set = {.entries = &entry, .count = 1};
    g_autofree char *text = write_set("csv", &set);
    g_assert_nonnull(strstr(text, ",\"folder/a, \"\"b\"\".jpg\",'=1+1,1234,yes,no,,video\r\n"));
    assert_reads_back(
        "csv", text,
        "header [CSV, 17 columns]\n"
        "entry 2 key=[k/1] md5=11111111111111111111111111111111 "
        "sha1=2222222222222222222222222222222222222222 "
        "sha256=3333333333333333333333333333333333333333333333333333333333333333 "
        "pdq=0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f "
        "pdq=f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0 "
        "other=[netclean:value] category=[1] series=[A; series] name=[folder/a, \"b\".jpg] "
        "comment=[=1+1] size=1234 victim=yes offender=no video\n"
        "complete\n");
    list_entry_clear(&entry);
}

static void reads_back_its_icse(void)
{
    ListEntry entries[] = {full_entry(), entry_of(HASH_SHA256, 5)};
    g_free(entries[0].category);
    entries[0].category = g_strdup("baseline");
    entries[0].extra_json =
        g_strdup("{\"other\":[1,{}],\"Number of submissions\":\"12\",\"File Available\":\"true\"}");
    Set set = {.entries = entries, .count = 2, .scheme = "interpol-baseline"};
    g_autofree char *text = write_set("icse", &set);
    assert_reads_back("icse", text,
                      "header [ICSE CSV] scheme=[interpol-baseline]\n"
                      "entry 2 md5=11111111111111111111111111111111 "
                      "sha1=2222222222222222222222222222222222222222 category=[baseline] "
                      "series=[A; series] victim=yes offender=no video "
                      "extra=[{\"Number of submissions\":\"12\",\"File Available\":\"true\"}]\n"
                      "complete\n");
    g_assert_cmpuint(set.left_out.entries, ==, 1);
    g_assert_cmpuint(set.left_out.hashes, ==, 4);
    list_entry_clear(&entries[0]);
    list_entry_clear(&entries[1]);
}

static void reads_back_its_vics(void)
{
    ListEntry entry = full_entry();
    entry.extra_json = g_strdup("{\"MediaID\":77,\"Vendor\":[1,2.50,{\"a\":\"\\u202e\"}],"
                                "\"DateUpdated\":\"2023-06-07T02:31:49Z\","
                                "\"MimeType\":\"video/mp4\",\"Series\":[\"A\",\"series\"]}");
    Set set = {.entries = &entry, .count = 1, .scheme = "vics-us"};
    g_autofree char *text = write_set("vics", &set);
    assert_reads_back(
        "vics", text,
        "header [VICS 2.0 hash set, region Default]\n"
        "entry 116 md5=11111111111111111111111111111111 "
        "sha1=2222222222222222222222222222222222222222 "
        "sha256=3333333333333333333333333333333333333333333333333333333333333333 "
        "pdq=0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f "
        "pdq=f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0 "
        "other=[netclean:value] category=[1] series=[A; series] name=[folder/a, \"b\".jpg] "
        "comment=[=1+1] size=1234 victim=yes offender=no video "
        "extra=[{\"MediaID\":1,\"IsPrecategorized\":true,\"Vendor\":[1,2.50,{\"a\":\"\\u202e\"}],"
        "\"DateUpdated\":\"2023-06-07T02:31:49Z\",\"MimeType\":\"video/mp4\","
        "\"Series\":[\"A\",\"series\"]}]\n"
        "complete\n");
    list_entry_clear(&entry);
}

static json_t *parse(const char *text)
{
    json_error_t error;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL)
        g_error("line %d: %s", error.line, error.text);
    return root;
}

static void writes_vics_in_capitals_with_the_default_context(void)
{
    ListEntry entries[] = {entry_of(HASH_MD5, 0xab), entry_of(HASH_MD5, 0xcd)};
    Set set = {.entries = entries, .count = 2};
    g_autofree char *text = write_set("vics", &set);
    json_t *root = parse(text);
    json_t *value = json_object_get(root, "value");
    g_assert_cmpstr(json_string_value(json_object_get(root, "@odata.context")), ==,
                    "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/"
                    "$metadata#Media");
    g_assert_cmpuint(json_array_size(value), ==, 2);
    json_t *second = json_array_get(value, 1);
    g_assert_cmpstr(json_string_value(json_object_get(second, "MD5")), ==,
                    "CDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCD");
    g_assert_cmpint(json_integer_value(json_object_get(second, "MediaID")), ==, 2);
    json_decref(root);
    list_entry_clear(&entries[0]);
    list_entry_clear(&entries[1]);
}

static void leaves_out_of_vics_what_has_no_place(void)
{
    ListEntry entries[] = {entry_of(HASH_MD5, 1), entry_of(HASH_PDQ, 2), entry_of(HASH_MD5, 3),
                           entry_of(HASH_MD5, 4)};
    entries[0].category = g_strdup("A1");
    entries[2].category = g_strdup("256");
    entries[3].action = LIST_ENTRY_DELETED;
    Set set = {.entries = entries, .count = 4, .scheme = "vics-us"};
    g_autofree char *text = write_set("vics", &set);
    g_assert_null(strstr(text, "Category\":"));
    g_assert_cmpuint(set.left_out.entries, ==, 1);
    g_assert_cmpuint(set.left_out.categories, ==, 2);
    for (size_t i = 0; i < 4; i++)
        list_entry_clear(&entries[i]);
}

static void writes_no_category_of_another_scheme(void)
{
    ListEntry entry = entry_of(HASH_MD5, 1);
    entry.category = g_strdup("1");
    Set set = {.entries = &entry, .count = 1, .scheme = "uk-legal"};
    g_autofree char *text = write_set("vics", &set);
    g_assert_null(strstr(text, "\"Category\""));
    g_assert_cmpuint(set.left_out.categories, ==, 1);
    list_entry_clear(&entry);
}

static void stays_json_whatever_came_with_an_entry(void)
{
    static const char *const extras[] = {
        "{",
        "{}",
        "{\"a\"",
        "{\"a\":1,}",
        "{\"a\":1]}",
        "[]",
        "x",
        "",
        "{\"a\":{\"b\":[}}",
        "{\"ok\":1,\"broken\":tru}",
        "{\"deep\":[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(extras); i++) {
        ListEntry entry = entry_of(HASH_MD5, 1);
        entry.extra_json = g_strdup(extras[i]);
        Set set = {.entries = &entry, .count = 1};
        g_autofree char *text = write_set("vics", &set);
        json_decref(parse(text));
        list_entry_clear(&entry);
    }
}

// ---- Videos -----------------------------------------------------------------------------------

static ListEntry video_of(const char *name, unsigned frames)
{
    ListEntry entry;
    list_entry_init(&entry);
    entry.is_video = true;
    entry.name = g_strdup(name);
    for (unsigned i = 0; i < frames; i++) {
        FrameHash frame = {.number = 30 * i, .milliseconds = 1001 * i, .quality = 100};
        memset(frame.hash, 0xe0, PDQ_BYTES);
        list_entry_add_frame(&entry, &frame);
    }
    return entry;
}

#define E0_HASH "e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0"

static void writes_one_video_as_the_reference_does(void)
{
    ListEntry video = video_of(NULL, 2);
    Set set = {.entries = &video, .count = 1};
    g_autofree char *text = write_set("vpdq", &set);
    g_assert_cmpstr(text, ==, "0,100," E0_HASH ",0.000\n30,100," E0_HASH ",1.001\n");
    list_entry_clear(&video);
}

static void reads_back_its_vpdq_of_several_videos(void)
{
    ListEntry videos[] = {video_of("folder/a b.mp4", 2), video_of(NULL, 1), entry_of(HASH_MD5, 1)};
    add_hash(&videos[1], HASH_MD5, 1);
    videos[1].category = g_strdup("1");
    Set set = {.entries = videos, .count = 3};
    g_autofree char *text = write_set("vpdq", &set);
    g_autofree char *read = render_text("vpdq", text, NULL);
    g_assert_cmpstr(read, ==,
                    "header [vPDQ text]\n"
                    "entry 1 name=[folder/a b.mp4] video frame=0,100,e0e0,0.000 "
                    "frame=30,100,e0e0,1.001\n"
                    "entry 4 video frame=0,100,e0e0,0.000\ncomplete\n");
    g_assert_cmpuint(set.left_out.entries, ==, 1);
    g_assert_cmpuint(set.left_out.hashes, ==, 1);
    g_assert_cmpuint(set.left_out.categories, ==, 1);
    g_assert_cmpuint(set.left_out.frames, ==, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(videos); i++)
        list_entry_clear(&videos[i]);
}

static void counts_frames_and_segments_that_have_no_place(void)
{
    ListEntry video = video_of("a.mp4", 5);
    add_hash(&video, HASH_MD5, 1);
    list_entry_add_segment(&video, 1, 2, "1");
    Set set = {.entries = &video, .count = 1};
    g_autofree char *csv = write_set("csv", &set);
    g_assert_nonnull(strstr(csv, "a.mp4"));
    g_assert_cmpuint(set.left_out.frames, ==, 5);
    g_assert_cmpuint(set.left_out.segments, ==, 1);
    g_autofree char *vics = write_set("vics", &set);
    g_assert_nonnull(strstr(vics, "Segments"));
    g_assert_cmpuint(set.left_out.frames, ==, 5);
    g_assert_cmpuint(set.left_out.segments, ==, 0);
    list_entry_clear(&video);
}

static void reads_back_its_segments(void)
{
    ListEntry video = video_of(NULL, 0);
    add_hash(&video, HASH_MD5, 1);
    list_entry_add_segment(&video, 3661.0005, 7322.25, "2");
    list_entry_add_segment(&video, 4000, 4001, NULL);
    Set set = {.scheme = "vics-us", .entries = &video, .count = 1};
    g_autofree char *text = write_set("vics", &set);
    g_assert_nonnull(strstr(text, "\"Start\":\"01:01:01.001\",\"End\":\"02:02:02.250\","
                                  "\"Category\":2}"));
    g_autofree char *read = render_text("vics", text, NULL);
    g_assert_nonnull(strstr(read, " video segment=3661-7322.25:2 segment=4000-4001 "));
    list_entry_clear(&video);
}

// What came with an entry goes out again to the letter, not as this writer would put it.
static void writes_segments_back_as_they_came(void)
{
    static const char segments[] = "\"Segments\":[{\"MD5\":\"01010101010101010101010101010101\","
                                   "\"Start\":\"1.5\",\"End\":\"later\",\"Vendor\":[1]}]";
    ListEntry video = entry_of(HASH_MD5, 1);
    video.extra_json = g_strdup_printf("{%s}", segments);
    list_entry_add_segment(&video, 1, 2, NULL);
    Set set = {.entries = &video, .count = 1};
    g_autofree char *text = write_set("vics", &set);
    g_assert_nonnull(strstr(text, segments));
    list_entry_clear(&video);
}

// TMK features are 263,344 bytes, 351,128 characters of base64.
static void keeps_features_of_tmk_whole(void)
{
    ListEntry video = entry_of(HASH_MD5, 1);
    g_autofree char *features = g_strnfill(351128, 'T');
    g_assert_null(list_add_hash(&video, HASH_TMK_PDQF, features, strlen(features)));
    Set set = {.entries = &video, .count = 1};
    static const char *const names[] = {"vics", "csv"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *text = write_set(names[i], &set);
        g_autofree char *read = render_text(names[i], text, NULL);
        g_autofree char *expected = g_strdup_printf("tmk_pdqf=[%s]", features);
        g_assert_nonnull(strstr(read, expected));
    }
    g_autofree char *too_long = g_strnfill(LIMIT_LIST_HASH_TEXT + 1, 'T');
    g_assert_cmpstr(list_add_hash(&video, HASH_TMK_PDQF, too_long, strlen(too_long)), ==,
                    "the value is too long to be kept");
    list_entry_clear(&video);
}

static void writes_an_empty_set(void)
{
    for (const ListWriterFormat *const *format = list_writer_formats(); *format != NULL; format++) {
        Set set = {0};
        g_autofree char *text = write_set(list_writer_format_name(*format), &set);
        // vPDQ text has neither a head nor remarks.
        bool is_vpdq = strcmp(list_writer_format_name(*format), "vpdq") == 0;
        g_assert_true(strlen(text) > 10 || is_vpdq);
    }
}

static void passes_on_why_the_output_failed(void)
{
    const ListWriterFacts facts = {0};
    const ListOutput output = {.write = fail_output};
    g_autoptr(GError) error = NULL;
    g_autoptr(ListWriter) writer =
        list_writer_new(list_writer_format_by_name("csv"), &facts, &output);
    g_assert_false(list_writer_end(writer, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_IO);
}

// Entries of random content come back from VICS and CSV as they went in.
static void random_text(char **target)
{
    static const char *const parts[] = {"a", "\"", "\\", ",", ";", "'", "=", " b", "\xc3\xa9", "{"};
    GString *text = g_string_new("x");
    for (int i = g_test_rand_int_range(0, 8); i > 0; i--)
        g_string_append(text, parts[g_test_rand_int_range(0, G_N_ELEMENTS(parts))]);
    *target = g_string_free(text, FALSE);
}

static void reads_back_random_entries(void)
{
    for (unsigned i = 0; i < 500; i++) {
        ListEntry entry = entry_of(HASH_MD5, (uint8_t)g_test_rand_int_range(0, 256));
        if (g_test_rand_bit())
            add_hash(&entry, HASH_SHA256, (uint8_t)g_test_rand_int_range(0, 256));
        random_text(&entry.series);
        random_text(&entry.comment);
        random_text(&entry.category);
        entry.distributed = g_test_rand_int_range(-1, 2);
        Set set = {.entries = &entry, .count = 1};
        g_autofree char *text = write_set("csv", &set);
        g_autofree char *read = render_text("csv", text, NULL);
        entry.position = 2;
        g_autofree char *line = render_entry(&entry);
        g_autofree char *expected =
            g_strdup_printf("header [CSV, 17 columns]\n%s\ncomplete\n", line);
        g_assert_cmpstr(read, ==, expected);
        list_entry_clear(&entry);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define TEST(name) g_test_add_func("/lists/list_writers/" #name, name)
    TEST(writes_hashdeep_that_hashdeep_reads);
    TEST(leaves_out_of_hashdeep_what_lacks_the_most_frequent_digest);
    TEST(reads_back_its_csv);
    TEST(reads_back_its_icse);
    TEST(reads_back_its_vics);
    TEST(writes_vics_in_capitals_with_the_default_context);
    TEST(leaves_out_of_vics_what_has_no_place);
    TEST(writes_no_category_of_another_scheme);
    TEST(stays_json_whatever_came_with_an_entry);
    TEST(writes_one_video_as_the_reference_does);
    TEST(reads_back_its_vpdq_of_several_videos);
    TEST(counts_frames_and_segments_that_have_no_place);
    TEST(reads_back_its_segments);
    TEST(writes_segments_back_as_they_came);
    TEST(keeps_features_of_tmk_whole);
    TEST(writes_an_empty_set);
    TEST(passes_on_why_the_output_failed);
    TEST(reads_back_random_entries);
    return g_test_run();
}
