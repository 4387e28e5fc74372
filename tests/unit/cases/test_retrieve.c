// SPDX-License-Identifier: Apache-2.0
//
// The bytes that a path or a locator names are handed out, or the reason why not: with nothing
// handed out where nothing, or more than one item, is named.
#include "cases/retrieve.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/error.h"

typedef struct {
    char *folder;
    Zygote *zygote;
    GByteArray *written;
    unsigned writes, fails_at; // the write that fails, from 1; 0: none
    GPtrArray *candidates;
    bool (*is_cancelled)(void);
} Fixture;

static void free_candidate_void(void *candidate)
{
    candidate_free(candidate);
}

static void set_up(Fixture *fixture, const void *unused)
{
    fixture->folder = g_dir_make_tmp("clew-retrieve-XXXXXX", NULL);
    g_assert_cmpint(g_chdir(fixture->folder), ==, 0);
    g_autoptr(GError) error = NULL;
    fixture->zygote = zygote_start((ZygoteOptions){.program = FAKE_EVIDENCE_WORKER}, &error);
    g_assert_no_error(error);
    fixture->written = g_byte_array_new();
    fixture->candidates = g_ptr_array_new_with_free_func(free_candidate_void);
}

static void tear_down(Fixture *fixture, const void *unused)
{
    zygote_free(fixture->zygote);
    g_byte_array_unref(fixture->written);
    g_ptr_array_unref(fixture->candidates);
    g_assert_cmpint(g_chdir("/"), ==, 0);
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", fixture->folder);
    g_assert_cmpint(system(command), ==, 0);
    g_free(fixture->folder);
}

static void put_file(const char *name, const char *text)
{
    g_assert_true(g_file_set_contents(name, text, -1, NULL));
}

static bool write_piece(void *user_data, const uint8_t *bytes, size_t size_bytes, GError **err)
{
    Fixture *fixture = user_data;
    g_byte_array_append(fixture->written, bytes, (unsigned)size_bytes);
    if (++fixture->writes != fixture->fails_at)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_IO, "the disk is full");
    return false;
}

static bool get(Fixture *fixture, const char *text, Retrieved *ret_retrieved, GError **err)
{
    g_auto(Locator) locator = {0};
    g_assert_true(locator_parse(text, &locator, NULL));
    g_byte_array_set_size(fixture->written, 0);
    fixture->writes = 0;
    g_ptr_array_set_size(fixture->candidates, 0);
    const EvidenceReaderOptions options = {
        .zygote = fixture->zygote, .silence_ms = 300, .is_cancelled = fixture->is_cancelled};
    return retrieve(&locator, options, write_piece, fixture, fixture->candidates, ret_retrieved,
                    err);
}

// Asserts that these bytes are handed out, under this path and locator.
static void assert_got(Fixture *fixture, const char *text, const char *bytes, const char *path,
                       const char *locator)
{
    g_autoptr(GError) error = NULL;
    Retrieved retrieved;
    bool ok = get(fixture, text, &retrieved, &error);
    g_assert_no_error(error);
    g_assert_true(ok);
    g_assert_cmpuint(fixture->written->len, ==, strlen(bytes));
    g_assert_true(memcmp(fixture->written->data, bytes, strlen(bytes)) == 0);
    g_assert_cmpstr(retrieved.path, ==, path);
    g_assert_cmpstr(retrieved.locator, ==, locator);
    g_assert_cmpuint(retrieved.size_bytes, ==, strlen(bytes));
    g_autofree char *expected = g_compute_checksum_for_string(G_CHECKSUM_SHA256, bytes, -1);
    g_autofree char *sha256 = encoding_hex_new(retrieved.digests.sha256, SHA256_BYTES);
    g_assert_cmpstr(sha256, ==, expected);
    retrieved_clear(&retrieved);
}

// Asserts that it fails so, and leaves what it would have returned alone.
static void assert_not_got(Fixture *fixture, const char *text, ClewError code, const char *message)
{
    g_autoptr(GError) error = NULL;
    static const Retrieved untouched = {.size_bytes = 77};
    Retrieved retrieved = untouched;
    g_assert_false(get(fixture, text, &retrieved, &error));
    g_assert_error(error, CLEW_ERROR, (int)code);
    g_assert_cmpstr(error->message, ==, message);
    g_assert_true(memcmp(&retrieved, &untouched, sizeof retrieved) == 0);
}

// ---- Found ------------------------------------------------------------------------------------

static void a_file_is_handed_out_as_it_lies(Fixture *fixture, const void *unused)
{
    put_file("a.txt", "some bytes");
    put_file("empty", "");
    assert_got(fixture, "a.txt", "some bytes", "a.txt", "[{\"file\":\"a.txt\"}]");
    assert_got(fixture, "[{\"file\":\"a.txt\"}]", "some bytes", "a.txt", "[{\"file\":\"a.txt\"}]");
    assert_got(fixture, "empty", "", "empty", "[{\"file\":\"empty\"}]");
}

static void what_lies_inside_is_found_by_path_and_by_locator(Fixture *fixture, const void *unused)
{
    put_file("e", "0 item a\n1 item z.zip\n1.0 item b\n1.1 item c d\n2 item f");
    const char *path = "e > z.zip > c d";
    const char *locator = "[{\"file\":\"e\"},{\"n\":1},{\"n\":1}]";
    assert_got(fixture, path, "c d", path, locator);
    assert_got(fixture, locator, "c d", path, locator);
    assert_got(fixture, "e > z.zip", "z.zip", "e > z.zip", "[{\"file\":\"e\"},{\"n\":1}]");
}

