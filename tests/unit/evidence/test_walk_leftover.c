// SPDX-License-Identifier: Apache-2.0
//
// What no parser delivers is searched: space between and behind parts, media with something behind
// it, containers that nothing opens.
#include <string.h>

#include "made_up.h"

// ---- Space that no parser delivers ------------------------------------------------------------

static LeftoverKind gap_kind;
static uint32_t gap_block_bytes;
static Extent gap_extents[4];
static size_t gap_count;

static void open_gaps(Walk *walk, Source *source)
{
    walk_leftover(walk, source, gap_extents, gap_count, gap_kind, gap_block_bytes);
}

// Everything behind the magic as one extent.
static Walked *walk_gap(const GByteArray *bytes, LeftoverKind kind, uint32_t block_bytes)
{
    gap_kind = kind;
    gap_block_bytes = block_bytes;
    gap_extents[0] = (Extent){6, bytes->len - 6};
    gap_count = 1;
    return walk_array(bytes);
}

static void media_in_left_over_bytes_is_named_by_its_offset(void)
{
    static const struct {
        LeftoverKind kind;
        const char *detail;
    } rows[] = {{LEFTOVER_PREFIX, "found before what follows"},
                {LEFTOVER_GAP, "found inside, where nothing is listed"},
                {LEFTOVER_APPENDED, "found behind the end"},
                {LEFTOVER_UNALLOCATED, "found in free space"},
                {LEFTOVER_SLACK, "found in file slack"}};
    g_autoptr(GByteArray) picture = made_up_picture("jpeg-rgb.jpg");
    g_autofree char *sha256 =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, picture->data, picture->len);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    append_text(bytes, "#gaps:");
    append_noise(bytes, 506);
    append_array(bytes, picture);
    append_noise(bytes, 100);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Walked) walked = walk_gap(bytes, rows[i].kind, 1);
        assert_story(walked, "@0x200 ok");
        const WalkedItem *found = walked->items->pdata[0];
        g_assert_cmpstr(found->layer, ==, "{\"offset\":512,\"size\":462}");
        g_assert_cmpstr(found->sha256, ==, sha256);
        g_assert_cmpstr(walked_finding(found, FINDING_CARVED), ==, rows[i].detail);
        g_assert_cmpuint(found->depth, ==, 2);
        g_assert_cmpint(walked_finding(walked_root(walked), FINDING_APPENDED_DATA) != NULL, ==,
                        rows[i].kind == LEFTOVER_APPENDED);
    }
}

static void free_space_is_searched_at_its_blocks(void)
{
    g_autoptr(GByteArray) picture = made_up_picture("jpeg-rgb.jpg");
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    append_text(bytes, "#gaps:");
    append_noise(bytes, 512);
    append_array(bytes, picture); // at 518 of the source, 512 of the extent
    append_noise(bytes, 12 + 512 - picture->len);
    append_array(bytes, picture); // not at a block
    append_noise(bytes, 100);
    g_autoptr(Walked) walked = walk_gap(bytes, LEFTOVER_UNALLOCATED, 512);
    assert_story(walked, "@0x206 ok");
}

static void bytes_that_are_all_the_same_are_no_appended_data(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    append_text(bytes, "#gaps:");
    g_byte_array_set_size(bytes, 6000);
    memset(bytes->data + 6, 0xff, bytes->len - 6);
    g_autoptr(Walked) filled = walk_gap(bytes, LEFTOVER_APPENDED, 1);
    g_assert_null(walked_finding(walked_root(filled), FINDING_APPENDED_DATA));
    bytes->data[bytes->len - 1] = 0xfe;
    g_autoptr(Walked) other = walk_gap(bytes, LEFTOVER_APPENDED, 1);
    g_assert_cmpstr(walked_finding(walked_root(other), FINDING_APPENDED_DATA), ==,
                    "bytes behind the end, from byte 6 on");
}

