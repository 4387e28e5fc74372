// SPDX-License-Identifier: Apache-2.0
//
// A record and its matches come back from a file as they were, whatever they hold.
#include <string.h>

#include "base/json_writer.h"
#include "base/limits.h"
#include "model/record_json.h"
#include "wire/record_message.h"
#include "wire_fixture.h"

// Builders ----------------------------------------------------------------------------------------

static GByteArray *encoded(const Record *record, const GArray *matches)
{
    GByteArray *message = g_byte_array_new();
    record_message_encode(record, matches, message);
    return message;
}

static GByteArray *random_message(void)
{
    g_autoptr(Record) record = random_record();
    g_autoptr(GArray) matches = random_matches();
    return encoded(record, matches);
}

static bool decodes(const GByteArray *message)
{
    RecordMessage taken;
    if (!record_message_decode(message->data, message->len, &taken))
        return false;
    record_message_clear(&taken);
    return true;
}

static bool is_accepted(const Record *record, const Match *match)
{
    g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(Match));
    if (match != NULL)
        g_array_append_vals(matches, match, 1);
    g_autoptr(GByteArray) message = encoded(record, matches);
    return decodes(message);
}

static char *json_of(const Record *record, const GArray *matches)
{
    GString *text = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, text);
    json_write_begin_object(&json);
    record_json_members(&json, record);
    json_write_key(&json, "matches");
    json_write_begin_array(&json);
    for (unsigned i = 0; i < matches->len; i++)
        match_json(&json, &g_array_index(matches, Match, i));
    json_write_end_array(&json);
    json_write_end_object(&json);
    return g_string_free(text, FALSE);
}

// Tests -------------------------------------------------------------------------------------------

static void test_records_arrive_unchanged(void)
{
    for (unsigned i = 0; i < 2000; i++) {
        g_autoptr(Record) record = random_record();
        g_autoptr(GArray) matches = random_matches();
        record->media_type = random_bool() ? "image/jpeg" : NULL;
        g_autoptr(GByteArray) message = encoded(record, matches);

        RecordMessage arrived;
        g_assert_true(record_message_decode(message->data, message->len, &arrived));
        assert_same_record(record, arrived.record);
        g_assert_cmpstr(record->media_type, ==, arrived.media_type);
        g_assert_null(arrived.record->media_type);
        assert_same_matches(matches, arrived.matches);
        record_message_clear(&arrived);
    }
}

// The comparison above knows the members of today; the printer will know those of tomorrow.
static void test_records_print_the_same_afterwards(void)
{
    for (unsigned i = 0; i < 500; i++) {
        g_autoptr(Record) record = random_record();
        g_autoptr(GArray) matches = random_matches();
        g_autoptr(GByteArray) message = encoded(record, matches);
        RecordMessage arrived;
        g_assert_true(record_message_decode(message->data, message->len, &arrived));
        g_autofree char *before = json_of(record, matches);
        g_autofree char *after = json_of(arrived.record, arrived.matches);
        g_assert_cmpstr(before, ==, after);
        record_message_clear(&arrived);
    }
}

static void test_an_empty_record_arrives_unchanged(void)
{
    g_autoptr(Record) record = record_new();
    g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(Match));
    g_autoptr(GByteArray) message = encoded(record, matches);
    RecordMessage arrived;
    g_assert_true(record_message_decode(message->data, message->len, &arrived));
    assert_same_record(record, arrived.record);
    record_message_clear(&arrived);
}

// A path of LIMIT_WALK_DEPTH folders, each byte of which is escaped.
static void test_the_longest_path_arrives_whole(void)
{
    g_autoptr(Record) record = record_new();
    g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(Match));
    record->path = g_strnfill((size_t)LIMIT_WALK_DEPTH * 256 * 4, 'p');
    g_autoptr(GByteArray) message = encoded(record, matches);
    RecordMessage arrived;
    g_assert_true(record_message_decode(message->data, message->len, &arrived));
    g_assert_cmpstr(record->path, ==, arrived.record->path);
    record_message_clear(&arrived);
}

