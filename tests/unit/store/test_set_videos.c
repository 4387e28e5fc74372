// SPDX-License-Identifier: Apache-2.0
//
// Sets hold videos: frames and segments come back as they were given, count in digests and tallies,
// stand for the entry where nothing else does, and leave with it; a store of before videos opens.
#include <glib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "fixture.h"
#include "store/set_edit.h"
#include "store/sql_texts.h"

// More than two rows of the database.
#define MANY_FRAMES 10000u

static FrameHash frame_of(uint32_t video, uint32_t number)
{
    FrameHash frame = {
        .number = number, .milliseconds = number * 40, .quality = number % 4 == 3 ? 49 : 50};
    fixture_value(HASH_PDQ, video * 1000003 + number, frame.hash);
    return frame;
}

static void add_frames(ListEntry *entry, uint32_t video, uint32_t count)
{
    entry->is_video = true;
    for (uint32_t i = 0; i < count; i++) {
        FrameHash frame = frame_of(video, i);
        g_assert_true(list_entry_add_frame(entry, &frame));
    }
}

// Imports one entry and clears it.
static SetImportCounts import_entry(SetStore *store, SetImportMode mode, ListEntry *entry)
{
    g_autoptr(GError) error = NULL;
    SetImportOptions options = {.set_name = "a",
                                .mode = mode,
                                .has_kind = mode == SET_IMPORT_NEW,
                                .kind = SET_NOTABLE,
                                .who = "tester"};
    g_autoptr(SetImport) import = set_import_begin(store, &options, &error);
    g_assert_no_error(error);
    SetImportCounts counts = {0};
    g_assert_true(set_import_entry(import, entry, &error));
    g_assert_true(set_import_commit(import, &(SetImportSource){0}, &counts, &error));
    list_entry_clear(entry);
    return counts;
}

static SetImportCounts import_video(SetStore *store, SetImportMode mode, const char *key,
                                    uint32_t video, uint32_t count)
{
    ListEntry entry;
    list_entry_init(&entry);
    entry.key = g_strdup(key);
    add_frames(&entry, video, count);
    return import_entry(store, mode, &entry);
}

static GArray *frames_of(SetStore *store, uint64_t entry_id)
{
    g_autoptr(GError) error = NULL;
    GArray *frames = g_array_new(FALSE, FALSE, sizeof(FrameHash));
    g_assert_true(set_store_frames(store, entry_id, frames, &error));
    g_assert_no_error(error);
    return frames;
}

static void assert_frames(SetStore *store, uint64_t entry_id, uint32_t video, uint32_t count)
{
    g_autoptr(GArray) frames = frames_of(store, entry_id);
    g_assert_cmpuint(frames->len, ==, count);
    for (uint32_t i = 0; i < count; i++) {
        const FrameHash *frame = &g_array_index(frames, FrameHash, i);
        FrameHash expected = frame_of(video, i);
        g_assert_cmpuint(frame->number, ==, expected.number);
        g_assert_cmpuint(frame->milliseconds, ==, expected.milliseconds);
        g_assert_cmpuint(frame->quality, ==, expected.quality);
        g_assert_cmpmem(frame->hash, PDQ_BYTES, expected.hash, PDQ_BYTES);
    }
}

static SetInfo *info_of(SetStore *store)
{
    g_autoptr(GError) error = NULL;
    SetInfo *info = set_store_find(store, "a", &error);
    g_assert_no_error(error);
    return info;
}

static void load(SetStore *store, uint64_t number, StoredEntry *entry)
{
    bool found;
    stored_entry_init(entry);
    g_assert_true(set_store_entry(store, entry_id_make(1, number), entry, &found, NULL));
    g_assert_true(found);
}

static void assert_sound(SetStore *store)
{
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    g_assert_true(set_store_verify(store, faults, NULL));
    g_assert_cmpstr(faults->len > 0 ? faults->pdata[0] : NULL, ==, NULL);
}

// ---- Frames -----------------------------------------------------------------------------------

