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
    ListBatchOutcome outcome;
    while ((outcome = list_batch_next(&reader, &part)) == LIST_BATCH_PART) {
        g_autofree char *line = render_part(&part);
        g_string_append_printf(lines, "%s\n", line);
        list_part_clear(&part);
    }
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
    list_batch_add_entry(batch, &entry);
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
    list_batch_add_entry(batch, &entry);
    g_assert_cmpuint(batch->len, <=, LIMIT_MESSAGE_BYTES);
    g_autofree char *lines = render_batch(batch);
    g_assert_null(strstr(lines, "broken"));
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
    list_batch_add_entry(batch, &entry);
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
        {2, 4},   // no such flag
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
    TEST(carries_a_request);
    return g_test_run();
}
