// SPDX-License-Identifier: Apache-2.0
//
// What all readers promise: entries come out as soon as their bytes are there, memory does not grow
// with the list, whoever takes the entries can stop, a source that fails is said, and what is too
// large is refused by itself.
#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "list_render.h"
#include "lists/csv_reader.h"
#include "lists/photodna_guard.h"

#define MD5 "aaaabbbbccccdddd0000000000000001"
#define VICS_HEAD                                                                                  \
    "{\"@odata.context\":\"http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/" \
    "$metadata#Media\",\"value\":["

// One list of each streaming format: what comes up to the end of its first entry, and the rest.
static const struct {
    const char *format, *first, *rest;
} lists[] = {
    {"vics", VICS_HEAD "{\"MD5\":\"" MD5 "\"}", ",{\"MD5\":\"" MD5 "\"}]}"},
    {"stopncii", "{\"hashRecords\":[{\"signalType\":\"VideoMD5\",\"hashValue\":\"" MD5 "\"}",
     ",{\"signalType\":\"VideoMD5\",\"hashValue\":\"" MD5 "\"}]}"},
    {"ncmec",
     "<queryResult><images><image><member id='1'/><id>1</id><fingerprints><md5>" MD5
     "</md5></fingerprints></image>",
     "<deletedImage><member id='1'/><id>2</id></deletedImage></images></queryResult>"},
    {"plain", MD5 "\n", MD5 "\n"},
    {"hashdeep", "%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n1," MD5 ",a\n", "2," MD5 ",b\n"},
    {"pdq", MD5 MD5 ",100,a\n", MD5 MD5 ",100,b\n"},
    {"vpdq", "0,100," MD5 MD5 ",0.000\n# video b\n", "0,100," MD5 MD5 ",0.000\n"},
    {"csv", "md5,name\n" MD5 ",a\n", MD5 ",b\n"},
    {"icse", "MD5;SHA1;Image ID;Victim identified\n" MD5 ";;1;\n", MD5 ";;2;\n"},
};

// A source that refuses to go past the first entry before it was delivered.
typedef struct {
    const char *first, *rest;
    unsigned entries;
    unsigned stop_after; // entries; 0: never
    int fails_with;      // errno once the first part was read; 0: never
} Slow;

static int64_t slow_read(void *user_data, uint64_t offset, void *target, size_t size_bytes)
{
    Slow *slow = user_data;
    size_t first_length = strlen(slow->first);
    const char *text = slow->first;
    if (offset >= first_length) {
        g_assert_cmpuint(slow->entries, >=, 1);
        if (slow->fails_with != 0) {
            errno = slow->fails_with;
            return -1;
        }
        text = slow->rest;
        offset -= first_length;
    }
    size_t count = MIN(size_bytes, strlen(text) - (size_t)offset);
    memcpy(target, text + offset, count);
    return (int64_t)count;
}

static bool take_header(void *user_data, const ListHeader *header)
{
    return true;
}

static bool count_entry(void *user_data, const ListEntry *entry)
{
    Slow *slow = user_data;
    slow->entries++;
    return slow->stop_after == 0 || slow->entries < slow->stop_after;
}

static bool fail_refused(void *user_data, uint64_t position, const char *reason)
{
    g_error("refused at %" G_GUINT64_FORMAT ": %s", position, reason);
    return false;
}

static bool read_slow(const char *format, Slow *slow, GError **err)
{
    const ListSource source = {.read_at = slow_read, .size_bytes = UINT64_MAX, .user_data = slow};
    const ListSink sink = {
        .header = take_header, .entry = count_entry, .refused = fail_refused, .user_data = slow};
    return list_format_by_name(format)->read(&source, &(ListReadOptions){0}, &sink, err);
}

static void gives_each_entry_before_it_reads_on(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_autoptr(GError) error = NULL;
        Slow slow = {.first = lists[i].first, .rest = lists[i].rest};
        bool ok = read_slow(lists[i].format, &slow, &error);
        g_assert_no_error(error);
        g_assert_true(ok);
        g_assert_cmpuint(slow.entries, ==, 2);
    }
}

