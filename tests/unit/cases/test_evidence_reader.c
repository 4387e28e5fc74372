// SPDX-License-Identifier: Apache-2.0
//
// What a worker says becomes records, in order, with parents and places; a worker that crashes,
// stalls or lies costs the item in hand, and in the end the rest of the file, never more and never
// in silence; siblings are regular files in the same folder and nothing else.
#include "cases/evidence_reader.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"

#define SILENCE_MS 300

typedef struct {
    char *folder;
    Zygote *zygote;
    EvidenceReader *reader;
    int descriptor;
    EvidenceFile file;
    Record *root;
    GPtrArray *records; // of Record *, as the sink got them
    GPtrArray *lines;   // "path status [reason]"
    uint64_t progress_bytes;
    GByteArray *room; // contents of the picture in hand
    bool has_no_room;
    unsigned refused_at; // the sink fails at this item, from 1
} Fixture;

static void free_record_void(void *record)
{
    record_free(record);
}

static void set_up(Fixture *fixture, const void *unused)
{
    fixture->folder = g_dir_make_tmp("clew-reader-XXXXXX", NULL);
    g_autoptr(GError) error = NULL;
    fixture->zygote = zygote_start((ZygoteOptions){.program = FAKE_EVIDENCE_WORKER}, &error);
    g_assert_no_error(error);
    fixture->reader = evidence_reader_new(
        (EvidenceReaderOptions){.zygote = fixture->zygote, .silence_ms = SILENCE_MS});
    fixture->descriptor = -1;
    fixture->records = g_ptr_array_new_with_free_func(free_record_void);
    fixture->lines = g_ptr_array_new_with_free_func(g_free);
    fixture->room = g_byte_array_new();
}

static void close_script(Fixture *fixture)
{
    if (fixture->descriptor >= 0)
        close(fixture->descriptor);
    g_free((char *)fixture->file.path);
    g_clear_pointer(&fixture->root, record_free);
}

static void tear_down(Fixture *fixture, const void *unused)
{
    close_script(fixture);
    evidence_reader_free(fixture->reader);
    zygote_free(fixture->zygote);
    g_ptr_array_unref(fixture->records);
    g_ptr_array_unref(fixture->lines);
    g_byte_array_unref(fixture->room);
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", fixture->folder);
    g_assert_cmpint(system(command), ==, 0);
    g_free(fixture->folder);
}

// A file that tells the fake worker what is in it.
static void put_script(Fixture *fixture, const char *script)
{
    close_script(fixture);
    char *path = g_build_filename(fixture->folder, "evidence", NULL);
    g_assert_true(g_file_set_contents(path, script, -1, NULL));
    fixture->descriptor = open(path, O_RDONLY | O_CLOEXEC);
    fixture->file = (EvidenceFile){.descriptor = fixture->descriptor,
                                   .path = path,
                                   .size_bytes = strlen(script),
                                   .record_path = "shown/evidence",
                                   .locator = "[{\"file\":\"shown/evidence\"}]",
                                   .item_id = "root"};
    fixture->root = record_new();
    fixture->root->has_size = true;
    fixture->root->size_bytes = strlen(script);
    g_ptr_array_set_size(fixture->records, 0);
    g_ptr_array_set_size(fixture->lines, 0);
}

static void use_options(Fixture *fixture, EvidenceReaderOptions options)
{
    evidence_reader_free(fixture->reader);
    options.zygote = fixture->zygote;
    options.silence_ms = SILENCE_MS;
    fixture->reader = evidence_reader_new(options);
}

// ---- Sink -------------------------------------------------------------------------------------

static void keep_contents(void *user_data, uint64_t done, const uint8_t *bytes, size_t size_bytes)
{
    Fixture *fixture = user_data;
    if (fixture->has_no_room)
        return;
    g_byte_array_set_size(fixture->room, (unsigned)done);
    g_byte_array_append(fixture->room, bytes, (unsigned)size_bytes);
}