static void a_container_may_begin_where_left_over_bytes_do(void)
{
    static const struct {
        LeftoverKind kind;
        const char *story;
    } rows[] = {{LEFTOVER_APPENDED, "@0x6 > inner ok\n@0x6 ok"},
                {LEFTOVER_PREFIX, "@0x6 > inner ok\n@0x6 ok"},
                {LEFTOVER_GAP, "@0x6 > inner ok\n@0x6 ok"},
                {LEFTOVER_SLACK, ""},
                {LEFTOVER_UNALLOCATED, ""}};
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    append_text(bytes, "#gaps:#wrapped:something that is not media, long enough to be searched");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Walked) walked = walk_gap(bytes, rows[i].kind, 1);
        assert_story(walked, rows[i].story);
    }
}

static void open_twins(Walk *walk, Source *source)
{
    g_autoptr(GByteArray) picture = made_up_picture("jpeg-rgb.jpg");
    made_up_bytes(walk, 0, "named", picture->data, picture->len);
    const Extent all = {7, source_size(source) - 7};
    walk_leftover(walk, source, &all, 1, LEFTOVER_GAP, 1);
}

static void what_was_delivered_is_not_carved_again(void)
{
    g_autoptr(GByteArray) first = made_up_picture("jpeg-rgb.jpg");
    g_autoptr(GByteArray) second = made_up_picture("jpeg-grey.jpg");
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    append_text(bytes, "#twins:");
    append_array(bytes, first);
    append_array(bytes, second);
    append_array(bytes, first);
    append_array(bytes, second);
    g_autoptr(Walked) walked = walk_array(bytes);
    // The first is known by its name, the second is carved once.
    assert_story(walked, "named ok\n@0x1d5 ok");
    g_autofree char *sha256 =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, second->data, second->len);
    g_assert_cmpstr(walked_find(walked, "@0x1d5")->sha256, ==, sha256);
}

// 40 MiB in one extent, and small ones that are searched together.
static void open_stretches(Walk *walk, Source *source)
{
    const Extent extents[] = {{100, 5000}, {6000, 1000}, {1u << 20, 40u << 20}, {50u << 20, 100}};
    walk_leftover(walk, source, extents, G_N_ELEMENTS(extents), LEFTOVER_UNALLOCATED, 512);
}

// Makes a JPEG longer.
static void insert_comment(GByteArray *picture, unsigned size)
{
    g_autoptr(GByteArray) longer = g_byte_array_new();
    const uint8_t head[] = {
        0xff, 0xd8, 0xff, 0xfe, (uint8_t)((size + 2) >> 8), (uint8_t)(size + 2)};
    g_byte_array_append(longer, head, sizeof head);
    append_noise(longer, size);
    g_byte_array_append(longer, picture->data + 2, picture->len - 2);
    g_byte_array_set_size(picture, 0);
    append_array(picture, longer);
}

static WalkChoice count_stretches(void *user_data, const WalkItem *item)
{
    unsigned *count = user_data;
    g_assert_true((item->name == NULL) == (item->layer == NULL));
    if (item->name == NULL) {
        g_assert_cmpuint(item->depth, ==, 1);
        g_assert_cmpuint(item->place[0], ==, *count);
        ++*count;
    }
    return WALK_TAKE;
}

static void big_space_is_cut_into_stretches_that_lose_nothing(void)
{
    g_autoptr(GByteArray) first = made_up_picture("jpeg-rgb.jpg");
    g_autoptr(GByteArray) last = made_up_picture("jpeg-grey.jpg");
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_byte_array_set_size(bytes, 51u << 20);
    memset(bytes->data, 0, bytes->len);
    memcpy(bytes->data, "#stretches:", 11);
    // One begins in the last block of the first stretch and goes on in the second.
    insert_comment(first, 1000);
    memcpy(bytes->data + (17u << 20) - 512, first->data, first->len);
    memcpy(bytes->data + (41u << 20) - 512, last->data, last->len);
    unsigned count = 0;
    g_autoptr(Walked) walked =
        walk_fixture_bytes(bytes->data, bytes->len, "evidence",
                           (WalkFixtureOptions){.choose = count_stretches, .choose_data = &count});
    assert_story(walked, "@0x10ffe00 ok\n@0x28ffe00 ok");
    g_assert_cmpuint(walked_find(walked, "@0x10ffe00")->size_bytes, ==, first->len);
    g_assert_cmpuint(count, ==, 1 + 3 + 1);
}

