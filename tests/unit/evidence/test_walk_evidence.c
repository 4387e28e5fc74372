// SPDX-License-Identifier: Apache-2.0
//
// Whole walks through real formats: workers that share one find together exactly what one finds
// alone, a walk that goes on behind an item finds exactly the rest, and what is fetched is what was
// found. By the rules of probe/evidence_choice.h, as the worker program follows them.
#include <string.h>

#include "archive_builder.h"
#include "base/limits.h"
#include "probe/evidence_choice.h"
#include "walk_fixture.h"

// ---- Evidence ---------------------------------------------------------------------------------

// A small picture, different for each number.
static GByteArray *picture(unsigned number)
{
    g_autofree char *path =
        g_build_filename(g_getenv("CLEW_SOURCE"), "tests", "corpus", "still", "jpeg-rgb.jpg", NULL);
    g_autofree char *file = NULL;
    size_t size;
    g_assert_true(g_file_get_contents(path, &file, &size, NULL));
    const uint8_t head[] = {0xff, 0xd8, 0xff, 0xfe, 0, 4, 'n', (uint8_t)number};
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_append(bytes, head, sizeof head);
    // Behind the byte for the fuzz target and the two that begin a JPEG.
    g_byte_array_append(bytes, (const uint8_t *)file + 3, (unsigned)size - 3);
    return bytes;
}

static void append_array(GByteArray *bytes, const GByteArray *more)
{
    g_byte_array_append(bytes, more->data, more->len);
}

static void add_picture(ZipBuilder *zip, const char *name, unsigned number, bool is_deflated)
{
    g_autoptr(GByteArray) bytes = picture(number);
    zip_builder_add(zip, (ZipBuilderMember){.name = name,
                                            .bytes = bytes->data,
                                            .size = bytes->len,
                                            .is_deflated = is_deflated});
}

static GByteArray *tar_of_pictures(unsigned first, unsigned count)
{
    GByteArray *tar = g_byte_array_new();
    for (unsigned i = 0; i < count; i++) {
        g_autofree char *name = g_strdup_printf("tarred %u.jpg", i);
        g_autoptr(GByteArray) bytes = picture(first + i);
        tar_builder_add(tar, name, bytes->data, bytes->len);
    }
    tar_builder_finish(tar);
    return tar;
}

// Members plain, packed, locked and nested; bytes between them and behind the end.
static GByteArray *zip_of_everything(void)
{
    ZipBuilder zip;
    zip_builder_begin(&zip);
    add_picture(&zip, "a.jpg", 1, false);
    add_picture(&zip, "b.txt", 2, true);
    g_autoptr(GByteArray) gap = picture(3);
    zip_builder_add_bytes(&zip, gap->data, gap->len);
    zip_builder_add(&zip, (ZipBuilderMember){.name = "text", .bytes = "text", .size = 4});
    g_autoptr(GByteArray) tar = tar_of_pictures(10, 3);
    zip_builder_add(&zip,
                    (ZipBuilderMember){.name = "c.tar", .bytes = tar->data, .size = tar->len});
    ZipBuilder inner;
    zip_builder_begin(&inner);
    zip_builder_add(
        &inner, (ZipBuilderMember){
                    .name = "deep.tar", .bytes = tar->data, .size = tar->len, .is_deflated = true});
    add_picture(&inner, "d.jpg", 4, false);
    g_autoptr(GByteArray) nested = zip_builder_finish(&inner, NULL);
    g_autoptr(GByteArray) behind = picture(5);
    append_array(nested, behind);
    zip_builder_add(
        &zip, (ZipBuilderMember){.name = "e.zip", .bytes = nested->data, .size = nested->len});
    zip_builder_add(
        &zip,
        (ZipBuilderMember){
            .name = "locked", .bytes = "0123456789ab??", .size = 14, .flags = 1, .wrong_crc32 = 1});
    add_picture(&zip, "last.jpg", 6, true);
    GByteArray *bytes = zip_builder_finish(&zip, NULL);
    g_autoptr(GByteArray) appended = picture(7);
    append_array(bytes, appended);
    return bytes;
}

