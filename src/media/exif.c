// SPDX-License-Identifier: Apache-2.0
#include "media/exif.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/reader.h"

// Tags of EXIF 2.32, TIFF 6.0 and DNG 1.4.
enum {
    TAG_COMPRESSION = 0x0103,
    TAG_MAKE = 0x010f,
    TAG_MODEL = 0x0110,
    TAG_ORIENTATION = 0x0112,
    TAG_SOFTWARE = 0x0131,
    TAG_DATE_TIME = 0x0132,
    TAG_THUMBNAIL_OFFSET = 0x0201,
    TAG_THUMBNAIL_LENGTH = 0x0202,
    TAG_EXIF_IFD = 0x8769,
    TAG_GPS_IFD = 0x8825,
    TAG_DATE_TIME_ORIGINAL = 0x9003,
    TAG_DATE_TIME_DIGITIZED = 0x9004,
    TAG_OFFSET_TIME = 0x9010,
    TAG_OFFSET_TIME_ORIGINAL = 0x9011,
    TAG_OFFSET_TIME_DIGITIZED = 0x9012,
    TAG_BODY_SERIAL = 0xa431,
    TAG_LENS_MODEL = 0xa434,
    TAG_LENS_SERIAL = 0xa435,
    TAG_DNG_CAMERA_SERIAL = 0xc62f,
    GPS_LATITUDE_REF = 1,
    GPS_LATITUDE = 2,
    GPS_LONGITUDE_REF = 3,
    GPS_LONGITUDE = 4,
    GPS_ALTITUDE_REF = 5,
    GPS_ALTITUDE = 6,
    GPS_TIME = 7,
    GPS_DATE = 29,
};

enum { TYPE_BYTE = 1, TYPE_ASCII = 2, TYPE_SHORT = 3, TYPE_LONG = 4, TYPE_RATIONAL = 5 };

#define ENTRY_BYTES 12
#define ENTRIES_MAX 1000 // of one directory; cameras write fewer than 100

typedef struct {
    const uint8_t *data; // from the byte-order mark on
    size_t size_bytes;
    bool is_little;
} Block;

typedef struct {
    size_t first_entry; // offset of the entries; 0 when the directory is none
    unsigned count;
    uint32_t next; // offset of the next directory, 0 for none
} Directory;

typedef struct {
    unsigned type;
    uint32_t count;
    const uint8_t *value; // all of `bytes` lie inside the block
    size_t bytes;
} Entry;

static Reader reader_at(const Block *block, size_t at)
{
    Reader reader = reader_init(block->data, block->size_bytes);
    reader_skip(&reader, at);
    return reader;
}

static uint16_t read_u16(const Block *block, Reader *reader)
{
    return block->is_little ? reader_u16le(reader) : reader_u16be(reader);
}

static uint32_t read_u32(const Block *block, Reader *reader)
{
    return block->is_little ? reader_u32le(reader) : reader_u32be(reader);
}

// The block behind its optional "Exif" prefix, and the offset of IFD0; false when it is no TIFF.
static bool open_block(const uint8_t *data, size_t size_bytes, Block *ret_block, uint32_t *ret_ifd0)
{
    if (size_bytes >= 6 && memcmp(data, "Exif\0", 5) == 0) {
        data += 6;
        size_bytes -= 6;
    }
    if (size_bytes < 8)
        return false;
    bool is_little = memcmp(data, "II*\0", 4) == 0;
    if (!is_little && memcmp(data, "MM\0*", 4) != 0)
        return false;
    *ret_block = (Block){data, size_bytes, is_little};
    Reader reader = reader_at(ret_block, 4);
    *ret_ifd0 = read_u32(ret_block, &reader);
    return true;
}

// A directory that runs past the end of the block keeps the entries that are there.
static Directory read_directory(const Block *block, uint32_t at)
{
    if (at < 8)
        return (Directory){0};
    Reader reader = reader_at(block, at);
    unsigned count = read_u16(block, &reader);
    size_t there = reader_remaining(&reader) / ENTRY_BYTES;
    if (reader.failed)
        return (Directory){0};
    Directory directory = {.first_entry = reader.position,
                           .count = (unsigned)MIN(MIN(count, ENTRIES_MAX), there)};
    reader_skip(&reader, (size_t)count * ENTRY_BYTES);
    directory.next = read_u32(block, &reader);
    return directory;
}

static size_t type_bytes(unsigned type)
{
    static const uint8_t bytes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
    return type < sizeof(bytes) ? bytes[type] : 0;
}

