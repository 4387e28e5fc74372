// SPDX-License-Identifier: Apache-2.0
//
// Where archives begin: at the first byte, behind a program, or nowhere; and what the headers of 7z
// archives say.
#include <string.h>
#include <zlib.h>

#include "archive_builder.h"
#include "archive_fixture.h"
#include "evidence/archive.h"
#include "evidence/archive_start.h"
#include "evidence/sevenzip_header.h"

static void put(GByteArray *target, unsigned bytes, uint64_t value)
{
    for (unsigned i = 0; i < bytes; i++) {
        uint8_t byte = (uint8_t)(value >> 8 * i);
        g_byte_array_append(target, &byte, 1);
    }
}

static void fill(GByteArray *target, size_t size)
{
    while (target->len < size)
        put(target, 1, 0xcc);
}

// A 7z archive without members, and the bytes of its end header.
static void put_7zip(GByteArray *target, const void *header, size_t size)
{
    g_autoptr(GByteArray) start = g_byte_array_new();
    put(start, 8, 0);
    put(start, 8, size);
    put(start, 4, crc32_z(0, header, size));
    g_byte_array_append(target, (const uint8_t *)"7z\xbc\xaf\x27\x1c\0\4", 8);
    put(target, 4, crc32_z(0, start->data, start->len));
    g_byte_array_append(target, start->data, start->len);
    if (size > 0)
        g_byte_array_append(target, header, (unsigned)size);
}

// ---- Programs ---------------------------------------------------------------------------------

// A program with one section of 512 bytes at 1024, called `name`.
static GByteArray *pe_new(const char *name)
{
    GByteArray *bytes = g_byte_array_new();
    put(bytes, 2, 0x5a4d);
    while (bytes->len < 60)
        put(bytes, 1, 0);
    put(bytes, 4, 64);
    put(bytes, 4, 0x4550);
    put(bytes, 2, 0x8664);
    put(bytes, 2, 1); // sections
    put(bytes, 4, 0);
    put(bytes, 4, 0);
    put(bytes, 4, 0);
    put(bytes, 2, 16); // optional header
    put(bytes, 2, 0x22);
    put(bytes, 8, 0x20b);
    put(bytes, 8, 0);
    char padded[8] = "";
    memcpy(padded, name, strlen(name));
    g_byte_array_append(bytes, (const uint8_t *)padded, 8);
    put(bytes, 4, 512);
    put(bytes, 4, 0x1000);
    put(bytes, 4, 512);  // bytes in the file
    put(bytes, 4, 1024); // offset
    put(bytes, 8, 0);
    put(bytes, 8, 0);
    fill(bytes, 1536);
    return bytes;
}

static GByteArray *elf_new(void)
{
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_append(bytes, (const uint8_t *)"\177ELF\2\1\1", 7);
    while (bytes->len < 16)
        put(bytes, 1, 0);
    put(bytes, 2, 2);
    put(bytes, 2, 62);
    put(bytes, 4, 1);
    put(bytes, 8, 0x400000);
    put(bytes, 8, 64); // program headers
    put(bytes, 8, 0);  // section headers
    put(bytes, 4, 0);
    put(bytes, 2, 64);
    put(bytes, 2, 56);
    put(bytes, 2, 1);
    put(bytes, 2, 64);
    put(bytes, 2, 0);
    put(bytes, 2, 0);
    put(bytes, 4, 1);
    put(bytes, 4, 5);
    put(bytes, 8, 0); // offset
    put(bytes, 8, 0x400000);
    put(bytes, 8, 0x400000);
    put(bytes, 8, 700); // bytes in the file
    put(bytes, 8, 700);
    put(bytes, 8, 4096);
    fill(bytes, 700);
    return bytes;
}

static bool find_hidden(const GByteArray *bytes, ArchiveStart *ret_start)
{
    g_autoptr(Source) source = source_new_memory(bytes->data, bytes->len);
    return archive_start_find_hidden(sniff_bytes(bytes->data, bytes->len), source, ret_start);
}

static void an_archive_behind_a_program_is_found(void)
{
    GByteArray *programs[] = {pe_new(".text"), elf_new()};
    for (size_t i = 0; i < G_N_ELEMENTS(programs); i++) {
        g_autoptr(GByteArray) bytes = programs[i];
        ArchiveStart start;
        g_assert_false(find_hidden(bytes, &start));
        fill(bytes, bytes->len + 100);
        size_t offset = bytes->len;
        put_7zip(bytes, NULL, 0);
        g_assert_true(find_hidden(bytes, &start));
        g_assert_cmpint(start.kind, ==, ARCHIVE_7ZIP);
        g_assert_cmpuint(start.offset, ==, offset);
        // A signature alone proves nothing.
        bytes->data[offset + 12] ^= 1;
        g_assert_false(find_hidden(bytes, &start));
    }
}

static void rar_archives_behind_a_program_are_opened(void)
{
    for (unsigned i = 4; i <= 5; i++) {
        g_autoptr(GByteArray) bytes = pe_new(".text");
        const RarBuilderMember member = {.name = "a", .bytes = "hello", .size = 5};
        if (i == 4) {
            rar4_builder_begin(bytes, false);
            rar4_builder_add(bytes, member);
            rar4_builder_finish(bytes, false);
        } else {
            rar5_builder_begin(bytes, false, 0);
            rar5_builder_add(bytes, member);
            rar5_builder_finish(bytes, false);
        }
        archive_assert(bytes->data, bytes->len, "a.exe", "ok | ok a 2cf24dba");
    }
}