// A generated file of tests/fixtures/evidence; NULL, with the test skipped, without the tools.
static GByteArray *fixture(const char *name, const char *file)
{
    g_autofree char *folder = g_dir_make_tmp("clew-walk-XXXXXX", NULL);
    g_autofree char *maker =
        g_build_filename(g_getenv("CLEW_SOURCE"), "tests", "fixtures", "evidence", "make.py", NULL);
    const char *const arguments[] = {"python3", maker, folder, name, NULL};
    int status = -1;
    g_spawn_sync(NULL, (char **)(uintptr_t)arguments, NULL,
                 G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status,
                 NULL);
    g_autofree char *path = g_build_filename(folder, file, NULL);
    char *bytes = NULL;
    size_t size = 0;
    bool is_made = status == 0 && g_file_get_contents(path, &bytes, &size, NULL);
    const char *const removal[] = {"rm", "-rf", folder, NULL};
    g_spawn_sync(NULL, (char **)(uintptr_t)removal, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                 NULL, NULL, NULL);
    if (!is_made)
        g_test_skip("the fixtures cannot be made here");
    return is_made ? g_byte_array_new_take((uint8_t *)bytes, size) : NULL;
}

// ---- Walking ----------------------------------------------------------------------------------

static WalkChoice choose(void *user_data, const WalkItem *item)
{
    return evidence_choice_walk(user_data, item);
}

static Walked *walk(const GByteArray *bytes, const EvidenceOpen *open)
{
    EvidenceChoice choice = {.open = open};
    return walk_fixture_bytes(bytes->data, bytes->len, "evidence",
                              (WalkFixtureOptions){.choose = choose,
                                                   .choose_data = &choice,
                                                   .share = open->share,
                                                   .keeps_contents = true});
}

static Walked *walk_alone(const GByteArray *bytes)
{
    return walk(bytes, &(EvidenceOpen){.shares = 1});
}

static void append_place(GString *text, const WalkedItem *item)
{
    // Padded, so that lines sort as places do.
    for (unsigned i = 0; i < item->depth; i++)
        g_string_append_printf(text, "%08u.", item->place[i]);
}

// Everything that was said of an item.
static char *line_of(const WalkedItem *item)
{
    GString *line = g_string_new(NULL);
    append_place(line, item);
    g_string_append_printf(
        line, " %s %s %s %s %" G_GUINT64_FORMAT " %s -%" G_GUINT64_FORMAT " %u sent", item->path,
        item->locator, status_name(item->status), item->reason != NULL ? item->reason : "",
        item->size_bytes, item->sha256 != NULL ? item->sha256 : "-", item->not_examined_bytes,
        item->contents != NULL ? item->contents->len : 0);
    for (unsigned i = 0; i < item->findings->len; i++) {
        const Finding *finding = item->findings->pdata[i];
        g_string_append_printf(line, " %s: %s;", finding_type_name(finding->type), finding->detail);
    }
    return g_string_free(line, FALSE);
}

static bool is_inside(const WalkedItem *item)
{
    return item->finished && item->depth > 0;
}

