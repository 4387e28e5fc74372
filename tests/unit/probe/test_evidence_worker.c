// SPDX-License-Identifier: Apache-2.0
//
// clew-evidence-worker as it runs, locked: it opens what it is handed a descriptor of, asks for
// what lies beside it, hands out what it is asked for, and finds what a path leads to.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive_builder.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "wire/evidence_message.h"
#include "wire/worker.h"

#define LONG_MS 120000u // a sanitizer build on a loaded machine

typedef struct {
    char *folder;
    Zygote *zygote;
    Worker *worker;
    GByteArray *request, *reply;
    // What the worker said.
    GPtrArray *announced; // of "place name"
    GPtrArray *finished;  // of "place status sha256"
    GPtrArray *asked;     // names of siblings
    GByteArray *contents; // of the last item that had some
    EvidenceMessage root; // the last FINISH
    // How it is answered.
    bool has_siblings;
    const char *const *targets; // NULL-terminated places; what is to be fetched
} Fixture;

static void set_up(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *program = g_build_filename(
        g_getenv("CLEW_BUILD"), "src/apps/clew-evidence-worker/clew-evidence-worker", NULL);
    fixture->folder = g_dir_make_tmp("clew-worker-XXXXXX", NULL);
    fixture->zygote = zygote_start((ZygoteOptions){.program = program}, &error);
    g_assert_no_error(error);
    fixture->worker = worker_spawn(fixture->zygote, (WorkerOptions){0}, &error);
    g_assert_no_error(error);
    fixture->request = g_byte_array_new();
    fixture->reply = g_byte_array_new();
    fixture->announced = g_ptr_array_new_with_free_func(g_free);
    fixture->finished = g_ptr_array_new_with_free_func(g_free);
    fixture->asked = g_ptr_array_new_with_free_func(g_free);
    fixture->contents = g_byte_array_new();
}

static void tear_down(Fixture *fixture, const void *unused)
{
    worker_free(fixture->worker);
    zygote_free(fixture->zygote);
    evidence_message_clear(&fixture->root);
    g_byte_array_unref(fixture->request);
    g_byte_array_unref(fixture->reply);
    g_byte_array_unref(fixture->contents);
    g_ptr_array_unref(fixture->announced);
    g_ptr_array_unref(fixture->finished);
    g_ptr_array_unref(fixture->asked);
    const char *const removal[] = {"rm", "-rf", fixture->folder, NULL};
    g_spawn_sync(NULL, (char **)(uintptr_t)removal, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                 NULL, NULL, NULL);
    g_free(fixture->folder);
}

// ---- Talking ----------------------------------------------------------------------------------

static void send_request(Fixture *fixture, int descriptor)
{
    g_autoptr(GError) error = NULL;
    worker_send(fixture->worker, fixture->request->data, fixture->request->len, descriptor, &error);
    g_assert_no_error(error);
    g_byte_array_set_size(fixture->request, 0);
}

// Opens a file of the folder, reading only.
static int open_file(const Fixture *fixture, const char *name, uint64_t *ret_size_bytes)
{
    g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    *ret_size_bytes =
        descriptor >= 0 && fstat(descriptor, &status) == 0 ? (uint64_t)status.st_size : 0;
    return descriptor;
}

static void send_open(Fixture *fixture, const char *name, EvidenceMode mode)
{
    EvidenceOpen open = {.mode = mode, .name = (char *)(uintptr_t)name, .shares = 1};
    int descriptor = open_file(fixture, name, &open.size_bytes);
    g_assert_cmpint(descriptor, >=, 0);
    evidence_open_encode(&open, fixture->request);
    send_request(fixture, descriptor);
    close(descriptor);
}

static char *place_text(const Place *place)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < place->depth; i++)
        g_string_append_printf(text, "%s%u", i > 0 ? "." : "", place->ordinal[i]);
    return g_string_free(text, FALSE);
}