static void big_files_come_in_pieces(Fixture *fixture, const void *unused)
{
    g_autofree char *text = g_strnfill(3000000, 'x');
    put_file("big", text);
    assert_got(fixture, "big", text, "big", "[{\"file\":\"big\"}]");
    g_assert_cmpuint(fixture->writes, >, 1);
}

// ---- Not found --------------------------------------------------------------------------------

static void a_path_of_several_items_names_them_all(Fixture *fixture, const void *unused)
{
    put_file("e", "0 item same\n1 item other\n2 item same");
    assert_not_got(fixture, "e > same", CLEW_ERROR_CONFLICT,
                   "2 items in e have this path; choose one by its locator");
    g_assert_cmpuint(fixture->writes, ==, 0);
    g_assert_cmpuint(fixture->candidates->len, ==, 2);
    const Candidate *second = fixture->candidates->pdata[1];
    g_assert_cmpstr(second->path, ==, "e > same");
    g_assert_cmpstr(second->locator, ==, "[{\"file\":\"e\"},{\"n\":2}]");
    g_assert_true(second->has_size);
    g_assert_cmpuint(second->size_bytes, ==, 4);
    assert_got(fixture, second->locator, "same", "e > same", "[{\"file\":\"e\"},{\"n\":2}]");
}

static void what_is_not_there_is_said(Fixture *fixture, const void *unused)
{
    static const char *const texts[] = {"e > b", "e > a > b", "[{\"file\":\"e\"},{\"n\":7}]",
                                        "[{\"file\":\"e\"},{\"m\":0}]"};
    put_file("e", "0 item a");
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        assert_not_got(fixture, texts[i], CLEW_ERROR_NOT_FOUND,
                       "nothing in e is named so; copy the path or locator from the record");
        g_assert_cmpuint(fixture->writes, ==, 0);
        g_assert_cmpuint(fixture->candidates->len, ==, 0);
    }
}

static void only_files_have_bytes(Fixture *fixture, const void *unused)
{
    g_assert_cmpint(g_mkdir("folder", 0700), ==, 0);
    put_file("folder/inside", "x");
    g_assert_cmpint(symlink("folder/inside", "link"), ==, 0);
    g_assert_cmpint(mkfifo("fifo", 0600), ==, 0);
    static const char *const names[] = {"folder", "link", "fifo"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *message = g_strdup_printf("%s is no file that can be read", names[i]);
        assert_not_got(fixture, names[i], CLEW_ERROR_INVALID, message);
        g_assert_cmpuint(fixture->writes, ==, 0);
    }
    assert_not_got(fixture, "missing > a", CLEW_ERROR_NOT_FOUND,
                   "cannot examine missing: No such file or directory");
}

// ---- Failing ----------------------------------------------------------------------------------

static void a_worker_that_falls_is_the_reason(Fixture *fixture, const void *unused)
{
    put_file("e", "0 crash-fetched a\n1 gone b\n2 lost c");
    assert_not_got(fixture, "e > a", CLEW_ERROR_CORRUPT,
                   "cannot read the item: the evidence reader was stopped by signal 6 (Aborted)");
    g_assert_cmpuint(fixture->writes, ==, 0);
    assert_not_got(fixture, "e > b", CLEW_ERROR_CORRUPT,
                   "cannot read the item: it was there a moment ago and is not now");
    g_assert_cmpuint(fixture->writes, ==, 0);
    assert_not_got(fixture, "e > c", CLEW_ERROR_CORRUPT, "cannot read e > c: it is damaged");
    put_file("f", "0 item a\n1 crash-used x");
    assert_got(fixture, "f > a", "a", "f > a", "[{\"file\":\"f\"},{\"n\":0}]");
}

static void a_write_that_fails_ends_it_with_its_error(Fixture *fixture, const void *unused)
{
    put_file("a.txt", "some bytes");
    put_file("e", "0 item a");
    fixture->fails_at = 1;
    assert_not_got(fixture, "a.txt", CLEW_ERROR_IO, "the disk is full");
    assert_not_got(fixture, "e > a", CLEW_ERROR_IO, "the disk is full");
}

static unsigned asked;

static bool cancel_at_once(void)
{
    asked++;
    return true;
}

static void it_can_be_interrupted(Fixture *fixture, const void *unused)
{
    put_file("a.txt", "some bytes");
    put_file("e", "0 item a");
    fixture->is_cancelled = cancel_at_once;
    assert_not_got(fixture, "a.txt", CLEW_ERROR_CANCELLED, "interrupted");
    assert_not_got(fixture, "e > a", CLEW_ERROR_CANCELLED, "interrupted");
    g_assert_cmpuint(asked, >, 1);
    g_assert_cmpuint(fixture->writes, ==, 0);
}

#define ADD(name) g_test_add("/retrieve/" #name, Fixture, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(a_file_is_handed_out_as_it_lies);
    ADD(what_lies_inside_is_found_by_path_and_by_locator);
    ADD(big_files_come_in_pieces);
    ADD(a_path_of_several_items_names_them_all);
    ADD(what_is_not_there_is_said);
    ADD(only_files_have_bytes);
    ADD(a_worker_that_falls_is_the_reason);
    ADD(a_write_that_fails_ends_it_with_its_error);
    ADD(it_can_be_interrupted);
    return g_test_run();
}