static void frames_come_back_in_order(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    SetImportCounts counts = import_video(store, SET_IMPORT_NEW, NULL, 1, MANY_FRAMES);
    g_assert_cmpuint(counts.added, ==, 1);
    g_assert_cmpuint(counts.videos, ==, 1);
    g_assert_cmpuint(counts.frames, ==, MANY_FRAMES);
    assert_frames(store, entry_id_make(1, 1), 1, MANY_FRAMES);
    g_autoptr(GArray) none = frames_of(store, entry_id_make(1, 2));
    g_assert_cmpuint(none->len, ==, 0);
    assert_sound(store);
}

static void an_entry_that_is_read_counts_its_frames_only(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    import_video(store, SET_IMPORT_NEW, NULL, 1, 5);
    StoredEntry entry;
    load(store, 1, &entry);
    g_assert_true(entry.content.is_video);
    g_assert_cmpuint(entry.content.frame_count, ==, 5);
    g_assert_null(entry.content.frames);
    stored_entry_clear(&entry);
}

static void the_same_frames_are_the_same_video(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    import_video(store, SET_IMPORT_NEW, NULL, 1, 5);
    SetImportCounts same = import_video(store, SET_IMPORT_MERGE, NULL, 1, 5);
    g_assert_cmpuint(same.unchanged, ==, 1);
    g_assert_cmpuint(same.added, ==, 0);
    g_autoptr(SetInfo) before = info_of(store);
    g_assert_cmpuint(before->generation, ==, 1);
    SetImportCounts longer = import_video(store, SET_IMPORT_MERGE, NULL, 1, 6);
    g_assert_cmpuint(longer.added, ==, 1);
    g_autoptr(SetInfo) after = info_of(store);
    g_assert_cmpuint(after->tally.videos, ==, 2);
    g_assert_cmpuint(after->tally.frames, ==, 11);
    g_assert_cmpstr(after->digest, !=, before->digest);
}

static void a_digest_stands_before_frames_and_frames_before_pdq(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    ListEntry entry;
    list_entry_init(&entry);
    fixture_add_hash(&entry, HASH_MD5, 7);
    add_frames(&entry, 1, 5);
    import_entry(store, SET_IMPORT_NEW, &entry);
    fixture_add_hash(&entry, HASH_MD5, 7);
    add_frames(&entry, 2, 6);
    SetImportCounts other_frames = import_entry(store, SET_IMPORT_MERGE, &entry);
    g_assert_cmpuint(other_frames.updated, ==, 1);
    assert_frames(store, entry_id_make(1, 1), 2, 6);

    fixture_add_hash(&entry, HASH_PDQ, 8);
    add_frames(&entry, 3, 4);
    g_assert_cmpuint(import_entry(store, SET_IMPORT_MERGE, &entry).added, ==, 1);
    fixture_add_hash(&entry, HASH_PDQ, 8);
    add_frames(&entry, 4, 4);
    g_assert_cmpuint(import_entry(store, SET_IMPORT_MERGE, &entry).added, ==, 1);
    assert_sound(store);
}

static void a_list_that_states_other_frames_replaces_them(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    import_video(store, SET_IMPORT_NEW, "member/1", 1, MANY_FRAMES);
    SetImportCounts shorter = import_video(store, SET_IMPORT_MERGE, "member/1", 2, 3);
    g_assert_cmpuint(shorter.updated, ==, 1);
    assert_frames(store, entry_id_make(1, 1), 2, 3);
    g_autoptr(SetInfo) info = info_of(store);
    g_assert_cmpuint(info->tally.frames, ==, 3);
    assert_sound(store);

    ListEntry entry;
    list_entry_init(&entry);
    entry.key = g_strdup("member/1");
    entry.is_video = true;
    import_entry(store, SET_IMPORT_MERGE, &entry);
    g_autoptr(GArray) none = frames_of(store, entry_id_make(1, 1));
    g_assert_cmpuint(none->len, ==, 0);
    assert_sound(store);
}

