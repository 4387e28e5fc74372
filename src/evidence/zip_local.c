// SPDX-License-Identifier: Apache-2.0
//
// Local headers, and what follows the data of a member.
#include <string.h>

#include "base/reader.h"
#include "evidence/archive_time.h"
#include "evidence/zip_private.h"

#define LOCAL_BYTES 30u
// Of a local header with its name and extra fields.
#define LOCAL_SEEN_BYTES 1024u
#define WINDOW_BYTES (256u << 10)
// How far a descriptor is looked for behind the first header that might follow the data.
#define END_SEARCH_BYTES (16u << 20)

// ---- Local headers ----------------------------------------------------------------------------

// The fixed part of a local header (4.3.7).
typedef struct {
    uint16_t version, flags, method, time, date;
    uint32_t crc32;
    uint32_t packed_bytes, bytes;
    uint16_t name_bytes, extra_bytes;
} LocalHeader;

static LocalHeader parse_local(const uint8_t *bytes)
{
    Reader reader = reader_init(bytes + 4, LOCAL_BYTES - 4);
    LocalHeader header;
    header.version = reader_u16le(&reader);
    header.flags = reader_u16le(&reader);
    header.method = reader_u16le(&reader);
    header.time = reader_u16le(&reader);
    header.date = reader_u16le(&reader);
    header.crc32 = reader_u32le(&reader);
    header.packed_bytes = reader_u32le(&reader);
    header.bytes = reader_u32le(&reader);
    header.name_bytes = reader_u16le(&reader);
    header.extra_bytes = reader_u16le(&reader);
    return header;
}

static bool is_same_name(const ZipEntry *entry, const LocalHeader *header, const uint8_t *name,
                         size_t seen)
{
    // Where the directory is encrypted the local header has numbers for names.
    if (header->flags & ZIP_MASKED)
        return true;
    return header->name_bytes == entry->name_bytes &&
           memcmp(name, entry->name, MIN(entry->name_bytes, seen)) == 0;
}

bool zip_local_read(Source *source, ZipEntry *entry, ZipLocal *ret_local)
{
    uint8_t bytes[LOCAL_SEEN_BYTES];
    ssize_t count = source_read(source, entry->local_offset, bytes, sizeof bytes, NULL);
    if (count < (ssize_t)LOCAL_BYTES || zip_u32(bytes) != ZIP_SIGNATURE_LOCAL)
        return false;
    LocalHeader header = parse_local(bytes);
    size_t seen = (size_t)count - LOCAL_BYTES;
    *ret_local = (ZipLocal){
        .data_offset = entry->local_offset + LOCAL_BYTES + header.name_bytes + header.extra_bytes,
        .flags = header.flags,
        .method = header.method,
        .extra_bytes = header.extra_bytes,
        .name_differs = !is_same_name(entry, &header, bytes + LOCAL_BYTES, seen)};
    if (seen > header.name_bytes) {
        ZipEntry local = {.times = entry->times};
        size_t extra = MIN(seen - header.name_bytes, (size_t)header.extra_bytes);
        zip_read_extra(bytes + LOCAL_BYTES + header.name_bytes, extra, &local, NULL, NULL);
        entry->times = local.times;
    }
    return true;
}

// Bytes of the descriptor that fits `entry` at the start of `bytes`, or 0. Its signature is
// optional, its sizes have 4 or 8 bytes.
static size_t descriptor_size(const uint8_t *bytes, size_t size, const ZipEntry *entry)
{
    size_t at = size >= 4 && zip_u32(bytes) == ZIP_SIGNATURE_DESCRIPTOR ? 4 : 0;
    if (size < at + 12 || zip_u32(bytes + at) != entry->crc32)
        return 0;
    if (size >= at + 20 && zip_u64(bytes + at + 4) == entry->packed_bytes &&
        zip_u64(bytes + at + 12) == entry->bytes)
        return at + 20;
    return zip_u32(bytes + at + 4) == (uint32_t)entry->packed_bytes ? at + 12 : 0;
}