static bool take(void *user_data, Record *record, const Place *place, uint64_t contents_bytes,
                 GError **err)
{
    Fixture *fixture = user_data;
    g_ptr_array_add(fixture->records, record);
    g_assert_cmpuint(place->depth, >, 0);
    const char *inside = record->path + strlen("shown/evidence > ");
    g_autofree char *contents =
        contents_bytes > 0 ? g_strdup_printf(" %zu bytes", contents_bytes) : g_strdup("");
    g_ptr_array_add(fixture->lines,
                    g_strdup_printf("%s %s%s%s%s%s", inside, status_name(record->status), contents,
                                    record->reason != NULL ? " [" : "",
                                    record->reason != NULL ? record->reason : "",
                                    record->reason != NULL ? "]" : ""));
    if (fixture->records->len != fixture->refused_at)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_IO, "no more");
    return false;
}

static void count_progress(void *user_data, uint64_t bytes)
{
    Fixture *fixture = user_data;
    fixture->progress_bytes += bytes;
}

static bool walk_part(Fixture *fixture, EvidencePart part, GError **err)
{
    const EvidenceSink sink = {
        .contents = keep_contents, .item = take, .progress = count_progress, .user_data = fixture};
    return evidence_walk(fixture->reader, &fixture->file, part, fixture->root, &sink, err);
}

static void walk(Fixture *fixture, const char *script)
{
    put_script(fixture, script);
    g_autoptr(GError) error = NULL;
    g_assert_true(walk_part(fixture, (EvidencePart){0}, &error));
    g_assert_no_error(error);
}

static void assert_lines(const Fixture *fixture, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (unsigned i = 0; i < fixture->lines->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "\n" : "",
                               (const char *)fixture->lines->pdata[i]);
    g_assert_cmpstr(text->str, ==, expected);
}

static const Record *record_at(const Fixture *fixture, unsigned index)
{
    return fixture->records->pdata[index];
}

static const Finding *only_finding(const Record *record)
{
    g_assert_cmpuint(record->findings->len, ==, 1);
    return record->findings->pdata[0];
}

#define CRASH "the evidence reader was stopped by signal 6 (Aborted)"
#define NONSENSE "the evidence reader sent an answer that breaks the rules and was stopped"

// ---- Records ----------------------------------------------------------------------------------

static void items_come_as_they_are_finished_and_know_their_parents(Fixture *fixture,
                                                                   const void *unused)
{
    walk(fixture, "0 item one\n1 structure p1\n1.0 item a\n1.1 item b.zip\n1.1.0 item c\n2 item x");
    assert_lines(fixture, "one ok\np1 > a ok\np1 > b.zip > c ok\np1 > b.zip ok\np1 ok\nx ok");
    const Record *a = record_at(fixture, 1), *c = record_at(fixture, 2);
    const Record *b = record_at(fixture, 3), *p1 = record_at(fixture, 4);
    g_assert_cmpstr(c->path, ==, "shown/evidence > p1 > b.zip > c");
    g_assert_cmpstr(c->locator, ==,
                    "[{\"file\":\"shown/evidence\"},{\"n\":1},{\"n\":1},{\"n\":0}]");
    g_assert_cmpstr(c->parent_id, ==, b->item_id);
    g_assert_cmpstr(b->parent_id, ==, p1->item_id);
    g_assert_cmpstr(a->parent_id, ==, p1->item_id);
    g_assert_cmpstr(p1->parent_id, ==, "root");
    g_assert_cmpstr(c->item_id, !=, a->item_id);
    g_assert_cmpint(fixture->root->status, ==, STATUS_OK);
}

static void an_item_has_the_same_id_on_every_run(Fixture *fixture, const void *unused)
{
    walk(fixture, "0 item one\n1 item two");
    g_autofree char *first = g_strdup(record_at(fixture, 1)->item_id);
    walk(fixture, "0 item one\n1 item renamed");
    g_assert_cmpstr(record_at(fixture, 1)->item_id, ==, first);
    g_assert_cmpuint(strlen(first), ==, 32);
}

