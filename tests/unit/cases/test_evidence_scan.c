// SPDX-License-Identifier: Apache-2.0
//
// A scan through evidence whose worker lies: a hit that a second reading does not bear out is not
// counted. A scan that was stopped anywhere inside a file and is gone on with tells what one that
// was never stopped tells. What the scan itself writes is not scanned.
#include "cases/scan.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "fixture.h"

typedef struct {
    char *folder;
    Zygote *media, *evidence;
    Fixture store_fixture;
    SetStore *store;
    Matcher *matcher;
    GPtrArray *lines; // what the sink was told
    GPtrArray *own;   // paths of own files that were come across
    ScanTotals totals;
    unsigned stop_at; // the sink stops at this item, from 1; 0: never
} Bench;

static void set_up(Bench *bench, const void *unused)
{
    bench->folder = g_dir_make_tmp("clew-scan-XXXXXX", NULL);
    g_assert_cmpint(g_chdir(bench->folder), ==, 0);
    g_mkdir("in", 0700);
    g_autoptr(GError) error = NULL;
    bench->media = zygote_start((ZygoteOptions){.program = FAKE_MEDIA_WORKER}, &error);
    g_assert_no_error(error);
    bench->evidence = zygote_start((ZygoteOptions){.program = FAKE_EVIDENCE_WORKER}, &error);
    g_assert_no_error(error);
    bench->store_fixture = fixture_make();
    bench->store = fixture_open(&bench->store_fixture);
    bench->lines = g_ptr_array_new_with_free_func(g_free);
    bench->own = g_ptr_array_new_with_free_func(g_free);
}

static void tear_down(Bench *bench, const void *unused)
{
    g_clear_pointer(&bench->matcher, matcher_free);
    set_store_close(bench->store);
    fixture_clear(&bench->store_fixture);
    zygote_free(bench->media);
    zygote_free(bench->evidence);
    g_ptr_array_unref(bench->lines);
    g_ptr_array_unref(bench->own);
    g_assert_cmpint(g_chdir("/"), ==, 0);
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", bench->folder);
    g_assert_cmpint(system(command), ==, 0);
    g_free(bench->folder);
}

// A notable set with the SHA-256 of this text.
static void know(Bench *bench, const char *text)
{
    g_autoptr(GError) error = NULL;
    SetImportOptions options = {.set_name = "known",
                                .mode = SET_IMPORT_MERGE,
                                .has_kind = true,
                                .kind = SET_NOTABLE,
                                .who = "tester"};
    g_autoptr(SetImport) import = set_import_begin(bench->store, &options, &error);
    g_assert_no_error(error);
    uint8_t sha256[SHA256_BYTES];
    size_t size = sizeof sha256;
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(checksum, (const uint8_t *)text, (ssize_t)strlen(text));
    g_checksum_get_digest(checksum, sha256, &size);
    ListEntry entry;
    list_entry_init(&entry);
    list_entry_add_hash(&entry, HASH_SHA256, sha256, SHA256_BYTES, NULL);
    g_assert_true(set_import_entry(import, &entry, &error));
    SetImportCounts counts;
    g_assert_true(set_import_commit(import, &(SetImportSource){0}, &counts, &error));
    list_entry_clear(&entry);
}

static void put_file(const char *name, const char *text)
{
    g_autofree char *path = g_build_filename("in", name, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static char *findings_of(const Record *record)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < record->findings->len; i++) {
        const Finding *finding = record->findings->pdata[i];
        g_string_append_printf(text, "; %s: %s", finding_type_name(finding->type), finding->detail);
    }
    return g_string_free(text, FALSE);
}

static bool take(void *user_data, const ScanItem *item, GError **err)
{
    Bench *bench = user_data;
    const Record *record = item->record;
    g_autofree char *findings = findings_of(record);
    g_ptr_array_add(bench->lines,
                    g_strdup_printf("%s %s %u match%s%s -%" G_GUINT64_FORMAT "%s", record->path,
                                    status_name(record->status), item->matches->len,
                                    item->matches->len == 1 ? "" : "es",
                                    record->verified ? " verified" : "", record->not_examined_bytes,
                                    findings));
    if (bench->lines->len != bench->stop_at)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CANCELLED, "stopped");
    return false;
}

static void come_across(void *user_data, const char *path)
{
    Bench *bench = user_data;
    g_ptr_array_add(bench->own, g_strdup(path));
}

