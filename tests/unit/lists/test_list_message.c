// SPDX-License-Identifier: Apache-2.0
//
// What is put into a message comes out of it; what breaks a rule is refused, whatever the rule.
#include <glib.h>
#include <string.h>

#include "base/limits.h"
#include "list_render.h"
#include "wire/list_message.h"

static ListEntry entry_with_everything(void)
{
    ListEntry entry;
    uint8_t value[HASH_BYTES_MAX] = {1, 2, 3};
    list_entry_init(&entry);
    for (unsigned type = 0; type < HASH_COMPUTABLE_COUNT; type++)
        list_entry_add_hash(&entry, (HashType)type, value, hash_type_bytes((HashType)type), NULL);
    list_entry_add_hash(&entry, HASH_PHOTODNA, NULL, 0, "AAAA");
    entry.key = g_strdup("42/7");
    entry.category = g_strdup("1");
    entry.series = g_strdup("S");
    entry.name = g_strdup("caf\xc3\xa9.jpg");
    entry.comment = g_strdup("c");
    entry.extra_json = g_strdup("{\"a\":[1]}");
    entry.position = 1ull << 40;
    entry.has_size = true;
    entry.size_bytes = 1ull << 50;
    entry.victim_identified = 1;
    entry.offender_identified = 0;
    entry.is_video = true;
    return entry;
}

static char *render_part(const ListPart *part)
{
    switch (part->type) {
    case LIST_PART_DESCRIPTION:
        return g_strdup_printf("described %s %s %s %s %d %" G_GUINT64_FORMAT,
                               part->description.format, part->description.position_unit,
                               part->description.description, part->description.scheme,
                               part->description.is_benign, part->description.declared_count);
    case LIST_PART_ENTRY:
        return render_entry(&part->entry);
    case LIST_PART_REFUSED:
        return g_strdup_printf("refused %" G_GUINT64_FORMAT " %s", part->position, part->text);
    default:
        return part->text == NULL ? g_strdup("end")
                                  : g_strdup_printf("end %d %s", part->error, part->text);
    }
}

static void add_whole(GByteArray *batch, const ListEntry *entry)
{
    ListEntryCursor cursor;
    list_batch_add_entry(batch, entry, &cursor);
    while (!cursor.is_whole)
        list_batch_add_more(batch, entry, &cursor);
}

// All parts of a batch as lines, "broken" where it breaks.
static char *render_batch(const GByteArray *batch)
{
    GString *lines = g_string_new(NULL);
    Reader reader;
    uint64_t bytes_read;
    if (!list_batch_open(batch->data, batch->len, &reader, &bytes_read)) {
        g_string_append(lines, "no batch\n");
        return g_string_free(lines, FALSE);
    }
    g_string_append_printf(lines, "at %" G_GUINT64_FORMAT "\n", bytes_read);
    ListPart part;
    ListEntryAssembly assembly = {0};
    ListBatchOutcome outcome;
    while ((outcome = list_batch_next(&reader, &assembly, &part)) == LIST_BATCH_PART) {
        g_autofree char *line = render_part(&part);
        g_string_append_printf(lines, "%s\n", line);
        list_part_clear(&part);
    }
    if (assembly.is_open && outcome == LIST_BATCH_OVER)
        g_string_append(lines, "open\n");
    list_entry_assembly_clear(&assembly);
    if (outcome == LIST_BATCH_BROKEN)
        g_string_append(lines, "broken\n");
    return g_string_free(lines, FALSE);
}

static void carries_every_kind_of_part(void)
{
    g_autoptr(GByteArray) batch = g_byte_array_new();
    g_autoptr(GError) error = g_error_new_literal(CLEW_ERROR, CLEW_ERROR_CORRUPT, "byte 7: no");
    ListEntry entry = entry_with_everything();
    const ListDescription description = {.format = "vics",
                                         .position_unit = "byte",
                                         .description = "VICS 2.0",
                                         .scheme = "vics-us",
                                         .is_benign = true,
                                         .declared_count = 9};
    list_batch_begin(batch);
    g_assert_true(list_batch_is_empty(batch));
    list_batch_add_description(batch, &description);
    add_whole(batch, &entry);
    list_batch_add_refused(batch, 12, "why");
    list_batch_add_end(batch, error);
    list_batch_set_progress(batch, 1234567890123);
    g_autofree char *line = render_entry(&entry);
    g_autofree char *expected = g_strdup_printf("at 1234567890123\n"
                                                "described vics byte VICS 2.0 vics-us 1 9\n"
                                                "%s\nrefused 12 why\nend 3 byte 7: no\n",
                                                line);
    g_autofree char *lines = render_batch(batch);
    g_assert_cmpstr(lines, ==, expected);
    list_entry_clear(&entry);
}