static void append_lines(GPtrArray *lines, const Walked *walked)
{
    for (unsigned i = 0; i < walked->items->len; i++)
        if (is_inside(walked->items->pdata[i]))
            g_ptr_array_add(lines, line_of(walked->items->pdata[i]));
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void assert_same_lines(GPtrArray *found, GPtrArray *expected)
{
    g_ptr_array_sort(found, compare_lines);
    g_ptr_array_sort(expected, compare_lines);
    for (unsigned i = 0; i < MIN(found->len, expected->len); i++)
        g_assert_cmpstr(found->pdata[i], ==, expected->pdata[i]);
    g_assert_cmpuint(found->len, ==, expected->len);
}

// ---- Shares -----------------------------------------------------------------------------------

static void assert_shares_make_up_the_whole(const GByteArray *bytes, unsigned shares)
{
    g_autoptr(Walked) alone = walk_alone(bytes);
    g_autoptr(GPtrArray) expected = g_ptr_array_new_with_free_func(g_free);
    append_lines(expected, alone);
    g_assert_cmpuint(expected->len, >, 5);

    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
    uint64_t not_examined_bytes = 0;
    unsigned busy = 0;
    for (unsigned share = 0; share < shares; share++) {
        g_autoptr(Walked) part = walk(bytes, &(EvidenceOpen){.share = share, .shares = shares});
        unsigned before = found->len;
        append_lines(found, part);
        busy += found->len > before;
        not_examined_bytes += walked_root(part)->not_examined_bytes;
        if (share > 0)
            g_assert_cmpint(walked_root(part)->status, ==, STATUS_OK);
    }
    assert_same_lines(found, expected);
    g_assert_cmpuint(not_examined_bytes, ==, walked_root(alone)->not_examined_bytes);
    g_assert_cmpuint(busy, >, 1);
}

static void shares_of_an_archive_make_up_the_whole(void)
{
    g_autoptr(GByteArray) bytes = zip_of_everything();
    static const unsigned counts[] = {2, 3, 8};
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
        assert_shares_make_up_the_whole(bytes, counts[i]);
}

static void shares_of_a_disk_make_up_the_whole(void)
{
    g_autoptr(GByteArray) bytes = fixture("dos", "dos.img");
    static const unsigned counts[] = {2, 3, 8};
    for (size_t i = 0; bytes != NULL && i < G_N_ELEMENTS(counts); i++)
        assert_shares_make_up_the_whole(bytes, counts[i]);
}

// ---- Going on ---------------------------------------------------------------------------------

static Place place_of(const WalkedItem *item)
{
    Place place = {.depth = item->depth};
    memcpy(place.ordinal, item->place, item->depth * sizeof item->place[0]);
    return place;
}

// Of what lies around the place, only what was seen this time is counted.
static void drop_counts(GPtrArray *lines)
{
    for (unsigned i = 0; i < lines->len; i++) {
        char *line = lines->pdata[i];
        for (char *at = strstr(line, " -"); *++at != ' ';)
            *at = '-';
    }
}

static void assert_the_rest_is_found(const GByteArray *bytes)
{
    g_autoptr(Walked) whole = walk_alone(bytes);
    for (unsigned i = 0; i < whole->items->len; i++) {
        const WalkedItem *last = whole->items->pdata[i];
        if (!is_inside(last))
            continue;
        g_autoptr(GPtrArray) expected = g_ptr_array_new_with_free_func(g_free);
        for (unsigned j = i + 1; j < whole->items->len; j++)
            if (is_inside(whole->items->pdata[j]))
                g_ptr_array_add(expected, line_of(whole->items->pdata[j]));
        const EvidenceOpen open = {.shares = 1, .has_resume = true, .resume = place_of(last)};
        g_autoptr(Walked) rest = walk(bytes, &open);
        g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
        append_lines(found, rest);
        drop_counts(expected);
        drop_counts(found);
        g_test_message("behind %s", last->path);
        assert_same_lines(found, expected);
    }
}

static void behind_any_item_of_an_archive_exactly_the_rest_is_found(void)
{
    g_autoptr(GByteArray) bytes = zip_of_everything();
    assert_the_rest_is_found(bytes);
}

static void behind_any_item_of_a_volume_exactly_the_rest_is_found(void)
{
    g_autoptr(GByteArray) bytes = fixture("fat12", "fat12.img");
    if (bytes != NULL)
        assert_the_rest_is_found(bytes);
}

// ---- Fetching ---------------------------------------------------------------------------------

typedef struct {
    Place target;
    bool was_behind;
} Fetching;

static WalkChoice choose_target(void *user_data, const WalkItem *item)
{
    Fetching *fetching = user_data;
    bool is_behind;
    WalkChoice choice = evidence_choice_fetch(&fetching->target, item, &is_behind);
    fetching->was_behind = fetching->was_behind || is_behind;
    return is_behind ? WALK_END : choice;
}

static void assert_all_can_be_fetched(const GByteArray *bytes)
{
    g_autoptr(Walked) whole = walk_alone(bytes);
    unsigned count = 0;
    for (unsigned i = 0; i < whole->items->len; i++) {
        const WalkedItem *wanted = whole->items->pdata[i];
        if (!is_inside(wanted) || wanted->status != STATUS_OK || wanted->sha256 == NULL)
            continue;
        Fetching fetching = {.target = place_of(wanted)};
        // The walk is ended behind the target, which the fixture takes for a failure.
        g_autoptr(Walked) fetched =
            walk_fixture_bytes(bytes->data, bytes->len, "evidence",
                               (WalkFixtureOptions){.choose = choose_target,
                                                    .choose_data = &fetching,
                                                    .keeps_contents = true,
                                                    .may_end = true});
        const WalkedItem *item = walked_find(fetched, wanted->path);
        g_test_message("%s", wanted->path);
        g_assert_cmpstr(item->locator, ==, wanted->locator);
        g_autofree char *sha256 = g_compute_checksum_for_data(
            G_CHECKSUM_SHA256, item->contents->data, item->contents->len);
        g_assert_cmpstr(sha256, ==, wanted->sha256);
        count++;
    }
    g_assert_cmpuint(count, >, 5);
}

static void what_was_found_in_an_archive_is_what_is_fetched(void)
{
    g_autoptr(GByteArray) bytes = zip_of_everything();
    assert_all_can_be_fetched(bytes);
}

static void what_was_found_on_a_volume_is_what_is_fetched(void)
{
    g_autoptr(GByteArray) bytes = fixture("fat12", "fat12.img");
    if (bytes != NULL)
        assert_all_can_be_fetched(bytes);
}

// ---- Sums -------------------------------------------------------------------------------------

static void what_is_locked_is_counted_all_the_way_up(void)
{
    g_autoptr(GByteArray) bytes = zip_of_everything();
    g_autoptr(Walked) walked = walk_alone(bytes);
    const WalkedItem *locked = walked_find(walked, "locked");
    g_assert_cmpint(locked->status, ==, STATUS_ENCRYPTED);
    g_assert_cmpuint(locked->size_bytes, ==, 14);
    g_assert_cmpuint(locked->not_examined_bytes, ==, 14);
    g_assert_cmpuint(walked_root(walked)->not_examined_bytes, ==, 14);
}

// What unpacks to more than the file has never counts for more than the file.
static void what_is_not_examined_is_no_more_than_the_file(void)
{
    g_autoptr(GByteArray) zeroes = g_byte_array_new();
    g_byte_array_set_size(zeroes, 1u << 20);
    memset(zeroes->data, 0, zeroes->len);
    ZipBuilder zip;
    zip_builder_begin(&zip);
    for (unsigned i = 0; i < 3; i++)
        zip_builder_add(&zip, (ZipBuilderMember){.name = "damaged",
                                                 .bytes = zeroes->data,
                                                 .size = zeroes->len,
                                                 .is_deflated = true,
                                                 .wrong_crc32 = 1});
    g_autoptr(GByteArray) bytes = zip_builder_finish(&zip, NULL);
    g_autoptr(Walked) walked = walk_alone(bytes);
    const WalkedItem *first = walked->items->pdata[0];
    g_assert_cmpint(first->status, ==, STATUS_CORRUPT);
    g_assert_cmpuint(first->not_examined_bytes, ==, 1u << 20);
    g_assert_cmpuint(walked_root(walked)->not_examined_bytes, ==, bytes->len);
}

static void an_archive_that_contains_itself_ends(void)
{
    static const char *const files[] = {"evidence/apache_tika/droste.zip"};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autoptr(Walked) walked = walk_fixture_media(files[i], (WalkFixtureOptions){0});
        if (walked == NULL)
            return;
        bool is_said = false;
        for (unsigned j = 0; j < walked->items->len; j++)
            is_said = is_said || walked_finding(walked->items->pdata[j], FINDING_REFERENCE) != NULL;
        g_assert_true(is_said);
        g_assert_cmpuint(walked->items->len, <, 20);
    }
}

