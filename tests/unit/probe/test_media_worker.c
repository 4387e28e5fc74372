// SPDX-License-Identifier: Apache-2.0
//
// clew-media-worker as it runs: every format decodes inside its sandbox, the sandbox stays closed
// while it does, and every file, however hostile, gets an answer.
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "sniff/sniff.h"
#include "test_pictures.h"
#include "wire/media_message.h"
#include "wire/worker.h"

#define NEAR 31
#define LONG_MS 120000u // a sanitizer build on a loaded machine

typedef struct {
    Zygote *zygote;
    Worker *worker;
    GByteArray *request, *reply;
} Lane;

static void lane_open(Lane *lane)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *program = g_build_filename(
        g_getenv("CLEW_BUILD"), "src/apps/clew-media-worker/clew-media-worker", NULL);
    *lane = (Lane){.request = g_byte_array_new(), .reply = g_byte_array_new()};
    lane->zygote = zygote_start((ZygoteOptions){.program = program}, &error);
    g_assert_no_error(error);
}

static void lane_close(Lane *lane)
{
    g_byte_array_unref(lane->request);
    g_byte_array_unref(lane->reply);
    worker_free(lane->worker);
    zygote_free(lane->zygote);
}

static void ensure_worker(Lane *lane)
{
    if (lane->worker != NULL && worker_is_alive(lane->worker))
        return;
    g_autoptr(GError) error = NULL;
    worker_free(lane->worker);
    lane->worker =
        worker_spawn(lane->zygote, (WorkerOptions){.buffer_bytes = LIMIT_STILL_BYTES}, &error);
    g_assert_no_error(error);
}

// Asks about a picture. WORKER_ANSWERED with *ret_reply, or how the worker fell.
static WorkerOutcome ask(Lane *lane, const uint8_t *bytes, size_t size_bytes, MediaReply *ret_reply,
                         char **ret_reason)
{
    static uint64_t item;
    ensure_worker(lane);
    memcpy(worker_buffer(lane->worker), bytes, size_bytes);
    const MediaRequest request = {
        .item = ++item,
        .size_bytes = size_bytes,
        .media_type = sniff_bytes(bytes, MIN(size_bytes, SNIFF_BYTES))->media_type,
    };
    g_autoptr(GError) error = NULL;
    g_byte_array_set_size(lane->request, 0);
    media_request_encode(&request, lane->request);
    worker_send(lane->worker, lane->request->data, lane->request->len, -1, &error);
    g_assert_no_error(error);

    WorkerOutcome outcome = worker_receive(lane->worker, LONG_MS, lane->reply, ret_reason);
    if (outcome != WORKER_ANSWERED)
        return outcome;
    g_assert_true(media_reply_decode(lane->reply->data, lane->reply->len, ret_reply));
    g_assert_cmpuint(ret_reply->item, ==, item);
    return outcome;
}

static MediaReply answer(Lane *lane, const uint8_t *bytes, size_t size_bytes)
{
    MediaReply reply;
    g_autofree char *reason = NULL;
    WorkerOutcome outcome = ask(lane, bytes, size_bytes, &reply, &reason);
    g_assert_cmpstr(reason, ==, NULL);
    g_assert_cmpint(outcome, ==, WORKER_ANSWERED);
    return reply;
}

static unsigned distance(const uint8_t *a, const uint8_t *b)
{
    unsigned bits = 0;
    for (size_t i = 0; i < PDQ_BYTES; i++)
        bits += (unsigned)__builtin_popcount(a[i] ^ b[i]);
    return bits;
}

// Formats -----------------------------------------------------------------------------------------

static void assert_looks_alike(Lane *lane, const GByteArray *bytes, const StillFacts *original)
{
    MediaReply reply = answer(lane, bytes->data, bytes->len);
    g_assert_cmpstr(reply.reason, ==, NULL);
    g_assert_true(reply.still->decoded);
    g_assert_cmpuint(reply.still->width, ==, original->width);
    g_assert_cmpuint(reply.still->height, ==, original->height);
    for (unsigned i = PIPELINE_512; i <= PIPELINE_FULL; i++)
        g_assert_cmpuint(distance(reply.still->pdq[i].hash[0], original->pdq[i].hash[0]), <=, NEAR);
    media_reply_clear(&reply);
}