uint64_t zip_member_end(Source *source, const ZipEntry *entry, const ZipLocal *local)
{
    uint64_t end;
    if (__builtin_add_overflow(local->data_offset, entry->packed_bytes, &end) ||
        end >= source_size(source))
        return source_size(source);
    if (!((local->flags | entry->flags) & ZIP_SIZES_BEHIND))
        return end;
    uint8_t bytes[24];
    ssize_t count = source_read(source, end, bytes, sizeof bytes, NULL);
    return end + (count > 0 ? descriptor_size(bytes, (size_t)count, entry) : 0);
}

// ---- Members without a directory --------------------------------------------------------------

// Goes through a source and stops at "PK" followed by what `check` accepts.
typedef struct {
    Walk *walk; // may be NULL
    Source *source;
    // `bytes` (at least 24, or as many as there are) lie at `offset`.
    bool (*check)(void *user_data, const uint8_t *bytes, size_t size, uint64_t offset);
    void *user_data;
} Scan;

#define SCAN_BYTES 24u

static bool scan(const Scan *job, uint64_t from)
{
    uint64_t size = source_size(job->source);
    g_autofree uint8_t *window = g_malloc(WINDOW_BYTES);
    while (from < size && (job->walk == NULL || !walk_is_over(job->walk))) {
        ssize_t count = source_read(job->source, from, window, WINDOW_BYTES, NULL);
        if (count <= 0)
            return false;
        bool is_last = from + (uint64_t)count >= size;
        // The last bytes are looked at again with those that follow.
        size_t usable = (size_t)count;
        if (!is_last && usable > SCAN_BYTES)
            usable -= SCAN_BYTES;
        const uint8_t *end = window + usable, *at = window;
        while (at < end && (at = memchr(at, 'P', (size_t)(end - at))) != NULL) {
            size_t left = (size_t)(window + count - at);
            if (left >= 4 && at[1] == 'K' &&
                job->check(job->user_data, at, left, from + (uint64_t)(at - window)))
                return true;
            at++;
        }
        from += usable;
    }
    return false;
}

typedef struct {
    Source *source;
    uint64_t offset; // found
} LocalSearch;

// A local header is believed when its fields could be those of a member.
static bool is_local(void *user_data, const uint8_t *bytes, size_t size, uint64_t offset)
{
    LocalSearch *search = user_data;
    uint8_t header_bytes[LOCAL_BYTES];
    if (zip_u32(bytes) != ZIP_SIGNATURE_LOCAL ||
        !source_read_exact(search->source, offset, header_bytes, sizeof header_bytes, NULL))
        return false;
    LocalHeader header = parse_local(header_bytes);
    search->offset = offset;
    return (header.version & 0xff) <= 63 + 20 && header.method <= ZIP_AES &&
           header.name_bytes > 0 && header.name_bytes <= 4096;
}

typedef struct {
    Source *source;
    uint64_t data_offset;
    uint64_t packed_bytes; // found, or up to the first header that follows
    uint32_t crc32;
    uint64_t bytes;
    bool is_certain;
    bool has_header;
} EndSearch;

// A descriptor without a signature right before the header at `distance` behind the data's start.
static bool is_plain_descriptor(EndSearch *search, uint64_t distance)
{
    uint8_t bytes[12];
    uint64_t packed_bytes = distance - sizeof bytes;
    if (distance < sizeof bytes ||
        !source_read_exact(search->source, search->data_offset + packed_bytes, bytes, sizeof bytes,
                           NULL) ||
        zip_u32(bytes + 4) != (uint32_t)packed_bytes)
        return false;
    search->packed_bytes = packed_bytes;
    search->crc32 = zip_u32(bytes);
    search->bytes = zip_u32(bytes + 8);
    return true;
}