static void names_are_escaped(Fixture *fixture, const void *unused)
{
    walk(fixture, "0 item a > b\\nc\\377");
    assert_lines(fixture, "a \\x3e b\\nc\\xff ok");
}

static void a_picture_comes_with_its_bytes(Fixture *fixture, const void *unused)
{
    walk(fixture, "0 picture abc\n1 item x");
    assert_lines(fixture, "abc ok 6 bytes\nx ok");
    g_assert_cmpuint(fixture->room->len, ==, 6);
    g_assert_true(memcmp(fixture->room->data,
                         "\xff\xd8\xff"
                         "abc",
                         6) == 0);
    g_assert_cmpstr(record_at(fixture, 0)->media_type, ==, "image/jpeg");
    fixture->has_no_room = true;
    walk(fixture, "0 picture abc");
    assert_lines(fixture, "abc ok 6 bytes");
}

static void a_worker_is_told_what_the_user_wants(Fixture *fixture, const void *unused)
{
    static const char *const passwords[] = {"one", "two", NULL};
    use_options(fixture, (EvidenceReaderOptions){.passwords = passwords, .verify_images = true});
    put_script(fixture, "0 options x");
    fixture->file.media_type = "application/zip";
    fixture->file.only_searched = true;
    g_assert_true(walk_part(fixture, (EvidencePart){.share = 0, .shares = 3}, NULL));
    const Finding *finding = only_finding(record_at(fixture, 0));
    g_assert_cmpstr(finding->detail, ==,
                    "evidence application/zip 0/3 one,two verify search, number 0");
    g_assert_cmpuint(finding->bytes, ==, fixture->file.size_bytes);
}

static void a_walk_goes_on_behind_a_place(Fixture *fixture, const void *unused)
{
    put_script(fixture, "0 item a\n1 item b\n1.0 item c\n1.1 item d\n2 item e");
    const Place resume = {.depth = 2, .ordinal = {1, 0}};
    g_assert_true(walk_part(fixture, (EvidencePart){.resume = &resume}, NULL));
    assert_lines(fixture, "b > d ok\nb ok\ne ok");
}

static void shares_make_up_the_whole(Fixture *fixture, const void *unused)
{
    put_script(fixture, "0 structure p\n0.0 item a\n0.1 item b\n0.2 item c\n1 item d");
    g_assert_true(walk_part(fixture, (EvidencePart){.share = 0, .shares = 2}, NULL));
    assert_lines(fixture, "p > a ok\np > c ok\np ok");
    g_assert_true(walk_part(fixture, (EvidencePart){.share = 1, .shares = 2}, NULL));
    g_assert_cmpuint(fixture->lines->len, ==, 5);
}

// ---- Falls ------------------------------------------------------------------------------------

static void a_crash_costs_the_item_in_hand(Fixture *fixture, const void *unused)
{
    walk(fixture, "0 item a\n1 crash bad\n1.0 item never\n2 item b");
    assert_lines(fixture, "a ok\nbad crashed [" CRASH "]\nb ok");
    const Record *bad = record_at(fixture, 1);
    g_assert_cmpuint(bad->not_examined_bytes, ==, 3);
    g_assert_false(bad->has_digests);
    g_assert_cmpint(fixture->root->status, ==, STATUS_OK);
    g_assert_cmpuint(fixture->root->not_examined_bytes, ==, 3);
}

static void a_crash_inside_leaves_the_container_its_other_items(Fixture *fixture,
                                                                const void *unused)
{
    walk(fixture, "0 item z.zip\n0.0 item a\n0.1 crash bad\n0.2 item b\n1 item c");
    assert_lines(fixture,
                 "z.zip > a ok\nz.zip > bad crashed [" CRASH "]\nz.zip > b ok\nz.zip ok\nc ok");
    g_assert_cmpuint(record_at(fixture, 3)->not_examined_bytes, ==, 3);
    g_assert_cmpstr(record_at(fixture, 1)->parent_id, ==, record_at(fixture, 3)->item_id);
    g_assert_cmpstr(record_at(fixture, 2)->parent_id, ==, record_at(fixture, 3)->item_id);
}