static void scan_with(Bench *bench, ScanOptions options)
{
    const char *paths[] = {"in", NULL};
    g_autoptr(FolderWalk) walk = folder_walk_new(paths, (FolderWalkOptions){0}, NULL);
    g_autoptr(GError) error = NULL;
    if (bench->matcher == NULL)
        bench->matcher =
            matcher_open(bench->store, (MatcherOptions){.min_quality = 50}, NULL, NULL, &error);
    g_assert_no_error(error);
    options.walk = walk;
    options.zygote = bench->media;
    options.evidence.zygote = bench->evidence;
    options.matcher = bench->matcher;
    options.jobs = 1;
    const ScanSink sink = {.item = take, .own_file = come_across, .user_data = bench};
    g_ptr_array_set_size(bench->lines, 0);
    bench->totals = (ScanTotals){0};
    bool ok = scan_run(&options, &sink, &bench->totals, &error);
    g_assert_no_error(error);
    g_assert_true(ok);
    g_assert_cmpint(bench->totals.interrupted, ==, bench->stop_at != 0);
}

static char *lines_of(const Bench *bench)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < bench->lines->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "\n" : "",
                               (const char *)bench->lines->pdata[i]);
    return g_string_free(text, FALSE);
}

static void assert_first(const Bench *bench, const char *expected)
{
    g_assert_cmpstr(bench->lines->pdata[0], ==, expected);
}

// ---- Second readings --------------------------------------------------------------------------

static void a_hit_that_a_second_reading_bears_out_is_verified(Bench *bench, const void *unused)
{
    know(bench, "known bytes");
    put_file("e", "0 item known bytes\n1 item other bytes");
    scan_with(bench, (ScanOptions){.verify_hits = true});
    g_autofree char *lines = lines_of(bench);
    g_assert_cmpstr(lines, ==,
                    "in/e > known bytes ok 1 match verified -0\n"
                    "in/e > other bytes ok 0 matches -0\nin/e ok 0 matches -0");
    g_assert_cmpuint(bench->totals.exact, ==, 1);
}

static void without_a_second_reading_a_hit_is_not_verified(Bench *bench, const void *unused)
{
    know(bench, "known bytes");
    put_file("e", "0 crash-fetched known bytes");
    scan_with(bench, (ScanOptions){.verify_hits = false});
    assert_first(bench, "in/e > known bytes ok 1 match -0");
}

static void a_hit_whose_bytes_are_others_the_second_time_is_dropped(Bench *bench,
                                                                    const void *unused)
{
    know(bench, "known bytes");
    put_file("e", "0 changed known bytes");
    scan_with(bench, (ScanOptions){.verify_hits = true});
    assert_first(bench, "in/e > known bytes ok 0 matches -0; unverified: a second reading gave "
                        "other bytes; the exact match is not counted");
    g_assert_cmpuint(bench->totals.exact, ==, 0);
}

static void a_hit_that_lies_elsewhere_the_second_time_is_dropped(Bench *bench, const void *unused)
{
    know(bench, "known bytes");
    put_file("e", "0 moved known bytes");
    scan_with(bench, (ScanOptions){.verify_hits = true});
    assert_first(bench, "in/e > known bytes ok 0 matches -0; unverified: a second reading gave "
                        "other bytes; the exact match is not counted");
}

static void a_hit_that_cannot_be_read_again_stays_and_says_so(Bench *bench, const void *unused)
{
    know(bench, "known bytes");
    put_file("e", "0 gone known bytes");
    scan_with(bench, (ScanOptions){.verify_hits = true});
    assert_first(bench, "in/e > known bytes ok 1 match -0; unverified: it could not be read a "
                        "second time");
    put_file("e", "0 crash-fetched known bytes");
    scan_with(bench, (ScanOptions){.verify_hits = true});
    assert_first(bench, "in/e > known bytes ok 1 match -0; unverified: it could not be read a "
                        "second time: the evidence reader was stopped by signal 6 (Aborted)");
}

