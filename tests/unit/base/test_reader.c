// SPDX-License-Identifier: Apache-2.0
//
// The bounded reader never reads past its block: it fails, stays failed and gives zeroes.
#include <glib.h>
#include <string.h>

#include "base/reader.h"

static void reads_numbers_in_both_orders(void)
{
    static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17};
    Reader reader = reader_init(bytes, sizeof bytes);
    g_assert_cmphex(reader_u8(&reader), ==, 0x01);
    g_assert_cmphex(reader_u16le(&reader), ==, 0x0302);
    g_assert_cmphex(reader_u16be(&reader), ==, 0x0405);
    g_assert_cmphex(reader_u32le(&reader), ==, 0x09080706);
    g_assert_cmphex(reader_u64le(&reader), ==, 0x11100f0e0d0c0b0aull);
    g_assert_false(reader.failed);
    g_assert_cmpuint(reader_remaining(&reader), ==, 0);
}

static void a_read_past_the_end_fails_for_good(void)
{
    static const uint8_t bytes[] = {0xff, 0xff, 0xff};
    Reader reader = reader_init(bytes, sizeof bytes);
    g_assert_cmphex(reader_u32be(&reader), ==, 0);
    g_assert_true(reader.failed);
    g_assert_cmphex(reader_u8(&reader), ==, 0);
    g_assert_null(reader_bytes(&reader, 0));
}

static void copy_zeroes_its_target_when_it_fails(void)
{
    uint8_t target[4] = {1, 1, 1, 1};
    Reader reader = reader_init("ab", 2);
    reader_copy(&reader, target, sizeof target);
    g_assert_true(reader.failed);
    g_assert_cmpmem(target, 4, "\0\0\0\0", 4);
}

static void a_huge_count_does_not_wrap(void)
{
    Reader reader = reader_init("abcd", 4);
    reader_skip(&reader, 2);
    g_assert_null(reader_bytes(&reader, SIZE_MAX));
    g_assert_true(reader.failed);
    g_assert_cmpuint(reader.position, ==, 2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reader/reads_numbers_in_both_orders", reads_numbers_in_both_orders);
    g_test_add_func("/reader/a_read_past_the_end_fails_for_good",
                    a_read_past_the_end_fails_for_good);
    g_test_add_func("/reader/copy_zeroes_its_target_when_it_fails",
                    copy_zeroes_its_target_when_it_fails);
    g_test_add_func("/reader/a_huge_count_does_not_wrap", a_huge_count_does_not_wrap);
    return g_test_run();
}