static void a_stall_costs_the_item_in_hand(Fixture *fixture, const void *unused)
{
    walk(fixture, "0 item a\n1 hang bad\n2 item b");
    assert_lines(fixture,
                 "a ok\nbad timeout [it was worked on for 0.3 seconds without a result]\nb ok");
}

static void a_crash_between_items_is_tried_once_more(Fixture *fixture, const void *unused)
{
    walk(fixture, "0 item a\n1 crash-once b\n2 item c");
    assert_lines(fixture, "a ok\nb ok\nc ok");
    g_assert_cmpint(fixture->root->status, ==, STATUS_OK);
    g_assert_cmpuint(fixture->root->not_examined_bytes, ==, 0);
}

static void a_structure_is_blamed_when_nothing_else_can_be(Fixture *fixture, const void *unused)
{
    walk(fixture, "0 structure p1\n0.0 item a\n0.1 crash-before b\n0.2 item c\n1 item d");
    assert_lines(fixture, "p1 > a ok\np1 crashed [" CRASH "]\nd ok");
    g_assert_cmpuint(fixture->root->not_examined_bytes, ==, 2);
}

static void with_nobody_to_blame_the_rest_is_given_up(Fixture *fixture, const void *unused)
{
    walk(fixture, "0 item a\n1 crash-before b\n2 item c");
    assert_lines(fixture, "a ok");
    g_assert_cmpint(fixture->root->status, ==, STATUS_CRASHED);
    g_assert_cmpstr(fixture->root->reason, ==,
                    CRASH "; after 2 falls the rest of the file was not examined");
    g_assert_cmpuint(only_finding(fixture->root)->bytes, ==, fixture->file.size_bytes);
    g_assert_cmpint(only_finding(fixture->root)->type, ==, FINDING_NOT_EXAMINED);
}

static void after_three_falls_the_rest_is_given_up(Fixture *fixture, const void *unused)
{
    walk(fixture, "0 crash a\n1 item b\n2 crash c\n3 structure p\n3.0 item z.zip\n3.0.0 crash d\n"
                  "4 item e");
    assert_lines(fixture,
                 "a crashed [" CRASH "]\nb ok\nc crashed [" CRASH "]\np > z.zip > d crashed [" CRASH
                 "]\np > z.zip crashed [" CRASH "]\np crashed [" CRASH "]");
    g_assert_cmpint(fixture->root->status, ==, STATUS_CRASHED);
    g_assert_cmpstr(fixture->root->reason, ==,
                    CRASH "; after 3 falls the rest of the file was not examined");
    g_assert_cmpuint(only_finding(fixture->root)->bytes, ==, fixture->file.size_bytes);
    g_assert_cmpuint(fixture->root->not_examined_bytes, ==, fixture->file.size_bytes);
}

static void what_was_lost_before_a_fall_is_counted(Fixture *fixture, const void *unused)
{
    walk(fixture, "0 lost 1234567\n1 item z.zip, of some size\n1.0 lost 12345\n1.1 crash 12\n"
                  "1.2 lost 123\n2 lost 1\n3 crash 1234\n4 item e");
    const Record *zip = record_at(fixture, 4);
    g_assert_true(g_str_has_suffix(zip->path, "of some size"));
    g_assert_cmpuint(zip->not_examined_bytes, ==, 5 + 2 + 3);
    g_assert_cmpuint(fixture->root->not_examined_bytes, ==, 7 + 5 + 2 + 3 + 1 + 4);
    g_assert_cmpint(fixture->root->status, ==, STATUS_OK);
}

// What an earlier file left behind in a worker is not held against the next.
static void a_used_worker_gets_a_fresh_one_in_its_place(Fixture *fixture, const void *unused)
{
    walk(fixture, "0 item a");
    walk(fixture, "0 crash-used x\n0 item b");
    assert_lines(fixture, "b ok");
    g_assert_cmpint(fixture->root->status, ==, STATUS_OK);
}

