// SPDX-License-Identifier: Apache-2.0
#include "evidence/ewf_sections.h"

#include <libdeflate.h>
#include <string.h>

#include "base/error.h"
#include "base/reader.h"

#define FIRST_SECTION 13
#define HEADER_BYTES 76
#define TABLE_HEADER_BYTES 24
#define VOLUME_BYTES_MIN 24
#define ERROR_HEADER_BYTES 520
// A segment of 2 GiB in chunks of 32 KiB has a few dozen sections.
#define SECTIONS_MAX 1000000u
#define UNREAD_MAX 100000u
// Far above what any program writes.
#define CHUNK_BYTES_MAX (16u << 20)

typedef struct {
    char type[17];
    uint64_t offset, end;
} Section;

typedef struct {
    Source *file;
    EwfSegment *segment;
    uint64_t sectors_end; // of the last "sectors"; 0: there was none yet
    bool lacks_table;     // of that one
} Scan;

void ewf_segment_free(EwfSegment *segment)
{
    if (segment == NULL)
        return;
    g_array_unref(segment->tables);
    g_array_unref(segment->unread);
    g_free(segment);
}

static bool is_type(const Section *section, const char *type)
{
    return strcmp(section->type, type) == 0;
}

// The end is the next section's begin or, where that says nothing, what the size says.
static bool read_section(Source *file, uint64_t offset, Section *ret_section)
{
    uint8_t header[HEADER_BYTES];
    if (!source_read_exact(file, offset, header, sizeof(header), NULL))
        return false;
    Reader reader = reader_init(header, sizeof(header));
    Section section = {.offset = offset};
    reader_copy(&reader, section.type, 16);
    uint64_t next = reader_u64le(&reader), size = reader_u64le(&reader);
    reader_skip(&reader, 40);
    if (reader_u32le(&reader) != libdeflate_adler32(1, header, HEADER_BYTES - 4))
        return false;
    section.end = next;
    if (next <= offset && __builtin_add_overflow(offset, size, &section.end))
        return false;
    section.end = MAX(section.end, offset + HEADER_BYTES);
    *ret_section = section;
    return true;
}

// "volume" and "disk" are of one form; in s01 sets (94 bytes) the sectors are counted in 32 bits.
static void read_volume(const Scan *scan, const Section *section)
{
    EwfSegment *segment = scan->segment;
    uint8_t bytes[VOLUME_BYTES_MIN];
    if (segment->has_volume ||
        !source_read_exact(scan->file, section->offset + HEADER_BYTES, bytes, sizeof(bytes), NULL))
        return;
    Reader reader = reader_init(bytes, sizeof(bytes));
    reader_skip(&reader, 4);
    uint32_t chunks = reader_u32le(&reader);
    uint32_t chunk_sectors = reader_u32le(&reader);
    uint32_t sector_bytes = reader_u32le(&reader);
    uint64_t sectors = reader_u64le(&reader);
    if (section->end - section->offset < HEADER_BYTES + 1000)
        sectors &= UINT32_MAX;
    uint64_t chunk_bytes = (uint64_t)chunk_sectors * sector_bytes, medium_bytes = 0;
    if (chunk_bytes == 0 || chunk_bytes > CHUNK_BYTES_MAX ||
        __builtin_mul_overflow(sectors, (uint64_t)sector_bytes, &medium_bytes) ||
        medium_bytes > INT64_MAX)
        return;
    segment->has_volume = true;
    segment->chunk_count = chunks;
    segment->chunk_bytes = (uint32_t)chunk_bytes;
    segment->sector_bytes = sector_bytes;
    segment->medium_bytes = medium_bytes;
}

static void read_hash(const Scan *scan, const Section *section)
{
    static const uint8_t none[20];
    EwfSegment *segment = scan->segment;
    uint8_t bytes[36] = {0};
    bool is_digest = is_type(section, "digest");
    if (!source_read_exact(scan->file, section->offset + HEADER_BYTES, bytes, is_digest ? 36 : 16,
                           NULL))
        return;
    if (memcmp(bytes, none, 16) != 0) {
        segment->has_md5 = true;
        memcpy(segment->md5, bytes, 16);
    }
    if (is_digest && memcmp(bytes + 16, none, 20) != 0) {
        segment->has_sha1 = true;
        memcpy(segment->sha1, bytes + 16, 20);
    }
}

// The header of a table: how many entries, and what they are relative to.
static bool read_table_header(const Scan *scan, const Section *section, EwfTable *table)
{
    uint8_t header[TABLE_HEADER_BYTES];
    uint64_t begin = section->offset + HEADER_BYTES;
    if (!source_read_exact(scan->file, begin, header, sizeof(header), NULL))
        return false;
    Reader reader = reader_init(header, sizeof(header));
    uint32_t count = reader_u32le(&reader);
    reader_skip(&reader, 4);
    uint64_t base = reader_u64le(&reader);
    reader_skip(&reader, 4);
    uint64_t room = source_size(scan->file) - begin - sizeof(header);
    if (reader_u32le(&reader) != libdeflate_adler32(1, header, 20) || count > room / 4)
        return false;
    table->entries = begin + sizeof(header);
    table->count = count;
    table->base = base;
    return true;
}

