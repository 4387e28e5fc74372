// SPDX-License-Identifier: Apache-2.0
//
// What unpacking a block promises: exactly the bytes that were asked for, from exactly one stream;
// a damaged stream, or one of another size, is refused and never written past its room.
#include <bzlib.h>
#include <glib.h>
#include <libdeflate.h>
#include <lzma.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/error.h"
#include "evidence/unpack.h"

#define SIZE 3000u
#define ROOM 6000u

typedef struct {
    uint8_t plain[SIZE], packed[ROOM];
    size_t packed_bytes;
} Block;

static void pack(Packing packing, Block *block)
{
    for (size_t i = 0; i < SIZE; i++)
        block->plain[i] = (uint8_t)(i % 700 < 400 ? i * i / 50 : 'x');
    uLongf long_bytes = ROOM;
    unsigned int_bytes = ROOM;
    size_t bytes = 0;
    switch (packing) {
    case PACKING_ZLIB:
        g_assert_cmpint(compress(block->packed, &long_bytes, block->plain, SIZE), ==, Z_OK);
        bytes = long_bytes;
        break;
    case PACKING_DEFLATE:
        // The same stream without its header of two bytes and its checksum of four.
        g_assert_cmpint(compress(block->packed, &long_bytes, block->plain, SIZE), ==, Z_OK);
        bytes = long_bytes - 6;
        memmove(block->packed, block->packed + 2, bytes);
        break;
    case PACKING_ZSTD:
        bytes = ZSTD_compress(block->packed, ROOM, block->plain, SIZE, 3);
        break;
    case PACKING_BZIP2:
        g_assert_cmpint(BZ2_bzBuffToBuffCompress((char *)block->packed, &int_bytes,
                                                 (char *)block->plain, SIZE, 9, 0, 0),
                        ==, BZ_OK);
        bytes = int_bytes;
        break;
    case PACKING_XZ:
        g_assert_cmpint(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, NULL, block->plain, SIZE,
                                                block->packed, &bytes, ROOM),
                        ==, LZMA_OK);
        break;
    case PACKING_ADLER32: {
        uint32_t sum = GUINT32_TO_LE(libdeflate_adler32(1, block->plain, SIZE));
        memcpy(block->packed, block->plain, SIZE);
        memcpy(block->packed + SIZE, &sum, 4);
        bytes = SIZE + 4;
        break;
    }
    case PACKING_ADC:
        // Literals of 100 bytes.
        for (size_t at = 0; at < SIZE; at += 100) {
            block->packed[bytes++] = 0x80 | 99;
            memcpy(block->packed + bytes, block->plain + at, 100);
            bytes += 100;
        }
        break;
    }
    block->packed_bytes = bytes;
}

static void gives_the_bytes_that_were_packed(void)
{
    for (Packing packing = PACKING_ZLIB; packing <= PACKING_ADC; packing++) {
        g_test_message("packing %d", packing);
        Block block;
        uint8_t bytes[SIZE];
        size_t count = 0;
        GError *error = NULL;
        pack(packing, &block);
        g_assert_true(
            unpack(packing, block.packed, block.packed_bytes, bytes, SIZE, SIZE, &count, &error));
        g_assert_no_error(error);
        g_assert_cmpuint(count, ==, SIZE);
        g_assert_cmpmem(bytes, SIZE, block.plain, SIZE);
    }
}

static void ignores_what_follows_the_stream(void)
{
    for (Packing packing = PACKING_ZLIB; packing <= PACKING_ADC; packing++) {
        Block block;
        uint8_t bytes[SIZE];
        pack(packing, &block);
        memset(block.packed + block.packed_bytes, 0xee, 50);
        g_assert_true(
            unpack(packing, block.packed, block.packed_bytes + 50, bytes, SIZE, SIZE, NULL, NULL));
        g_assert_cmpmem(bytes, SIZE, block.plain, SIZE);
    }
}

static void refuses_a_stream_that_breaks_off(void)
{
    for (Packing packing = PACKING_ZLIB; packing <= PACKING_ADC; packing++) {
        Block block;
        pack(packing, &block);
        for (size_t length = 0; length < block.packed_bytes; length += 1 + length / 40) {
            // Room of its own, so that reading behind the end is seen.
            g_autofree uint8_t *cut = g_memdup2(block.packed, length);
            uint8_t bytes[SIZE], nothing = 0;
            g_autoptr(GError) error = NULL;
            g_assert_false(unpack(packing, cut != NULL ? cut : &nothing, length, bytes, SIZE, SIZE,
                                  NULL, &error));
            g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
        }
    }
}