static void evidence_of_another_source_gets_a_worker_of_its_own(Fixture *fixture,
                                                                const void *unused)
{
    static const struct {
        unsigned source;
        const char *detail;
    } rows[] = {{0, "evidence unknown 0/1 none - -, number 0"},
                {0, "evidence unknown 0/1 none - -, number 1"},
                {1, "evidence unknown 0/1 none - -, number 0"},
                {0, "evidence unknown 0/1 none - -, number 0"}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        put_script(fixture, "0 options x");
        fixture->file.source = rows[i].source;
        g_assert_true(walk_part(fixture, (EvidencePart){0}, NULL));
        g_assert_cmpstr(only_finding(record_at(fixture, 0))->detail, ==, rows[i].detail);
    }
}

// ---- Lies -------------------------------------------------------------------------------------

static void what_breaks_the_rules_is_a_fall(Fixture *fixture, const void *unused)
{
    static const char *const verbs[] = {"garbage", "asks-target", "backwards"};
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
        g_autofree char *script = g_strdup_printf("0 item a\n1 %s bad\n3 item b", verbs[i]);
        g_test_message("%s", verbs[i]);
        walk(fixture, script);
        g_assert_cmpuint(fixture->lines->len, >=, 2);
        g_assert_cmpstr(fixture->lines->pdata[0], ==, "a ok");
        g_assert_cmpstr(fixture->lines->pdata[1], ==, "bad crashed [" NONSENSE "]");
        g_assert_cmpstr(fixture->lines->pdata[fixture->lines->len - 1], ==, "b ok");
    }
}

static void what_was_never_announced_is_nobodys(Fixture *fixture, const void *unused)
{
    static const char *const verbs[] = {"unannounced", "bad-layer"};
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
        g_autofree char *script = g_strdup_printf("0 item a\n1 %s bad\n2 item b", verbs[i]);
        walk(fixture, script);
        assert_lines(fixture, "a ok");
        g_assert_cmpstr(fixture->root->reason, ==,
                        NONSENSE "; after 2 falls the rest of the file was not examined");
        g_assert_cmpuint(fixture->root->not_examined_bytes, ==, fixture->file.size_bytes);
    }
}

// ---- Siblings ---------------------------------------------------------------------------------

static void put_file(const Fixture *fixture, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void only_regular_files_beside_it_are_handed_out(Fixture *fixture, const void *unused)
{
    static const struct {
        const char *name;
        bool is_there;
    } rows[] = {{"plain", true},   {"link", false},    {"fifo", false},
                {"folder", false}, {"missing", false}, {".hidden", true}};
    put_file(fixture, "plain", "12345");
    put_file(fixture, ".hidden", "12345");
    g_autofree char *link = g_build_filename(fixture->folder, "link", NULL);
    g_autofree char *fifo = g_build_filename(fixture->folder, "fifo", NULL);
    g_autofree char *folder = g_build_filename(fixture->folder, "folder", NULL);
    g_assert_cmpint(symlink("plain", link), ==, 0);
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *script = g_strdup_printf("0 sibling %s", rows[i].name);
        walk(fixture, script);
        const Finding *finding = only_finding(record_at(fixture, 0));
        g_test_message("%s", rows[i].name);
        g_assert_cmpstr(finding->detail, ==, rows[i].is_there ? "it is there" : "it is not there");
        g_assert_cmpuint(finding->bytes, ==, rows[i].is_there ? 5 : 0);
    }
}

static void a_name_that_leads_elsewhere_breaks_the_rules(Fixture *fixture, const void *unused)
{
    static const char *const names[] = {"..", ".", "", "../plain", "folder/plain", "/etc/passwd"};
    put_file(fixture, "plain", "12345");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *script = g_strdup_printf("0 sibling %s\n1 item b", names[i]);
        walk(fixture, script);
        g_test_message("%s", names[i]);
        g_assert_cmpuint(fixture->records->len, ==, 2);
        g_assert_cmpint(record_at(fixture, 0)->status, ==, STATUS_CRASHED);
        g_assert_cmpstr(record_at(fixture, 0)->reason, ==, NONSENSE);
    }
}

