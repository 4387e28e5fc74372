// SPDX-License-Identifier: Apache-2.0
//
// The scan reports every file once, in the order of the walk, with any number of lanes; a decoder
// that crashes, stalls or lies costs the item that made it so and no other.
#include "cases/scan.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

typedef struct {
    char *folder;
    Zygote *zygote, *evidence;
    GPtrArray *lines; // what the sink was told: "name status width [same]", and of previews
    NeedsEyes *needs_eyes;
    ScanTotals totals;
} Fixture;

static void set_up(Fixture *fixture, const void *unused)
{
    fixture->folder = g_dir_make_tmp("clew-scan-XXXXXX", NULL);
    g_assert_cmpint(g_chdir(fixture->folder), ==, 0);
    g_mkdir("in", 0700);
    g_autoptr(GError) error = NULL;
    fixture->zygote = zygote_start((ZygoteOptions){.program = FAKE_MEDIA_WORKER}, &error);
    g_assert_no_error(error);
    fixture->evidence = zygote_start((ZygoteOptions){.program = EVIDENCE_WORKER}, &error);
    g_assert_no_error(error);
    fixture->lines = g_ptr_array_new_with_free_func(g_free);
}

static void tear_down(Fixture *fixture, const void *unused)
{
    zygote_free(fixture->zygote);
    zygote_free(fixture->evidence);
    g_ptr_array_unref(fixture->lines);
    g_assert_cmpint(g_chdir("/"), ==, 0);
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", fixture->folder);
    g_assert_cmpint(system(command), ==, 0);
    g_free(fixture->folder);
}

// A file that sniffs as JPEG and tells the fake worker what to do.
static void put_picture(const char *name, const char *text)
{
    g_autofree char *path = g_build_filename("in", name, NULL);
    g_autofree char *bytes = g_strconcat("\xff\xd8\xff", text, NULL);
    g_assert_true(g_file_set_contents(path, bytes, -1, NULL));
}

static bool take(void *user_data, const ScanItem *item, GError **err)
{
    Fixture *fixture = user_data;
    const Record *record = item->record;
    GString *line = g_string_new(NULL);
    g_string_append_printf(
        line, "%s %s %u%s", strrchr(record->path, '/') + 1, status_name(record->status),
        record->still != NULL ? record->still->width : 0, record->same_as != NULL ? " same" : "");
    if (item->needs_eyes)
        g_string_append(line, " eyes");
    for (unsigned i = 0; item->previews != NULL && i < item->previews->pictures->len; i++) {
        const PreviewPicture *picture = item->previews->pictures->pdata[i];
        g_string_append_printf(line, " %s", preview_kind_name(picture->kind));
    }
    // How a decoder falls depends on what it is built with.
    bool fell =
        item->preview_reason != NULL && g_str_has_prefix(item->preview_reason, "the decoder");
    if (item->preview_reason != NULL)
        g_string_append_printf(line, ": %s", fell ? "the decoder fell" : item->preview_reason);
    g_ptr_array_add(fixture->lines, g_string_free(line, FALSE));
    return true;
}

static bool run(Fixture *fixture, unsigned jobs, bool (*is_cancelled)(void), GError **err)
{
    const char *paths[] = {"in", NULL};
    g_autoptr(FolderWalk) walk = folder_walk_new(paths, (FolderWalkOptions){0}, NULL);
    ScanOptions options = {.walk = walk,
                           .zygote = fixture->zygote,
                           .evidence = {.zygote = fixture->evidence},
                           .needs_eyes = fixture->needs_eyes,
                           .jobs = jobs};
    fixture->totals = (ScanTotals){0};
    ScanSink sink = {.item = take, .is_cancelled = is_cancelled, .user_data = fixture};
    return scan_run(&options, &sink, &fixture->totals, err);
}

static void assert_lines(Fixture *fixture, const char *expected)
{
    g_ptr_array_add(fixture->lines, NULL);
    g_autofree char *text = g_strjoinv("\n", (char **)fixture->lines->pdata);
    g_assert_cmpstr(text, ==, expected);
}

static void run_well(Fixture *fixture, unsigned jobs)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(run(fixture, jobs, NULL, &error));
    g_assert_no_error(error);
}

