// SPDX-License-Identifier: Apache-2.0
//
// Frames come back in the order in which they were written, up to the first that is not whole or
// not in its place. (Cuts at every byte: test_scan_state.c.)
#include "cases/frame_log.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/error.h"
#include "wire/codec.h"

#define MAGIC "Frames1\n"
#define FRAME_BYTES (12 + 4) // with a number in it

typedef struct {
    char *folder;
    char *path;
} Fixture;

static void set_up(Fixture *fixture, const void *unused)
{
    fixture->folder = g_dir_make_tmp("clew-frame-log-XXXXXX", NULL);
    fixture->path = g_build_filename(fixture->folder, "log", NULL);
}

static void tear_down(Fixture *fixture, const void *unused)
{
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", fixture->folder);
    g_assert_cmpint(system(command), ==, 0);
    g_free(fixture->folder);
    g_free(fixture->path);
}

// ---- Logs of numbers ----------------------------------------------------------------------------

static FrameLog *create(const char *path)
{
    g_autoptr(GError) error = NULL;
    FrameLog *log = frame_log_create(path, MAGIC, &error);
    g_assert_no_error(error);
    return log;
}

// Opens it and keeps the first `keep` frames, which are the numbers from 0 on.
static FrameLog *open_at(const char *path, unsigned keep)
{
    g_autoptr(GError) error = NULL;
    FrameLog *log = frame_log_open(path, MAGIC, &error);
    g_assert_no_error(error);
    Reader payload;
    frame_log_keep(log);
    for (unsigned i = 0; i < keep; i++) {
        g_assert_cmpint(frame_log_next(log, &payload, NULL), ==, FRAME_LOG_FRAME);
        g_assert_cmpuint(reader_u32le(&payload), ==, i);
        g_assert_cmpuint(reader_remaining(&payload), ==, 0);
        frame_log_keep(log);
    }
    uint64_t surplus;
    g_assert_true(frame_log_cut(log, &surplus, NULL));
    return log;
}

static bool append(FrameLog *log, unsigned number, GError **err)
{
    codec_put(frame_log_begin(log), number, 4);
    return frame_log_end(log, err);
}

static void make_log(const char *path, unsigned count)
{
    g_autoptr(FrameLog) log = create(path);
    for (unsigned i = 0; i < count; i++)
        g_assert_true(append(log, i, NULL));
}

// How many numbers from 0 on the log gives.
static unsigned count_of(const char *path)
{
    g_autoptr(FrameLog) log = frame_log_open(path, MAGIC, NULL);
    g_assert_nonnull(log);
    Reader payload;
    unsigned count = 0;
    for (; frame_log_next(log, &payload, NULL) == FRAME_LOG_FRAME; count++)
        g_assert_cmpuint(reader_u32le(&payload), ==, count);
    return count;
}

static uint64_t size_of(const char *path)
{
    struct stat status;
    g_assert_cmpint(stat(path, &status), ==, 0);
    return (uint64_t)status.st_size;
}

// ---- Tests --------------------------------------------------------------------------------------

static void test_frames_come_back_and_more_may_follow(Fixture *fixture, const void *unused)
{
    make_log(fixture->path, 5);
    g_assert_cmpuint(count_of(fixture->path), ==, 5);
    FrameLog *log = open_at(fixture->path, 5);
    g_assert_true(append(log, 5, NULL));
    frame_log_free(log);
    g_assert_cmpuint(count_of(fixture->path), ==, 6);
}

static void test_what_was_not_kept_is_cut(Fixture *fixture, const void *unused)
{
    make_log(fixture->path, 5);
    FrameLog *log = open_at(fixture->path, 2);
    g_assert_cmpuint(size_of(fixture->path), ==, 8 + 2 * FRAME_BYTES);
    g_assert_true(append(log, 2, NULL));
    frame_log_free(log);
    g_assert_cmpuint(count_of(fixture->path), ==, 3);
}

static void test_rewinding_gives_what_was_kept(Fixture *fixture, const void *unused)
{
    make_log(fixture->path, 5);
    g_autoptr(FrameLog) log = open_at(fixture->path, 3);
    g_assert_true(append(log, 3, NULL));
    for (unsigned round = 0; round < 2; round++) {
        Reader payload;
        frame_log_rewind(log);
        for (unsigned i = 0; i < 3; i++) {
            g_assert_cmpint(frame_log_next(log, &payload, NULL), ==, FRAME_LOG_FRAME);
            g_assert_cmpuint(reader_u32le(&payload), ==, i);
        }
        g_assert_cmpint(frame_log_next(log, &payload, NULL), ==, FRAME_LOG_OVER);
    }
}

