// SPDX-License-Identifier: Apache-2.0
#include "evidence/zip_structure.h"

#include <string.h>
#include <zlib.h>

#include "base/error.h"
#include "base/reader.h"
#include "evidence/archive_time.h"
#include "evidence/zip_private.h"

#define ENTRY_BYTES 46u
#define END_BYTES 22u
#define LOCATOR_BYTES 20u
#define END64_BYTES 56u
// An end record with its comment.
#define TAIL_BYTES (END_BYTES + 65535u)
#define TAIL_BYTES_THOROUGH (64u << 20)
#define WINDOW_BYTES (256u << 10)
// The target of a symbolic link; what is longer is looked at like a file.
#define LINK_BYTES_MAX 4096u

static bool has_signature(Source *source, uint64_t offset, uint32_t signature)
{
    uint8_t bytes[4];
    return source_read_exact(source, offset, bytes, sizeof bytes, NULL) &&
           zip_u32(bytes) == signature;
}

// ---- The end ----------------------------------------------------------------------------------

// The fields of an end record that matter (4.3.16), widened by the ZIP64 one.
typedef struct {
    uint64_t directory_bytes, directory_offset, entries;
    uint32_t disk, directory_disk;
    uint32_t comment_bytes;
    uint64_t record_offset;
    bool is_encrypted;
} EndRecord;

static void parse_end(const uint8_t *bytes, uint64_t offset, EndRecord *ret_record)
{
    Reader reader = reader_init(bytes + 4, END_BYTES - 4);
    *ret_record = (EndRecord){.record_offset = offset};
    ret_record->disk = reader_u16le(&reader);
    ret_record->directory_disk = reader_u16le(&reader);
    reader_skip(&reader, 2);
    ret_record->entries = reader_u16le(&reader);
    ret_record->directory_bytes = reader_u32le(&reader);
    ret_record->directory_offset = reader_u32le(&reader);
    ret_record->comment_bytes = reader_u16le(&reader);
}

// The ZIP64 end record (4.3.14) at `offset`. False when it is none.
static bool parse_end64(Source *source, uint64_t offset, EndRecord *record)
{
    uint8_t bytes[END64_BYTES + 26] = {0};
    ssize_t count = source_read(source, offset, bytes, sizeof bytes, NULL);
    if (count < (ssize_t)END64_BYTES || zip_u32(bytes) != ZIP_SIGNATURE_END64)
        return false;
    Reader reader = reader_init(bytes + 4, (size_t)count - 4);
    uint64_t record_bytes = reader_u64le(&reader);
    reader_skip(&reader, 4);
    record->disk = reader_u32le(&reader);
    record->directory_disk = reader_u32le(&reader);
    reader_skip(&reader, 8);
    record->entries = reader_u64le(&reader);
    record->directory_bytes = reader_u64le(&reader);
    record->directory_offset = reader_u64le(&reader);
    record->record_offset = offset;
    // The second version of the record (7.3.4) says how the directory is encrypted.
    if (record_bytes >= END64_BYTES - 12 + 20) {
        reader_skip(&reader, 18);
        record->is_encrypted = reader_u16le(&reader) != 0 && !reader.failed;
    }
    return true;
}

// Follows the ZIP64 locator (4.3.15) that stands before an end record.
static void widen_end(Source *source, const ZipVolumes *volumes, EndRecord *record)
{
    uint8_t bytes[LOCATOR_BYTES];
    if (record->record_offset < LOCATOR_BYTES ||
        !source_read_exact(source, record->record_offset - LOCATOR_BYTES, bytes, sizeof bytes,
                           NULL) ||
        zip_u32(bytes) != ZIP_SIGNATURE_LOCATOR)
        return;
    uint32_t disk = zip_u32(bytes + 4);
    uint64_t offset = zip_u64(bytes + 8);
    if (disk < volumes->volumes)
        offset += volumes->volume_begins[disk];
    // The offset is wrong where something was put before the archive.
    uint64_t near = record->record_offset - LOCATOR_BYTES;
    if (!parse_end64(source, offset, record) && near >= END64_BYTES)
        parse_end64(source, near - END64_BYTES, record);
}

