// SPDX-License-Identifier: Apache-2.0
//
// Every engine finds exactly what the plain search finds, in random bytes, in bytes of few values,
// where chance builds many beginnings of beginnings, and with real ones planted.
#include <string.h>

#include "carve_fixture.h"
#include "evidence/carve_formats.h"
#include "evidence/carve_scan.h"

#define BUFFER_BYTES 20000u

// First bytes of every format.
static const struct {
    const char *bytes;
    size_t size;
} beginnings[] = {
#define BEGINNING(text)                                                                            \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }
    BEGINNING("\xff\xd8\xff\xe0"),
    BEGINNING("\xff\xd8\xff\xdb"),
    BEGINNING("\x89PNG\r\n\x1a\n"),
    BEGINNING("GIF87a"),
    BEGINNING("GIF89a"),
    BEGINNING("RIFF\x10\0\0\0WEBP"),
    BEGINNING("RIFF\x10\0\0\0AVI "),
    BEGINNING("\0\0\0\x18"
              "ftyp"),
    BEGINNING("\0\1\2\3moov\0"),
    BEGINNING("\0\0\0\x08wide"),
    BEGINNING("\x12\x34\x56\x78mdat"),
    BEGINNING("BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"),
    BEGINNING("II*\0"),
    BEGINNING("MM\0*"),
    BEGINNING("II+\0"),
    BEGINNING("MM\0+"),
    BEGINNING("\0\0\0\x0cjP  \r\n\x87\n"),
    BEGINNING("\0\0\0\x0cJXL \r\n\x87\n"),
    BEGINNING("\xff\x4f\xff\x51"),
    BEGINNING("\x1a\x45\xdf\xa3"),
    BEGINNING("\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c"),
    BEGINNING("FLV\x01\x05\0\0\0\x09"),
    BEGINNING("OggS\0\x02"),
    BEGINNING("\0\0\x01\xba\x44"),
#undef BEGINNING
};

// Positions of all beginnings, by the plain search or by an engine.
static GArray *positions(const CarveScan *scan, const uint8_t *bytes, size_t from, size_t end)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(size_t));
    for (size_t at = from; at < end; at++) {
        at = scan != NULL ? carve_scan_next(scan, bytes, at, end)
                          : carve_scan_next_plain(bytes, at, end);
        if (at < end)
            g_array_append_val(found, at);
    }
    return found;
}

static void assert_engines_agree(const uint8_t *bytes, size_t from, size_t end)
{
    const CarveScanEngineRow *rows = NULL;
    size_t count = carve_scan_engines(&rows);
    g_autoptr(GArray) expected = positions(NULL, bytes, from, end);
    for (size_t i = 0; i < count; i++) {
        CarveScan scan;
        carve_scan_init(&scan);
        scan.engine = rows[i].engine;
        g_autoptr(GArray) found = positions(&scan, bytes, from, end);
        if (found->len != expected->len ||
            memcmp(found->data, expected->data, expected->len * sizeof(size_t)) != 0)
            g_error("%s: %u found, %u expected", rows[i].name, found->len, expected->len);
    }
}

static void every_format_has_a_beginning_here(void)
{
    unsigned fitting = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(beginnings); i++) {
        uint8_t bytes[CARVE_MAGIC_BYTES] = {0};
        memcpy(bytes, beginnings[i].bytes, beginnings[i].size);
        fitting += carve_format_at(bytes) != NULL;
    }
    g_assert_cmpuint(fitting, ==, G_N_ELEMENTS(beginnings));
}

static void finds_each_beginning_at_every_offset(void)
{
    uint8_t bytes[256 + CARVE_SCAN_PADDING];
    for (size_t i = 0; i < G_N_ELEMENTS(beginnings); i++) {
        for (size_t offset = 0; offset < 100; offset++) {
            memset(bytes, 0xaa, sizeof bytes);
            memcpy(bytes + offset, beginnings[i].bytes, beginnings[i].size);
            g_autoptr(GArray) found = positions(NULL, bytes, 0, 256);
            g_assert_cmpuint(found->len, ==, 1);
            assert_engines_agree(bytes, 0, 256);
        }
    }
}

static void engines_agree_with_the_plain_search(void)
{
    g_autofree uint8_t *bytes = g_malloc(BUFFER_BYTES + CARVE_SCAN_PADDING);
    for (unsigned round = 0; round < 60; round++) {
        // From all values down to a few that beginnings are made of.
        static const uint8_t few[] = {0, 0xff, 0xd8, 'I', 'M', 'B', '*', 'F', 'm', 'd', 'a', 't'};
        for (size_t i = 0; i < BUFFER_BYTES + CARVE_SCAN_PADDING; i++)
            bytes[i] = round % 2 == 0 ? (uint8_t)g_test_rand_int()
                                      : few[g_test_rand_int_range(0, G_N_ELEMENTS(few))];
        for (unsigned i = 0; i < 40; i++) {
            size_t which = (size_t)g_test_rand_int_range(0, G_N_ELEMENTS(beginnings));
            size_t at = (size_t)g_test_rand_int_range(0, BUFFER_BYTES);
            memcpy(bytes + at, beginnings[which].bytes, beginnings[which].size);
        }
        size_t from = (size_t)g_test_rand_int_range(0, 100);
        size_t end = BUFFER_BYTES - (size_t)g_test_rand_int_range(0, 100);
        assert_engines_agree(bytes, from, end);
    }
}

static void engines_agree_on_transport_streams(void)
{
    static const char *const names[] = {"mpeg-ts.ts", "m2ts.m2ts"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GByteArray) media = carve_sample(names[i]);
        g_autoptr(GByteArray) noise = carve_noise(BUFFER_BYTES + CARVE_SCAN_PADDING, 11);
        carve_plant(noise, 777, media);
        g_autoptr(GArray) found = positions(NULL, noise->data, 0, BUFFER_BYTES);
        g_assert_cmpuint(found->len, >, 20);
        assert_engines_agree(noise->data, 0, BUFFER_BYTES);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/carve_scan/" #name, name)
    ADD(every_format_has_a_beginning_here);
    ADD(finds_each_beginning_at_every_offset);
    ADD(engines_agree_with_the_plain_search);
    ADD(engines_agree_on_transport_streams);
    return g_test_run();
}