static void each_of_many_hits_is_read_again(Bench *bench, const void *unused)
{
    know(bench, "one");
    know(bench, "two");
    put_file("e", "0 item one\n1 item x.zip\n1.0 item two\n1.1 changed one\n2 item two");
    scan_with(bench, (ScanOptions){.verify_hits = true});
    g_autofree char *lines = lines_of(bench);
    g_assert_cmpstr(lines, ==,
                    "in/e > one ok 1 match verified -0\n"
                    "in/e > x.zip > two ok 1 match verified -0\n"
                    "in/e > x.zip > one ok 0 matches -0; unverified: a second reading gave other "
                    "bytes; the exact match is not counted\n"
                    "in/e > x.zip ok 0 matches -0\n"
                    "in/e > two ok 1 match verified -0\n"
                    "in/e ok 0 matches -0");
}

// ---- Going on ---------------------------------------------------------------------------------

static void assert_gone_on_with_the_same(Bench *bench)
{
    scan_with(bench, (ScanOptions){0});
    g_autofree char *expected = lines_of(bench);
    const ScanTotals totals = bench->totals;
    unsigned count = bench->lines->len;
    for (unsigned stop_at = 1; stop_at <= count; stop_at++) {
        g_autoptr(GError) error = NULL;
        g_unlink("state");
        ScanState *state = scan_state_create("state", "asked", &error);
        g_assert_no_error(error);
        bench->stop_at = stop_at;
        scan_with(bench, (ScanOptions){.state = state});
        scan_state_free(state);
        bench->stop_at = 0;
        state = scan_state_open("state", "asked", &error);
        g_assert_no_error(error);
        scan_with(bench, (ScanOptions){.state = state});
        scan_state_free(state);
        g_autofree char *found = lines_of(bench);
        g_test_message("stopped at item %u of %u", stop_at, count);
        g_assert_cmpstr(found, ==, expected);
        g_assert_cmpuint(bench->totals.items, ==, totals.items);
        g_assert_cmpuint(bench->totals.bytes, ==, totals.bytes);
        g_assert_cmpuint(bench->totals.evidence_bytes, ==, totals.evidence_bytes);
        g_assert_cmpuint(bench->totals.not_examined_bytes, ==, totals.not_examined_bytes);
        g_assert_cmpuint(scan_not_examined(&bench->totals), ==, scan_not_examined(&totals));
    }
}

static void a_scan_stopped_anywhere_goes_on_to_the_same_end(Bench *bench, const void *unused)
{
    put_file("a", "0 item one");
    put_file("b",
             "0 lost 1234567\n1 item z.zip, of some size\n1.0 lost 12345\n1.1 item y.zip, too\n"
             "1.1.0 lost 1\n1.1.1 item x\n1.2 lost 123\n2 structure p\n2.0 lost 1\n2.1 item 1234\n"
             "2.2 structure q\n2.2.0 lost 12\n2.2.1 lost 123\n3 lost 1");
    put_file("c", "0 picture p\n1 lost 1");
    assert_gone_on_with_the_same(bench);
}

static void a_scan_with_falls_goes_on_to_the_same_end(Bench *bench, const void *unused)
{
    put_file("a",
             "0 item z.zip, of some size\n0.0 lost 12345\n0.1 crash 12\n0.2 lost 123\n1 lost 1");
    assert_gone_on_with_the_same(bench);
}

// ---- Own files --------------------------------------------------------------------------------

static ScanOwnFile own_file(const char *path)
{
    struct stat status;
    g_assert_cmpint(stat(path, &status), ==, 0);
    return (ScanOwnFile){.device = status.st_dev, .inode = status.st_ino};
}

static void what_the_scan_writes_is_not_scanned_and_named(Bench *bench, const void *unused)
{
    put_file("a", "0 item one");
    put_file("b", "0 item two");
    put_file("c", "0 item three");
    g_assert_cmpint(link("in/b", "elsewhere"), ==, 0);
    const ScanOwnFile own[] = {own_file("elsewhere")};
    scan_with(bench, (ScanOptions){.own_files = own, .own_file_count = 1});
    g_autofree char *lines = lines_of(bench);
    g_assert_cmpstr(lines, ==,
                    "in/a > one ok 0 matches -0\nin/a ok 0 matches -0\n"
                    "in/c > three ok 0 matches -0\nin/c ok 0 matches -0");
    g_assert_cmpuint(bench->own->len, ==, 1);
    g_assert_cmpstr(bench->own->pdata[0], ==, "in/b");
    g_assert_cmpuint(bench->totals.evidence_bytes, ==, 10 + 12);
}

