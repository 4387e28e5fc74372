// SPDX-License-Identifier: Apache-2.0
//
// The index over sets and videos: every usable frame leads to its entry, in the file and in what
// was followed since, and frames count when following is weighed against building.
#include <glib.h>
#include <string.h>

#include "cases/set_index.h"
#include "fixture.h"

static void frame_value(uint32_t video, uint32_t number, uint8_t ret_value[PDQ_BYTES])
{
    fixture_value(HASH_PDQ, video * 100003 + number, ret_value);
}

// Every tenth frame is of too little quality.
static void import_video(SetStore *store, uint32_t video, uint32_t frames)
{
    g_autoptr(GError) error = NULL;
    SetImportOptions options = {.set_name = "a", .mode = SET_IMPORT_MERGE, .who = "tester"};
    g_autoptr(SetImport) import = set_import_begin(store, &options, &error);
    g_assert_no_error(error);
    ListEntry entry;
    list_entry_init(&entry);
    entry.is_video = true;
    for (uint32_t i = 0; i < frames; i++) {
        FrameHash frame = {.number = i, .milliseconds = i, .quality = i % 10 == 9 ? 49 : 100};
        frame_value(video, i, frame.hash);
        list_entry_add_frame(&entry, &frame);
    }
    SetImportCounts counts;
    g_assert_true(set_import_entry(import, &entry, &error));
    g_assert_true(set_import_commit(import, &(SetImportSource){0}, &counts, &error));
    g_assert_cmpuint(counts.added, ==, 1);
    list_entry_clear(&entry);
}

static Index *open_index(SetStore *store, SetIndexPosition *ret_position)
{
    g_autoptr(GError) error = NULL;
    Index *index = set_index_open(store, (SetIndexOptions){0}, ret_position, &error);
    g_assert_no_error(error);
    return index;
}

static bool finds(Index *index, uint32_t video, uint32_t number, uint64_t entry_id)
{
    g_autoptr(GError) error = NULL;
    IndexHits hits = {0};
    uint8_t value[1][HAMMING_BYTES];
    frame_value(video, number, value[0]);
    IndexPdqQuery query = {.values = (const uint8_t(*)[HAMMING_BYTES])value, .count = 1};
    g_assert_true(index_query_pdq(index, &query, &hits, &error));
    bool found = false;
    for (size_t i = 0; i < hits.count; i++)
        found = found || hits.items[i].entry_id == entry_id;
    index_hits_clear(&hits);
    return found;
}

static void usable_frames_lead_to_their_video(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 1000);
    import_video(store, 1, 5000);
    SetIndexPosition position;
    g_autoptr(Index) index = open_index(store, &position);
    g_assert_cmpuint(position.followed, ==, 0);
    uint64_t entry_id = entry_id_make(1, 1001);
    g_assert_true(finds(index, 1, 0, entry_id));
    g_assert_true(finds(index, 1, 4998, entry_id));
    g_assert_false(finds(index, 1, 4999, entry_id));
    g_assert_false(finds(index, 2, 0, entry_id));
}

static void a_short_video_is_followed(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 1000);
    SetIndexPosition position;
    g_autoptr(Index) index = open_index(store, &position);
    import_video(store, 1, 100);
    bool behind = true;
    g_assert_true(set_index_follow(index, store, &position, &behind, NULL));
    g_assert_false(behind);
    g_assert_cmpuint(position.followed, ==, 1 + 90);
    g_assert_true(finds(index, 1, 98, entry_id_make(1, 1001)));
}

static void a_long_video_is_built_in(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 1000);
    SetIndexPosition position, newer;
    g_autoptr(Index) index = open_index(store, &position);
    import_video(store, 1, 400);
    bool behind = false;
    g_assert_true(set_index_follow(index, store, &position, &behind, NULL));
    g_assert_true(behind);
    g_assert_cmpuint(position.followed, ==, 0);
    g_autoptr(Index) built = open_index(store, &newer);
    g_assert_cmpuint(newer.followed, ==, 0);
    g_assert_true(finds(built, 1, 398, entry_id_make(1, 1001)));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define TEST(name) g_test_add_func("/cases/set_index/" #name, name)
    TEST(usable_frames_lead_to_their_video);
    TEST(a_short_video_is_followed);
    TEST(a_long_video_is_built_in);
    return g_test_run();
}