static void carries_the_longest_entry_behind_a_full_batch(void)
{
    g_autoptr(GByteArray) batch = g_byte_array_new();
    g_autofree char *text = g_strnfill(LIMIT_LIST_TEXT, 'x');
    ListEntry entry;
    list_entry_init(&entry);
    for (unsigned i = 0; i < LIMIT_LIST_ENTRY_HASHES; i++)
        list_entry_add_hash(&entry, HASH_OTHER, NULL, 0, text);
    entry.key = g_strdup(text);
    entry.category = g_strdup(text);
    entry.series = g_strdup(text);
    entry.name = g_strdup(text);
    entry.comment = g_strdup(text);
    entry.extra_json = g_strnfill(LIMIT_LIST_EXTRA_BYTES, ' ');
    entry.extra_json[0] = '{';
    entry.extra_json[LIMIT_LIST_EXTRA_BYTES - 1] = '}';
    list_batch_begin(batch);
    while (batch->len < LIST_BATCH_BYTES)
        list_batch_add_refused(batch, 1, "why");
    add_whole(batch, &entry);
    g_assert_cmpuint(batch->len, <=, LIMIT_MESSAGE_BYTES);
    g_autofree char *lines = render_batch(batch);
    g_assert_null(strstr(lines, "broken"));
    list_entry_clear(&entry);
}

// ---- Entries in pieces ------------------------------------------------------------------------

static ListEntry long_video(unsigned frames)
{
    ListEntry entry = entry_with_everything();
    g_autofree char *features = g_strnfill(351126, 'T');
    list_entry_add_hash(&entry, HASH_TMK_PDQF, NULL, 0, features);
    list_entry_add_hash(&entry, HASH_OTHER, NULL, 0, "ssvh:1");
    for (unsigned i = 0; i < frames; i++) {
        FrameHash frame = {.number = 3 * i, .milliseconds = 100 * i, .quality = (uint8_t)(i % 101)};
        memset(frame.hash, (int)(i & 0xff), PDQ_BYTES);
        g_assert_true(list_entry_add_frame(&entry, &frame));
    }
    for (unsigned i = 0; i < 300; i++)
        g_assert_true(list_entry_add_segment(&entry, i, i + 0.5, i % 2 ? "2" : NULL));
    return entry;
}

static void assert_equal_entries(const ListEntry *a, const ListEntry *b)
{
    g_autofree char *line_a = render_entry(a);
    g_autofree char *line_b = render_entry(b);
    g_assert_cmpstr(line_a, ==, line_b);
    g_assert_cmpuint(a->frame_count, ==, b->frame_count);
    for (size_t i = 0; i < a->frame_count; i++) {
        g_assert_cmpuint(a->frames[i].number, ==, b->frames[i].number);
        g_assert_cmpuint(a->frames[i].milliseconds, ==, b->frames[i].milliseconds);
        g_assert_cmpuint(a->frames[i].quality, ==, b->frames[i].quality);
        g_assert_cmpmem(a->frames[i].hash, PDQ_BYTES, b->frames[i].hash, PDQ_BYTES);
    }
    g_assert_cmpuint(a->segment_count, ==, b->segment_count);
    for (size_t i = 0; i < a->segment_count; i++) {
        g_assert_cmpfloat(a->segments[i].from, ==, b->segments[i].from);
        g_assert_cmpfloat(a->segments[i].to, ==, b->segments[i].to);
        g_assert_cmpstr(a->segments[i].category, ==, b->segments[i].category);
    }
}

// Takes a batch; what it ends with.
static ListBatchOutcome take(const GByteArray *batch, ListEntryAssembly *assembly, ListPart *part)
{
    Reader reader;
    uint64_t bytes_read;
    g_assert_cmpuint(batch->len, <=, LIMIT_MESSAGE_BYTES);
    g_assert_true(list_batch_open(batch->data, batch->len, &reader, &bytes_read));
    return list_batch_next(&reader, assembly, part);
}

static void carries_a_long_entry_over_many_messages(void)
{
    ListEntry entry = long_video(100000);
    g_autoptr(GByteArray) batch = g_byte_array_new();
    ListEntryAssembly assembly = {0};
    ListEntryCursor cursor;
    ListPart part;
    unsigned messages = 1;
    list_batch_begin(batch);
    list_batch_add_entry(batch, &entry, &cursor);
    while (!cursor.is_whole) {
        if (batch->len >= LIST_BATCH_BYTES) {
            g_assert_cmpint(take(batch, &assembly, &part), ==, LIST_BATCH_OVER);
            list_batch_begin(batch);
            messages++;
        }
        list_batch_add_more(batch, &entry, &cursor);
    }
    g_assert_cmpint(take(batch, &assembly, &part), ==, LIST_BATCH_PART);
    g_assert_cmpuint(messages, >, 20);
    assert_equal_entries(&part.entry, &entry);
    g_assert_false(assembly.is_open);
    list_part_clear(&part);
    list_entry_clear(&entry);
}