// ---- Times ------------------------------------------------------------------------------------

static void times_without_a_zone_are_placed_in_the_one_that_was_named(Fixture *fixture,
                                                                      const void *unused)
{
    static const struct {
        const char *zone;
        int64_t local, expected; // seconds since 1970 in each
    } rows[] = {
        {"+02:00", 1769862600, 1769855400},        // 2026-01-31 12:30 -> 10:30
        {"-03:30", 1769862600, 1769875200},        //                  -> 16:00
        {"Europe/Berlin", 1769862600, 1769859000}, // winter: 11:30
        {"Europe/Berlin", 1782909000, 1782901800}, // 2026-07-01 12:30 in summer: 10:30
        {"Europe/Berlin", 1774749600, 1774746000}, // 2026-03-29 02:00, the hour that was left out
        {"America/New_York", 1782909000, 1782923400}, // 2026-07-01 12:30 -> 16:30
        {"UTC", 1769862600, 1769862600},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(rows[i].zone);
        g_assert_nonnull(zone);
        use_options(fixture, (EvidenceReaderOptions){.zone = zone});
        g_autofree char *script =
            g_strdup_printf("0 time %" G_GINT64_FORMAT "\n1 item b", rows[i].local);
        walk(fixture, script);
        const ItemTimes *times = &record_at(fixture, 0)->times;
        g_test_message("%s %" G_GINT64_FORMAT, rows[i].zone, rows[i].local);
        g_assert_cmpint(times->modified.zone, ==, ZONE_UTC);
        g_assert_cmpint(times->modified.seconds, ==, rows[i].expected);
        g_assert_cmpint(times->created.zone, ==, ZONE_NONE);
    }
}

static void without_a_zone_named_they_stay_as_they_are(Fixture *fixture, const void *unused)
{
    walk(fixture, "0 time 1769862600");
    g_assert_cmpint(record_at(fixture, 0)->times.modified.zone, ==, ZONE_UNKNOWN);
    g_assert_cmpint(record_at(fixture, 0)->times.modified.seconds, ==, 1769862600);
}

// ---- Ends -------------------------------------------------------------------------------------

static unsigned asked;

static bool cancel_after_a_while(void)
{
    return ++asked > 20;
}