static void stops_when_nobody_takes_entries(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_autoptr(GError) error = NULL;
        Slow slow = {.first = lists[i].first, .rest = lists[i].rest, .stop_after = 1};
        g_assert_false(read_slow(lists[i].format, &slow, &error));
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CANCELLED);
        g_assert_cmpuint(slow.entries, ==, 1);
    }
}

static void says_that_the_source_failed(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_autoptr(GError) error = NULL;
        Slow slow = {.first = lists[i].first, .rest = lists[i].rest, .fails_with = EIO};
        g_assert_false(read_slow(lists[i].format, &slow, &error));
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_IO);
    }
}

// A truncated list never ends as if it were complete, where the format lets one see it.
static void never_takes_a_cut_document_for_a_whole_one(void)
{
    for (size_t i = 0; i < 3; i++) {
        g_autofree char *whole = g_strconcat(lists[i].first, lists[i].rest, NULL);
        for (size_t length = 0; length < strlen(whole); length++) {
            g_autofree char *cut = g_strndup(whole, length);
            g_autofree char *read = render_text(lists[i].format, cut, NULL);
            g_assert_nonnull(strstr(read, "corrupt: byte "));
        }
    }
}

// Memory ------------------------------------------------------------------------------------------

// An endless list made of one text again and again, up to `total_bytes`.
typedef struct {
    const char *head, *row, *tail;
    uint64_t total_bytes;
    uint64_t entries;
} Endless;

static int64_t endless_read(void *user_data, uint64_t offset, void *target, size_t size_bytes)
{
    const Endless *endless = user_data;
    uint64_t head = strlen(endless->head), row = strlen(endless->row);
    uint64_t body = endless->total_bytes / row * row;
    uint8_t *out = target;
    size_t done = 0;
    for (; done < size_bytes; done++, offset++) {
        uint64_t behind = offset - head;
        if (offset < head)
            out[done] = (uint8_t)endless->head[offset];
        else if (behind < body)
            out[done] = (uint8_t)endless->row[behind % row];
        else if (behind - body < strlen(endless->tail))
            out[done] = (uint8_t)endless->tail[behind - body];
        else
            break;
    }
    return (int64_t)done;
}

static bool count_endless(void *user_data, const ListEntry *entry)
{
    ((Endless *)user_data)->entries++;
    return true;
}

static size_t resident_pages(void)
{
    g_autofree char *text = NULL;
    size_t size, resident;
    g_assert_true(g_file_get_contents("/proc/self/statm", &text, NULL, NULL));
    g_assert_cmpint(sscanf(text, "%zu %zu", &size, &resident), ==, 2);
    return resident;
}

static uint64_t read_endless(const char *format, Endless endless)
{
    const ListSource source = {
        .read_at = endless_read, .size_bytes = UINT64_MAX, .user_data = &endless};
    const ListSink sink = {.header = take_header,
                           .entry = count_endless,
                           .refused = fail_refused,
                           .user_data = &endless};
    g_autoptr(GError) error = NULL;
    list_format_by_name(format)->read(&source, &(ListReadOptions){0}, &sink, &error);
    g_assert_no_error(error);
    return endless.entries;
}

static void needs_no_more_memory_for_a_longer_list(void)
{
    static const Endless endless[] = {
        {.head = VICS_HEAD "{\"MD5\":\"" MD5 "\"}",
         .row = ",{\"MD5\":\"" MD5 "\",\"Category\":1,\"Extra\":[1,2,3]}",
         .tail = "]}"},
        {.head = "md5,name\n", .row = MD5 ",\"a name\"\n", .tail = ""},
        {.head = "", .row = MD5 "\n", .tail = ""},
    };
    static const char *const formats[] = {"vics", "csv", "plain"};
    for (size_t i = 0; i < G_N_ELEMENTS(endless); i++) {
        Endless list = endless[i];
        list.total_bytes = 1u << 20;
        uint64_t few = read_endless(formats[i], list);
        size_t before = resident_pages();
        list.total_bytes = 8u << 20;
        uint64_t many = read_endless(formats[i], list);
        g_assert_cmpuint(many, >, 7 * few);
        // A sanitizer keeps freed blocks for a while, hence the room.
        g_assert_cmpuint(resident_pages(), <, before + (300u << 20) / 4096);
    }
}