// Each frame is whole, but not in its place.
static void test_lost_and_doubled_frames_are_noticed(Fixture *fixture, const void *unused)
{
    make_log(fixture->path, 8);
    g_autofree char *bytes = NULL;
    gsize size_bytes;
    g_assert_true(g_file_get_contents(fixture->path, &bytes, &size_bytes, NULL));
    g_autofree char *changed = g_build_filename(fixture->folder, "changed", NULL);
    for (unsigned i = 0; i < 7; i++) {
        size_t begin = 8 + i * FRAME_BYTES, end = begin + FRAME_BYTES;
        g_autoptr(GByteArray) lost = g_byte_array_new(), doubled = g_byte_array_new();
        codec_put_bytes(lost, bytes, begin);
        codec_put_bytes(lost, bytes + end, size_bytes - end);
        codec_put_bytes(doubled, bytes, end);
        codec_put_bytes(doubled, bytes + begin, size_bytes - begin);
        g_assert_true(g_file_set_contents(changed, (char *)lost->data, lost->len, NULL));
        g_assert_cmpuint(count_of(changed), ==, i);
        g_assert_true(g_file_set_contents(changed, (char *)doubled->data, doubled->len, NULL));
        g_assert_cmpuint(count_of(changed), ==, i + 1);
    }
}

static void test_256_frames_are_written_without_being_asked(Fixture *fixture, const void *unused)
{
    g_autoptr(FrameLog) log = create(fixture->path);
    for (unsigned i = 0; i < 255; i++)
        g_assert_true(append(log, i, NULL));
    g_assert_true(append(log, 255, NULL));
    g_assert_cmpuint(size_of(fixture->path), ==, 8 + 256 * FRAME_BYTES);
}

static void test_much_is_written_without_being_asked(Fixture *fixture, const void *unused)
{
    g_autoptr(FrameLog) log = create(fixture->path);
    GByteArray *frame = frame_log_begin(log);
    g_byte_array_set_size(frame, frame->len + (2u << 20));
    g_assert_true(frame_log_end(log, NULL));
    g_assert_cmpuint(size_of(fixture->path), ==, 8 + 12 + (2u << 20));
}

static void test_a_frame_that_is_too_long_is_no_frame(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    FrameLog *log = create(fixture->path);
    g_assert_true(append(log, 0, NULL));
    GByteArray *frame = frame_log_begin(log);
    g_byte_array_set_size(frame, frame->len + FRAME_LOG_PAYLOAD_MAX + 1);
    g_assert_false(frame_log_end(log, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_LIMIT);
    g_assert_true(append(log, 1, NULL));
    frame_log_free(log);
    g_assert_cmpuint(count_of(fixture->path), ==, 2);
}

// A limit of the process stands for a disk that is full.
static void test_a_failed_write_is_told_and_leaves_what_was_there(Fixture *fixture,
                                                                  const void *unused)
{
    make_log(fixture->path, 3);
    FrameLog *log = open_at(fixture->path, 3);
    struct rlimit before;
    g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
    struct rlimit small = {.rlim_cur = size_of(fixture->path) + 7, .rlim_max = before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);

    g_autoptr(GError) error = NULL;
    g_assert_true(append(log, 3, NULL));
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
    bool synced = frame_log_sync(log, &error);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
    g_assert_false(synced);
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_IO);
    g_assert_false(append(log, 4, NULL)); // though there would be room again
    g_assert_false(frame_log_sync(log, NULL));
    frame_log_free(log);

    g_assert_cmpuint(size_of(fixture->path), ==, 8 + 3 * FRAME_BYTES + 7);
    g_assert_cmpuint(count_of(fixture->path), ==, 3);
}

static void test_a_length_that_points_behind_the_file_ends_it(Fixture *fixture, const void *unused)
{
    make_log(fixture->path, 3);
    g_autofree char *bytes = NULL;
    gsize size_bytes;
    g_assert_true(g_file_get_contents(fixture->path, &bytes, &size_bytes, NULL));
    memset(bytes + 8 + FRAME_BYTES + 8, 0xff, 4);
    g_assert_true(g_file_set_contents(fixture->path, bytes, (gssize)size_bytes, NULL));
    g_assert_cmpuint(count_of(fixture->path), ==, 1);
}

#define ADD(name, function)                                                                        \
    g_test_add("/frame_log/" name, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("frames_come_back_and_more_may_follow", test_frames_come_back_and_more_may_follow);
    ADD("what_was_not_kept_is_cut", test_what_was_not_kept_is_cut);
    ADD("rewinding_gives_what_was_kept", test_rewinding_gives_what_was_kept);
    ADD("lost_and_doubled_frames_are_noticed", test_lost_and_doubled_frames_are_noticed);
    ADD("256_frames_are_written_without_being_asked",
        test_256_frames_are_written_without_being_asked);
    ADD("much_is_written_without_being_asked", test_much_is_written_without_being_asked);
    ADD("a_frame_that_is_too_long_is_no_frame", test_a_frame_that_is_too_long_is_no_frame);
    ADD("a_failed_write_is_told_and_leaves_what_was_there",
        test_a_failed_write_is_told_and_leaves_what_was_there);
    ADD("a_length_that_points_behind_the_file_ends_it",
        test_a_length_that_points_behind_the_file_ends_it);
    return g_test_run();
}
