// SPDX-License-Identifier: Apache-2.0
//
// TIFF (revision 6.0, and BigTIFF): a chain of directories that say where everything lies.
//
//   "II" or "MM" | 42 (2) | offset of the first directory (4)
//   directory: entries (2) | tag (2), type (2), count (4), value or its offset (4) | next (4)
//
// BigTIFF has 43, then 8 and 0 (2 each), and counts and offsets of 8 bytes. The file is as long as
// the furthest thing a directory names. EXIF is a TIFF too, one without a picture of its own in its
// first directory, and is not taken for one.
#include "evidence/carve_formats.h"

#define DIRECTORIES_MAX 20000u
#define ENTRIES_MAX 4096u
#define PENDING_MAX 256u
#define SUB_DIRECTORIES_MAX 64u
#define PARTS_MAX (1u << 24) // strips or tiles of one picture
#define PARTS_STEP 256u

enum {
    TAG_WIDTH = 256,
    TAG_LENGTH = 257,
    TAG_STRIP_OFFSETS = 273,
    TAG_STRIP_BYTES = 279,
    TAG_TILE_OFFSETS = 324,
    TAG_TILE_BYTES = 325,
    TAG_SUB_DIRECTORIES = 330,
    TAG_JPEG_OFFSET = 513,
    TAG_JPEG_BYTES = 514,
    TAG_EXIF = 34665,
    TAG_GPS = 34853,
};

typedef struct {
    unsigned type;
    uint64_t count;
    uint64_t at; // of the first value, wherever it lies
} Value;

typedef struct {
    CarveView *view;
    bool is_big_endian;
    bool is_big_tiff;
    uint64_t end;                  // of the furthest thing
    bool has_picture, is_broken;   // is_broken: a part is not where it should be
    uint64_t pending[PENDING_MAX]; // directories to walk
    unsigned pending_count;
    bool has_sub_directories;
} TiffWalk;

// What one directory says of its picture.
typedef struct {
    Value width, length, strip_offsets, strip_bytes, tile_offsets, tile_bytes, jpeg_offset,
        jpeg_bytes;
} Picture;

// ---- Numbers ----------------------------------------------------------------------------------

static uint64_t read_number(const TiffWalk *walk, Reader *reader, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++) {
        uint64_t byte = reader_u8(reader);
        value = walk->is_big_endian ? value << 8 | byte : value | byte << 8 * i;
    }
    return value;
}

// Bytes of one value; 0 for a type that does not exist.
static unsigned type_bytes(unsigned type)
{
    static const uint8_t bytes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};
    return type < sizeof(bytes) ? bytes[type] : 0;
}

static unsigned offset_bytes(const TiffWalk *walk)
{
    return walk->is_big_tiff ? 8 : 4;
}

// `count` values from number `first` on, as far as they are there. False when they are not.
static bool read_values(TiffWalk *walk, const Value *value, uint64_t first, size_t count,
                        uint64_t *ret_numbers)
{
    unsigned bytes = type_bytes(value->type);
    carve_view_charge(walk->view, count * bytes);
    Reader reader = carve_view_reader(walk->view, value->at + first * bytes, count * bytes);
    for (size_t i = 0; i < count; i++)
        ret_numbers[i] = read_number(walk, &reader, bytes);
    return !reader.failed;
}

static uint64_t single(TiffWalk *walk, const Value *value)
{
    uint64_t number = 0;
    return value->count > 0 && read_values(walk, value, 0, 1, &number) ? number : 0;
}

// ---- Extents ----------------------------------------------------------------------------------

static void take_extent(TiffWalk *walk, uint64_t offset, uint64_t size)
{
    if (size == 0)
        return;
    if (offset > walk->view->size_bytes || size > walk->view->size_bytes - offset)
        walk->is_broken = true;
    else
        walk->end = MAX(walk->end, offset + size);
}

// Strips or tiles. False when they are not there at all.
static bool take_parts(TiffWalk *walk, const Value *offsets, const Value *sizes)
{
    if (offsets->count == 0 || offsets->count != sizes->count || offsets->count > PARTS_MAX)
        return false;
    for (uint64_t first = 0; first < offsets->count; first += PARTS_STEP) {
        uint64_t at[PARTS_STEP], bytes[PARTS_STEP], left = offsets->count - first;
        size_t count = (size_t)MIN(left, (uint64_t)PARTS_STEP);
        if (!read_values(walk, offsets, first, count, at) ||
            !read_values(walk, sizes, first, count, bytes))
            return false;
        for (size_t i = 0; i < count; i++)
            take_extent(walk, at[i], bytes[i]);
    }
    return true;
}

static void take_picture(TiffWalk *walk, const Picture *picture)
{
    bool has_rows = take_parts(walk, &picture->strip_offsets, &picture->strip_bytes) ||
                    take_parts(walk, &picture->tile_offsets, &picture->tile_bytes);
    uint64_t jpeg_bytes = single(walk, &picture->jpeg_bytes);
    take_extent(walk, single(walk, &picture->jpeg_offset), jpeg_bytes);
    walk->has_picture |=
        has_rows && single(walk, &picture->width) > 0 && single(walk, &picture->length) > 0;
}

// ---- Directories ------------------------------------------------------------------------------

static void add_pending(TiffWalk *walk, uint64_t offset)
{
    if (offset == 0)
        return;
    if (walk->pending_count < PENDING_MAX)
        walk->pending[walk->pending_count++] = offset;
    else
        walk->is_broken = true;
}

