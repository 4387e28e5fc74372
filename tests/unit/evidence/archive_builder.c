// SPDX-License-Identifier: Apache-2.0
#include "archive_builder.h"

#include <string.h>
#include <zlib.h>

static void put(GByteArray *target, unsigned bytes, uint64_t value)
{
    for (unsigned i = 0; i < bytes; i++) {
        uint8_t byte = (uint8_t)(value >> 8 * i);
        g_byte_array_append(target, &byte, 1);
    }
}

static void put_bytes(GByteArray *target, const void *bytes, size_t size)
{
    if (size > 0)
        g_byte_array_append(target, bytes, (unsigned)size);
}

static uint32_t checksum(const void *bytes, size_t size)
{
    return (uint32_t)crc32_z(0, bytes, size);
}

// ---- ZIP --------------------------------------------------------------------------------------

void zip_builder_begin(ZipBuilder *builder)
{
    *builder = (ZipBuilder){.bytes = g_byte_array_new(), .directory = g_byte_array_new()};
}

static GByteArray *deflated(const void *bytes, size_t size)
{
    z_stream zlib = {0};
    g_assert_cmpint(deflateInit2(&zlib, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), ==, Z_OK);
    GByteArray *packed = g_byte_array_new();
    g_byte_array_set_size(packed, (unsigned)deflateBound(&zlib, size));
    zlib.next_in = (uint8_t *)(uintptr_t)bytes;
    zlib.avail_in = (unsigned)size;
    zlib.next_out = packed->data;
    zlib.avail_out = packed->len;
    g_assert_cmpint(deflate(&zlib, Z_FINISH), ==, Z_STREAM_END);
    g_byte_array_set_size(packed, (unsigned)zlib.total_out);
    deflateEnd(&zlib);
    return packed;
}

// Version, flags, method, time (2026-01-31 12:30:00) and, when they are known, checksum and sizes.
static void put_common(GByteArray *target, uint16_t flags, uint16_t method, uint32_t crc,
                       size_t packed, size_t size)
{
    put(target, 2, 20);
    put(target, 2, flags);
    put(target, 2, method);
    put(target, 2, 12u << 11 | 30u << 5);
    put(target, 2, (2026u - 1980) << 9 | 1u << 5 | 31);
    put(target, 4, crc);
    put(target, 4, packed);
    put(target, 4, size);
}

size_t zip_builder_add(ZipBuilder *builder, ZipBuilderMember member)
{
    g_autoptr(GByteArray) packed = g_byte_array_new();
    if (member.is_deflated) {
        g_byte_array_unref(packed);
        packed = deflated(member.bytes, member.size);
    } else {
        put_bytes(packed, member.bytes, member.size);
    }
    uint16_t method = member.is_deflated ? 8 : 0;
    uint16_t flags = (uint16_t)(member.flags | (member.has_descriptor ? 8 : 0));
    uint32_t crc = checksum(member.bytes, member.size) + member.wrong_crc32;
    const char *local_name = member.local_name != NULL ? member.local_name : member.name;
    size_t offset = builder->bytes->len;

    put(builder->bytes, 4, 0x04034b50);
    if (member.has_descriptor)
        put_common(builder->bytes, flags, member.local_method ? member.local_method : method, 0, 0,
                   0);
    else
        put_common(builder->bytes, flags, member.local_method ? member.local_method : method, crc,
                   packed->len, member.size);
    put(builder->bytes, 2, strlen(local_name));
    put(builder->bytes, 2, member.extra_bytes);
    put_bytes(builder->bytes, local_name, strlen(local_name));
    put_bytes(builder->bytes, member.extra, member.extra_bytes);
    put_bytes(builder->bytes, packed->data, packed->len);
    if (member.has_descriptor) {
        if (!member.is_plain_descriptor)
            put(builder->bytes, 4, 0x08074b50);
        put(builder->bytes, 4, crc);
        put(builder->bytes, 4, packed->len);
        put(builder->bytes, 4, member.size);
    }
    if (member.is_hidden)
        return offset;

    put(builder->directory, 4, 0x02014b50);
    put(builder->directory, 2, 20);
    put_common(builder->directory, flags, member.method ? member.method : method, crc, packed->len,
               member.size);
    put(builder->directory, 2, strlen(member.name));
    put(builder->directory, 2, member.extra_bytes);
    put(builder->directory, 6, 0);
    put(builder->directory, 4, 0);
    put(builder->directory, 4, member.local_offset ? member.local_offset : offset - builder->start);
    put_bytes(builder->directory, member.name, strlen(member.name));
    put_bytes(builder->directory, member.extra, member.extra_bytes);
    builder->entries++;
    return offset;
}

