// SPDX-License-Identifier: Apache-2.0
//
// Headers of RAR 5 ("RAR 5.0 archive format" of RARLAB):
//
//     u32 checksum, vint size, vint type, vint flags, [vint size of extra area],
//     [vint size of data], fields by type, extra area
#include <string.h>
#include <zlib.h>

#include "base/reader.h"
#include "evidence/archive_time.h"
#include "evidence/rar_private.h"

#define HEADER_BYTES_MAX (2u << 20) // the format's own limit

#define TYPE_MAIN 1
#define TYPE_FILE 2
#define TYPE_ENCRYPTION 4
#define TYPE_END 5

#define BLOCK_HAS_EXTRA 0x0001u
#define BLOCK_HAS_DATA 0x0002u
#define BLOCK_CONTINUED 0x0008u
#define BLOCK_CONTINUES 0x0010u

#define MAIN_VOLUME 0x0001u
#define MAIN_NUMBER 0x0002u
#define MAIN_SOLID 0x0004u

#define FILE_FOLDER 0x0001u
#define FILE_TIME 0x0002u
#define FILE_CHECKSUM 0x0004u
#define FILE_NO_SIZE 0x0008u

#define EXTRA_ENCRYPTION 1
#define EXTRA_TIMES 3
#define EXTRA_LINK 5

#define TIMES_UNIX 0x01u
#define TIMES_NANOSECONDS 0x10u

#define END_NEXT_VOLUME 0x0001u

// Seven bits a byte, the low ones first.
static uint64_t read_vint(Reader *reader)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = reader_u8(reader);
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return value;
    }
    reader->failed = true;
    return 0;
}

static void read_times(Reader record, ItemTimes *times)
{
    uint64_t flags = read_vint(&record);
    ItemTime *targets[] = {&times->modified, &times->created, &times->accessed};
    for (unsigned i = 0; i < G_N_ELEMENTS(targets); i++) {
        if (!(flags >> (i + 1) & 1))
            continue;
        ItemTime time = flags & TIMES_UNIX ? archive_time_unix(reader_u32le(&record))
                                           : archive_time_windows(reader_u64le(&record));
        if (!record.failed)
            *targets[i] = time;
    }
    if (!(flags & TIMES_UNIX) || !(flags & TIMES_NANOSECONDS))
        return;
    for (unsigned i = 0; i < G_N_ELEMENTS(targets); i++)
        if (flags >> (i + 1) & 1)
            targets[i]->nanoseconds = MIN(reader_u32le(&record), 999999999u);
}

static void read_extra(Reader area, RarBlock *block)
{
    while (reader_remaining(&area) > 0 && !area.failed) {
        uint64_t size = read_vint(&area);
        if (area.failed || size == 0 || size > reader_remaining(&area))
            return;
        Reader record = reader_init(area.data + area.position, (size_t)size);
        uint64_t type = read_vint(&record);
        if (type == EXTRA_ENCRYPTION)
            block->is_encrypted = true;
        else if (type == EXTRA_LINK)
            block->is_folder = true;
        else if (type == EXTRA_TIMES)
            read_times(record, &block->times);
        reader_skip(&area, (size_t)size);
    }
}

static void read_main(Reader *reader, RarBlock *block)
{
    uint64_t flags = read_vint(reader);
    block->is_volume = (flags & MAIN_VOLUME) != 0;
    block->is_solid = (flags & MAIN_SOLID) != 0;
    block->has_number = block->is_volume;
    if (flags & MAIN_NUMBER)
        block->number = read_vint(reader);
}

static void read_file(Reader *reader, RarBlock *block)
{
    uint64_t flags = read_vint(reader);
    block->bytes = read_vint(reader);
    block->has_size = !(flags & FILE_NO_SIZE);
    read_vint(reader); // attributes
    if (flags & FILE_TIME)
        block->times.modified = archive_time_unix(reader_u32le(reader));
    block->has_crc32 = (flags & FILE_CHECKSUM) != 0;
    if (block->has_crc32)
        block->crc32 = reader_u32le(reader);
    uint64_t packing = read_vint(reader);
    read_vint(reader); // system
    uint64_t name_bytes = read_vint(reader);
    const uint8_t *name =
        name_bytes <= reader->size_bytes ? reader_bytes(reader, (size_t)name_bytes) : NULL;
    if (name != NULL)
        block->name = g_strndup((const char *)name, (size_t)name_bytes);
    else
        reader->failed = true;
    block->version = 50 + (packing & 0x3f ? 20 : 0); // RAR 7 packs with a larger dictionary
    block->follows_others = (packing & 0x40) != 0;
    block->is_stored = (packing >> 7 & 7) == 0;
    block->is_folder = (flags & FILE_FOLDER) != 0;
}

static void read_fields(Reader *header, uint64_t type, RarBlock *block)
{
    switch (type) {
    case TYPE_MAIN:
        block->kind = RAR_MAIN;
        read_main(header, block);
        break;
    case TYPE_FILE:
        block->kind = RAR_FILE;
        read_file(header, block);
        break;
    case TYPE_ENCRYPTION:
        block->kind = RAR_ENCRYPTED;
        break;
    case TYPE_END:
        block->kind = RAR_END;
        block->has_next_volume = (read_vint(header) & END_NEXT_VOLUME) != 0;
        break;
    default:
        block->kind = RAR_OTHER;
    }
}

static bool parse(Reader header, RarBlock *block)
{
    uint64_t type = read_vint(&header), flags = read_vint(&header);
    uint64_t extra = flags & BLOCK_HAS_EXTRA ? read_vint(&header) : 0;
    if (flags & BLOCK_HAS_DATA)
        block->data_bytes = read_vint(&header);
    if (header.failed || extra > reader_remaining(&header))
        return false;
    Reader area = reader_init(header.data + header.size_bytes - extra, (size_t)extra);
    header.size_bytes -= (size_t)extra;
    read_fields(&header, type, block);
    block->is_continued = block->kind == RAR_FILE && (flags & BLOCK_CONTINUED) != 0;
    block->continues = block->kind == RAR_FILE && (flags & BLOCK_CONTINUES) != 0;
    if (block->kind == RAR_FILE)
        read_extra(area, block);
    return !header.failed;
}

bool rar5_parse(RarReader *reader, RarBlock *block)
{
    uint8_t start[4 + 3];
    ssize_t count = source_read(reader->source, reader->position, start, sizeof start, NULL);
    Reader head = reader_init(start, count > 0 ? (size_t)count : 0);
    uint32_t checksum = reader_u32le(&head);
    uint64_t size = read_vint(&head);
    if (head.failed || size == 0 || size > HEADER_BYTES_MAX)
        return false;
    size_t size_bytes = head.position - 4, whole = size_bytes + (size_t)size;
    g_autofree uint8_t *bytes = g_malloc(whole);
    if (!source_read_exact(reader->source, reader->position + 4, bytes, whole, NULL) ||
        crc32(0, bytes, (unsigned)whole) != checksum ||
        !parse(reader_init(bytes + size_bytes, (size_t)size), block))
        return false;
    reader->position += 4 + whole;
    return true;
}