static void add_sub_directories(TiffWalk *walk, const Value *value)
{
    uint64_t offsets[SUB_DIRECTORIES_MAX];
    size_t count = (size_t)MIN(value->count, (uint64_t)SUB_DIRECTORIES_MAX);
    if (!read_values(walk, value, 0, count, offsets))
        return;
    for (size_t i = 0; i < count; i++)
        add_pending(walk, offsets[i]);
}

static void take_entry(TiffWalk *walk, unsigned tag, const Value *value, Picture *picture)
{
    const struct {
        unsigned tag;
        Value *value;
    } wanted[] = {
        {TAG_WIDTH, &picture->width},
        {TAG_LENGTH, &picture->length},
        {TAG_STRIP_OFFSETS, &picture->strip_offsets},
        {TAG_STRIP_BYTES, &picture->strip_bytes},
        {TAG_TILE_OFFSETS, &picture->tile_offsets},
        {TAG_TILE_BYTES, &picture->tile_bytes},
        {TAG_JPEG_OFFSET, &picture->jpeg_offset},
        {TAG_JPEG_BYTES, &picture->jpeg_bytes},
    };
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        if (wanted[i].tag == tag)
            *wanted[i].value = *value;
    }
    walk->has_sub_directories |= tag == TAG_SUB_DIRECTORIES;
    if (tag == TAG_SUB_DIRECTORIES || tag == TAG_EXIF || tag == TAG_GPS)
        add_sub_directories(walk, value);
}

// One entry whose bytes the reader is at; `at` is its place in the file. False when it is none.
static bool read_entry(TiffWalk *walk, Reader *reader, uint64_t at, Picture *picture)
{
    unsigned tag = (unsigned)read_number(walk, reader, 2);
    Value value = {.type = (unsigned)read_number(walk, reader, 2)};
    value.count = read_number(walk, reader, offset_bytes(walk));
    uint64_t offset = read_number(walk, reader, offset_bytes(walk));
    unsigned bytes = type_bytes(value.type);
    // Readers skip entries of unknown type.
    if (bytes == 0 || value.count > walk->view->size_bytes)
        return value.type < 256;
    value.at = at + 4 + offset_bytes(walk);
    if (value.count * bytes > offset_bytes(walk)) {
        value.at = offset;
        take_extent(walk, offset, value.count * bytes);
    }
    take_entry(walk, tag, &value, picture);
    return true;
}

// False when there is no directory here.
static bool walk_directory(TiffWalk *walk, uint64_t at)
{
    unsigned count_bytes = walk->is_big_tiff ? 8 : 2, entry_bytes = walk->is_big_tiff ? 20 : 12;
    Reader head = carve_view_reader(walk->view, at, count_bytes);
    uint64_t count = read_number(walk, &head, count_bytes);
    if (head.failed || count == 0 || count > ENTRIES_MAX)
        return false;
    Picture picture = {0};
    uint64_t entry_at = at + count_bytes;
    for (uint64_t i = 0; i < count; i++, entry_at += entry_bytes) {
        Reader reader = carve_view_reader(walk->view, entry_at, entry_bytes);
        if (reader.size_bytes < entry_bytes || !read_entry(walk, &reader, entry_at, &picture))
            return false;
    }
    Reader tail = carve_view_reader(walk->view, entry_at, offset_bytes(walk));
    uint64_t next = read_number(walk, &tail, offset_bytes(walk));
    if (tail.failed)
        return false;
    take_extent(walk, at, entry_at + offset_bytes(walk) - at);
    take_picture(walk, &picture);
    add_pending(walk, next);
    return true;
}

static uint64_t read_header(TiffWalk *walk)
{
    Reader reader = carve_view_reader(walk->view, 0, 16);
    walk->is_big_endian = reader_u8(&reader) == 'M';
    reader_skip(&reader, 1);
    walk->is_big_tiff = read_number(walk, &reader, 2) == 43;
    if (walk->is_big_tiff &&
        (read_number(walk, &reader, 2) != 8 || read_number(walk, &reader, 2) != 0))
        return 0;
    uint64_t first = read_number(walk, &reader, offset_bytes(walk));
    return reader.failed || first < 8 ? 0 : first;
}

CarveShape carve_tiff(CarveView *view)
{
    TiffWalk walk = {.view = view, .end = 8};
    uint64_t first = read_header(&walk);
    if (first == 0 || !walk_directory(&walk, first))
        return carve_shape(CARVE_NOTHING, 0);
    if (!walk.has_picture && !walk.has_sub_directories)
        return carve_shape(CARVE_NOTHING, 0);

    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_hash_table_add(seen, g_memdup2(&first, sizeof first));
    while (walk.pending_count > 0 && g_hash_table_size(seen) < DIRECTORIES_MAX) {
        uint64_t at = walk.pending[--walk.pending_count];
        if (g_hash_table_add(seen, g_memdup2(&at, sizeof at)) && !walk_directory(&walk, at))
            walk.is_broken = true;
    }
    if (!walk.has_picture)
        return carve_shape(CARVE_NOTHING, 0);
    bool is_broken = walk.is_broken || walk.pending_count > 0;
    return carve_shape(is_broken ? CARVE_CUT : CARVE_WHOLE, walk.end);
}
