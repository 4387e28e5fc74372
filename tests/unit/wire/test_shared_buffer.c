// SPDX-License-Identifier: Apache-2.0
//
// The descriptor a worker gets cannot be used to change what the program wrote, nor the size.
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "wire/shared_buffer.h"

#define BYTES (4u << 20)

static SharedBuffer open_buffer(void)
{
    SharedBuffer buffer;
    g_autoptr(GError) error = NULL;
    shared_buffer_open(&buffer, BYTES, &error);
    g_assert_no_error(error);
    return buffer;
}

static bool can_map(int descriptor, int protection)
{
    void *bytes = mmap(NULL, BYTES, protection, MAP_SHARED, descriptor, 0);
    if (bytes == MAP_FAILED)
        return false;
    munmap(bytes, BYTES);
    return true;
}

// A view that was mapped for reading cannot be made writable.
static bool can_unlock(int descriptor)
{
    void *bytes = mmap(NULL, BYTES, PROT_READ, MAP_SHARED, descriptor, 0);
    g_assert_true(bytes != MAP_FAILED);
    bool unlocked = mprotect(bytes, BYTES, PROT_READ | PROT_WRITE) == 0;
    munmap(bytes, BYTES);
    return unlocked;
}

static bool is_read_only(int descriptor)
{
    return can_map(descriptor, PROT_READ) && !can_map(descriptor, PROT_READ | PROT_WRITE) &&
           !can_unlock(descriptor) && pwrite(descriptor, "x", 1, 0) < 0;
}

static void test_worker_cannot_write(void)
{
    SharedBuffer buffer = open_buffer();
    g_assert_true(is_read_only(buffer.for_worker));
    g_assert_true(can_map(buffer.descriptor, PROT_READ | PROT_WRITE));
    shared_buffer_close(&buffer);
}

static void test_writes_are_seen(void)
{
    SharedBuffer buffer = open_buffer();
    char seen[9] = "";
    memcpy(buffer.bytes, "evidence", 8);
    g_assert_cmpint(pread(buffer.for_worker, seen, 8, 0), ==, 8);
    g_assert_cmpstr(seen, ==, "evidence");
    shared_buffer_close(&buffer);
}

static void test_size_is_fixed(void)
{
    SharedBuffer buffer = open_buffer();
    const int descriptors[] = {buffer.descriptor, buffer.for_worker};
    for (size_t i = 0; i < G_N_ELEMENTS(descriptors); i++) {
        g_assert_cmpint(ftruncate(descriptors[i], BYTES / 2), ==, -1);
        g_assert_cmpint(ftruncate(descriptors[i], BYTES * 2), ==, -1);
        g_assert_cmpint(fcntl(descriptors[i], F_ADD_SEALS, F_SEAL_WRITE), ==, -1);
    }
    struct stat status;
    g_assert_no_errno(fstat(buffer.for_worker, &status));
    g_assert_cmpint(status.st_size, ==, BYTES);
    shared_buffer_close(&buffer);
}

static int64_t used_bytes(const SharedBuffer *buffer)
{
    struct stat status;
    g_assert_no_errno(fstat(buffer->descriptor, &status));
    return (int64_t)status.st_blocks * 512;
}

static void test_pages_are_taken_and_given_back(void)
{
    SharedBuffer buffer = open_buffer();
    g_assert_cmpint(used_bytes(&buffer), ==, 0);
    memset(buffer.bytes, 1, BYTES);
    g_assert_cmpint(used_bytes(&buffer), ==, BYTES);
    shared_buffer_trim(&buffer, BYTES / 2);
    g_assert_cmpint(used_bytes(&buffer), ==, BYTES / 2);
    shared_buffer_trim(&buffer, BYTES);
    shared_buffer_trim(&buffer, SIZE_MAX);
    g_assert_cmpint(used_bytes(&buffer), ==, BYTES / 2);
    g_assert_cmpuint(buffer.bytes[BYTES / 2 - 1], ==, 1);
    g_assert_cmpuint(buffer.bytes[BYTES / 2], ==, 0);
    shared_buffer_close(&buffer);
}

static void test_no_buffer(void)
{
    SharedBuffer buffer;
    g_assert_true(shared_buffer_open(&buffer, 0, NULL));
    g_assert_null(buffer.bytes);
    g_assert_cmpint(buffer.for_worker, ==, -1);
    shared_buffer_trim(&buffer, 0);
    shared_buffer_close(&buffer);
}

static void test_too_large(void)
{
    SharedBuffer buffer = {.size_bytes = 7};
    g_autoptr(GError) error = NULL;
    g_assert_false(shared_buffer_open(&buffer, SIZE_MAX / 2, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_IO);
    g_assert_cmpuint(buffer.size_bytes, ==, 7);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/shared_buffer/worker_cannot_write", test_worker_cannot_write);
    g_test_add_func("/shared_buffer/writes_of_the_program_are_seen", test_writes_are_seen);
    g_test_add_func("/shared_buffer/size_is_fixed", test_size_is_fixed);
    g_test_add_func("/shared_buffer/pages_are_taken_and_given_back",
                    test_pages_are_taken_and_given_back);
    g_test_add_func("/shared_buffer/may_be_none", test_no_buffer);
    g_test_add_func("/shared_buffer/more_than_there_is_fails", test_too_large);
    return g_test_run();
}