// The state itself lies in the folder that is scanned.
static void a_state_beside_the_evidence_is_gone_on_with(Bench *bench, const void *unused)
{
    put_file("a", "0 item one\n1 item two");
    put_file("z", "0 item three");
    g_autoptr(GError) error = NULL;
    ScanState *state = scan_state_create("in/state", "asked", &error);
    g_assert_no_error(error);
    const ScanOwnFile own[] = {own_file("in/state")};
    bench->stop_at = 4;
    scan_with(bench, (ScanOptions){.state = state, .own_files = own, .own_file_count = 1});
    scan_state_free(state);
    bench->stop_at = 0;
    state = scan_state_open("in/state", "asked", &error);
    g_assert_no_error(error);
    scan_with(bench, (ScanOptions){.state = state, .own_files = own, .own_file_count = 1});
    scan_state_free(state);
    g_autofree char *lines = lines_of(bench);
    g_assert_cmpstr(lines, ==,
                    "in/a > one ok 0 matches -0\nin/a > two ok 0 matches -0\nin/a ok 0 matches -0\n"
                    "in/z > three ok 0 matches -0\nin/z ok 0 matches -0");
}

// ---- Previews ---------------------------------------------------------------------------------

static bool take_previews(void *user_data, const ScanItem *item, GError **err)
{
    GString *text = user_data;
    g_string_append_printf(text, "%s %u %s%s\n", strrchr(item->record->path, '/') + 1,
                           item->previews != NULL ? item->previews->pictures->len : 0,
                           item->needs_eyes ? "eyes" : "-",
                           item->preview_reason != NULL ? " not shown" : "");
    return true;
}

static char *scan_for_eyes(Bench *bench)
{
    const char *paths[] = {"in", NULL};
    g_autoptr(FolderWalk) walk = folder_walk_new(paths, (FolderWalkOptions){0}, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Matcher) matcher =
        matcher_open(bench->store, (MatcherOptions){.min_quality = 50}, NULL, NULL, &error);
    g_assert_no_error(error);
    const ScanOptions options = {.walk = walk,
                                 .zygote = bench->media,
                                 .evidence = {.zygote = bench->evidence},
                                 .matcher = matcher,
                                 .needs_eyes = match_rules_needs_eyes,
                                 .jobs = 1};
    GString *text = g_string_new(NULL);
    const ScanSink sink = {.item = take_previews, .user_data = text};
    ScanTotals totals = {0};
    g_assert_true(scan_run(&options, &sink, &totals, &error));
    g_assert_no_error(error);
    return g_string_free(text, FALSE);
}

static void what_lies_inside_is_shown_unless_it_is_known(Bench *bench, const void *unused)
{
    know(bench, "\xff\xd8\xffknown");
    put_file("e", "0 picture known\n1 picture other\n2 item text");
    g_autofree char *text = scan_for_eyes(bench);
    g_assert_cmpstr(text, ==, "e > known 0 -\ne > other 2 eyes\ne > text 0 -\ne 0 -\n");
}

static void other_bytes_than_were_digested_are_not_shown(Bench *bench, const void *unused)
{
    put_file("e", "0 swapped first\n1 picture second");
    put_file("f.jpg", "\xff\xd8\xff"
                      "first");
    g_autofree char *text = scan_for_eyes(bench);
    g_assert_cmpstr(text, ==,
                    "e > first 0 eyes not shown\ne > second 2 eyes\ne 0 -\nf.jpg 2 eyes\n");
}

#define ADD(name) g_test_add("/evidence_scan/" #name, Bench, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(a_hit_that_a_second_reading_bears_out_is_verified);
    ADD(without_a_second_reading_a_hit_is_not_verified);
    ADD(a_hit_whose_bytes_are_others_the_second_time_is_dropped);
    ADD(a_hit_that_lies_elsewhere_the_second_time_is_dropped);
    ADD(a_hit_that_cannot_be_read_again_stays_and_says_so);
    ADD(each_of_many_hits_is_read_again);
    ADD(a_scan_stopped_anywhere_goes_on_to_the_same_end);
    ADD(a_scan_with_falls_goes_on_to_the_same_end);
    ADD(what_the_scan_writes_is_not_scanned_and_named);
    ADD(a_state_beside_the_evidence_is_gone_on_with);
    ADD(what_lies_inside_is_shown_unless_it_is_known);
    ADD(other_bytes_than_were_digested_are_not_shown);
    return g_test_run();
}