// ---- Types ------------------------------------------------------------------------------------

static void media_with_something_behind_is_found_and_said(void)
{
    static const struct {
        const char *first, *second, *name;
    } rows[] = {{"jpeg-rgb.jpg", "png-palette.png", "@0x1ce"},
                {"png-palette.png", "jpeg-rgb.jpg", "@0x87"},
                {"gif-animated.gif", "jpeg-rgb.jpg", "@0xf3"}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GByteArray) first = made_up_picture(rows[i].first);
        g_autoptr(GByteArray) second = made_up_picture(rows[i].second);
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        append_text(bytes, "#wrapped:");
        append_array(bytes, first);
        append_array(bytes, second);
        g_autoptr(Walked) walked = walk_array(bytes);
        g_autofree char *story =
            g_strdup_printf("inner > @0x0 ok\ninner > %s ok\ninner ok", rows[i].name);
        assert_story(walked, story);
        g_assert_nonnull(walked_finding(walked_find(walked, "inner"), FINDING_APPENDED_DATA));
    }
}

static void nothing_but_filling_behind_media_is_no_finding(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(GByteArray) picture = made_up_picture("jpeg-rgb.jpg");
    append_text(bytes, "#wrapped:");
    append_array(bytes, picture);
    g_byte_array_set_size(bytes, 4096);
    memset(bytes->data + 9 + picture->len, 0, bytes->len - 9 - picture->len);
    g_autoptr(Walked) walked = walk_array(bytes);
    g_assert_null(walked_finding(walked_find(walked, "inner"), FINDING_APPENDED_DATA));
    g_assert_nonnull(walked_find(walked, "inner > @0x0"));
}

static void random_bytes_are_a_finding_unless_something_opens_them(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    append_text(bytes, "#wrapped:");
    append_random(bytes, 128u << 10);
    g_autoptr(Walked) walked = walk_array(bytes);
    const WalkedItem *inner = walked_find(walked, "inner");
    g_assert_nonnull(walked_finding(inner, FINDING_RANDOM_REGION));
    const Finding *finding = inner->findings->pdata[0];
    g_assert_cmpuint(finding->bytes, ==, 128u << 10);
    g_assert_null(walked_finding(walked_root(walked), FINDING_RANDOM_REGION));
}

static void a_container_that_nothing_opens_is_searched_and_named(void)
{
    g_autoptr(GByteArray) picture = made_up_picture("jpeg-rgb.jpg");
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    append_text(bytes, "#wrapped:PK\003\004 of which too little is left");
    g_autofree char *path = g_strdup_printf("inner > @0x%zx", bytes->len - strlen("#wrapped:"));
    append_array(bytes, picture);
    g_autoptr(Walked) walked = walk_array(bytes);
    const WalkedItem *inner = walked_find(walked, "inner");
    g_assert_cmpint(inner->status, ==, STATUS_UNSUPPORTED);
    g_assert_cmpstr(inner->reason, ==,
                    "application/zip is not opened; its bytes were searched for media");
    g_assert_nonnull(walked_find(walked, path));
}

static const MadeUp rows[] = {
    {"gaps", open_gaps},
    {"stretches", open_stretches},
    {"twins", open_twins},
    {"wrapped", made_up_wrapped},
    {0},
};

#define ADD(name) g_test_add_func("/walk_leftover/" #name, name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    made_up_use(rows);
    ADD(media_in_left_over_bytes_is_named_by_its_offset);
    ADD(free_space_is_searched_at_its_blocks);
    ADD(bytes_that_are_all_the_same_are_no_appended_data);
    ADD(a_container_may_begin_where_left_over_bytes_do);
    ADD(what_was_delivered_is_not_carved_again);
    ADD(big_space_is_cut_into_stretches_that_lose_nothing);
    ADD(media_with_something_behind_is_found_and_said);
    ADD(nothing_but_filling_behind_media_is_no_finding);
    ADD(random_bytes_are_a_finding_unless_something_opens_them);
    ADD(a_container_that_nothing_opens_is_searched_and_named);
    return g_test_run();
}