// The first entry with this tag. One whose value lies outside the block counts as absent, a text
// that runs past its end as shorter.
static bool find_entry(const Block *block, const Directory *directory, unsigned tag,
                       Entry *ret_entry)
{
    for (unsigned i = 0; i < directory->count; i++) {
        Reader reader = reader_at(block, directory->first_entry + i * ENTRY_BYTES);
        if (read_u16(block, &reader) != tag)
            continue;
        Entry entry = {.type = read_u16(block, &reader), .count = read_u32(block, &reader)};
        uint64_t bytes = (uint64_t)entry.count * type_bytes(entry.type);
        if (bytes > 4) {
            uint32_t at = read_u32(block, &reader);
            reader = reader_at(block, at);
        }
        if (reader.failed)
            return false;
        if (bytes > reader_remaining(&reader)) {
            if (entry.type != TYPE_ASCII)
                return false;
            bytes = reader_remaining(&reader);
        }
        entry.bytes = (size_t)bytes;
        entry.value = reader_bytes(&reader, entry.bytes);
        *ret_entry = entry;
        return true;
    }
    return false;
}

// The first value of a BYTE, SHORT or LONG entry.
static bool find_number(const Block *block, const Directory *directory, unsigned tag,
                        uint32_t *ret_value)
{
    Entry entry;
    if (!find_entry(block, directory, tag, &entry) || entry.count == 0)
        return false;
    Reader reader = reader_init(entry.value, entry.bytes);
    switch (entry.type) {
    case TYPE_BYTE:
        *ret_value = reader_u8(&reader);
        return true;
    case TYPE_SHORT:
        *ret_value = read_u16(block, &reader);
        return true;
    case TYPE_LONG:
        *ret_value = read_u32(block, &reader);
        return true;
    default:
        return false;
    }
}

// All `count` rationals of an entry; false when one has no value.
static bool find_rationals(const Block *block, const Directory *directory, unsigned tag,
                           unsigned count, double *ret_values)
{
    Entry entry;
    if (!find_entry(block, directory, tag, &entry) || entry.type != TYPE_RATIONAL ||
        entry.count < count)
        return false;
    Reader reader = reader_init(entry.value, entry.bytes);
    for (unsigned i = 0; i < count; i++) {
        uint32_t above = read_u32(block, &reader);
        uint32_t below = read_u32(block, &reader);
        if (below == 0)
            return false;
        ret_values[i] = (double)above / below;
    }
    return true;
}

// Controls, and marks that turn the direction of writing or join what should stand apart.
static bool is_unwanted(gunichar c)
{
    return g_unichar_iscntrl(c) || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || c == 0x061c;
}

// The text up to its first NUL, cleaned; NULL when nothing is left.
static char *clean_text(const uint8_t *bytes, size_t length)
{
    g_autofree char *valid = g_utf8_make_valid(
        (const char *)bytes, (gssize)strnlen((const char *)bytes, MIN(length, 4096)));
    g_autoptr(GString) text = g_string_new(NULL);
    for (const char *at = valid; *at != 0; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        size_t bytes_of_c = (size_t)(g_utf8_next_char(at) - at);
        if (text->len + bytes_of_c > LIMIT_EXIF_TEXT)
            break;
        if (!is_unwanted(c))
            g_string_append_len(text, at, (gssize)bytes_of_c);
    }
    g_strstrip(text->str);
    return text->str[0] != 0 ? g_strdup(text->str) : NULL;
}

static char *find_text(const Block *block, const Directory *directory, unsigned tag)
{
    Entry entry;
    if (!find_entry(block, directory, tag, &entry) ||
        (entry.type != TYPE_ASCII && entry.type != TYPE_BYTE))
        return NULL;
    return clean_text(entry.value, entry.bytes);
}

// A time as written, and behind it the offset that its own tag gives, "+02:00".
static char *find_time(const Block *block, const Directory *directory, unsigned tag,
                       const Directory *offset_directory, unsigned offset_tag)
{
    g_autofree char *time = find_text(block, directory, tag);
    g_autofree char *offset = find_text(block, offset_directory, offset_tag);
    if (time == NULL || strspn(time, ": ") == strlen(time))
        return NULL;
    return g_strconcat(time, offset, NULL);
}

// Degrees, minutes and seconds with a letter for the hemisphere; `limit` is 90 or 180.
static bool find_degrees(const Block *block, const Directory *gps, unsigned tag, unsigned ref_tag,
                         char negative, double limit, double *ret_degrees)
{
    double parts[3];
    g_autofree char *ref = find_text(block, gps, ref_tag);
    if (!find_rationals(block, gps, tag, 3, parts) || ref == NULL)
        return false;
    double degrees = parts[0] + parts[1] / 60 + parts[2] / 3600;
    if (!isfinite(degrees) || degrees > limit)
        return false;
    *ret_degrees = g_ascii_toupper(ref[0]) == negative ? -degrees : degrees;
    return true;
}