// Writes an entry in pieces up to a piece that the test then adds by itself.
static GByteArray *begun_batch(const ListEntry *entry, unsigned pieces)
{
    GByteArray *batch = g_byte_array_new();
    ListEntryCursor cursor;
    list_batch_begin(batch);
    list_batch_add_entry(batch, entry, &cursor);
    for (unsigned i = 0; i < pieces; i++)
        list_batch_add_more(batch, entry, &cursor);
    return batch;
}

static void assert_breaks(GByteArray *batch)
{
    g_autofree char *lines = render_batch(batch);
    g_assert_cmpstr(lines, ==, "at 0\nbroken\n");
}

static void refuses_anything_else_within_an_entry(void)
{
    ListEntry entry = long_video(10);
    g_autoptr(GByteArray) refused = begun_batch(&entry, 2);
    list_batch_add_refused(refused, 1, "why");
    assert_breaks(refused);
    g_autoptr(GByteArray) end = begun_batch(&entry, 2);
    list_batch_add_end(end, NULL);
    assert_breaks(end);
    g_autoptr(GByteArray) another = begun_batch(&entry, 0);
    add_whole(another, &entry);
    assert_breaks(another);
    g_autoptr(GByteArray) open = begun_batch(&entry, 2);
    g_autofree char *lines = render_batch(open);
    g_assert_cmpstr(lines, ==, "at 0\nopen\n");
    list_entry_clear(&entry);
}

static void refuses_pieces_without_an_entry(void)
{
    static const uint8_t marks[] = {'h', 'f', 's', 'w'};
    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
        g_autoptr(GByteArray) batch = g_byte_array_new();
        list_batch_begin(batch);
        g_byte_array_append(batch, &marks[i], 1);
        assert_breaks(batch);
    }
}

static void refuses_frames_that_do_not_ascend(void)
{
    ListEntry entry;
    list_entry_init(&entry);
    entry.is_video = true;
    FrameHash frame = {.number = 5};
    list_entry_add_frame(&entry, &frame);
    list_entry_add_frame(&entry, &frame);
    g_autoptr(GByteArray) twice = begun_batch(&entry, 2);
    assert_breaks(twice);
    entry.frames[1].number = 6;
    entry.frames[1].quality = 101;
    g_autoptr(GByteArray) quality = begun_batch(&entry, 2);
    assert_breaks(quality);
    entry.frames[1].quality = 100;
    entry.is_video = false;
    g_autoptr(GByteArray) no_video = begun_batch(&entry, 2);
    assert_breaks(no_video);
    list_entry_clear(&entry);
}

static void refuses_segments_that_end_before_they_begin(void)
{
    static const double ends[][2] = {{2, 1}, {-1, 1}, {0, 1e300}};
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        ListEntry entry;
        list_entry_init(&entry);
        entry.key = g_strdup("1");
        list_entry_add_segment(&entry, ends[i][0], ends[i][1], NULL);
        g_autoptr(GByteArray) batch = begun_batch(&entry, 1);
        assert_breaks(batch);
        list_entry_clear(&entry);
    }
}

// A worker that sends one entry without end is stopped at the limit.
static void refuses_an_entry_without_end(void)
{
    ListEntry entry;
    list_entry_init(&entry);
    g_autofree char *text = g_strnfill(LIMIT_LIST_HASH_TEXT, 'T');
    list_entry_add_hash(&entry, HASH_TMK_PDQF, NULL, 0, text);
    g_autoptr(GByteArray) first = begun_batch(&entry, 0);
    g_autoptr(GByteArray) piece = g_byte_array_new();
    ListEntryCursor cursor = {0};
    list_batch_begin(piece);
    list_batch_add_more(piece, &entry, &cursor);
    ListEntryAssembly assembly = {0};
    ListPart part;
    g_assert_cmpint(take(first, &assembly, &part), ==, LIST_BATCH_OVER);
    unsigned taken = 0;
    while (take(piece, &assembly, &part) == LIST_BATCH_OVER)
        taken++;
    g_assert_cmpuint(taken, ==, 8); // 512 KiB in pieces of 64
    list_entry_assembly_clear(&assembly);
    list_entry_clear(&entry);
}

static void an_entry_with_nothing_in_its_pieces_is_refused(void)
{
    ListEntry entry;
    list_entry_init(&entry);
    list_entry_add_segment(&entry, 1, 2, NULL);
    g_autoptr(GByteArray) batch = begun_batch(&entry, 2);
    assert_breaks(batch);
    list_entry_clear(&entry);
}

