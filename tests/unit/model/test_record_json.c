// SPDX-License-Identifier: Apache-2.0
//
// The JSON of a record has the documented keys, and says nothing of what is not known.
#include <glib.h>
#include <jansson.h>
#include <string.h>

#include "model/record_json.h"

static json_t *json_of(const Record *record)
{
    g_autoptr(GString) text = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, text);
    json_write_begin_object(&json);
    record_json_members(&json, record);
    json_write_end_object(&json);
    json_t *root = json_loads(text->str, JSON_REJECT_DUPLICATES, NULL);
    g_assert_nonnull(root);
    return root;
}

static const char *text_of(json_t *root, const char *key)
{
    return json_string_value(json_object_get(root, key));
}

static void a_file_that_is_no_picture_has_the_common_keys(void)
{
    g_autoptr(Record) record = record_new();
    record->path = g_strdup("a/b.txt");
    record->locator = g_strdup("[{\"file\":\"a/b.txt\"}]");
    record->item_id = g_strdup("00ff");
    record->has_size = record->has_digests = true;
    record->size_bytes = 12;
    record->times.modified = (ItemTime){.seconds = 0, .zone = ZONE_UTC};
    record->times.created = (ItemTime){.seconds = 0, .zone = ZONE_UNKNOWN};

    json_t *root = json_of(record);
    static const char *const keys[] = {
        "path",   "locator", "item_id", "parent_id", "size_bytes", "media_type", "status",
        "reason", "md5",     "sha1",    "sha256",    "findings",   "times"};
    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++)
        g_assert_nonnull(json_object_get(root, keys[i]));
    g_assert_cmpstr(text_of(root, "status"), ==, "ok");
    g_assert_true(json_is_null(json_object_get(root, "reason")));
    g_assert_cmpint(json_integer_value(json_object_get(root, "size_bytes")), ==, 12);
    g_assert_cmpuint(strlen(text_of(root, "sha256")), ==, 64);
    g_assert_null(json_object_get(root, "width"));
    json_t *times = json_object_get(root, "times");
    g_assert_cmpstr(text_of(times, "modified"), ==, "1970-01-01T00:00:00Z");
    g_assert_cmpstr(text_of(times, "created"), ==, "1970-01-01T00:00:00");
    g_assert_null(json_object_get(times, "accessed"));
    json_decref(root);
}

static void a_picture_has_both_pipelines_and_what_its_header_says(void)
{
    g_autoptr(Record) record = record_new();
    record->still = still_facts_new();
    record->still->width = 640;
    record->still->height = 480;
    for (unsigned p = 0; p < PIPELINE_COUNT; p++) {
        record->still->pdq[p].present = true;
        record->still->pdq[p].quality = (uint8_t)(90 + p);
        memset(record->still->pdq[p].hash, (int)(0x10 + p), sizeof record->still->pdq[p].hash);
    }
    record->still->exif = (ExifFacts){.present = true,
                                      .make = g_strdup("Maker"),
                                      .orientation = 6,
                                      .has_gps = true,
                                      .gps_latitude = -33.5,
                                      .gps_longitude = 151.25};
    json_t *root = json_of(record);
    g_assert_cmpint(json_integer_value(json_object_get(root, "pdq_full_quality")), ==, 91);
    g_assert_true(g_str_has_prefix(text_of(root, "pdq_512"), "1010"));
    json_t *trimmed = json_object_get(root, "trimmed");
    g_assert_true(g_str_has_prefix(text_of(trimmed, "pdq_full"), "1313"));
    json_t *exif = json_object_get(root, "exif");
    g_assert_cmpstr(text_of(exif, "make"), ==, "Maker");
    g_assert_null(json_object_get(exif, "model"));
    json_t *gps = json_object_get(exif, "gps");
    g_assert_cmpfloat(json_real_value(json_object_get(gps, "latitude")), ==, -33.5);
    json_decref(root);
}

static void findings_are_listed_with_their_bytes(void)
{
    g_autoptr(Record) record = record_new();
    record_add_finding(record, FINDING_APPENDED_DATA, 99, "%u bytes after the end", 99u);
    record_set_status(record, STATUS_CORRUPT, "first");
    record_set_status(record, STATUS_LIMIT, "second %d", 2);
    json_t *root = json_of(record);
    json_t *finding = json_array_get(json_object_get(root, "findings"), 0);
    g_assert_cmpstr(text_of(finding, "type"), ==, "appended_data");
    g_assert_cmpint(json_integer_value(json_object_get(finding, "bytes")), ==, 99);
    g_assert_cmpstr(text_of(root, "status"), ==, "limit");
    g_assert_cmpstr(text_of(root, "reason"), ==, "second 2");
    json_decref(root);
}

static json_t *json_of_match(const Match *match)
{
    g_autoptr(GString) text = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, text);
    match_json(&json, match);
    json_t *root = json_loads(text->str, JSON_REJECT_DUPLICATES, NULL);
    g_assert_nonnull(root);
    return root;
}

static void certain_and_likely_matches_have_different_keys(void)
{
    Match exact = {.set_name = "s",
                   .entry = 7,
                   .type = MATCH_EXACT,
                   .digests = 1u << HASH_MD5 | 1u << HASH_SHA256};
    json_t *root = json_of_match(&exact);
    g_assert_cmpstr(text_of(root, "entry"), ==, "e7");
    g_assert_cmpstr(text_of(root, "digest"), ==, "sha256");
    g_assert_cmpuint(json_array_size(json_object_get(root, "digests")), ==, 2);
    g_assert_null(json_object_get(root, "distance"));
    json_decref(root);

    Match near = {.set_name = "s",
                  .type = MATCH_NEAR,
                  .distance = 12,
                  .pipeline = PIPELINE_FULL_TRIMMED,
                  .orientation = 5};
    root = json_of_match(&near);
    g_assert_cmpint(json_integer_value(json_object_get(root, "distance")), ==, 12);
    g_assert_cmpstr(text_of(root, "pipeline"), ==, "pdq_full");
    g_assert_cmpstr(text_of(root, "orientation"), ==, "flip_y");
    g_assert_true(json_is_true(json_object_get(root, "trimmed")));
    g_assert_null(json_object_get(root, "digest"));
    json_decref(root);
}

static void a_copy_of_still_facts_owns_its_texts(void)
{
    g_autoptr(StillFacts) facts = still_facts_new();
    facts->exif.model = g_strdup("Model");
    g_autoptr(StillFacts) copy = still_facts_copy(facts);
    g_assert_cmpstr(copy->exif.model, ==, "Model");
    g_assert_true(copy->exif.model != facts->exif.model);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/record_json/a_file_that_is_no_picture_has_the_common_keys",
                    a_file_that_is_no_picture_has_the_common_keys);
    g_test_add_func("/record_json/a_picture_has_both_pipelines_and_what_its_header_says",
                    a_picture_has_both_pipelines_and_what_its_header_says);
    g_test_add_func("/record_json/findings_are_listed_with_their_bytes",
                    findings_are_listed_with_their_bytes);
    g_test_add_func("/record_json/certain_and_likely_matches_have_different_keys",
                    certain_and_likely_matches_have_different_keys);
    g_test_add_func("/record_json/a_copy_of_still_facts_owns_its_texts",
                    a_copy_of_still_facts_owns_its_texts);
    return g_test_run();
}