static void a_crash_costs_one_item(Fixture *fixture, const void *unused)
{
    put_picture("a.jpg", "fine");
    put_picture("b.jpg", "CRASH");
    put_picture("c.jpg", "also fine");
    run_well(fixture, 1);
    assert_lines(fixture, "a.jpg ok 7\nb.jpg crashed 0\nc.jpg ok 12");
    g_assert_cmpuint(fixture->totals.not_examined[STATUS_CRASHED], ==, 1);
    g_assert_cmpuint(scan_not_examined(&fixture->totals), ==, 1);
}

static void what_an_item_left_behind_is_not_held_against_the_next(Fixture *fixture,
                                                                  const void *unused)
{
    put_picture("a.jpg", "POISON");
    put_picture("b.jpg", "innocent");
    put_picture("c.jpg", "ONCE");
    run_well(fixture, 1);
    assert_lines(fixture, "a.jpg ok 9\nb.jpg ok 11\nc.jpg ok 7");
}

static void an_answer_for_another_item_is_not_believed(Fixture *fixture, const void *unused)
{
    put_picture("a.jpg", "LIE");
    put_picture("b.jpg", "fine");
    run_well(fixture, 1);
    assert_lines(fixture, "a.jpg crashed 0\nb.jpg ok 7");
}

static void the_same_bytes_are_named_once_and_listed_always(Fixture *fixture, const void *unused)
{
    put_picture("a.jpg", "twin");
    put_picture("b.jpg", "other");
    put_picture("c.jpg", "twin");
    put_picture("d.jpg", "twin");
    run_well(fixture, 4);
    assert_lines(fixture, "a.jpg ok 7\nb.jpg ok 8\nc.jpg ok 7 same\nd.jpg ok 7 same");
    g_assert_cmpuint(fixture->totals.items, ==, 4);
    g_assert_cmpuint(fixture->totals.media, ==, 2);
}

static void a_crashing_content_crashes_one_worker_however_often_it_lies_about(Fixture *fixture,
                                                                              const void *unused)
{
    put_picture("a.jpg", "CRASH");
    put_picture("b.jpg", "CRASH");
    run_well(fixture, 2);
    assert_lines(fixture, "a.jpg crashed 0\nb.jpg crashed 0 same");
}

static void any_number_of_lanes_gives_the_same_report(Fixture *fixture, const void *unused)
{
    for (unsigned i = 0; i < 1500; i++) {
        g_autofree char *name = g_strdup_printf("%04u.jpg", i);
        g_autofree char *text = g_strnfill(i % 97, 'x');
        put_picture(name, i % 251 == 250 ? "CRASH" : text);
    }
    run_well(fixture, 1);
    g_autoptr(GPtrArray) one = g_steal_pointer(&fixture->lines);
    fixture->lines = g_ptr_array_new_with_free_func(g_free);
    run_well(fixture, 8);
    g_assert_cmpuint(one->len, ==, 1500);
    g_assert_cmpuint(fixture->lines->len, ==, 1500);
    for (unsigned i = 0; i < 1500; i++)
        g_assert_cmpstr(one->pdata[i], ==, fixture->lines->pdata[i]);
}

static unsigned asked;

static bool cancel_after_a_while(void)
{
    return ++asked > 300;
}

static void a_cancelled_scan_says_so_and_reports_a_beginning(Fixture *fixture, const void *unused)
{
    for (unsigned i = 0; i < 900; i++) {
        g_autofree char *name = g_strdup_printf("%04u.jpg", i);
        put_picture(name, name);
    }
    g_autoptr(GError) error = NULL;
    g_assert_true(run(fixture, 2, cancel_after_a_while, &error));
    g_assert_true(fixture->totals.interrupted);
    g_assert_cmpuint(fixture->lines->len, <, 900);
    g_assert_cmpuint(fixture->lines->len, ==, fixture->totals.items);
    for (unsigned i = 0; i < fixture->lines->len; i++)
        g_assert_cmpint(atoi(fixture->lines->pdata[i]), ==, (int)i);
}

static bool refuse(void *user_data, const ScanItem *item, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_IO, "no more");
    return false;
}