static void makes_texts_plain_and_short_before_it_sends_them(void)
{
    g_autoptr(GByteArray) batch = g_byte_array_new();
    g_autofree char *longer = g_strnfill(3 * LIMIT_REASON_BYTES, 'y');
    list_batch_begin(batch);
    list_batch_add_refused(batch, 1, "red \x1b[31m and \xff");
    list_batch_add_refused(batch, 2, longer);
    g_autofree char *lines = render_batch(batch);
    g_assert_true(
        g_str_has_prefix(lines, "at 0\nrefused 1 red \xef\xbf\xbd[31m and \xef\xbf\xbd\n"));
    g_assert_null(strstr(lines, "broken"));
}

static GByteArray *entry_batch(void)
{
    GByteArray *batch = g_byte_array_new();
    ListEntry entry = entry_with_everything();
    list_batch_begin(batch);
    add_whole(batch, &entry);
    list_entry_clear(&entry);
    return batch;
}

static void refuses_every_truncation(void)
{
    g_autoptr(GByteArray) whole = entry_batch();
    for (unsigned length = 10; length < whole->len; length++) {
        g_autoptr(GByteArray) cut = g_byte_array_new();
        g_byte_array_append(cut, whole->data, length);
        g_autofree char *lines = render_batch(cut);
        g_assert_cmpstr(lines, ==, "at 0\nbroken\n");
    }
}

// Whatever byte is changed, what comes out obeys the rules or nothing does.
static void survives_every_changed_byte(void)
{
    g_autoptr(GByteArray) whole = entry_batch();
    for (unsigned at = 0; at < whole->len; at++) {
        for (unsigned change = 1; change < 256; change = change * 3 + 1) {
            whole->data[at] ^= (uint8_t)change;
            g_autofree char *lines = render_batch(whole);
            g_assert_true(g_utf8_validate(lines, -1, NULL));
            whole->data[at] ^= (uint8_t)change;
        }
    }
}

static void refuses_an_entry_that_breaks_a_rule(void)
{
    static const struct {
        unsigned offset; // behind the batch's head
        uint8_t value;
    } rows[] = {
        {0, 'x'}, // no such part
        {1, 2},   // no such action
        {2, 8},   // no such flag
        {2, 2},   // a size, but the flag says none
        {19, 3},  // no such state
        {25, 1},  // a key longer than the message: not text
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GByteArray) batch = entry_batch();
        batch->data[9 + rows[i].offset] = rows[i].value;
        g_autofree char *lines = render_batch(batch);
        g_assert_cmpstr(lines, ==, "at 0\nbroken\n");
    }
}

static void refuses_parts_behind_the_end(void)
{
    g_autoptr(GByteArray) batch = g_byte_array_new();
    list_batch_begin(batch);
    list_batch_add_end(batch, NULL);
    list_batch_add_refused(batch, 1, "late");
    g_autofree char *lines = render_batch(batch);
    g_assert_cmpstr(lines, ==, "at 0\nbroken\n");
}

static void carries_a_request(void)
{
    const ListReadRequest request = {
        .format = "csv", .has_default_type = true, .default_type = HASH_PDQ, .columns = "md5=1"};
    g_autoptr(GByteArray) message = g_byte_array_new();
    ListReadRequest read;
    list_request_encode(&request, message);
    g_assert_true(list_request_decode(message->data, message->len, &read));
    g_assert_cmpstr(read.format, ==, "csv");
    g_assert_true(read.has_default_type && read.default_type == HASH_PDQ);
    g_assert_cmpstr(read.columns, ==, "md5=1");
    list_request_clear(&read);
    for (unsigned length = 0; length < message->len; length++)
        g_assert_false(list_request_decode(message->data, length, &read));
    g_byte_array_append(message, (const uint8_t *)"x", 1);
    g_assert_false(list_request_decode(message->data, message->len, &read));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define TEST(name) g_test_add_func("/wire/list_message/" #name, name)
    TEST(carries_every_kind_of_part);
    TEST(carries_the_longest_entry_behind_a_full_batch);
    TEST(makes_texts_plain_and_short_before_it_sends_them);
    TEST(refuses_every_truncation);
    TEST(survives_every_changed_byte);
    TEST(refuses_an_entry_that_breaks_a_rule);
    TEST(refuses_parts_behind_the_end);
    TEST(carries_a_long_entry_over_many_messages);
    TEST(refuses_anything_else_within_an_entry);
    TEST(refuses_pieces_without_an_entry);
    TEST(refuses_frames_that_do_not_ascend);
    TEST(refuses_segments_that_end_before_they_begin);
    TEST(refuses_an_entry_without_end);
    TEST(an_entry_with_nothing_in_its_pieces_is_refused);
    TEST(carries_a_request);
    return g_test_run();
}
