// SPDX-License-Identifier: Apache-2.0
//
// Promise: a file's digests do not depend on how it is read, and what goes wrong is told with the
// offset at which it did.
#include "hash/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)

// An unlinked file in the temporary folder, open for reading and writing.
static int file_with(const uint8_t *bytes, size_t size)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("clew-digest-XXXXXX", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    unlink(path);
    for (size_t at = 0; at < size;) {
        ssize_t written = write(fd, bytes + at, size - at);
        g_assert_cmpint(written, >, 0);
        at += (size_t)written;
    }
    return fd;
}

static uint8_t *pattern(size_t size)
{
    uint8_t *bytes = g_malloc(size + 1);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(i * 2654435761u >> 13);
    return bytes;
}

static DigestSet digests_of(const uint8_t *bytes, size_t size)
{
    DigestState *state = digest_state_new(DIGEST_ENGINE_LIBCRYPTO);
    DigestSet set;
    digest_state_update(state, bytes, size);
    digest_state_finish(state, &set);
    digest_state_free(state);
    return set;
}

static void assert_file_has(DigestState *state, int fd, DigestFdOptions options,
                            const DigestSet *expected, uint64_t size)
{
    DigestSet set;
    DigestFdResult result;
    g_assert_true(digest_fd(state, fd, &options, &set, &result));
    g_assert_cmpint(result.status, ==, DIGEST_FD_COMPLETE);
    g_assert_cmpuint(result.bytes, ==, size);
    g_assert_cmpmem(&set, sizeof set, expected, sizeof *expected);
}

static void digests_are_the_same_however_the_file_is_read(void)
{
    static const size_t sizes[] = {
        0, 1, 63, 64, 65536, 131072, 131073, 8 * MIB, 8 * MIB + 1, 9 * MIB, 15 * MIB + 12345,
    };
    static const DigestEngine engines[] = {DIGEST_ENGINE_LIBCRYPTO, DIGEST_ENGINE_FUSED};
    for (size_t e = 0; e < G_N_ELEMENTS(engines); e++) {
        if (!digest_engine_available(engines[e]))
            continue;
        DigestState *state = digest_state_new(engines[e]);
        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
            g_autofree uint8_t *bytes = pattern(sizes[i]);
            DigestSet expected = digests_of(bytes, sizes[i]);
            int fd = file_with(bytes, sizes[i]);
            DigestFdOptions to_the_end = {0}, single = {.single = true}, sized = {.size = sizes[i]};
            assert_file_has(state, fd, to_the_end, &expected, sizes[i]);
            assert_file_has(state, fd, single, &expected, sizes[i]);
            assert_file_has(state, fd, sized, &expected, sizes[i]);
            close(fd);
        }
        digest_state_free(state);
    }
}

static void range_is_digested_alone(void)
{
    g_autofree uint8_t *bytes = pattern(20 * MIB);
    int fd = file_with(bytes, 20 * MIB);
    DigestState *state = digest_state_new(DIGEST_ENGINE_AUTO);
    DigestSet small = digests_of(bytes + 777, 5000);
    DigestSet large = digests_of(bytes + 777, 15 * MIB);
    assert_file_has(state, fd, (DigestFdOptions){.offset = 777, .size = 5000}, &small, 5000);
    assert_file_has(state, fd, (DigestFdOptions){.offset = 777, .size = 15 * MIB}, &large,
                    15 * MIB);
    digest_state_free(state);
    close(fd);
}

static void descriptor_offset_is_left_alone(void)
{
    g_autofree uint8_t *bytes = pattern(1000);
    DigestSet expected = digests_of(bytes, 1000);
    int fd = file_with(bytes, 1000);
    DigestState *state = digest_state_new(DIGEST_ENGINE_AUTO);
    g_assert_cmpint(lseek(fd, 123, SEEK_SET), ==, 123);
    assert_file_has(state, fd, (DigestFdOptions){0}, &expected, 1000);
    g_assert_cmpint(lseek(fd, 0, SEEK_CUR), ==, 123);
    digest_state_free(state);
    close(fd);
}

static void assert_fails(int fd, DigestFdOptions options, DigestFdStatus status, uint64_t bytes,
                         int error)
{
    DigestState *state = digest_state_new(DIGEST_ENGINE_AUTO);
    DigestSet set, untouched;
    memset(&set, 0xA5, sizeof set);
    untouched = set;
    DigestFdResult result;
    g_assert_false(digest_fd(state, fd, &options, &set, &result));
    g_assert_cmpint(result.status, ==, status);
    g_assert_cmpuint(result.bytes, ==, bytes);
    g_assert_cmpint(result.error, ==, error);
    g_assert_cmpmem(&set, sizeof set, &untouched, sizeof untouched);

    g_autofree uint8_t *content = pattern(100);
    DigestSet expected = digests_of(content, 100);
    int good = file_with(content, 100);
    assert_file_has(state, good, (DigestFdOptions){0}, &expected, 100); // the state is as new
    close(good);
    digest_state_free(state);
}