// Too large ---------------------------------------------------------------------------------------

static char *vics_with(const char *member, size_t value_length)
{
    g_autofree char *value = g_strnfill(value_length, 'A');
    return g_strdup_printf(VICS_HEAD "{\"MD5\":\"" MD5 "\",\"%s\":\"%s\"},{\"MD5\":\"" MD5 "\"}]}",
                           member, value);
}

static void refuses_one_value_that_is_too_long_and_goes_on(void)
{
    static const char *const members[] = {"Comments", "MD5x",    "Series",
                                          "Category", "SHA1",    "RelativeFilePath",
                                          "MimeType", "PhotoDNA"};
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
        g_autofree char *list = vics_with(members[i], 3u << 20);
        g_autofree char *read = render_text("vics", list, NULL);
        g_assert_nonnull(strstr(read, "refused "));
        g_assert_nonnull(strstr(read, "\nentry 115 md5=" MD5 "\n"));
        g_assert_true(g_str_has_suffix(read, "\ncomplete\n"));
    }
}

static void never_keeps_a_miniature_however_large(void)
{
    g_autofree char *list = vics_with("Miniature", 5u << 20);
    g_autofree char *read = render_text("vics", list, NULL);
    g_assert_null(strstr(read, "refused"));
    g_assert_true(g_str_has_suffix(read, "\ncomplete\n"));
}

static void says_which_member_is_too_large_to_be_kept(void)
{
    g_autoptr(GString) list = g_string_new(VICS_HEAD "{\"MD5\":\"" MD5 "\",\"MediaFiles\":[");
    for (unsigned i = 0; i < 5000; i++)
        g_string_append_printf(list, "%s{\"FileName\":\"%u.jpg\"}", i > 0 ? "," : "", i);
    g_string_append(list, "],\"Tags\":\"kept\"}]}");
    g_autofree char *read = render_text("vics", list->str, NULL);
    g_assert_nonnull(strstr(read, "refused 170 a member too large to be kept\n"));
    g_assert_nonnull(strstr(read, "name=[0.jpg] extra=[{\"Tags\":\"kept\"}]\n"));
}

static void cuts_long_texts_between_characters(void)
{
    g_autofree char *name = g_strnfill(LIMIT_LIST_TEXT - 1, 'n');
    g_autofree char *list = g_strdup_printf(MD5 " %s\xc3\xa9\xc3\xa9", name);
    g_autofree char *read = render_text("plain", list, NULL);
    g_autofree char *expected =
        g_strdup_printf("header [plain digests]\nentry 1 md5=" MD5 " name=[%s]\ncomplete\n", name);
    g_assert_cmpstr(read, ==, expected);
}

static void refuses_more_hashes_than_an_entry_may_have(void)
{
    g_autoptr(GString) list = g_string_new(VICS_HEAD "{\"AlternativeHashes\":[");
    for (unsigned i = 0; i < LIMIT_LIST_ENTRY_HASHES + 1; i++)
        g_string_append_printf(list, "%s{\"HashName\":\"PDQ\",\"HashValue\":\"%064x\"}",
                               i > 0 ? "," : "", i);
    g_string_append(list, "]}]}");
    g_autofree char *read = render_text("vics", list->str, NULL);
    g_assert_nonnull(strstr(read, "more hashes than one entry may have"));
    g_assert_nonnull(strstr(read, "\nentry "));
}

static void refuses_a_line_that_is_too_long(void)
{
    g_autofree char *line = g_strnfill(LIMIT_LIST_TOKEN_BYTES + 5, 'a');
    g_autofree char *list = g_strconcat(line, "\n" MD5 "\n", NULL);
    g_autofree char *read = render_text("plain", list, NULL);
    g_assert_cmpstr(read, ==,
                    "header [plain digests]\nrefused 1 the line is too long\nentry 2 md5=" MD5
                    "\ncomplete\n");
}