// Where the directory begins: right before the end record, or where the record says.
static bool locate_directory(Source *source, const EndRecord *record, ZipVolumes volumes,
                             ZipEnd *ret_end)
{
    uint64_t declared = record->directory_offset;
    if (record->directory_disk < volumes.volumes) {
        declared += volumes.volume_begins[record->directory_disk];
    } else if (record->directory_bytes <= record->record_offset) {
        uint64_t near = record->record_offset - record->directory_bytes;
        if (record->is_encrypted || has_signature(source, near, ZIP_SIGNATURE_ENTRY)) {
            ret_end->directory_offset = near;
            ret_end->shift = (int64_t)(near - declared);
            return true;
        }
    }
    ret_end->directory_offset = declared;
    ret_end->shift = 0;
    return declared < record->record_offset &&
           (record->is_encrypted || has_signature(source, declared, ZIP_SIGNATURE_ENTRY));
}

// An archive without any member is its end record alone.
static bool is_empty_archive(const EndRecord *record)
{
    return record->entries == 0 && record->directory_bytes == 0 && record->directory_offset == 0 &&
           record->disk == 0 && record->record_offset == 0;
}

static bool is_end(Source *source, const uint8_t *bytes, uint64_t offset, ZipVolumes volumes,
                   ZipEnd *ret_end)
{
    EndRecord record;
    parse_end(bytes, offset, &record);
    widen_end(source, &volumes, &record);
    *ret_end = (ZipEnd){.volumes = volumes};
    if (is_empty_archive(&record))
        ret_end->directory_offset = offset;
    else if (!locate_directory(source, &record, volumes, ret_end))
        return false;
    uint64_t left = source_size(source) - offset - END_BYTES;
    ret_end->directory_bytes = record.directory_bytes;
    ret_end->record_offset = record.record_offset;
    ret_end->comment_bytes = (uint32_t)MIN((uint64_t)record.comment_bytes, left);
    ret_end->end = offset + END_BYTES + ret_end->comment_bytes;
    ret_end->last_disk = record.disk;
    ret_end->is_encrypted = record.is_encrypted;
    return true;
}

// The last end record that begins in the first `size` of the `seen` bytes that lie at `begin`.
static bool find_end(Source *source, const uint8_t *block, size_t size, size_t seen, uint64_t begin,
                     ZipVolumes volumes, ZipEnd *ret_end)
{
    const uint8_t *at = block + size;
    while ((at = memrchr(block, 'P', (size_t)(at - block))) != NULL) {
        size_t offset = (size_t)(at - block);
        if (seen - offset >= END_BYTES && zip_u32(at) == ZIP_SIGNATURE_END &&
            is_end(source, at, begin + offset, volumes, ret_end))
            return true;
    }
    return false;
}

bool zip_end_find(Source *source, ZipVolumes volumes, bool is_other, ZipEnd *ret_end)
{
    uint64_t size = source_size(source);
    uint64_t reach = MIN(size, is_other ? TAIL_BYTES : TAIL_BYTES_THOROUGH);
    g_autofree uint8_t *block = g_malloc(TAIL_BYTES + END_BYTES);
    // Blocks from the end on; each is read with the first bytes of the one behind it.
    for (uint64_t done = 0; done < reach;) {
        size_t step = (size_t)MIN(reach - done, (uint64_t)TAIL_BYTES);
        uint64_t begin = size - done - step;
        size_t wanted = step + (size_t)MIN(done, (uint64_t)END_BYTES);
        if (!source_read_exact(source, begin, block, wanted, NULL))
            return false;
        if (find_end(source, block, step, wanted, begin, volumes, ret_end))
            return true;
        done += step;
    }
    return false;
}

// ---- Extra fields (4.5 and the Info-ZIP list) -------------------------------------------------

// Sizes and offset that do not fit into the fixed part (4.5.3); only those are there.
static void read_zip64(Reader field, ZipEntry *entry, uint64_t *offset, uint32_t *disk)
{
    if (entry->bytes == UINT32_MAX)
        entry->bytes = reader_u64le(&field);
    if (entry->packed_bytes == UINT32_MAX)
        entry->packed_bytes = reader_u64le(&field);
    if (offset != NULL && *offset == UINT32_MAX)
        *offset = reader_u64le(&field);
    if (disk != NULL && *disk == UINT16_MAX)
        *disk = reader_u32le(&field);
}