static void test_format(gconstpointer suffix)
{
    const PictureOptions picture = {.width = 640, .height = 480};
    g_autoptr(GByteArray) jpeg = picture_jpeg(picture);
    g_autoptr(GByteArray) saved = picture_saved_as(picture, suffix);
    if (saved == NULL) {
        g_test_skip("this libvips cannot write the format");
        return;
    }
    Lane lane;
    lane_open(&lane);
    MediaReply original = answer(&lane, jpeg->data, jpeg->len);
    assert_looks_alike(&lane, saved, original.still);
    media_reply_clear(&original);
    lane_close(&lane);
}

// Uncompressed, 24 bits, rows from the bottom; libvips does not write it.
static GByteArray *bmp_of_grey(unsigned side)
{
    GByteArray *bytes = g_byte_array_new();
    unsigned stride = side * 3;
    uint8_t header[54] = {'B', 'M'};
    const struct {
        size_t at;
        unsigned value;
    } fields[] = {{2, 54 + stride * side}, {10, 54}, {14, 40}, {18, side}, {22, side},
                  {26, 1 | 24u << 16}};
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        uint32_t value = GUINT32_TO_LE(fields[i].value);
        memcpy(header + fields[i].at, &value, sizeof value);
    }
    g_byte_array_append(bytes, header, sizeof header);
    for (unsigned i = 0; i < stride * side; i++)
        g_byte_array_append(bytes, (const uint8_t[]){(uint8_t)(i / stride)}, 1);
    return bytes;
}

static void test_bmp(void)
{
    Lane lane;
    lane_open(&lane);
    g_autoptr(GByteArray) bmp = bmp_of_grey(128);
    MediaReply reply = answer(&lane, bmp->data, bmp->len);
    g_assert_cmpstr(reply.reason, ==, NULL);
    g_assert_true(reply.still->decoded);
    media_reply_clear(&reply);
    lane_close(&lane);
}

// Sandbox -----------------------------------------------------------------------------------------

// Every thread of the worker, those of its libraries too.
static void assert_all_threads_confined(pid_t pid)
{
    g_autofree char *folder_path = g_strdup_printf("/proc/%d/task", pid);
    g_autoptr(GDir) folder = g_dir_open(folder_path, 0, NULL);
    g_assert_nonnull(folder);
    unsigned threads = 0;
    for (const char *name; (name = g_dir_read_name(folder)) != NULL; threads++) {
        g_autofree char *path = g_build_filename(folder_path, name, "status", NULL);
        g_autofree char *status = NULL;
        g_assert_true(g_file_get_contents(path, &status, NULL, NULL));
        g_assert_nonnull(strstr(status, "\nSeccomp:\t2\n"));
        g_assert_nonnull(strstr(status, "\nNoNewPrivs:\t1\n"));
        g_assert_nonnull(strstr(status, "\nCapEff:\t0000000000000000\n"));
    }
    g_assert_cmpuint(threads, >=, 1);
}

static void test_worker_is_confined_before_and_after_decoding(void)
{
    Lane lane;
    lane_open(&lane);
    ensure_worker(&lane);
    assert_all_threads_confined(worker_pid(lane.worker));

    g_autoptr(GByteArray) png = picture_saved_as((PictureOptions){0}, ".png");
    for (unsigned i = 0; i < 3; i++) {
        MediaReply reply = answer(&lane, png->data, png->len);
        media_reply_clear(&reply);
        assert_all_threads_confined(worker_pid(lane.worker));
    }
    g_assert_nonnull(strstr(zygote_sandbox(lane.zygote), "seccomp, no-new-privs"));
    lane_close(&lane);
}

static void test_versions_are_told(void)
{
    Lane lane;
    lane_open(&lane);
    g_assert_nonnull(strstr(zygote_versions(lane.zygote), "libjpeg-turbo"));
    g_assert_nonnull(strstr(zygote_versions(lane.zygote), "libvips"));
    lane_close(&lane);
}