static Place place_of(const char *text)
{
    Place place = {0};
    g_auto(GStrv) parts = g_strsplit(text, ".", -1);
    for (char **part = parts; *part != NULL; part++)
        place.ordinal[place.depth++] = (uint32_t)g_ascii_strtoull(*part, NULL, 10);
    return place;
}

static void note_finish(Fixture *fixture, const EvidenceFinish *finish)
{
    g_autofree char *place = place_text(&finish->place);
    g_autofree char *sha256 =
        finish->has_digests ? encoding_hex_new(finish->digests.sha256, SHA256_BYTES) : NULL;
    g_ptr_array_add(fixture->finished,
                    g_strdup_printf("%s %s %s", place, status_name(finish->status),
                                    sha256 != NULL ? sha256 : "-"));
}

static void answer_sibling(Fixture *fixture, const char *name)
{
    uint64_t size_bytes = 0;
    g_ptr_array_add(fixture->asked, g_strdup(name));
    int descriptor = fixture->has_siblings ? open_file(fixture, name, &size_bytes) : -1;
    evidence_sibling_encode(descriptor >= 0, size_bytes, fixture->request);
    send_request(fixture, descriptor);
    if (descriptor >= 0)
        close(descriptor);
}

static void answer_target(Fixture *fixture)
{
    if (fixture->targets != NULL && *fixture->targets != NULL) {
        const Place place = place_of(*fixture->targets++);
        evidence_target_encode(&place, fixture->request);
    } else {
        evidence_target_encode(NULL, fixture->request);
    }
    send_request(fixture, -1);
}

// False behind the last message of a walk, which is kept.
static bool take(Fixture *fixture, EvidenceMessage *message)
{
    g_autofree char *place = NULL;
    switch (message->kind) {
    case EVIDENCE_MESSAGE_ANNOUNCE:
        place = place_text(&message->announce.place);
        g_ptr_array_add(fixture->announced,
                        g_strdup_printf("%s %s", place, message->announce.name));
        g_byte_array_set_size(fixture->contents, 0);
        break;
    case EVIDENCE_MESSAGE_CONTENTS:
        g_byte_array_append(fixture->contents, message->contents,
                            (unsigned)message->contents_bytes);
        break;
    case EVIDENCE_MESSAGE_FINISH:
        if (message->finish.place.depth == 0)
            return false;
        note_finish(fixture, &message->finish);
        break;
    case EVIDENCE_MESSAGE_ASK_SIBLING:
        answer_sibling(fixture, message->sibling);
        break;
    case EVIDENCE_MESSAGE_ASK_TARGET:
        answer_target(fixture);
        break;
    case EVIDENCE_MESSAGE_PROGRESS:
        break;
    }
    return true;
}

// Until the walk ends, or `on_finish` (may be NULL) has had enough.
static void listen(Fixture *fixture)
{
    for (;;) {
        g_autofree char *reason = NULL;
        WorkerOutcome outcome = worker_receive(fixture->worker, LONG_MS, fixture->reply, &reason);
        if (outcome != WORKER_ANSWERED)
            g_error("the worker fell: %s", reason);
        EvidenceMessage message;
        g_assert_true(evidence_message_decode(fixture->reply->data, fixture->reply->len, &message));
        if (!take(fixture, &message)) {
            evidence_message_clear(&fixture->root);
            fixture->root = message;
            return;
        }
        evidence_message_clear(&message);
    }
}

static void forget(Fixture *fixture)
{
    g_ptr_array_set_size(fixture->announced, 0);
    g_ptr_array_set_size(fixture->finished, 0);
}

static char *lines_of(const GPtrArray *lines)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < lines->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "\n" : "", (const char *)lines->pdata[i]);
    return g_string_free(text, FALSE);
}

static void assert_lines(const GPtrArray *lines, const char *expected)
{
    g_autofree char *text = lines_of(lines);
    g_assert_cmpstr(text, ==, expected);
}

// ---- Evidence ---------------------------------------------------------------------------------