void zip_builder_add_bytes(ZipBuilder *builder, const void *bytes, size_t size)
{
    put_bytes(builder->bytes, bytes, size);
}

GByteArray *zip_builder_finish(ZipBuilder *builder, const char *comment)
{
    size_t offset = builder->bytes->len - builder->start;
    put_bytes(builder->bytes, builder->directory->data, builder->directory->len);
    put(builder->bytes, 4, 0x06054b50);
    put(builder->bytes, 4, 0);
    put(builder->bytes, 2, builder->entries);
    put(builder->bytes, 2, builder->entries);
    put(builder->bytes, 4, builder->directory->len);
    put(builder->bytes, 4, offset);
    put(builder->bytes, 2, comment != NULL ? strlen(comment) : 0);
    if (comment != NULL)
        put_bytes(builder->bytes, comment, strlen(comment));
    g_byte_array_unref(builder->directory);
    GByteArray *bytes = builder->bytes;
    *builder = (ZipBuilder){0};
    return bytes;
}

// ---- tar --------------------------------------------------------------------------------------

static void put_zeroes(GByteArray *target, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put(target, 1, 0);
}

void tar_builder_add(GByteArray *bytes, const char *name, const void *contents, size_t size)
{
    char header[512] = "";
    g_strlcpy(header, name, 100);
    memcpy(header + 100, "0000644\0000000000\0000000000\0", 24);
    g_snprintf(header + 124, 12, "%011zo", size);
    memcpy(header + 136, "14762610710\0", 12);
    header[156] = '0';
    memcpy(header + 257, "ustar\00000", 8);
    memset(header + 148, ' ', 8);
    unsigned sum = 0;
    for (size_t i = 0; i < sizeof header; i++)
        sum += (uint8_t)header[i];
    g_snprintf(header + 148, 8, "%06o", sum);
    put_bytes(bytes, header, sizeof header);
    put_bytes(bytes, contents, size);
    put_zeroes(bytes, (512 - size % 512) % 512);
}

void tar_builder_finish(GByteArray *bytes)
{
    put_zeroes(bytes, 1024);
}

// ---- RAR 4 ------------------------------------------------------------------------------------

// Appends a header with its checksum in front.
static void put_rar4(GByteArray *bytes, const GByteArray *header)
{
    put(bytes, 2, checksum(header->data, header->len) & 0xffff);
    put_bytes(bytes, header->data, header->len);
}

void rar4_builder_begin(GByteArray *bytes, bool is_volume)
{
    put_bytes(bytes, "Rar!\x1a\x07\0", 7);
    g_autoptr(GByteArray) header = g_byte_array_new();
    put(header, 1, 0x73);
    put(header, 2, is_volume ? 0x0011 : 0);
    put(header, 2, 13);
    put(header, 6, 0);
    put_rar4(bytes, header);
}

void rar4_builder_add(GByteArray *bytes, RarBuilderMember member)
{
    g_autoptr(GByteArray) header = g_byte_array_new();
    unsigned flags = 0x8000 | (member.is_continued ? 1 : 0) | (member.continues ? 2 : 0) |
                     (member.is_encrypted ? 4 : 0);
    put(header, 1, 0x74);
    put(header, 2, flags);
    put(header, 2, 32 + strlen(member.name));
    put(header, 4, member.size);
    put(header, 4, member.whole_size ? member.whole_size : member.size);
    put(header, 1, 3);
    put(header, 4, member.crc32 ? member.crc32 : checksum(member.bytes, member.size));
    put(header, 4, (2026u - 1980) << 25 | 1u << 21 | 31u << 16 | 12u << 11 | 30u << 5);
    put(header, 1, member.version ? member.version : 29);
    put(header, 1, member.is_packed ? 0x33 : 0x30);
    put(header, 2, strlen(member.name));
    put(header, 4, 0100644);
    put_bytes(header, member.name, strlen(member.name));
    put_rar4(bytes, header);
    put_bytes(bytes, member.bytes, member.size);
}