static void tar_in_tar_is_opened_to_the_limit_and_no_further(void)
{
    g_autoptr(GByteArray) inner = picture(1);
    for (unsigned i = 0; i < 40; i++) {
        GByteArray *outer = g_byte_array_new();
        tar_builder_add(outer, "inner.tar", inner->data, inner->len);
        tar_builder_finish(outer);
        g_byte_array_unref(inner);
        inner = outer;
    }
    g_autoptr(Walked) walked = walk_alone(inner);
    const WalkedItem *deepest = walked->items->pdata[0];
    g_assert_cmpuint(deepest->depth, ==, LIMIT_EVIDENCE_DEPTH);
    g_assert_cmpint(deepest->status, ==, STATUS_LIMIT);
    g_assert_cmpuint(walked_root(walked)->not_examined_bytes, ==, deepest->size_bytes);
}

#define ADD(name) g_test_add_func("/walk_evidence/" #name, name)

int main(int argc, char **argv)
{
    g_setenv("TZ", "UTC0", TRUE);
    g_test_init(&argc, &argv, NULL);
    ADD(shares_of_an_archive_make_up_the_whole);
    ADD(shares_of_a_disk_make_up_the_whole);
    ADD(behind_any_item_of_an_archive_exactly_the_rest_is_found);
    ADD(behind_any_item_of_a_volume_exactly_the_rest_is_found);
    ADD(what_was_found_in_an_archive_is_what_is_fetched);
    ADD(what_was_found_on_a_volume_is_what_is_fetched);
    ADD(what_is_locked_is_counted_all_the_way_up);
    ADD(what_is_not_examined_is_no_more_than_the_file);
    ADD(an_archive_that_contains_itself_ends);
    ADD(tar_in_tar_is_opened_to_the_limit_and_no_further);
    return g_test_run();
}