static void put_file(const Fixture *fixture, const char *name, const GByteArray *bytes)
{
    g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
    g_assert_true(g_file_set_contents(path, (const char *)bytes->data, (ssize_t)bytes->len, NULL));
}

static void add_text(GByteArray *tar, const char *name, const char *text)
{
    tar_builder_add(tar, name, text, strlen(text));
}

// 0 one, 1 two, 2 inner.tar (2.0 one, 2.1 three), 3 two
static void put_tar(const Fixture *fixture)
{
    g_autoptr(GByteArray) inner = g_byte_array_new();
    add_text(inner, "one", "first inside");
    add_text(inner, "three", "second inside");
    tar_builder_finish(inner);
    g_autoptr(GByteArray) tar = g_byte_array_new();
    add_text(tar, "one", "first");
    add_text(tar, "two", "second");
    tar_builder_add(tar, "inner.tar", inner->data, inner->len);
    add_text(tar, "two", "another second");
    tar_builder_finish(tar);
    put_file(fixture, "t.tar", tar);
}

// Makes generated evidence in the folder. False, with the test skipped, without the tools.
static bool put_fixture(const Fixture *fixture, const char *name)
{
    g_autofree char *maker =
        g_build_filename(g_getenv("CLEW_SOURCE"), "tests", "fixtures", "evidence", "make.py", NULL);
    const char *const arguments[] = {"python3", maker, fixture->folder, name, NULL};
    int status = -1;
    g_spawn_sync(NULL, (char **)(uintptr_t)arguments, NULL,
                 G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status,
                 NULL);
    if (status != 0)
        g_test_skip("the fixtures cannot be made here");
    return status == 0;
}

// Each digest of the ground truth is among the finished items.
static void assert_truth(const Fixture *fixture, const char *name)
{
    g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_autofree char *finished = lines_of(fixture->finished);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    unsigned count = 0;
    for (char **line = lines + 1; *lines != NULL && *line != NULL; line++) {
        g_auto(GStrv) fields = g_strsplit(*line, "\t", -1);
        if (g_strv_length(fields) < 2 || strlen(fields[1]) != (size_t)2 * SHA256_BYTES)
            continue;
        g_test_message("%s", fields[0]);
        g_assert_nonnull(strstr(finished, fields[1]));
        count++;
    }
    g_assert_cmpuint(count, >, 1);
}

// ---- Walking ----------------------------------------------------------------------------------

static void an_archive_is_told_item_by_item(Fixture *fixture, const void *unused)
{
    put_tar(fixture);
    send_open(fixture, "t.tar", EVIDENCE_WALK);
    listen(fixture);
    assert_lines(fixture->announced, "0 one\n1 two\n2 inner.tar\n2.0 one\n2.1 three\n3 two");
    g_assert_cmpuint(fixture->finished->len, ==, 6);
    g_assert_true(g_str_has_prefix(fixture->finished->pdata[2], "2.0 ok "));
    g_assert_true(g_str_has_prefix(fixture->finished->pdata[4], "2 ok "));
    g_assert_cmpint(fixture->root.finish.status, ==, STATUS_OK);
    g_assert_cmpuint(fixture->root.finish.not_examined_bytes, ==, 0);
}

static void a_worker_serves_one_file_after_another(Fixture *fixture, const void *unused)
{
    put_tar(fixture);
    send_open(fixture, "t.tar", EVIDENCE_WALK);
    listen(fixture);
    g_autofree char *first = lines_of(fixture->finished);
    forget(fixture);
    send_open(fixture, "t.tar", EVIDENCE_WALK);
    listen(fixture);
    assert_lines(fixture->finished, first);
}

static void a_volume_is_opened_behind_the_lock(Fixture *fixture, const void *unused)
{
    static const char *const names[] = {"fat12", "ext2", "ntfs"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!put_fixture(fixture, names[i]))
            return;
        g_autofree char *image = g_strconcat(names[i], ".img", NULL);
        g_autofree char *truth = g_strconcat(names[i], ".img.tsv", NULL);
        send_open(fixture, image, EVIDENCE_WALK);
        listen(fixture);
        assert_truth(fixture, truth);
        forget(fixture);
    }
}