// NTFS times (4.5.5).
static void read_ntfs_times(Reader field, ItemTimes *times)
{
    reader_skip(&field, 4);
    uint16_t tag = reader_u16le(&field);
    uint16_t size = reader_u16le(&field);
    if (tag != 1 || size < 24 || reader_remaining(&field) < 24)
        return;
    times->modified = archive_time_windows(reader_u64le(&field));
    times->accessed = archive_time_windows(reader_u64le(&field));
    times->created = archive_time_windows(reader_u64le(&field));
}

// "UT": which times follow stands in the first byte; the directory has the first only.
static void read_unix_times(Reader field, ItemTimes *times)
{
    uint8_t which = reader_u8(&field);
    ItemTime *targets[] = {&times->modified, &times->accessed, &times->created};
    for (unsigned i = 0; i < G_N_ELEMENTS(targets); i++)
        if ((which >> i & 1) && reader_remaining(&field) >= 4)
            *targets[i] = archive_time_unix((int32_t)reader_u32le(&field));
}

static void read_aes(Reader field, ZipEntry *entry)
{
    if (reader_remaining(&field) < 7)
        return;
    entry->aes_version = reader_u16le(&field);
    reader_skip(&field, 2);
    entry->aes_strength = reader_u8(&field);
    entry->aes_method = reader_u16le(&field);
}

// The name in UTF-8, valid while the checksum of the plain one holds.
static void read_unicode_name(Reader field, ZipEntry *entry)
{
    if (reader_remaining(&field) < 6 || reader_u8(&field) != 1)
        return;
    uint32_t crc = reader_u32le(&field);
    if (crc32(0, (const uint8_t *)entry->name, (unsigned)entry->name_bytes) != crc)
        return;
    entry->unicode_name_bytes = reader_remaining(&field);
    entry->unicode_name = (const char *)reader_bytes(&field, entry->unicode_name_bytes);
}

void zip_read_extra(const uint8_t *bytes, size_t size, ZipEntry *entry, uint64_t *offset,
                    uint32_t *disk)
{
    Reader reader = reader_init(bytes, size);
    while (reader_remaining(&reader) >= 4) {
        uint16_t tag = reader_u16le(&reader);
        uint16_t length = reader_u16le(&reader);
        size_t there = MIN((size_t)length, reader_remaining(&reader));
        Reader field = reader_init(bytes + reader.position, there);
        if (tag == 0x0001)
            read_zip64(field, entry, offset, disk);
        else if (tag == 0x000a)
            read_ntfs_times(field, &entry->times);
        else if (tag == 0x5455)
            read_unix_times(field, &entry->times);
        else if (tag == 0x9901)
            read_aes(field, entry);
        else if (tag == 0x7075)
            read_unicode_name(field, entry);
        reader_skip(&reader, there);
    }
}

// ---- The directory ----------------------------------------------------------------------------

struct ZipDirectory {
    Source *source;
    ZipEnd end;
    uint64_t position;
    uint64_t window_begin;
    size_t window_size;
    uint8_t window[WINDOW_BYTES];
};

ZipDirectory *zip_directory_open(Source *source, const ZipEnd *end)
{
    ZipDirectory *directory = g_malloc(sizeof *directory);
    directory->source = source;
    directory->end = *end;
    directory->position = end->directory_offset;
    directory->window_begin = 0;
    directory->window_size = 0;
    return directory;
}

void zip_directory_free(ZipDirectory *directory)
{
    g_free(directory);
}

uint64_t zip_directory_position(const ZipDirectory *directory)
{
    return directory->position;
}

// `size` bytes of the directory at its position; NULL when there are not so many.
static const uint8_t *see(ZipDirectory *directory, size_t size)
{
    uint64_t position = directory->position, limit = directory->end.record_offset;
    if (position > limit || size > limit - position)
        return NULL;
    if (position < directory->window_begin ||
        position - directory->window_begin + size > directory->window_size) {
        uint64_t left = limit - position;
        ssize_t count = source_read(directory->source, position, directory->window,
                                    (size_t)MIN(left, (uint64_t)WINDOW_BYTES), NULL);
        directory->window_begin = position;
        directory->window_size = count > 0 ? (size_t)count : 0;
        if (size > directory->window_size)
            return NULL;
    }
    return directory->window + (position - directory->window_begin);
}