static void a_merge_without_frames_keeps_them(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    ListEntry entry;
    list_entry_init(&entry);
    fixture_add_hash(&entry, HASH_MD5, 7);
    add_frames(&entry, 1, 5);
    import_entry(store, SET_IMPORT_NEW, &entry);
    fixture_add_hash(&entry, HASH_MD5, 7);
    entry.category = g_strdup("2");
    SetImportCounts counts = import_entry(store, SET_IMPORT_MERGE, &entry);
    g_assert_cmpuint(counts.updated, ==, 1);
    assert_frames(store, entry_id_make(1, 1), 1, 5);
    assert_sound(store);
}

typedef struct {
    unsigned count;
    uint64_t entry_id;
    uint8_t last[PDQ_BYTES];
} Delivered;

static bool note_delivered(void *user_data, uint64_t entry_id, HashType type, const uint8_t *value,
                           GError **err)
{
    Delivered *delivered = user_data;
    g_assert_cmpint(type, ==, HASH_PDQ);
    delivered->count++;
    delivered->entry_id = entry_id;
    memcpy(delivered->last, value, PDQ_BYTES);
    return true;
}

static void frames_of_sufficient_quality_are_delivered_as_hashes(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    import_video(store, SET_IMPORT_NEW, NULL, 1, 10);
    Delivered delivered = {0};
    g_assert_true(set_store_each_hash(store, 0, INT64_MAX, note_delivered, &delivered, NULL));
    g_assert_cmpuint(delivered.count, ==, 8); // not frames 3 and 7
    g_assert_cmpuint(delivered.entry_id, ==, entry_id_make(1, 1));
    FrameHash last = frame_of(1, 9);
    g_assert_cmpmem(delivered.last, PDQ_BYTES, last.hash, PDQ_BYTES);
    uint64_t count;
    g_assert_true(set_store_count_frames(store, 0, INT64_MAX, &count, NULL));
    g_assert_cmpuint(count, ==, 8);
}

static void a_withdrawn_video_delivers_none_and_stays_withdrawn(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    import_video(store, SET_IMPORT_NEW, NULL, 1, 10);
    EntrySelector selector = {.is_id = true, .id = entry_id_make(1, 1)};
    SetEditCounts edit;
    g_assert_true(set_edit_withdraw(store, "a", &selector, 1, "tester", &edit, NULL));
    Delivered delivered = {0};
    g_assert_true(set_store_each_hash(store, 0, INT64_MAX, note_delivered, &delivered, NULL));
    g_assert_cmpuint(delivered.count, ==, 0);
    uint64_t count;
    g_assert_true(set_store_count_frames(store, 0, INT64_MAX, &count, NULL));
    g_assert_cmpuint(count, ==, 0);
    SetImportCounts again = import_video(store, SET_IMPORT_MERGE, NULL, 1, 10);
    g_assert_cmpuint(again.stay_withdrawn, ==, 1);
    g_autoptr(SetInfo) info = info_of(store);
    g_assert_cmpuint(info->tally.videos, ==, 0);
    g_assert_cmpuint(info->tally.frames, ==, 0);
    assert_sound(store);
}