// GPS keeps its time as three rationals in UTC and the date as "2026:01:31".
static char *find_gps_time(const Block *block, const Directory *gps)
{
    double parts[3];
    unsigned year, month, day;
    int end = 0;
    g_autofree char *date = find_text(block, gps, GPS_DATE);
    if (date == NULL || sscanf(date, "%4u:%2u:%2u%n", &year, &month, &day, &end) != 3 ||
        date[end] != 0 || !find_rationals(block, gps, GPS_TIME, 3, parts))
        return NULL;
    bool is_possible = year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
                       parts[0] < 24 && parts[1] < 60 && parts[2] < 61;
    if (!is_possible)
        return NULL;
    return g_strdup_printf("%04u-%02u-%02uT%02u:%02u:%02uZ", year, month, day, (unsigned)parts[0],
                           (unsigned)parts[1], (unsigned)parts[2]);
}

static void read_gps(const Block *block, const Directory *gps, ExifFacts *facts)
{
    facts->has_gps =
        find_degrees(block, gps, GPS_LATITUDE, GPS_LATITUDE_REF, 'S', 90, &facts->gps_latitude) &&
        find_degrees(block, gps, GPS_LONGITUDE, GPS_LONGITUDE_REF, 'W', 180, &facts->gps_longitude);
    double altitude;
    uint32_t below = 0;
    if (find_rationals(block, gps, GPS_ALTITUDE, 1, &altitude)) {
        find_number(block, gps, GPS_ALTITUDE_REF, &below);
        facts->has_gps_altitude = true;
        facts->gps_altitude_metres = below == 1 ? -altitude : altitude;
    }
    facts->gps_time = find_gps_time(block, gps);
}

static Directory find_directory(const Block *block, const Directory *parent, unsigned tag)
{
    uint32_t at = 0;
    find_number(block, parent, tag, &at);
    return read_directory(block, at);
}

void exif_read(const uint8_t *data, size_t size_bytes, ExifFacts *ret_facts)
{
    *ret_facts = (ExifFacts){0};
    Block block;
    uint32_t at;
    if (!open_block(data, size_bytes, &block, &at))
        return;
    Directory ifd0 = read_directory(&block, at);
    Directory exif = find_directory(&block, &ifd0, TAG_EXIF_IFD);
    Directory gps = find_directory(&block, &ifd0, TAG_GPS_IFD);

    ret_facts->present = ifd0.count > 0;
    ret_facts->make = find_text(&block, &ifd0, TAG_MAKE);
    ret_facts->model = find_text(&block, &ifd0, TAG_MODEL);
    ret_facts->software = find_text(&block, &ifd0, TAG_SOFTWARE);
    ret_facts->body_serial = find_text(&block, &exif, TAG_BODY_SERIAL);
    if (ret_facts->body_serial == NULL)
        ret_facts->body_serial = find_text(&block, &ifd0, TAG_DNG_CAMERA_SERIAL);
    ret_facts->lens_serial = find_text(&block, &exif, TAG_LENS_SERIAL);
    ret_facts->lens_model = find_text(&block, &exif, TAG_LENS_MODEL);
    ret_facts->taken =
        find_time(&block, &exif, TAG_DATE_TIME_ORIGINAL, &exif, TAG_OFFSET_TIME_ORIGINAL);
    ret_facts->digitized =
        find_time(&block, &exif, TAG_DATE_TIME_DIGITIZED, &exif, TAG_OFFSET_TIME_DIGITIZED);
    ret_facts->modified = find_time(&block, &ifd0, TAG_DATE_TIME, &exif, TAG_OFFSET_TIME);

    uint32_t orientation = 0;
    if (find_number(&block, &ifd0, TAG_ORIENTATION, &orientation) && orientation <= 8)
        ret_facts->orientation = orientation;
    read_gps(&block, &gps, ret_facts);
}

const uint8_t *exif_find_thumbnail(const uint8_t *data, size_t size_bytes, size_t *ret_size_bytes)
{
    Block block;
    uint32_t at, offset, length;
    if (!open_block(data, size_bytes, &block, &at))
        return NULL;
    Directory ifd0 = read_directory(&block, at);
    Directory ifd1 = read_directory(&block, ifd0.next);
    if (!find_number(&block, &ifd1, TAG_THUMBNAIL_OFFSET, &offset) ||
        !find_number(&block, &ifd1, TAG_THUMBNAIL_LENGTH, &length))
        return NULL;
    // A length past the end is common in files that were cut or edited: the JPEG says its own.
    Reader reader = reader_at(&block, offset);
    length = (uint32_t)MIN(length, reader_remaining(&reader));
    const uint8_t *bytes = reader_bytes(&reader, length);
    if (bytes == NULL || length < 4 || length > LIMIT_THUMBNAIL_BYTES ||
        memcmp(bytes, "\xff\xd8\xff", 3) != 0)
        return NULL;
    *ret_size_bytes = length;
    return bytes;
}