static void refuses_a_stream_of_another_size(void)
{
    for (Packing packing = PACKING_ZLIB; packing <= PACKING_BZIP2; packing++) {
        Block block;
        pack(packing, &block);
        g_autofree uint8_t *bytes = g_malloc(SIZE + 1);
        g_assert_false(unpack(packing, block.packed, block.packed_bytes, bytes, SIZE - 1, SIZE - 1,
                              NULL, NULL));
        g_assert_false(unpack(packing, block.packed, block.packed_bytes, bytes, SIZE + 1, SIZE + 1,
                              NULL, NULL));
    }
}

static void fills_up_a_block_that_may_be_short(void)
{
    for (Packing packing = PACKING_ZLIB; packing <= PACKING_XZ; packing++) {
        Block block;
        uint8_t bytes[ROOM];
        memset(bytes, 0xaa, ROOM);
        size_t count = 0;
        pack(packing, &block);
        g_assert_true(
            unpack(packing, block.packed, block.packed_bytes, bytes, 1, ROOM, &count, NULL));
        g_assert_cmpuint(count, ==, SIZE);
        for (size_t i = SIZE; i < ROOM; i++)
            g_assert_cmpuint(bytes[i], ==, 0);
    }
}

static void a_wrong_checksum_is_seen(void)
{
    static const Packing checked[] = {PACKING_ZLIB, PACKING_BZIP2, PACKING_XZ, PACKING_ADLER32};
    for (size_t i = 0; i < G_N_ELEMENTS(checked); i++) {
        Block block;
        uint8_t bytes[SIZE];
        pack(checked[i], &block);
        block.packed[block.packed_bytes / 2] ^= 4;
        g_assert_false(
            unpack(checked[i], block.packed, block.packed_bytes, bytes, SIZE, SIZE, NULL, NULL));
    }
}

// Each form of a copy of Apple Data Compression, near and far, one that overlaps itself.
static void copies_of_adc_reach_back_as_far_as_they_say(void)
{
    Block block;
    uint8_t bytes[SIZE];
    pack(PACKING_ADC, &block);
    uint8_t *packed = block.packed;
    size_t at = 2000 / 100 * 101; // behind 2000 literal bytes
    static const uint8_t copies[] = {
        0x00,        0x00,       // 3 bytes from 1 back: the last byte three times
        0x0f << 2,   0x04,       // 18 bytes from 5 back
        0x00 | 2,    0x57,       // 3 bytes from 600 back
        0x3c | 3,    0xff,       // 18 bytes from 1024 back
        0x40,        0x00, 0x09, // 4 bytes from 10 back
        0x40 | 0x3f, 0x07, 0xcf, // 67 bytes from 2000 back
    };
    memcpy(packed + at, copies, sizeof(copies));
    static const struct {
        size_t count, distance;
    } steps[] = {{3, 1}, {18, 5}, {3, 600}, {18, 1024}, {4, 10}, {67, 2000}};
    uint8_t expected[SIZE];
    memcpy(expected, block.plain, 2000);
    size_t done = 2000;
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
        for (size_t n = 0; n < steps[i].count; n++, done++)
            expected[done] = expected[done - steps[i].distance];
    g_assert_true(unpack(PACKING_ADC, packed, at + sizeof(copies), bytes, done, done, NULL, NULL));
    g_assert_cmpmem(bytes, (int)done, expected, (int)done);

    static const uint8_t before[] = {0x80, 'a', 0x00, 0x01};
    g_assert_false(unpack(PACKING_ADC, before, sizeof(before), bytes, 4, 4, NULL, NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define TEST(name) g_test_add_func("/unpack/" #name, name)
    TEST(gives_the_bytes_that_were_packed);
    TEST(ignores_what_follows_the_stream);
    TEST(refuses_a_stream_that_breaks_off);
    TEST(refuses_a_stream_of_another_size);
    TEST(fills_up_a_block_that_may_be_short);
    TEST(a_wrong_checksum_is_seen);
    TEST(copies_of_adc_reach_back_as_far_as_they_say);
    return g_test_run();
}