static void short_file_is_told_with_its_end(void)
{
    g_autofree uint8_t *bytes = pattern(12 * MIB);
    int fd = file_with(bytes, 12 * MIB);
    assert_fails(fd, (DigestFdOptions){.size = 12 * MIB + 1}, DIGEST_FD_SHORT, 12 * MIB, 0);
    assert_fails(fd, (DigestFdOptions){.offset = 100, .size = 12 * MIB, .single = true},
                 DIGEST_FD_SHORT, 12 * MIB - 100, 0);
    assert_fails(fd, (DigestFdOptions){.offset = 13 * MIB, .size = 1}, DIGEST_FD_SHORT, 0, 0);
    close(fd);
}

static void failed_read_is_told_with_its_reason(void)
{
    int folder = open("/", O_RDONLY | O_DIRECTORY);
    assert_fails(folder, (DigestFdOptions){0}, DIGEST_FD_ERROR, 0, EISDIR);
    close(folder);
    int ends[2];
    g_assert_cmpint(pipe(ends), ==, 0);
    assert_fails(ends[0], (DigestFdOptions){0}, DIGEST_FD_ERROR, 0, ESPIPE);
    close(ends[0]);
    close(ends[1]);
    assert_fails(-1, (DigestFdOptions){0}, DIGEST_FD_ERROR, 0, EBADF);
}

typedef struct {
    uint64_t last, stop_at;
    unsigned calls;
} Watch;

static bool watch(uint64_t bytes_read, void *user)
{
    Watch *seen = user;
    g_assert_cmpuint(bytes_read, >, seen->last);
    g_assert_cmpuint(bytes_read - seen->last, <=, MIB);
    seen->last = bytes_read;
    seen->calls++;
    return seen->stop_at == 0 || bytes_read < seen->stop_at;
}

static void progress_counts_up_to_the_size(void)
{
    g_autofree uint8_t *bytes = pattern(11 * MIB + 5);
    DigestSet expected = digests_of(bytes, 11 * MIB + 5);
    int fd = file_with(bytes, 11 * MIB + 5);
    DigestState *state = digest_state_new(DIGEST_ENGINE_AUTO);
    Watch seen = {0};
    DigestFdOptions options = {.progress = watch, .user = &seen};
    assert_file_has(state, fd, options, &expected, 11 * MIB + 5);
    g_assert_cmpuint(seen.last, ==, 11 * MIB + 5);
    digest_state_free(state);
    close(fd);
}

static void callback_cancels_small_and_large_files(void)
{
    g_autofree uint8_t *bytes = pattern(16 * MIB);
    int fd = file_with(bytes, 16 * MIB);
    Watch early = {.stop_at = 1}, late = {.stop_at = 12 * MIB};
    assert_fails(fd, (DigestFdOptions){.progress = watch, .user = &early}, DIGEST_FD_CANCELLED,
                 131072, 0);
    g_assert_cmpuint(early.calls, ==, 1);
    assert_fails(fd, (DigestFdOptions){.progress = watch, .user = &late}, DIGEST_FD_CANCELLED,
                 12 * MIB, 0);
    close(fd);
}

typedef struct {
    int fd;
    const DigestSet *expected;
    bool right;
} Lane;

static void *lane_main(void *argument)
{
    Lane *lane = argument;
    DigestState *state = digest_state_new(DIGEST_ENGINE_AUTO);
    lane->right = true;
    for (int i = 0; i < 5; i++) {
        DigestSet set;
        DigestFdResult result;
        lane->right &= digest_fd(state, lane->fd, NULL, &set, &result) &&
                       memcmp(&set, lane->expected, sizeof set) == 0;
    }
    digest_state_free(state);
    return NULL;
}

static void lanes_do_not_disturb_one_another(void)
{
    g_autofree uint8_t *bytes = pattern(10 * MIB);
    DigestSet expected = digests_of(bytes, 10 * MIB);
    int fd = file_with(bytes, 10 * MIB);
    Lane lanes[4];
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        lanes[i] = (Lane){.fd = fd, .expected = &expected};
        g_assert_cmpint(pthread_create(&threads[i], NULL, lane_main, &lanes[i]), ==, 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        g_assert_true(lanes[i].right);
    }
    close(fd);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hash/digest_fd/digests_are_the_same_however_the_file_is_read",
                    digests_are_the_same_however_the_file_is_read);
    g_test_add_func("/hash/digest_fd/range_is_digested_alone", range_is_digested_alone);
    g_test_add_func("/hash/digest_fd/descriptor_offset_is_left_alone",
                    descriptor_offset_is_left_alone);
    g_test_add_func("/hash/digest_fd/short_file_is_told_with_its_end",
                    short_file_is_told_with_its_end);
    g_test_add_func("/hash/digest_fd/failed_read_is_told_with_its_reason",
                    failed_read_is_told_with_its_reason);
    g_test_add_func("/hash/digest_fd/progress_counts_up_to_the_size",
                    progress_counts_up_to_the_size);
    g_test_add_func("/hash/digest_fd/callback_cancels_small_and_large_files",
                    callback_cancels_small_and_large_files);
    g_test_add_func("/hash/digest_fd/lanes_do_not_disturb_one_another",
                    lanes_do_not_disturb_one_another);
    return g_test_run();
}
