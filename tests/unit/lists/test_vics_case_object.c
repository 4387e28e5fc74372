// SPDX-License-Identifier: Apache-2.0
//
// A media that Clew found, as VICS writes one: names that are safe on every system, times only with
// their zone, and the pieces of a film as segments of its category.
#include <glib.h>
#include <string.h>

#include "lists/vics_case_object.h"

static void paths_are_relative_and_safe_everywhere(void)
{
    static const struct {
        const char *path, *folder, *name;
    } rows[] = {
        {"a.jpg", "", "a.jpg"},
        {"/a/b/c.jpg", "a\\b", "c.jpg"},
        {"disk.E01 > p2 > /Users/a/b.zip > c.jpg", "disk.E01\\p2\\Users\\a\\b.zip", "c.jpg"},
        {"../../etc/passwd", "._\\._\\etc", "passwd"},
        {"C:\\\\Windows/x", "C___Windows", "x"},
        {"a/./b", "a\\_", "b"},
        {"con|fig?/name. ", "con_fig_", "name._"},
        {"disk.dd > free@0x1a30", "disk.dd", "free@0x1a30"},
        {"", "", "_"},
        {"///", "", "_"},
        {"a > ", "", "a"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *folder = NULL;
        g_autofree char *name = NULL;
        vics_path_split(rows[i].path, &folder, &name);
        g_assert_cmpstr(folder, ==, rows[i].folder);
        g_assert_cmpstr(name, ==, rows[i].name);
    }
}

static char *object_of(VicsOwnMedia media, const VicsOwnFile *file)
{
    static const Digests digests = {.md5 = {0xab}, .sha1 = {0xcd}, .sha256 = {0xef}};
    VicsObject object;
    media.digests = &digests;
    vics_object_begin(&object, &media);
    if (file != NULL)
        vics_object_file(&object, file);
    return vics_object_end(&object);
}

static void times_without_a_zone_are_left_out(void)
{
    const VicsOwnFile file = {
        .number = 1,
        .path = "a.jpg",
        .times = "{\"modified\":\"2023-11-14T22:13:20.005000000Z\",\"accessed\":"
                 "\"2023-11-14T22:13:20\",\"created\":\"2023-11-14T22:13:20Z\"}",
    };
    g_autofree char *text = object_of((VicsOwnMedia){.number = 1}, &file);
    g_assert_nonnull(strstr(text, "\"Written\":\"2023-11-14T22:13:20.005Z\""));
    g_assert_nonnull(strstr(text, "\"Created\":\"2023-11-14T22:13:20Z\""));
    g_assert_null(strstr(text, "Accessed"));
}

static void pieces_become_segments_of_a_decided_category(void)
{
    static const char *const details[] = {
        "{\"video\":{\"pieces\":[{\"from\":12,\"to\":47.5,\"their_from\":1,\"their_to\":2},"
        "{\"their_from\":5,\"their_to\":6},{\"from\":3725.25,\"to\":3726}]}}",
        "{\"distance\":3}", NULL};
    VicsOwnMedia media = {.number = 1, .match_details = details};
    g_autofree char *open = object_of(media, NULL);
    g_assert_null(strstr(open, "Segments"));
    media.has_category = true;
    media.category = 2;
    g_autofree char *decided = object_of(media, NULL);
    const char *segments = strstr(decided, "\"Segments\":");
    g_assert_nonnull(segments);
    g_assert_true(g_str_has_prefix(
        segments,
        "\"Segments\":[{\"MD5\":\"AB000000000000000000000000000000\",\"SegmentIndex\":1,\"Start\":"
        "\"00:00:12.000\",\"End\":\"00:00:47.500\",\"Category\":2},{\"MD5\":"
        "\"AB000000000000000000000000000000\",\"SegmentIndex\":2,\"Start\":\"01:02:05.250\","
        "\"End\":\"01:02:06.000\",\"Category\":2}],"));
}

static void a_list_is_named_only_for_its_category(void)
{
    VicsOwnMedia media = {.number = 7, .category_source = "known", .size_bytes = 5};
    g_autofree char *without = object_of(media, NULL);
    g_assert_null(strstr(without, "PrecategorizationSource"));
    g_assert_nonnull(strstr(without, "\"IsPrecategorized\":false"));
    media.has_category = true;
    media.category = 1;
    g_autofree char *with = object_of(media, NULL);
    g_assert_nonnull(strstr(with, "\"Category\":1,\"IsPrecategorized\":true,"
                                  "\"PrecategorizationSource\":\"known\""));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vics_object/paths_are_relative_and_safe_everywhere",
                    paths_are_relative_and_safe_everywhere);
    g_test_add_func("/vics_object/times_without_a_zone_are_left_out",
                    times_without_a_zone_are_left_out);
    g_test_add_func("/vics_object/pieces_become_segments_of_a_decided_category",
                    pieces_become_segments_of_a_decided_category);
    g_test_add_func("/vics_object/a_list_is_named_only_for_its_category",
                    a_list_is_named_only_for_its_category);
    return g_test_run();
}