static void a_set_is_opened_with_what_lies_beside_it(Fixture *fixture, const void *unused)
{
    if (!put_fixture(fixture, "split"))
        return;
    fixture->has_siblings = true;
    send_open(fixture, "split.001", EVIDENCE_WALK);
    listen(fixture);
    assert_truth(fixture, "split.001.tsv");
    g_autofree char *asked = lines_of(fixture->asked);
    g_assert_nonnull(strstr(asked, "split.002"));
}

static void a_set_without_its_other_parts_says_so(Fixture *fixture, const void *unused)
{
    if (!put_fixture(fixture, "ewf"))
        return;
    GDir *folder = g_dir_open(fixture->folder, 0, NULL);
    g_autofree char *first = NULL;
    for (const char *name; (name = g_dir_read_name(folder)) != NULL;)
        if (g_str_has_suffix(name, ".E01") && first == NULL)
            first = g_strdup(name);
    g_dir_close(folder);
    g_assert_nonnull(first);
    send_open(fixture, first, EVIDENCE_WALK);
    listen(fixture);
    g_assert_cmpuint(fixture->asked->len, >, 0);
    g_assert_cmpuint(fixture->root.finish.not_examined_bytes, >, 0);
    g_assert_cmpuint(fixture->root.finish.findings->len, >, 0);
}

// More than a worker keeps in memory.
static void big_contents_need_a_spool(Fixture *fixture, const void *unused)
{
    g_autoptr(GByteArray) zeroes = g_byte_array_new();
    g_byte_array_set_size(zeroes, LIMIT_EVIDENCE_MEMORY_BYTES + (2u << 20));
    memset(zeroes->data, 0, zeroes->len);
    g_autoptr(GByteArray) packed = gzip_new(zeroes->data, zeroes->len, "zeroes", 0);
    put_file(fixture, "z.gz", packed);
    send_open(fixture, "z.gz", EVIDENCE_WALK);
    listen(fixture);
    g_assert_cmpuint(fixture->finished->len, ==, 1);
    g_assert_true(g_str_has_prefix(fixture->finished->pdata[0], "0 limit "));
    g_assert_cmpuint(fixture->root.finish.not_examined_bytes, >, 0);

    g_autofree char *path = NULL;
    int spool = g_file_open_tmp("clew-spool-XXXXXX", &path, NULL);
    unlink(path);
    evidence_spool_encode(fixture->request);
    send_request(fixture, spool);
    close(spool);
    forget(fixture);
    send_open(fixture, "z.gz", EVIDENCE_WALK);
    listen(fixture);
    g_assert_true(g_str_has_prefix(fixture->finished->pdata[0], "0 ok "));
    g_assert_cmpuint(fixture->root.finish.not_examined_bytes, ==, 0);
}

// ---- Fetching ---------------------------------------------------------------------------------

static void what_is_asked_for_is_handed_out_in_order(Fixture *fixture, const void *unused)
{
    static const char *const targets[] = {"1", "2.1", "3", NULL};
    put_tar(fixture);
    fixture->targets = targets;
    send_open(fixture, "t.tar", EVIDENCE_FETCH);
    listen(fixture);
    assert_lines(fixture->announced, "1 two\n2 inner.tar\n2.1 three\n3 two");
    assert_lines(fixture->finished, "1 ok -\n2.1 ok -\n3 ok -");
    g_assert_cmpuint(fixture->contents->len, ==, strlen("another second"));
    g_assert_true(memcmp(fixture->contents->data, "another second", 14) == 0);
}

static void what_is_not_there_is_passed_by(Fixture *fixture, const void *unused)
{
    static const char *const targets[] = {"0.0", "0.7", "2.1.5", "2.9", "3", "4", "5", NULL};
    put_tar(fixture);
    fixture->targets = targets;
    send_open(fixture, "t.tar", EVIDENCE_FETCH);
    listen(fixture);
    assert_lines(fixture->finished, "3 ok -");
}