// A request that asks for more than there is in the buffer is no request.
static void test_request_beyond_the_buffer_ends_it(void)
{
    Lane lane;
    lane_open(&lane);
    ensure_worker(&lane);
    const MediaRequest request = {.size_bytes = (uint64_t)LIMIT_STILL_BYTES + 1,
                                  .media_type = "image/jpeg"};
    g_autofree char *reason = NULL;
    media_request_encode(&request, lane.request);
    worker_send(lane.worker, lane.request->data, lane.request->len, -1, NULL);
    g_assert_cmpint(worker_receive(lane.worker, LONG_MS, lane.reply, &reason), ==, WORKER_CRASHED);
    g_assert_cmpstr(reason, ==, "the decoder ended by itself with exit status 3");
    lane_close(&lane);
}

// An answer depends on its item alone, not on what was asked before.
static void test_answers_do_not_depend_on_what_came_before(void)
{
    Lane lane;
    lane_open(&lane);
    g_autoptr(GByteArray) png = picture_saved_as((PictureOptions){0}, ".png");
    g_autoptr(GByteArray) broken = g_byte_array_new();
    g_byte_array_append(broken, png->data, png->len / 20);
    g_autoptr(GByteArray) first = NULL, again = NULL;
    for (unsigned i = 0; i < 2; i++) {
        MediaReply reply = answer(&lane, broken->data, broken->len);
        reply.item = 0;
        GByteArray *message = g_byte_array_new();
        media_reply_encode(&reply, message);
        media_reply_clear(&reply);
        *(i == 0 ? &first : &again) = message;
        reply = answer(&lane, png->data, png->len);
        g_assert_cmpstr(reply.reason, ==, NULL);
        media_reply_clear(&reply);
    }
    g_assert_cmpmem(first->data, first->len, again->data, again->len);
    lane_close(&lane);
}

// Real media --------------------------------------------------------------------------------------

// The answer as a message without its item, or the reason why there is none.
static GByteArray *answer_of_file(Lane *lane, const char *path)
{
    g_autofree char *bytes = NULL;
    g_autofree char *reason = NULL;
    size_t size_bytes;
    MediaReply reply;
    g_assert_true(g_file_get_contents(path, &bytes, &size_bytes, NULL));
    g_assert_cmpuint(size_bytes, <=, LIMIT_STILL_BYTES);

    GByteArray *answered = g_byte_array_new();
    WorkerOutcome outcome = ask(lane, (const uint8_t *)bytes, size_bytes, &reply, &reason);
    if (outcome == WORKER_ANSWERED) {
        g_assert_true((reply.status == STATUS_OK) == (reply.reason == NULL));
        reply.item = 0;
        media_reply_encode(&reply, answered);
        media_reply_clear(&reply);
    } else {
        g_test_message("%s: %s", path, reason);
        g_byte_array_append(answered, (const uint8_t *)reason, (unsigned)strlen(reason));
    }
    return answered;
}

static void collect(const char *folder, GPtrArray *paths)
{
    g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
    g_assert_nonnull(files);
    for (const char *name; (name = g_dir_read_name(files)) != NULL;) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            collect(path, paths);
        else
            g_ptr_array_add(paths, g_steal_pointer(&path));
    }
}

// NULL where there is no media.
static GPtrArray *hostile_files(void)
{
    const char *media = g_getenv("CLEW_TEST_MEDIA");
    if (media == NULL) {
        g_test_skip("CLEW_TEST_MEDIA is not set");
        return NULL;
    }
    static const char *const folders[] = {"evidence/python-pillow_Pillow",
                                          "evidence/corkami_mitra"};
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *folder = g_build_filename(media, folders[i], NULL);
        collect(folder, paths);
    }
    g_assert_cmpuint(paths->len, >, 0);
    return paths;
}

static void test_every_hostile_file_gets_an_answer(void)
{
    g_autoptr(GPtrArray) paths = hostile_files();
    if (paths == NULL)
        return;
    Lane lane;
    lane_open(&lane);
    for (unsigned i = 0; i < paths->len; i++) {
        g_autoptr(GByteArray) answered = answer_of_file(&lane, paths->pdata[i]);
        g_assert_cmpuint(answered->len, >, 0);
    }
    ensure_worker(&lane);
    pid_t last = worker_pid(lane.worker);
    lane_close(&lane);
    g_assert_cmpint(kill(last, 0), ==, -1);
    g_assert_cmpint(errno, ==, ESRCH);
}