static void a_worker_that_is_busy_for_ever_can_be_interrupted(Fixture *fixture, const void *unused)
{
    asked = 0;
    use_options(fixture, (EvidenceReaderOptions){.is_cancelled = cancel_after_a_while});
    put_script(fixture, "0 item a\n1 chatter b");
    g_autoptr(GError) error = NULL;
    g_assert_false(walk_part(fixture, (EvidencePart){0}, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CANCELLED);
    assert_lines(fixture, "a ok");
    g_assert_cmpuint(fixture->progress_bytes, >, 0);
}

static void a_sink_that_fails_ends_the_walk_with_its_error(Fixture *fixture, const void *unused)
{
    fixture->refused_at = 2;
    put_script(fixture, "0 item a\n1 item b\n2 item c");
    g_autoptr(GError) error = NULL;
    g_assert_false(walk_part(fixture, (EvidencePart){0}, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_IO);
    g_assert_cmpuint(fixture->records->len, ==, 2);
    // The worker was in the middle of the file: the next file gets another.
    fixture->refused_at = 0;
    walk(fixture, "0 item d");
    assert_lines(fixture, "d ok");
}

// ---- Fetching ---------------------------------------------------------------------------------

static bool append_bytes(void *user_data, const uint8_t *bytes, size_t size_bytes)
{
    g_byte_array_append(user_data, bytes, (unsigned)size_bytes);
    return true;
}

static Place place_of(const char *text)
{
    Place place = {0};
    g_auto(GStrv) parts = g_strsplit(text, ".", -1);
    for (char **part = parts; *part != NULL; part++)
        place.ordinal[place.depth++] = (uint32_t)atoi(*part);
    return place;
}

// "path status bytes", or "- status [reason]" when it is not there.
static char *fetch(Fixture *fixture, const char *place_text)
{
    const Place place = place_of(place_text);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(GError) error = NULL;
    Fetched fetched;
    g_assert_true(evidence_fetch(fixture->reader, &fixture->file, &place, append_bytes, bytes,
                                 &fetched, &error));
    g_assert_no_error(error);
    char *line = fetched.found
                     ? g_strdup_printf("%s %s %.*s", fetched.path, status_name(fetched.status),
                                       (int)bytes->len, (const char *)bytes->data)
                     : g_strdup_printf("- %s%s", status_name(fetched.status),
                                       fetched.reason != NULL ? " with a reason" : "");
    fetched_clear(&fetched);
    return line;
}

static void assert_fetched(Fixture *fixture, const char *place, const char *expected)
{
    g_autofree char *line = fetch(fixture, place);
    g_assert_cmpstr(line, ==, expected);
}

static void items_are_fetched_in_any_order(Fixture *fixture, const void *unused)
{
    put_script(fixture, "0 item a\n1 item z\n1.0 item b\n1.1 item c\n2 item d");
    assert_fetched(fixture, "0", "shown/evidence > a ok a");
    assert_fetched(fixture, "1.1", "shown/evidence > z > c ok c");
    assert_fetched(fixture, "2", "shown/evidence > d ok d");
    assert_fetched(fixture, "1.0", "shown/evidence > z > b ok b"); // back: by another worker
    assert_fetched(fixture, "1.0", "shown/evidence > z > b ok b");
    assert_fetched(fixture, "1", "shown/evidence > z ok z");
    evidence_reader_end_file(fixture->reader);
}

static void what_is_not_there_is_said_and_the_next_is_found(Fixture *fixture, const void *unused)
{
    put_script(fixture, "0 item a\n1 gone b\n2 item c\n3 item d");
    assert_fetched(fixture, "1", "- ok");
    assert_fetched(fixture, "1.5", "- ok");
    assert_fetched(fixture, "2", "shown/evidence > c ok c");
    assert_fetched(fixture, "9", "- ok");
    assert_fetched(fixture, "3", "shown/evidence > d ok d");
}

static void a_worker_that_falls_while_fetching_says_so(Fixture *fixture, const void *unused)
{
    put_script(fixture, "0 item a\n1 crash-fetched b\n2 item c");
    assert_fetched(fixture, "1", "- crashed with a reason");
    assert_fetched(fixture, "2", "shown/evidence > c ok c");
}

static void another_item_in_its_place_has_another_locator(Fixture *fixture, const void *unused)
{
    put_script(fixture, "0 item a\n1 moved b");
    const Place place = {.depth = 1, .ordinal = {1}};
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    Fetched fetched;
    g_assert_true(evidence_fetch(fixture->reader, &fixture->file, &place, append_bytes, bytes,
                                 &fetched, NULL));
    g_assert_cmpstr(fetched.locator, ==, "[{\"file\":\"shown/evidence\"},{\"n\":2}]");
    fetched_clear(&fetched);
}

// ---- Finding ----------------------------------------------------------------------------------

static void free_candidate_void(void *candidate)
{
    candidate_free(candidate);
}

static char *find(Fixture *fixture, const char *const *steps, bool are_layers)
{
    g_autoptr(GPtrArray) candidates = g_ptr_array_new_with_free_func(free_candidate_void);
    g_autoptr(GError) error = NULL;
    g_assert_true(evidence_find(fixture->reader, &fixture->file, (char **)(uintptr_t)steps,
                                are_layers, candidates, &error));
    g_assert_no_error(error);
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < candidates->len; i++) {
        const Candidate *candidate = candidates->pdata[i];
        g_string_append_printf(text, "%s%s %s", i > 0 ? "\n" : "", candidate->path,
                               candidate->locator);
    }
    return g_string_free(text, FALSE);
}

static void all_items_that_a_path_leads_to_are_found(Fixture *fixture, const void *unused)
{
    put_script(fixture, "0 item z\n0.0 item a\n1 item z\n1.0 item a\n1.1 item a\n1.1.0 item a");
    g_autofree char *paths = find(fixture, (const char *const[]){"z", "a", NULL}, false);
    g_assert_cmpstr(paths, ==,
                    "shown/evidence > z > a [{\"file\":\"shown/evidence\"},{\"n\":0},{\"n\":0}]\n"
                    "shown/evidence > z > a [{\"file\":\"shown/evidence\"},{\"n\":1},{\"n\":0}]\n"
                    "shown/evidence > z > a [{\"file\":\"shown/evidence\"},{\"n\":1},{\"n\":1}]");
    g_autofree char *layers =
        find(fixture, (const char *const[]){"{\"n\":1}", "{\"n\":1}", NULL}, true);
    g_assert_cmpstr(layers, ==,
                    "shown/evidence > z > a [{\"file\":\"shown/evidence\"},{\"n\":1},{\"n\":1}]");
    g_autofree char *none = find(fixture, (const char *const[]){"z", "b", NULL}, false);
    g_assert_cmpstr(none, ==, "");
}

static void the_search_ends_when_there_are_very_many(Fixture *fixture, const void *unused)
{
    g_autoptr(GString) script = g_string_new(NULL);
    for (unsigned i = 0; i < EVIDENCE_CANDIDATES + 500; i++)
        g_string_append_printf(script, "%u item same\n", i);
    put_script(fixture, script->str);
    g_autofree char *found = find(fixture, (const char *const[]){"same", NULL}, false);
    g_auto(GStrv) lines = g_strsplit(found, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, EVIDENCE_CANDIDATES);
}

#define ADD(name) g_test_add("/evidence_reader/" #name, Fixture, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(items_come_as_they_are_finished_and_know_their_parents);
    ADD(an_item_has_the_same_id_on_every_run);
    ADD(names_are_escaped);
    ADD(a_picture_comes_with_its_bytes);
    ADD(a_worker_is_told_what_the_user_wants);
    ADD(a_walk_goes_on_behind_a_place);
    ADD(shares_make_up_the_whole);
    ADD(a_crash_costs_the_item_in_hand);
    ADD(a_crash_inside_leaves_the_container_its_other_items);
    ADD(a_stall_costs_the_item_in_hand);
    ADD(a_crash_between_items_is_tried_once_more);
    ADD(a_structure_is_blamed_when_nothing_else_can_be);
    ADD(with_nobody_to_blame_the_rest_is_given_up);
    ADD(after_three_falls_the_rest_is_given_up);
    ADD(what_was_lost_before_a_fall_is_counted);
    ADD(a_used_worker_gets_a_fresh_one_in_its_place);
    ADD(evidence_of_another_source_gets_a_worker_of_its_own);
    ADD(what_breaks_the_rules_is_a_fall);
    ADD(what_was_never_announced_is_nobodys);
    ADD(only_regular_files_beside_it_are_handed_out);
    ADD(a_name_that_leads_elsewhere_breaks_the_rules);
    ADD(times_without_a_zone_are_placed_in_the_one_that_was_named);
    ADD(without_a_zone_named_they_stay_as_they_are);
    ADD(a_worker_that_is_busy_for_ever_can_be_interrupted);
    ADD(a_sink_that_fails_ends_the_walk_with_its_error);
    ADD(items_are_fetched_in_any_order);
    ADD(what_is_not_there_is_said_and_the_next_is_found);
    ADD(a_worker_that_falls_while_fetching_says_so);
    ADD(another_item_in_its_place_has_another_locator);
    ADD(all_items_that_a_path_leads_to_are_found);
    ADD(the_search_ends_when_there_are_very_many);
    return g_test_run();
}