static void gives_up_on_csv_whose_quotes_never_close(void)
{
    g_autofree char *filler = g_strnfill(CSV_RECORD_BYTES, 'y');
    g_autoptr(GString) list = g_string_new("md5,name\n");
    for (unsigned i = 0; i <= CSV_RESYNCS; i++)
        g_string_append_printf(list, MD5 ",\"never closed\n%s\n", filler);
    g_autofree char *read = render_text("csv", list->str, NULL);
    g_assert_nonnull(strstr(read, "refused 200 a quoted field never ends\n"));
    g_assert_nonnull(strstr(read, "corrupt: line 202: more than 100 quoted fields do not end"));
}

static void refuses_csv_records_without_end(void)
{
    g_autofree char *cell = g_strnfill(CSV_LINE_BYTES, 'x');
    g_autofree char *list = g_strdup_printf("md5,name\n" MD5 ",%s\n" MD5 ",b\n", cell);
    g_autofree char *read = render_text("csv", list, NULL);
    g_assert_cmpstr(read, ==,
                    "header [CSV, 2 columns]\nrefused 2 the record is too long\nentry 3 md5=" MD5
                    " name=[b]\ncomplete\n");
}

static void stops_at_xml_tokens_without_end(void)
{
    g_autofree char *filler = g_strnfill(4u << 20, 'x');
    g_autofree char *list = g_strdup_printf("<queryResult><images count='%s'>", filler);
    g_autofree char *read = render_text("ncmec", list, NULL);
    g_assert_nonnull(strstr(read, "limit: byte 13: a tag or comment is longer than"));
}

static void stops_at_xml_that_is_nested_too_deep(void)
{
    g_autoptr(GString) list = g_string_new(NULL);
    for (unsigned i = 0; i <= LIMIT_LIST_DEPTH; i++)
        g_string_append(list, "<a>");
    g_autofree char *read = render_text("ncmec", list->str, NULL);
    g_assert_nonnull(strstr(read, "nested deeper than 64 levels"));
}

// PhotoDNA ----------------------------------------------------------------------------------------

static char *photodna_of(unsigned seed)
{
    uint8_t value[144];
    for (unsigned i = 0; i < sizeof value; i++)
        value[i] = (uint8_t)(i * 7 + seed);
    return g_base64_encode(value, sizeof value);
}

static void refuses_a_photodna_value_that_everything_carries(void)
{
    g_autofree char *constant = photodna_of(1);
    g_autofree char *other = photodna_of(2);
    g_autoptr(GString) list = g_string_new(VICS_HEAD);
    unsigned count = PHOTODNA_REPEATS + 10;
    for (unsigned i = 0; i < count; i++)
        g_string_append_printf(list, "%s{\"MD5\":\"%032x\",\"PhotoDNA\":\"%s\"}", i > 0 ? "," : "",
                               i, constant);
    // One picture named by many entries is no constant.
    for (unsigned i = 0; i < count; i++)
        g_string_append_printf(list, ",{\"MD5\":\"%032x\",\"PhotoDNA\":\"%s\"}", count, other);
    g_string_append(list, "]}");
    g_autofree char *read = render_text("vics", list->str, NULL);
    g_auto(GStrv) lines = g_strsplit(read, "\n", -1);
    unsigned refused = 0, entries = 0;
    for (size_t i = 0; lines[i] != NULL; i++) {
        refused += g_str_has_suffix(lines[i], "PhotoDNA is a constant that stands for failures");
        entries += g_str_has_prefix(lines[i], "entry ");
    }
    g_assert_cmpuint(refused, ==, 10);
    g_assert_cmpuint(entries, ==, 2 * count);
}

// Options -----------------------------------------------------------------------------------------