static void a_frame_is_no_hash_to_withdraw_by(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    import_video(store, SET_IMPORT_NEW, NULL, 1, 10);
    EntrySelector selector = {.type = HASH_PDQ};
    FrameHash frame = frame_of(1, 0);
    memcpy(selector.value, frame.hash, PDQ_BYTES);
    SetEditCounts edit;
    g_autoptr(GError) error = NULL;
    g_assert_false(set_edit_withdraw(store, "a", &selector, 1, "tester", &edit, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
}

// ---- Segments ---------------------------------------------------------------------------------

static void segments_come_back_in_order_of_time(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    ListEntry said;
    list_entry_init(&said);
    fixture_add_hash(&said, HASH_MD5, 7);
    list_entry_add_segment(&said, 12.5, 20, "2");
    list_entry_add_segment(&said, 0.25, 3, NULL);
    import_entry(store, SET_IMPORT_NEW, &said);
    StoredEntry entry;
    load(store, 1, &entry);
    g_assert_cmpuint(entry.content.segment_count, ==, 2);
    g_assert_cmpfloat(entry.content.segments[0].from, ==, 0.25);
    g_assert_cmpfloat(entry.content.segments[0].to, ==, 3);
    g_assert_null(entry.content.segments[0].category);
    g_assert_cmpfloat(entry.content.segments[1].from, ==, 12.5);
    g_assert_cmpstr(entry.content.segments[1].category, ==, "2");
    stored_entry_clear(&entry);
    assert_sound(store);
}

static void a_merge_adds_the_segments_it_lacks(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    ListEntry said;
    list_entry_init(&said);
    fixture_add_hash(&said, HASH_MD5, 7);
    list_entry_add_segment(&said, 5, 6, "2");
    import_entry(store, SET_IMPORT_NEW, &said);
    fixture_add_hash(&said, HASH_MD5, 7);
    list_entry_add_segment(&said, 5, 6, "2");
    list_entry_add_segment(&said, 1, 2, "2");
    g_assert_cmpuint(import_entry(store, SET_IMPORT_MERGE, &said).updated, ==, 1);
    fixture_add_hash(&said, HASH_MD5, 7);
    list_entry_add_segment(&said, 1, 2, "2");
    g_assert_cmpuint(import_entry(store, SET_IMPORT_MERGE, &said).unchanged, ==, 1);
    StoredEntry entry;
    load(store, 1, &entry);
    g_assert_cmpuint(entry.content.segment_count, ==, 2);
    g_assert_cmpfloat(entry.content.segments[0].from, ==, 1);
    stored_entry_clear(&entry);
}

// ---- Past the store ----------------------------------------------------------------------------

static void removing_a_set_removes_frames_and_segments(void)
{
    g_auto(Fixture) fixture = fixture_make();
    SetStore *store = fixture_open(&fixture);
    ListEntry said;
    list_entry_init(&said);
    add_frames(&said, 1, 10);
    list_entry_add_segment(&said, 5, 6, "2");
    import_entry(store, SET_IMPORT_NEW, &said);
    g_assert_true(set_edit_remove(store, "a", "tester", NULL));
    assert_sound(store);
    set_store_close(store);
    fixture_execute(&fixture, "CREATE TABLE gone (x INTEGER CHECK (x = 0))");
    fixture_execute(&fixture, "INSERT INTO gone SELECT count(*) FROM entry_frames");
    fixture_execute(&fixture, "INSERT INTO gone SELECT count(*) FROM entry_segment");
}

static void a_changed_frame_is_a_fault(void)
{
    g_auto(Fixture) fixture = fixture_make();
    SetStore *store = fixture_open(&fixture);
    import_video(store, SET_IMPORT_NEW, NULL, 1, 10);
    set_store_close(store);
    fixture_execute(&fixture, "UPDATE entry_frames SET frames = "
                              "CAST(substr(frames, 1, 409) || x'a7' AS BLOB)");
    store = fixture_open(&fixture);
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    g_assert_true(set_store_verify(store, faults, NULL));
    g_assert_cmpuint(faults->len, ==, 1);
    g_assert_nonnull(strstr(faults->pdata[0], "frames"));
    set_store_close(store);
}

static void frames_nobody_recorded_are_a_fault(void)
{
    g_auto(Fixture) fixture = fixture_make();
    SetStore *store = fixture_open(&fixture);
    import_video(store, SET_IMPORT_NEW, NULL, 1, 10);
    fixture_import(store, "a", SET_IMPORT_MERGE, HASH_MD5, 1, 1);
    set_store_close(store);
    fixture_execute(&fixture, "INSERT INTO entry_frames SELECT 4294967298, ordinal, usable, frames "
                              "FROM entry_frames");
    store = fixture_open(&fixture);
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    g_assert_true(set_store_verify(store, faults, NULL));
    g_assert_cmpuint(faults->len, ==, 1);
    g_assert_cmpstr(faults->pdata[0], ==, "entry e4294967298 has frames that were not recorded");
    set_store_close(store);
}

static void frames_cut_short_are_damage(void)
{
    g_auto(Fixture) fixture = fixture_make();
    SetStore *store = fixture_open(&fixture);
    import_video(store, SET_IMPORT_NEW, NULL, 1, 10);
    set_store_close(store);
    fixture_execute(&fixture, "UPDATE entry_frames SET frames = substr(frames, 1, 100)");
    store = fixture_open(&fixture);
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(FrameHash));
    g_assert_false(set_store_frames(store, entry_id_make(1, 1), frames, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
    set_store_close(store);
}

// The set's digest_sum as the program of that time made it.
#define OLD_SUM "bdc98319a207e6a1da318120f811a8544d62f923b825fe9d3655d644080a40a0"

// A store as it was before videos, with a picture and a video that has an MD5 only.
static void make_old_store(const Fixture *fixture)
{
    if (!fixture_on_server()) {
        set_store_close(fixture_open(fixture));
        g_autofree char *path = g_build_filename(fixture->folder, "clew.db", NULL);
        g_assert_cmpint(truncate(path, 0), ==, 0);
    }
    fixture_execute(fixture,
                    "CREATE TABLE schema_step (step INTEGER PRIMARY KEY, name TEXT NOT NULL, "
                    "applied TEXT NOT NULL) STRICT");
    fixture_execute(fixture, sql_texts[0].text);
    fixture_execute(fixture,
                    "INSERT INTO schema_step VALUES (1, '0001-sets', '2026-01-01T00:00:00Z');"
                    "INSERT INTO store VALUES (1, '2026-01-01T00:00:00Z', 1, 0);"
                    "INSERT INTO hash_set VALUES (1, 'a', 'notable', NULL, '2026-01-01T00:00:00Z', "
                    "1, 2, 2, 0, 0, "
                    "x'" OLD_SUM "');"
                    "INSERT INTO set_hash_count VALUES (1, 'md5', 2);"
                    "INSERT INTO entry (id, state, md5, extra_hashes, is_video) VALUES "
                    "(4294967297, 0, x'00112233445566778899aabbccddeeff', 0, 0), "
                    "(4294967298, 0, x'ffeeddccbbaa99887766554433221100', 0, 1)");
}

static void a_store_of_before_videos_opens(void)
{
    g_auto(Fixture) fixture = fixture_make();
    make_old_store(&fixture);
    SetStore *store = fixture_open(&fixture);
    assert_sound(store); // its digest was made by the program of that time
    g_autoptr(SetInfo) info = info_of(store);
    g_assert_cmpuint(info->tally.active, ==, 2);
    g_assert_cmpuint(info->tally.videos, ==, 1);
    g_assert_cmpuint(info->tally.frames, ==, 0);
    import_video(store, SET_IMPORT_MERGE, NULL, 1, 10);
    assert_frames(store, entry_id_make(1, 3), 1, 10);
    assert_sound(store);
    set_store_close(store);
    set_store_close(fixture_open(&fixture));
}

#define TEST(name) g_test_add_func("/set_videos/" #name, name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST(frames_come_back_in_order);
    TEST(an_entry_that_is_read_counts_its_frames_only);
    TEST(the_same_frames_are_the_same_video);
    TEST(a_digest_stands_before_frames_and_frames_before_pdq);
    TEST(a_list_that_states_other_frames_replaces_them);
    TEST(a_merge_without_frames_keeps_them);
    TEST(frames_of_sufficient_quality_are_delivered_as_hashes);
    TEST(a_withdrawn_video_delivers_none_and_stays_withdrawn);
    TEST(a_frame_is_no_hash_to_withdraw_by);
    TEST(segments_come_back_in_order_of_time);
    TEST(a_merge_adds_the_segments_it_lacks);
    TEST(removing_a_set_removes_frames_and_segments);
    TEST(a_changed_frame_is_a_fault);
    TEST(frames_nobody_recorded_are_a_fault);
    TEST(frames_cut_short_are_damage);
    TEST(a_store_of_before_videos_opens);
    return g_test_run();
}