static bool is_descriptor(EndSearch *search, const uint8_t *bytes, size_t size, uint64_t distance)
{
    bool is_wide = size >= 24 && zip_u64(bytes + 8) == distance;
    if (size < 16 || (!is_wide && zip_u32(bytes + 8) != (uint32_t)distance))
        return false;
    search->packed_bytes = distance;
    search->crc32 = zip_u32(bytes + 4);
    search->bytes = is_wide ? zip_u64(bytes + 16) : zip_u32(bytes + 12);
    return true;
}

// The end of data whose size nobody wrote before it: a descriptor that has the right size in it.
// What looks like a header may belong to an archive inside the data.
static bool is_data_end(void *user_data, const uint8_t *bytes, size_t size, uint64_t offset)
{
    EndSearch *search = user_data;
    uint32_t signature = zip_u32(bytes);
    uint64_t distance = offset - search->data_offset;
    bool is_header = signature == ZIP_SIGNATURE_LOCAL || signature == ZIP_SIGNATURE_ENTRY;
    if (is_header && !search->has_header) {
        search->has_header = true;
        search->packed_bytes = distance;
    }
    search->is_certain =
        (is_header && is_plain_descriptor(search, distance)) ||
        (signature == ZIP_SIGNATURE_DESCRIPTOR && is_descriptor(search, bytes, size, distance));
    return search->is_certain ||
           (search->has_header && distance > search->packed_bytes + END_SEARCH_BYTES);
}

static void find_sizes(Walk *walk, Source *source, uint64_t data_offset, ZipEntry *entry)
{
    EndSearch search = {.source = source, .data_offset = data_offset};
    const Scan job = {.walk = walk, .source = source, .check = is_data_end, .user_data = &search};
    scan(&job, data_offset);
    if (!search.is_certain && !search.has_header)
        search.packed_bytes = source_size(source) - MIN(data_offset, source_size(source));
    entry->packed_bytes = search.packed_bytes;
    entry->bytes = search.bytes;
    entry->crc32 = search.crc32;
    entry->has_sizes = search.is_certain;
}

bool zip_local_find(Walk *walk, Source *source, uint64_t from, GBytes **ret_name,
                    ZipEntry *ret_entry, ZipLocal *ret_local)
{
    LocalSearch search = {.source = source};
    const Scan job = {.walk = walk, .source = source, .check = is_local, .user_data = &search};
    uint8_t bytes[LOCAL_BYTES];
    if (!scan(&job, from) || !source_read_exact(source, search.offset, bytes, sizeof bytes, NULL))
        return false;
    LocalHeader header = parse_local(bytes);
    size_t room = (size_t)header.name_bytes + header.extra_bytes;
    uint8_t *fields = g_malloc0(room + 1);
    ssize_t count = source_read(source, search.offset + LOCAL_BYTES, fields, room, NULL);
    size_t there = count > 0 ? (size_t)count : 0;
    g_clear_pointer(ret_name, g_bytes_unref);
    *ret_name = g_bytes_new_take(fields, room + 1);

    *ret_entry = (ZipEntry){.local_offset = search.offset,
                            .packed_bytes = header.packed_bytes,
                            .bytes = header.bytes,
                            .has_sizes = true,
                            .crc32 = header.crc32,
                            .flags = header.flags,
                            .method = header.method,
                            .dos_time = header.time,
                            .times = {.modified = archive_time_dos(header.date, header.time)},
                            .name = (const char *)fields,
                            .name_bytes = MIN((size_t)header.name_bytes, there)};
    if (there > header.name_bytes)
        zip_read_extra(fields + header.name_bytes, there - header.name_bytes, ret_entry, NULL,
                       NULL);
    *ret_local = (ZipLocal){.data_offset = search.offset + LOCAL_BYTES + room,
                            .flags = header.flags,
                            .method = header.method,
                            .extra_bytes = header.extra_bytes};
    if ((header.flags & ZIP_SIZES_BEHIND) && ret_entry->packed_bytes == 0)
        find_sizes(walk, source, ret_local->data_offset, ret_entry);
    ret_entry->is_folder = zip_is_without_bytes(ret_entry, 0, 0);
    return true;
}
