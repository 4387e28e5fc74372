// SPDX-License-Identifier: Apache-2.0
//
// Headers of RAR 1.5 to 4 (technote.txt of RAR 4.20):
//
//     u16 checksum, u8 type, u16 flags, u16 size, [u32 size of data], fields by type
#include <string.h>
#include <zlib.h>

#include "base/reader.h"
#include "evidence/archive_time.h"
#include "evidence/rar_private.h"

#define BLOCK_BYTES 7u
#define SEEN_BYTES 1024u // of a header at first; few are longer
#define TYPE_MAIN 0x73
#define TYPE_FILE 0x74
#define TYPE_SERVICE 0x7a
#define TYPE_END 0x7b
#define BLOCK_HAS_DATA 0x8000u

#define MAIN_VOLUME 0x0001u
#define MAIN_SOLID 0x0008u
#define MAIN_ENCRYPTED 0x0080u

#define FILE_CONTINUED 0x0001u
#define FILE_CONTINUES 0x0002u
#define FILE_ENCRYPTED 0x0004u
#define FILE_SOLID 0x0010u
#define FILE_FOLDER 0x00e0u
#define FILE_LARGE 0x0100u
#define FILE_UNICODE 0x0200u
#define FILE_SALT 0x0400u
#define FILE_TIMES 0x1000u

#define END_NEXT_VOLUME 0x0001u
#define END_CHECKSUM 0x0002u
#define END_NUMBER 0x0008u

#define METHOD_STORED 0x30

// ---- Names ------------------------------------------------------------------------------------

// Names come in UTF-16 with a flag of two bits for each character: its low byte alone, with the
// common high byte, both bytes, or a run that is like the plain name.
typedef struct {
    Reader reader;
    const uint8_t *plain;
    size_t plain_bytes;
    uint8_t high;
    GArray *units; // of uint16_t
} NameDecoder;

static void append_unit(NameDecoder *decoder, unsigned unit)
{
    uint16_t value = (uint16_t)unit;
    g_array_append_val(decoder->units, value);
}

static void append_run(NameDecoder *decoder)
{
    unsigned length = reader_u8(&decoder->reader);
    bool is_corrected = (length & 0x80) != 0;
    unsigned correction = is_corrected ? reader_u8(&decoder->reader) : 0;
    for (unsigned i = 0; i < (length & 0x7f) + 2; i++) {
        size_t at = decoder->units->len;
        if (at >= decoder->plain_bytes)
            return;
        unsigned unit = decoder->plain[at];
        if (is_corrected)
            unit = ((unit + correction) & 0xff) | (unsigned)decoder->high << 8;
        append_unit(decoder, unit);
    }
}

static void append_coded(NameDecoder *decoder, unsigned code)
{
    Reader *reader = &decoder->reader;
    if (code == 0)
        append_unit(decoder, reader_u8(reader));
    else if (code == 1)
        append_unit(decoder, reader_u8(reader) | (unsigned)decoder->high << 8);
    else if (code == 2)
        append_unit(decoder, reader_u16le(reader));
    else
        append_run(decoder);
}

char *rar_decode_name(const uint8_t *bytes, size_t size)
{
    const uint8_t *zero = memchr(bytes, 0, size);
    if (zero == NULL || zero + 1 == bytes + size)
        return g_strndup((const char *)bytes, size);
    NameDecoder decoder = {.plain = bytes, .plain_bytes = (size_t)(zero - bytes)};
    decoder.reader = reader_init(zero + 1, size - decoder.plain_bytes - 1);
    decoder.high = reader_u8(&decoder.reader);
    decoder.units = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    while (reader_remaining(&decoder.reader) > 0 && decoder.units->len < size * 8) {
        unsigned codes = reader_u8(&decoder.reader);
        for (int shift = 6; shift >= 0 && reader_remaining(&decoder.reader) > 0; shift -= 2)
            append_coded(&decoder, codes >> shift & 3);
    }
    char *name = NULL;
    if (decoder.units->len > 0)
        name = g_utf16_to_utf8((const gunichar2 *)(void *)decoder.units->data,
                               (glong)decoder.units->len, NULL, NULL, NULL);
    g_array_unref(decoder.units);
    if (name == NULL || *name == '\0') {
        g_free(name);
        return g_strndup((const char *)bytes, decoder.plain_bytes);
    }
    return name;
}

// ---- Times ------------------------------------------------------------------------------------

static ItemTime dos_time(uint32_t value)
{
    return archive_time_dos((uint16_t)(value >> 16), (uint16_t)value);
}

// Each of the four times has four bits: there, one second more, and how many bytes of a fraction in
// steps of 100 ns follow.
static void read_fraction(Reader *reader, unsigned mode, ItemTime *time)
{
    uint32_t fraction = 0;
    for (unsigned i = 0; i < (mode & 3); i++)
        fraction = fraction >> 8 | (uint32_t)reader_u8(reader) << 16;
    if (time->zone == ZONE_NONE)
        return;
    time->seconds += mode >> 2 & 1;
    time->nanoseconds = MIN(fraction * 100, 999999999u);
}