static void test_more_findings_than_a_worker_sends_arrive(void)
{
    g_autoptr(Record) record = record_new();
    g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(Match));
    for (unsigned i = 0; i < LIMIT_ITEM_FINDINGS + 3; i++)
        findings_add(record->findings, FINDING_DAMAGED, i, "bad sector");
    g_autoptr(GByteArray) message = encoded(record, matches);
    RecordMessage arrived;
    g_assert_true(record_message_decode(message->data, message->len, &arrived));
    assert_same_findings(record->findings, arrived.record->findings);
    record_message_clear(&arrived);
}

static void test_values_out_of_range_are_refused(void)
{
    g_autoptr(Record) record = record_new();
    const Match fine = {.set_name = "a", .distance = 256, .pipeline = PIPELINE_COUNT};
    g_assert_true(is_accepted(record, NULL));
    g_assert_true(is_accepted(record, &fine));

    const Match wrong[] = {
        {.set_name = NULL},
        {.set_name = "a", .set_kind = SET_KIND_COUNT},
        {.set_name = "a", .meaning = (Meaning)(MEANING_IGNORABLE + 1)},
        {.set_name = "a", .type = (MatchType)(MATCH_NEAR + 1)},
        {.set_name = "a", .digests = 1u << HASH_PDQ},
        {.set_name = "a", .distance = 257},
        {.set_name = "a", .pipeline = (Pipeline)(PIPELINE_COUNT + 1)},
        {.set_name = "a", .orientation = ORIENTATION_COUNT},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_false(is_accepted(record, &wrong[i]));

    record->status = STATUS_COUNT;
    g_assert_false(is_accepted(record, NULL));
    record->status = STATUS_OK;
    record->times.created = (ItemTime){.zone = (Zone)(ZONE_UNKNOWN + 1)};
    g_assert_false(is_accepted(record, NULL));
}

static void test_another_version_is_refused(void)
{
    g_autoptr(GByteArray) message = random_message();
    g_assert_true(decodes(message));
    message->data[1]++;
    g_assert_false(decodes(message));
}

static void test_cut_and_longer_messages_are_refused_and_nothing_is_written(void)
{
    for (unsigned i = 0; i < 50; i++) {
        g_autoptr(GByteArray) message = random_message();
        RecordMessage untouched = {.media_type = (char *)"x"}, target = untouched;
        for (unsigned length = 0; length < message->len; length++)
            g_assert_false(record_message_decode(message->data, length, &target));
        g_byte_array_append(message, (const uint8_t *)"", 1);
        g_assert_false(record_message_decode(message->data, message->len, &target));
        g_assert_cmpmem(&target, sizeof target, &untouched, sizeof untouched);
    }
}

static void test_changed_bytes_never_break_the_decoder(void)
{
    for (unsigned i = 0; i < 200; i++) {
        g_autoptr(GByteArray) message = random_message();
        for (unsigned j = 0; j < 100; j++) {
            unsigned at = (unsigned)g_test_rand_int_range(0, (int)message->len);
            message->data[at] = (uint8_t)g_test_rand_int();
            decodes(message);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/record_message/records_arrive_unchanged", test_records_arrive_unchanged);
    g_test_add_func("/record_message/records_print_the_same_afterwards",
                    test_records_print_the_same_afterwards);
    g_test_add_func("/record_message/an_empty_record_arrives_unchanged",
                    test_an_empty_record_arrives_unchanged);
    g_test_add_func("/record_message/the_longest_path_arrives_whole",
                    test_the_longest_path_arrives_whole);
    g_test_add_func("/record_message/more_findings_than_a_worker_sends_arrive",
                    test_more_findings_than_a_worker_sends_arrive);
    g_test_add_func("/record_message/values_out_of_range_are_refused",
                    test_values_out_of_range_are_refused);
    g_test_add_func("/record_message/another_version_is_refused", test_another_version_is_refused);
    g_test_add_func("/record_message/cut_and_longer_messages_are_refused",
                    test_cut_and_longer_messages_are_refused_and_nothing_is_written);
    g_test_add_func("/record_message/changed_bytes_never_break_the_decoder",
                    test_changed_bytes_never_break_the_decoder);
    return g_test_run();
}