static void add_table(Scan *scan, const EwfTable *table)
{
    g_array_append_vals(scan->segment->tables, table, 1);
    scan->lacks_table = false;
}

static void read_table(Scan *scan, const Section *section)
{
    EwfTable table = {.data_end = scan->sectors_end > 0 ? scan->sectors_end : section->end};
    if (!read_table_header(scan, section, &table))
        table.count = 0;
    add_table(scan, &table);
}

// The copy of the table before it; its stand-in when that one's header is damaged.
static void read_table_copy(Scan *scan, const Section *section)
{
    GArray *tables = scan->segment->tables;
    EwfTable copy = {.data_end = scan->sectors_end};
    EwfTable *table = tables->len > 0 ? &g_array_index(tables, EwfTable, tables->len - 1) : NULL;
    if (scan->sectors_end == 0 || !read_table_header(scan, section, &copy))
        return;
    if (scan->lacks_table)
        add_table(scan, &copy);
    else if (table != NULL && table->count == 0)
        *table = copy;
    else if (table != NULL && table->count == copy.count && table->base == copy.base)
        table->entries_copy = copy.entries;
}

static void note_lost_table(Scan *scan)
{
    const EwfTable lost = {.count = 0};
    if (scan->lacks_table)
        add_table(scan, &lost);
}

static void read_sectors(Scan *scan, const Section *section)
{
    note_lost_table(scan);
    scan->sectors_end = section->end;
    scan->lacks_table = true;
}

static void read_unread(const Scan *scan, const Section *section)
{
    uint8_t bytes[8];
    uint64_t at = section->offset + HEADER_BYTES;
    if (!source_read_exact(scan->file, at, bytes, 4, NULL))
        return;
    Reader counter = reader_init(bytes, 4);
    uint32_t count = reader_u32le(&counter);
    at += ERROR_HEADER_BYTES;
    for (uint32_t i = 0; i < count && scan->segment->unread->len < UNREAD_MAX; i++, at += 8) {
        if (!source_read_exact(scan->file, at, bytes, sizeof(bytes), NULL))
            return;
        Reader reader = reader_init(bytes, sizeof(bytes));
        EwfUnread unread = {.first = reader_u32le(&reader)};
        unread.count = reader_u32le(&reader);
        g_array_append_val(scan->segment->unread, unread);
    }
}

static void take_section(Scan *scan, const Section *section)
{
    if (is_type(section, "sectors"))
        read_sectors(scan, section);
    else if (is_type(section, "table"))
        read_table(scan, section);
    else if (is_type(section, "table2"))
        read_table_copy(scan, section);
    else if (is_type(section, "volume") || is_type(section, "disk") || is_type(section, "data"))
        read_volume(scan, section);
    else if (is_type(section, "hash") || is_type(section, "digest"))
        read_hash(scan, section);
    else if (is_type(section, "error2"))
        read_unread(scan, section);
    else if (is_type(section, "done"))
        scan->segment->is_last = true;
    else if (is_type(section, "next"))
        scan->segment->is_followed = true;
}

static void scan_sections(Scan *scan)
{
    EwfSegment *segment = scan->segment;
    Section section;
    for (unsigned i = 0; i < SECTIONS_MAX && read_section(scan->file, segment->end, &section);
         i++) {
        // A section that reaches over the end of the file was cut off.
        bool is_end = is_type(&section, "next") || is_type(&section, "done");
        if (!is_end && section.end > source_size(scan->file))
            return;
        take_section(scan, &section);
        segment->end = section.end;
        if (is_end)
            return;
    }
}

EwfSegment *ewf_segment_read(Source *file, GError **err)
{
    static const uint8_t signature[] = "EVF\x09\r\n\xff";
    uint8_t header[FIRST_SECTION];
    if (!source_read_exact(file, 0, header, sizeof(header), err))
        return NULL;
    if (memcmp(header, signature, sizeof(signature)) != 0) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                            "it does not begin like an E01 segment");
        return NULL;
    }
    EwfSegment *segment = g_new0(EwfSegment, 1);
    segment->number = (unsigned)(header[9] | header[10] << 8);
    segment->end = FIRST_SECTION;
    segment->tables = g_array_new(FALSE, FALSE, sizeof(EwfTable));
    segment->unread = g_array_new(FALSE, FALSE, sizeof(EwfUnread));
    Scan scan = {.file = file, .segment = segment};
    scan_sections(&scan);
    note_lost_table(&scan);
    return segment;
}