static void read_times(Reader *reader, ItemTimes *times)
{
    unsigned modes = reader_u16le(reader);
    ItemTime *targets[] = {&times->modified, &times->created, &times->accessed};
    for (unsigned i = 0; i < G_N_ELEMENTS(targets); i++) {
        unsigned mode = modes >> (12 - 4 * i) & 15;
        if (!(mode & 8))
            continue;
        if (i > 0)
            *targets[i] = dos_time(reader_u32le(reader));
        read_fraction(reader, mode, targets[i]);
    }
}

// ---- Headers ----------------------------------------------------------------------------------

// Folders and links by the attributes of the system that made the archive.
static bool is_without_bytes(unsigned flags, unsigned system, uint32_t attributes)
{
    if ((flags & FILE_FOLDER) == FILE_FOLDER)
        return true;
    unsigned kind = attributes >> 12 & 15;
    return system == 3 && (kind == 0xa || kind == 4);
}

static void read_file(Reader *reader, unsigned flags, RarBlock *block)
{
    uint32_t bytes = reader_u32le(reader);
    unsigned system = reader_u8(reader);
    block->crc32 = reader_u32le(reader);
    block->has_crc32 = true;
    block->times.modified = dos_time(reader_u32le(reader));
    block->version = reader_u8(reader);
    block->is_stored = reader_u8(reader) == METHOD_STORED;
    size_t name_bytes = reader_u16le(reader);
    uint32_t attributes = reader_u32le(reader);
    block->bytes = bytes;
    if (flags & FILE_LARGE) {
        block->data_bytes |= (uint64_t)reader_u32le(reader) << 32;
        block->bytes |= (uint64_t)reader_u32le(reader) << 32;
    }
    // All ones: unknown when it was packed.
    block->has_size = block->bytes != UINT64_MAX && !(bytes == UINT32_MAX && !(flags & FILE_LARGE));
    const uint8_t *name = reader_bytes(reader, name_bytes);
    if (name != NULL)
        block->name = flags & FILE_UNICODE ? rar_decode_name(name, name_bytes)
                                           : g_strndup((const char *)name, name_bytes);
    // In names of old character sets a backslash may be half of a character.
    if (block->name != NULL && g_utf8_validate(block->name, -1, NULL))
        g_strdelimit(block->name, "\\", '/');
    if (flags & FILE_SALT)
        reader_skip(reader, 8);
    if (flags & FILE_TIMES)
        read_times(reader, &block->times);
    block->is_folder = is_without_bytes(flags, system, attributes);
    block->is_encrypted = (flags & FILE_ENCRYPTED) != 0;
    block->is_continued = (flags & FILE_CONTINUED) != 0;
    block->continues = (flags & FILE_CONTINUES) != 0;
    block->follows_others = (flags & FILE_SOLID) != 0;
}

static void read_end(Reader *reader, unsigned flags, RarBlock *block)
{
    block->has_next_volume = (flags & END_NEXT_VOLUME) != 0;
    if (flags & END_CHECKSUM)
        reader_skip(reader, 4);
    if (flags & END_NUMBER) {
        block->number = reader_u16le(reader);
        block->has_number = !reader->failed;
    }
}

// The checksum is the low half of CRC-32 from the type on. That of a main header leaves out the
// comment which old versions put into it.
static bool is_checksum_right(const uint8_t *bytes, size_t size, unsigned type, uint16_t expected)
{
    size_t covered = type == TYPE_MAIN ? MIN(size, 13) : size;
    return (uint16_t)crc32(0, bytes + 2, (unsigned)(covered - 2)) == expected;
}

bool rar4_parse(RarReader *reader, RarBlock *block)
{
    uint8_t bytes[UINT16_MAX];
    ssize_t count = source_read(reader->source, reader->position, bytes, SEEN_BYTES, NULL);
    if (count >= (ssize_t)BLOCK_BYTES && (bytes[5] | bytes[6] << 8) > count)
        count = source_read(reader->source, reader->position, bytes, sizeof bytes, NULL);
    if (count < (ssize_t)BLOCK_BYTES)
        return false;
    Reader header = reader_init(bytes, (size_t)count);
    uint16_t checksum = reader_u16le(&header);
    unsigned type = reader_u8(&header), flags = reader_u16le(&header);
    size_t size = reader_u16le(&header);
    if (size < BLOCK_BYTES || size > (size_t)count ||
        !is_checksum_right(bytes, size, type, checksum))
        return false;
    header.size_bytes = size;
    if ((flags & BLOCK_HAS_DATA) || type == TYPE_FILE || type == TYPE_SERVICE)
        block->data_bytes = reader_u32le(&header);
    if (type == TYPE_MAIN) {
        block->kind = flags & MAIN_ENCRYPTED ? RAR_ENCRYPTED : RAR_MAIN;
        block->is_volume = (flags & MAIN_VOLUME) != 0;
        block->is_solid = (flags & MAIN_SOLID) != 0;
    } else if (type == TYPE_FILE) {
        block->kind = RAR_FILE;
        read_file(&header, flags, block);
    } else if (type == TYPE_END) {
        block->kind = RAR_END;
        read_end(&header, flags, block);
    } else {
        block->kind = RAR_OTHER;
        // Only the low half of a service's size has been read.
        if (type == TYPE_SERVICE && (flags & FILE_LARGE)) {
            reader_skip(&header, 21);
            block->data_bytes |= (uint64_t)reader_u32le(&header) << 32;
        }
    }
    if (header.failed)
        return false;
    reader->position += size;
    return true;
}