static void a_zip_archive_behind_a_program_is_opened(void)
{
    ZipBuilder builder;
    zip_builder_begin(&builder);
    g_autoptr(GByteArray) program = pe_new(".text");
    zip_builder_add_bytes(&builder, program->data, program->len);
    builder.start = program->len;
    zip_builder_add(&builder, (ZipBuilderMember){"a", "hello", 5});
    g_autoptr(GByteArray) bytes = zip_builder_finish(&builder, NULL);
    g_autoptr(Walked) walked =
        walk_fixture_bytes(bytes->data, bytes->len, "a.exe", (WalkFixtureOptions){0});
    g_autofree char *found = archive_describe(walked);
    g_assert_cmpstr(found, ==, "ok | ok a 2cf24dba");
    g_assert_cmpuint(walked_root(walked)->findings->len, ==, 0);
}

static void a_cabinet_among_the_resources_is_found(void)
{
    g_autoptr(GByteArray) bytes = pe_new(".rsrc");
    static const uint8_t header[36] = {'M', 'S', 'C', 'F', [8] = 36, [16] = 36, [24] = 3, 1};
    memcpy(bytes->data + 1100, header, sizeof header);
    ArchiveStart start;
    g_assert_true(find_hidden(bytes, &start));
    g_assert_cmpint(start.kind, ==, ARCHIVE_CAB);
    g_assert_cmpuint(start.offset, ==, 1100);
}

static void headers_that_lie_lead_nowhere(void)
{
    for (unsigned i = 0; i < 1536; i++) {
        g_autoptr(GByteArray) bytes = pe_new(".rsrc");
        ArchiveStart start;
        g_byte_array_set_size(bytes, i);
        find_hidden(bytes, &start);
    }
    for (unsigned i = 0; i < 300; i++) {
        GByteArray *programs[] = {pe_new(".rsrc"), elf_new()};
        for (unsigned p = 0; p < 2; p++) {
            ArchiveStart start;
            programs[p]->data[i] = 0xff;
            g_assert_false(find_hidden(programs[p], &start));
            g_byte_array_unref(programs[p]);
        }
    }
}

// ---- LZMA -------------------------------------------------------------------------------------

static void lzma_is_known_by_its_header(void)
{
    uint8_t bytes[] = {0x5d, 0, 0, 0x80, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 1, 2, 3};
    GByteArray array = {.data = bytes, .len = sizeof bytes};
    ArchiveStart start;
    g_assert_true(find_hidden(&array, &start));
    g_assert_cmpint(start.kind, ==, ARCHIVE_LZMA);
    bytes[3] = 0xc0; // 2^23 + 2^22
    g_assert_true(find_hidden(&array, &start));
    bytes[3] = 0xa0; // no size of a dictionary
    g_assert_false(find_hidden(&array, &start));
    bytes[3] = 0x80;
    bytes[13] = 1; // no range coder
    g_assert_false(find_hidden(&array, &start));
}

// ---- 7z ---------------------------------------------------------------------------------------

static SevenzipHeader header_of(const GByteArray *bytes)
{
    g_autoptr(Source) source = source_new_memory(bytes->data, bytes->len);
    return sevenzip_header_read(source, 0);
}

static void the_state_of_a_7z_header_is_told(void)
{
    // One packed stream of 32 bytes at 0, one folder with one coder.
    static const uint8_t aes[] = {0x17, 0x06, 0,    1,    0x09, 32, 0,    0x07, 0x0b, 1, 0, 1,
                                  0x24, 0x06, 0xf1, 0x07, 0x01, 1,  0x13, 0x0c, 32,   0, 0};
    static const uint8_t lzma[] = {0x17, 0x06, 0,    1,    0x09, 32, 0, 0x07, 0x0b, 1, 0,
                                   1,    0x23, 0x03, 0x01, 0x01, 1,  0, 0x0c, 32,   0, 0};
    static const struct {
        const void *header;
        size_t size;
        SevenzipState state;
    } rows[] = {
        {NULL, 0, SEVENZIP_EMPTY},
        {"\1\0", 2, SEVENZIP_PLAIN},
        {lzma, sizeof lzma, SEVENZIP_PACKED},
        {aes, sizeof aes, SEVENZIP_ENCRYPTED},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        put_7zip(bytes, rows[i].header, rows[i].size);
        SevenzipHeader header = header_of(bytes);
        g_assert_cmpint(header.state, ==, rows[i].state);
        g_assert_cmpuint(header.end, ==, bytes->len);
        if (rows[i].size == 0)
            continue;
        g_byte_array_set_size(bytes, bytes->len - 1);
        g_assert_cmpint(header_of(bytes).state, ==, SEVENZIP_CUT);
        put(bytes, 1, 0x77);
        g_assert_cmpint(header_of(bytes).state, ==, SEVENZIP_DAMAGED);
        bytes->data[9] ^= 1;
        g_assert_cmpint(header_of(bytes).state, ==, SEVENZIP_DAMAGED);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_true(archive_prepare());
    g_test_add_func("/archive_start/an_archive_behind_a_program_is_found",
                    an_archive_behind_a_program_is_found);
    g_test_add_func("/archive_start/rar_archives_behind_a_program_are_opened",
                    rar_archives_behind_a_program_are_opened);
    g_test_add_func("/archive_start/a_zip_archive_behind_a_program_is_opened",
                    a_zip_archive_behind_a_program_is_opened);
    g_test_add_func("/archive_start/a_cabinet_among_the_resources_is_found",
                    a_cabinet_among_the_resources_is_found);
    g_test_add_func("/archive_start/headers_that_lie_lead_nowhere", headers_that_lie_lead_nowhere);
    g_test_add_func("/archive_start/lzma_is_known_by_its_header", lzma_is_known_by_its_header);
    g_test_add_func("/archive_start/the_state_of_a_7z_header_is_told",
                    the_state_of_a_7z_header_is_told);
    return g_test_run();
}