void rar4_builder_finish(GByteArray *bytes, bool has_next)
{
    g_autoptr(GByteArray) header = g_byte_array_new();
    put(header, 1, 0x7b);
    put(header, 2, 0x4000 | (has_next ? 1 : 0));
    put(header, 2, 7);
    put_rar4(bytes, header);
}

// ---- RAR 5 ------------------------------------------------------------------------------------

static void put_vint(GByteArray *target, uint64_t value)
{
    while (value >= 0x80) {
        put(target, 1, (value & 0x7f) | 0x80);
        value >>= 7;
    }
    put(target, 1, value);
}

static void put_rar5(GByteArray *bytes, const GByteArray *header)
{
    g_autoptr(GByteArray) sized = g_byte_array_new();
    put_vint(sized, header->len);
    put_bytes(sized, header->data, header->len);
    put(bytes, 4, checksum(sized->data, sized->len));
    put_bytes(bytes, sized->data, sized->len);
}

void rar5_builder_begin(GByteArray *bytes, bool is_volume, unsigned number)
{
    put_bytes(bytes, "Rar!\x1a\x07\1\0", 8);
    g_autoptr(GByteArray) header = g_byte_array_new();
    put_vint(header, 1);
    put_vint(header, 0);
    put_vint(header, (is_volume ? 1 : 0) | (number > 0 ? 2 : 0));
    if (number > 0)
        put_vint(header, number);
    put_rar5(bytes, header);
}

void rar5_builder_add(GByteArray *bytes, RarBuilderMember member)
{
    // Version 0, no password check, 2^15 rounds, then salt and initialisation vector.
    uint8_t encryption[1 + 1 + 1 + 1 + 1 + 16 + 16] = {36, 1, 0, 0, 15};
    g_autoptr(GByteArray) header = g_byte_array_new();
    put_vint(header, 2);
    put_vint(header, 2 | (member.is_encrypted ? 1 : 0) | (member.is_continued ? 8 : 0) |
                         (member.continues ? 16 : 0));
    if (member.is_encrypted)
        put_vint(header, sizeof encryption);
    put_vint(header, member.size);
    put_vint(header, 2 | 4);
    put_vint(header, member.whole_size ? member.whole_size : member.size);
    put_vint(header, 0100644);
    put(header, 4, 1769862600);
    put(header, 4, member.crc32 ? member.crc32 : checksum(member.bytes, member.size));
    put_vint(header, member.is_packed ? 3 << 7 : 0);
    put_vint(header, 1);
    put_vint(header, strlen(member.name));
    put_bytes(header, member.name, strlen(member.name));
    if (member.is_encrypted)
        put_bytes(header, encryption, sizeof encryption);
    put_rar5(bytes, header);
    put_bytes(bytes, member.bytes, member.size);
}

void rar5_builder_finish(GByteArray *bytes, bool has_next)
{
    g_autoptr(GByteArray) header = g_byte_array_new();
    put_vint(header, 5);
    put_vint(header, 4);
    put_vint(header, has_next ? 1 : 0);
    put_rar5(bytes, header);
}

// ---- Compressed -------------------------------------------------------------------------------

GByteArray *gzip_new(const void *bytes, size_t size, const char *name, uint32_t modified)
{
    GByteArray *result = g_byte_array_new();
    put_bytes(result, "\x1f\x8b\x08", 3);
    put(result, 1, name != NULL ? 8 : 0);
    put(result, 4, modified);
    put(result, 2, 0x0300);
    if (name != NULL)
        put_bytes(result, name, strlen(name) + 1);
    g_autoptr(GByteArray) packed = deflated(bytes, size);
    put_bytes(result, packed->data, packed->len);
    put(result, 4, checksum(bytes, size));
    put(result, 4, size);
    return result;
}