static void a_sink_that_fails_ends_the_scan_with_its_error(Fixture *fixture, const void *unused)
{
    put_picture("a.jpg", "fine");
    put_picture("b.jpg", "fine too");
    const char *paths[] = {"in", NULL};
    g_autoptr(FolderWalk) walk = folder_walk_new(paths, (FolderWalkOptions){0}, NULL);
    ScanOptions options = {.walk = walk,
                           .zygote = fixture->zygote,
                           .evidence = {.zygote = fixture->evidence},
                           .jobs = 2};
    ScanSink sink = {.item = refuse};
    g_autoptr(GError) error = NULL;
    g_assert_false(scan_run(&options, &sink, &fixture->totals, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_IO);
}

// ---- Previews ---------------------------------------------------------------------------------

static void previews_are_made_of_what_needs_eyes(Fixture *fixture, const void *unused)
{
    put_picture("a.jpg", "fine");
    put_picture("b.jpg", "UNSHOWN");
    put_picture("c.jpg", "CRASH");
    g_assert_true(g_file_set_contents("in/d.txt", "no picture", -1, NULL));
    fixture->needs_eyes = match_rules_needs_eyes;
    run_well(fixture, 1);
    assert_lines(fixture, "a.jpg ok 7 eyes 192 512\n"
                          "b.jpg ok 10 eyes: there is nothing to see\n"
                          "c.jpg crashed 0 eyes: the decoder fell\n"
                          "d.txt ok 0");
}

static void without_a_rule_nobody_is_asked_for_previews(Fixture *fixture, const void *unused)
{
    put_picture("a.jpg", "EYELESS");
    run_well(fixture, 1);
    assert_lines(fixture, "a.jpg ok 10");
}

static bool nobody_needs_eyes(const GArray *matches, bool left_out, bool is_media)
{
    return false;
}

static void what_needs_no_eyes_is_not_shown(Fixture *fixture, const void *unused)
{
    put_picture("a.jpg", "EYELESS");
    fixture->needs_eyes = nobody_needs_eyes;
    run_well(fixture, 1);
    assert_lines(fixture, "a.jpg ok 10");
}

static void a_content_has_its_previews_once(Fixture *fixture, const void *unused)
{
    put_picture("a.jpg", "twin");
    put_picture("b.jpg", "twin");
    put_picture("c.jpg", "other");
    fixture->needs_eyes = match_rules_needs_eyes;
    run_well(fixture, 1);
    assert_lines(fixture, "a.jpg ok 7 eyes 192 512\nb.jpg ok 7 same eyes\n"
                          "c.jpg ok 8 eyes 192 512");
}

static void a_fall_over_previews_costs_them_alone(Fixture *fixture, const void *unused)
{
    put_picture("a.jpg", "EYELESS");
    put_picture("b.jpg", "fine");
    fixture->needs_eyes = match_rules_needs_eyes;
    run_well(fixture, 1);
    assert_lines(fixture, "a.jpg ok 10 eyes: the decoder fell\n"
                          "b.jpg ok 7 eyes 192 512");
    g_assert_cmpuint(scan_not_examined(&fixture->totals), ==, 0);
}

// What a worker that was taken over might try.
static void a_preview_with_anything_but_the_picture_is_not_taken(Fixture *fixture,
                                                                 const void *unused)
{
    put_picture("a.jpg", "SECRET");
    put_picture("b.jpg", "MANY");
    fixture->needs_eyes = match_rules_needs_eyes;
    run_well(fixture, 1);
    g_assert_cmpuint(fixture->lines->len, ==, 2);
    g_assert_cmpstr(fixture->lines->pdata[0], ==, "a.jpg ok 9 eyes: the decoder fell");
    g_assert_true(g_str_has_prefix(fixture->lines->pdata[1], "b.jpg ok 7 eyes 192 512"));
}

#define ADD(name) g_test_add("/scan/" #name, Fixture, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(a_crash_costs_one_item);
    ADD(what_an_item_left_behind_is_not_held_against_the_next);
    ADD(an_answer_for_another_item_is_not_believed);
    ADD(the_same_bytes_are_named_once_and_listed_always);
    ADD(a_crashing_content_crashes_one_worker_however_often_it_lies_about);
    ADD(any_number_of_lanes_gives_the_same_report);
    ADD(a_cancelled_scan_says_so_and_reports_a_beginning);
    ADD(a_sink_that_fails_ends_the_scan_with_its_error);
    ADD(previews_are_made_of_what_needs_eyes);
    ADD(without_a_rule_nobody_is_asked_for_previews);
    ADD(what_needs_no_eyes_is_not_shown);
    ADD(a_content_has_its_previews_once);
    ADD(a_fall_over_previews_costs_them_alone);
    ADD(a_preview_with_anything_but_the_picture_is_not_taken);
    return g_test_run();
}