static void takes_bare_values_for_the_default_type(void)
{
    const ListReadOptions options = {.has_default_type = true, .default_type = HASH_PDQ};
    g_autofree char *read = render_text("plain", MD5 MD5 "\n" MD5 "\n", &options);
    g_assert_cmpstr(read, ==,
                    "header [plain digests]\nentry 1 pdq=" MD5 MD5 "\nentry 2 md5=" MD5
                    "\ncomplete\n");
}

static void takes_columns_from_the_option(void)
{
    ListReadOptions options = {0};
    g_autoptr(GError) error = NULL;
    g_assert_true(
        list_read_options_parse_columns(&options, "sha256=3,category=1,name=5,key=4", &error));
    g_assert_no_error(error);
    g_autofree char *read =
        render_text("csv", "what,x,h,id,n\nA,y," MD5 MD5 ",k,a.jpg\n", &options);
    g_assert_cmpstr(read, ==,
                    "header [CSV, 5 columns, of which 1 mean nothing to Clew]\n"
                    "entry 2 key=[k] sha256=" MD5 MD5 " category=[A] name=[a.jpg]\ncomplete\n");
}

static void refuses_columns_that_make_no_sense(void)
{
    static const char *const texts[] = {"",      "md5",      "md5=",          "md5=0",
                                        "md5=x", "colour=1", "md5=1,,sha1=2", "md5=99999999999"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        ListReadOptions options = {0};
        g_autoptr(GError) error = NULL;
        g_assert_false(list_read_options_parse_columns(&options, texts[i], &error));
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
        g_assert_cmpuint(options.column_of_hash[HASH_MD5], ==, 0);
    }
}

static void cannot_read_a_database_from_a_pipe(void)
{
    size_t size_bytes;
    g_autofree uint8_t *database = database_from_sql("CREATE TABLE FILE (md5 TEXT);", &size_bytes);
    g_autofree char *read = render_list(
        list_format_by_name("nsrl"),
        (MemoryList){.bytes = database, .size_bytes = size_bytes, .is_pipe = true}, NULL);
    g_assert_cmpstr(read, ==,
                    "unsupported: a SQLite list cannot be read from a pipe; save it to a file "
                    "first\n");
}

static void names_a_damaged_database(void)
{
    size_t size_bytes;
    g_autoptr(GString) sql = g_string_new("CREATE TABLE FILE (md5 TEXT);");
    for (unsigned i = 0; i < 3000; i++)
        g_string_append_printf(sql, "INSERT INTO FILE VALUES ('%032x');", i);
    g_autofree uint8_t *database = database_from_sql(sql->str, &size_bytes);
    memset(database + size_bytes / 2, 0xff, 8192);
    g_autofree char *read =
        render_list(list_format_by_name("nsrl"),
                    (MemoryList){.bytes = database, .size_bytes = size_bytes}, NULL);
    g_assert_nonnull(strstr(read, "corrupt: cannot read the row behind row "));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define TEST(name) g_test_add_func("/lists/list_readers/" #name, name)
    TEST(gives_each_entry_before_it_reads_on);
    TEST(stops_when_nobody_takes_entries);
    TEST(says_that_the_source_failed);
    TEST(never_takes_a_cut_document_for_a_whole_one);
    TEST(needs_no_more_memory_for_a_longer_list);
    TEST(refuses_one_value_that_is_too_long_and_goes_on);
    TEST(never_keeps_a_miniature_however_large);
    TEST(says_which_member_is_too_large_to_be_kept);
    TEST(cuts_long_texts_between_characters);
    TEST(refuses_more_hashes_than_an_entry_may_have);
    TEST(refuses_a_line_that_is_too_long);
    TEST(gives_up_on_csv_whose_quotes_never_close);
    TEST(refuses_csv_records_without_end);
    TEST(stops_at_xml_tokens_without_end);
    TEST(stops_at_xml_that_is_nested_too_deep);
    TEST(refuses_a_photodna_value_that_everything_carries);
    TEST(takes_bare_values_for_the_default_type);
    TEST(takes_columns_from_the_option);
    TEST(refuses_columns_that_make_no_sense);
    TEST(cannot_read_a_database_from_a_pipe);
    TEST(names_a_damaged_database);
    return g_test_run();
}