static void a_container_is_handed_out_as_its_bytes(Fixture *fixture, const void *unused)
{
    static const char *const targets[] = {"2", NULL};
    put_tar(fixture);
    fixture->targets = targets;
    send_open(fixture, "t.tar", EVIDENCE_FETCH);
    listen(fixture);
    assert_lines(fixture->announced, "2 inner.tar");
    g_assert_true(memcmp(fixture->contents->data, "one", 4) == 0);
}

// ---- Finding ----------------------------------------------------------------------------------

static void find(Fixture *fixture, const char *const *steps, bool are_layers)
{
    evidence_steps_encode((char **)(uintptr_t)steps, are_layers, fixture->request);
    send_request(fixture, -1);
    send_open(fixture, "t.tar", EVIDENCE_FIND);
    listen(fixture);
}

static void a_path_leads_to_all_that_have_it(Fixture *fixture, const void *unused)
{
    put_tar(fixture);
    find(fixture, (const char *const[]){"two", NULL}, false);
    assert_lines(fixture->announced, "1 two\n3 two");
    g_assert_cmpuint(fixture->finished->len, ==, 0);
    forget(fixture);
    find(fixture, (const char *const[]){"inner.tar", "three", NULL}, false);
    assert_lines(fixture->announced, "2 inner.tar\n2.1 three");
    forget(fixture);
    find(fixture, (const char *const[]){"inner.tar", "two", NULL}, false);
    assert_lines(fixture->announced, "2 inner.tar");
}

static void a_locator_leads_to_one(Fixture *fixture, const void *unused)
{
    put_tar(fixture);
    find(fixture, (const char *const[]){"{\"member\":3}", NULL}, true);
    assert_lines(fixture->announced, "3 two");
}

// ---- What breaks the rules --------------------------------------------------------------------

static void assert_ends(Fixture *fixture)
{
    g_autofree char *reason = NULL;
    g_assert_cmpint(worker_receive(fixture->worker, LONG_MS, fixture->reply, &reason), ==,
                    WORKER_CRASHED);
    g_assert_false(worker_is_alive(fixture->worker));
}

static void a_request_that_is_none_ends_the_worker(Fixture *fixture, const void *unused)
{
    g_byte_array_append(fixture->request, (const uint8_t *)"?", 1);
    send_request(fixture, -1);
    assert_ends(fixture);
}

static void nothing_can_be_found_without_steps(Fixture *fixture, const void *unused)
{
    put_tar(fixture);
    send_open(fixture, "t.tar", EVIDENCE_FIND);
    assert_ends(fixture);
}

static void nothing_is_opened_without_a_descriptor(Fixture *fixture, const void *unused)
{
    const EvidenceOpen open = {.name = (char *)(uintptr_t) "x", .size_bytes = 10, .shares = 1};
    evidence_open_encode(&open, fixture->request);
    send_request(fixture, -1);
    assert_ends(fixture);
}

#define ADD(name) g_test_add("/evidence_worker/" #name, Fixture, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(an_archive_is_told_item_by_item);
    ADD(a_worker_serves_one_file_after_another);
    ADD(a_volume_is_opened_behind_the_lock);
    ADD(a_set_is_opened_with_what_lies_beside_it);
    ADD(a_set_without_its_other_parts_says_so);
    ADD(big_contents_need_a_spool);
    ADD(what_is_asked_for_is_handed_out_in_order);
    ADD(what_is_not_there_is_passed_by);
    ADD(a_container_is_handed_out_as_its_bytes);
    ADD(a_path_leads_to_all_that_have_it);
    ADD(a_locator_leads_to_one);
    ADD(a_request_that_is_none_ends_the_worker);
    ADD(nothing_can_be_found_without_steps);
    ADD(nothing_is_opened_without_a_descriptor);
    return g_test_run();
}