// A worker that has seen everything else says the same as one that has seen nothing.
static void test_hostile_files_do_not_change_later_answers(void)
{
    g_autoptr(GPtrArray) paths = hostile_files();
    if (paths == NULL)
        return;
    Lane lane;
    lane_open(&lane);
    for (unsigned i = 0; i < paths->len; i++)
        g_byte_array_unref(answer_of_file(&lane, paths->pdata[i]));
    for (unsigned i = paths->len; i-- > 0;) {
        const char *path = paths->pdata[i];
        g_autoptr(GByteArray) seasoned = answer_of_file(&lane, path);
        Worker *kept = g_steal_pointer(&lane.worker);
        g_autoptr(GByteArray) fresh = answer_of_file(&lane, path);
        worker_free(lane.worker);
        lane.worker = kept;
        if (seasoned->len != fresh->len || memcmp(seasoned->data, fresh->data, fresh->len) != 0)
            g_error("%s: the answers differ", path);
    }
    lane_close(&lane);
}

// One row of EXPECTED.tsv: path, pdq_512, quality, pdq_full, quality, dimensions.
static void check_expected(Lane *lane, const char *folder, char **row)
{
    g_autofree char *path = g_build_filename(folder, row[0], NULL);
    g_autofree char *bytes = NULL;
    size_t size_bytes;
    g_assert_true(g_file_get_contents(path, &bytes, &size_bytes, NULL));
    MediaReply reply = answer(lane, (const uint8_t *)bytes, size_bytes);
    for (unsigned i = PIPELINE_512; i <= PIPELINE_FULL; i++) {
        char hex[2 * PDQ_BYTES + 1];
        encoding_to_hex(reply.still->pdq[i].hash[0], PDQ_BYTES, hex);
        g_assert_cmpstr(hex, ==, row[i == PIPELINE_512 ? 1 : 3]);
        g_assert_cmpuint(reply.still->pdq[i].quality, ==,
                         (unsigned)atoi(row[i == PIPELINE_512 ? 2 : 4]));
    }
    media_reply_clear(&reply);
}

static void test_reference_pictures_hash_as_expected(void)
{
    const char *media = g_getenv("CLEW_TEST_MEDIA");
    if (media == NULL) {
        g_test_skip("CLEW_TEST_MEDIA is not set");
        return;
    }
    Lane lane;
    lane_open(&lane);
    g_autofree char *folder = g_build_filename(media, "pdq", NULL);
    g_autofree char *table_path = g_build_filename(folder, "EXPECTED.tsv", NULL);
    g_autofree char *table = NULL;
    g_assert_true(g_file_get_contents(table_path, &table, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(table, "\n", -1);
    unsigned checked = 0;
    for (char **line = lines + 1; *line != NULL && **line != '\0'; line++) {
        g_auto(GStrv) row = g_strsplit(*line, "\t", -1);
        if (row[3][0] == '\0') // not an 8-bit RGB or grey JPEG
            continue;
        check_expected(&lane, folder, row);
        checked++;
    }
    g_assert_cmpuint(checked, >=, 20);
    lane_close(&lane);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    static const char *const suffixes[] = {".png",  ".gif",  ".webp", ".tif",
                                           ".heic", ".avif", ".jp2",  ".jxl"};
    for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        g_autofree char *name =
            g_strdup_printf("/media_worker/decodes_inside_the_sandbox/%s", suffixes[i] + 1);
        g_test_add_data_func(name, suffixes[i], test_format);
    }
    g_test_add_func("/media_worker/decodes_inside_the_sandbox/bmp", test_bmp);
    g_test_add_func("/media_worker/is_confined_before_and_after_decoding",
                    test_worker_is_confined_before_and_after_decoding);
    g_test_add_func("/media_worker/versions_are_told", test_versions_are_told);
    g_test_add_func("/media_worker/request_beyond_the_buffer_ends_it",
                    test_request_beyond_the_buffer_ends_it);
    g_test_add_func("/media_worker/answers_do_not_depend_on_what_came_before",
                    test_answers_do_not_depend_on_what_came_before);
    g_test_add_func("/media_worker/every_hostile_file_gets_an_answer",
                    test_every_hostile_file_gets_an_answer);
    g_test_add_func("/media_worker/hostile_files_do_not_change_later_answers",
                    test_hostile_files_do_not_change_later_answers);
    g_test_add_func("/media_worker/reference_pictures_hash_as_expected",
                    test_reference_pictures_hash_as_expected);
    return g_test_run();
}