bool zip_is_without_bytes(const ZipEntry *entry, unsigned system, uint32_t attributes)
{
    bool is_unix = system == 3 || system == 19;
    unsigned kind = is_unix ? attributes >> 28 : 0;
    if (kind == 0xa)
        return entry->bytes <= LINK_BYTES_MAX && entry->packed_bytes <= LINK_BYTES_MAX;
    bool is_regular = kind == 0 || kind == 8;
    bool has_slash = entry->name_bytes > 0 && entry->name[entry->name_bytes - 1] == '/';
    bool is_dos_folder = !is_unix && (attributes & 0x10) != 0;
    return (has_slash || is_dos_folder || !is_regular) && entry->bytes == 0;
}

static void locate(const ZipEnd *end, uint64_t offset, uint32_t disk, ZipEntry *entry)
{
    if (disk < end->volumes.volumes)
        entry->local_offset = offset + end->volumes.volume_begins[disk];
    else
        entry->local_offset = offset + (uint64_t)end->shift;
}

// Takes an entry apart (4.3.12) whose variable parts are in the window.
static void parse_entry(const ZipEnd *end, const uint8_t *bytes, ZipEntry *entry)
{
    Reader reader = reader_init(bytes, ENTRY_BYTES);
    reader_skip(&reader, 5);
    unsigned system = reader_u8(&reader);
    reader_skip(&reader, 2);
    entry->flags = reader_u16le(&reader);
    entry->method = reader_u16le(&reader);
    entry->dos_time = reader_u16le(&reader);
    entry->times.modified = archive_time_dos(reader_u16le(&reader), entry->dos_time);
    entry->crc32 = reader_u32le(&reader);
    entry->packed_bytes = reader_u32le(&reader);
    entry->bytes = reader_u32le(&reader);
    entry->has_sizes = true;
    entry->name_bytes = reader_u16le(&reader);
    size_t extra_bytes = reader_u16le(&reader);
    size_t comment_bytes = reader_u16le(&reader);
    uint32_t disk = reader_u16le(&reader);
    reader_skip(&reader, 2);
    uint32_t attributes = reader_u32le(&reader);
    uint64_t offset = reader_u32le(&reader);
    entry->name = (const char *)bytes + ENTRY_BYTES;
    entry->record_bytes = ENTRY_BYTES + entry->name_bytes + extra_bytes + comment_bytes;
    zip_read_extra(bytes + ENTRY_BYTES + entry->name_bytes, extra_bytes, entry, &offset, &disk);
    locate(end, offset, disk, entry);
    entry->is_folder = zip_is_without_bytes(entry, system, attributes);
}

bool zip_directory_next(ZipDirectory *directory, ZipEntry *ret_entry, GError **err)
{
    const uint8_t *bytes = see(directory, ENTRY_BYTES);
    uint64_t done = directory->position - directory->end.directory_offset;
    bool is_entry = bytes != NULL && zip_u32(bytes) == ZIP_SIGNATURE_ENTRY;
    if (!is_entry && done >= directory->end.directory_bytes)
        return false;
    if (is_entry) {
        size_t size = ENTRY_BYTES;
        for (unsigned i = 28; i < 34; i += 2)
            size += bytes[i] | (size_t)bytes[i + 1] << 8;
        bytes = see(directory, size);
        if (bytes != NULL) {
            *ret_entry = (ZipEntry){.record_offset = directory->position};
            parse_entry(&directory->end, bytes, ret_entry);
            directory->position += size;
            return true;
        }
    }
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "the directory of the ZIP archive is damaged at byte %" G_GUINT64_FORMAT,
                directory->position);
    return false;
}

char *zip_entry_name(const ZipEntry *entry)
{
    const char *name = entry->unicode_name != NULL ? entry->unicode_name : entry->name;
    size_t left = entry->unicode_name != NULL ? entry->unicode_name_bytes : entry->name_bytes;
    GString *text = g_string_sized_new(left);
    const char *nul;
    while ((nul = memchr(name, 0, left)) != NULL) {
        g_string_append_len(text, name, nul - name);
        g_string_append(text, "\u2400");
        left -= (size_t)(nul - name) + 1;
        name = nul + 1;
    }
    g_string_append_len(text, name, (gssize)left);
    return g_string_free(text, FALSE);
}
