// SPDX-License-Identifier: Apache-2.0
//
// Files made of boxes: ISO base media (ISO/IEC 14496-12: HEIF, AVIF, MP4, QuickTime, 3GP), JPEG
// 2000 (ISO/IEC 15444-1, annex I) and JPEG XL (ISO/IEC 18181-2).
//
//   size (4, counts itself) | type (4) | for size 1: size (8) | contents
//
// Size 0 reaches to the end of the file. Boxes go on as long as their types are known at the top
// level; one of unknown type is a part when a known one, or the end of all bytes, follows exactly
// behind it. Otherwise what lies in free space behind a video would become part of it.
#include <string.h>

#include "evidence/carve_formats.h"

#define FOURCC(a, b, c, d)                                                                         \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

#define BOXES_MAX 10000000u
#define IDAT FOURCC('i', 'd', 'a', 't')

#define INSIDE_BOXES_MAX 64u
#define TRACKS_MAX 64u
#define BRANDS_BYTES_MAX 4096u

typedef struct {
    uint32_t type;
    uint32_t header_bytes;
    uint64_t size_bytes; // with the header; 0: to the end of the file
} Box;

// What a box of this type says of the file.
typedef enum {
    PART_UNKNOWN = 0,
    PART_OTHER = 1 << 0,
    PART_BRANDS = 1 << 1,
    PART_INDEX = 1 << 2,    // where and how the media lies
    PART_DATA = 1 << 3,     // the media
    PART_PICTURE = 1 << 4,  // an index of pictures; small ones lie in it
    PART_FRAGMENT = 1 << 5, // both for a piece of a film
} Part;

typedef struct {
    uint32_t type;
    Part part;
} BoxKind;

typedef struct {
    CarveView *view;
    const BoxKind *kinds; // type 0 is the last
    uint64_t at;          // where it ends or breaks off
    unsigned parts;       // Part, of all boxes so far
    bool is_open;         // the last box reaches to the end of the file,
    Box last;             //   and this is its header
    uint64_t last_at;
    Box index; // the last of PART_INDEX
    uint64_t index_at;
} BoxWalk;

static const BoxKind iso_kinds[] = {
    {FOURCC('f', 't', 'y', 'p'), PART_BRANDS},   {FOURCC('m', 'o', 'o', 'v'), PART_INDEX},
    {FOURCC('m', 'e', 't', 'a'), PART_PICTURE},  {FOURCC('m', 'd', 'a', 't'), PART_DATA},
    {FOURCC('m', 'o', 'o', 'f'), PART_FRAGMENT}, {FOURCC('i', 'm', 'd', 'a'), PART_DATA},
    {FOURCC('f', 'r', 'e', 'e'), PART_OTHER},    {FOURCC('s', 'k', 'i', 'p'), PART_OTHER},
    {FOURCC('w', 'i', 'd', 'e'), PART_OTHER},    {FOURCC('u', 'u', 'i', 'd'), PART_OTHER},
    {FOURCC('u', 'd', 't', 'a'), PART_OTHER},    {FOURCC('s', 't', 'y', 'p'), PART_OTHER},
    {FOURCC('s', 'i', 'd', 'x'), PART_OTHER},    {FOURCC('s', 's', 'i', 'x'), PART_OTHER},
    {FOURCC('m', 'f', 'r', 'a'), PART_OTHER},    {FOURCC('p', 'd', 'i', 'n'), PART_OTHER},
    {FOURCC('p', 'r', 'f', 't'), PART_OTHER},    {FOURCC('e', 'm', 's', 'g'), PART_OTHER},
    {FOURCC('p', 'n', 'o', 't'), PART_OTHER},    {FOURCC('P', 'I', 'C', 'T'), PART_OTHER},
    {FOURCC('j', 'u', 'n', 'k'), PART_OTHER},    {FOURCC('f', 'r', 'e', 'a'), PART_OTHER},
    {FOURCC('m', 'p', 'v', 'd'), PART_OTHER}, // the film of a motion photo
    {FOURCC('s', 'e', 'f', 'd'), PART_OTHER}, // Samsung's extras
    {FOURCC('I', 'D', '3', '2'), PART_OTHER},    {0, PART_UNKNOWN},
};

static const BoxKind jp2_kinds[] = {
    {FOURCC('j', 'P', ' ', ' '), PART_OTHER},
    {FOURCC('f', 't', 'y', 'p'), PART_BRANDS},
    {FOURCC('j', 'p', '2', 'h'), PART_INDEX},
    {FOURCC('j', 'p', '2', 'c'), PART_DATA},
    {FOURCC('j', 'p', '2', 'i'), PART_OTHER},
    {FOURCC('x', 'm', 'l', ' '), PART_OTHER},
    {FOURCC('u', 'u', 'i', 'd'), PART_OTHER},
    {FOURCC('u', 'i', 'n', 'f'), PART_OTHER},
    {FOURCC('r', 'r', 'e', 'q'), PART_OTHER},
    {FOURCC('j', 'p', 'c', 'h'), PART_OTHER},
    {FOURCC('j', 'p', 'l', 'h'), PART_OTHER},
    {FOURCC('a', 's', 'o', 'c'), PART_OTHER},
    {FOURCC('n', 'l', 's', 't'), PART_OTHER},
    {FOURCC('r', 'e', 's', ' '), PART_OTHER},
    {FOURCC('d', 't', 'b', 'l'), PART_OTHER},
    {FOURCC('f', 't', 'b', 'l'), PART_OTHER},
    {FOURCC('m', 'd', 'a', 't'), PART_DATA},
    {FOURCC('m', 'o', 'o', 'v'), PART_INDEX},
    {FOURCC('f', 'r', 'e', 'e'), PART_OTHER},
    {FOURCC('s', 'k', 'i', 'p'), PART_OTHER},
    {0, PART_UNKNOWN},
};

static const BoxKind jxl_kinds[] = {
    {FOURCC('J', 'X', 'L', ' '), PART_OTHER}, {FOURCC('f', 't', 'y', 'p'), PART_BRANDS},
    {FOURCC('j', 'x', 'l', 'c'), PART_DATA},  {FOURCC('j', 'x', 'l', 'p'), PART_DATA},
    {FOURCC('j', 'x', 'l', 'l'), PART_OTHER}, {FOURCC('j', 'x', 'l', 'i'), PART_OTHER},
    {FOURCC('j', 'b', 'r', 'd'), PART_OTHER}, {FOURCC('E', 'x', 'i', 'f'), PART_OTHER},
    {FOURCC('x', 'm', 'l', ' '), PART_OTHER}, {FOURCC('j', 'u', 'm', 'b'), PART_OTHER},
    {FOURCC('b', 'r', 'o', 'b'), PART_OTHER}, {0, PART_UNKNOWN},
};

static bool is_type(uint32_t type)
{
    for (unsigned shift = 0; shift < 32; shift += 8) {
        unsigned letter = type >> shift & 0xff;
        // A few of Apple's types begin with the copyright sign.
        if ((letter < 0x20 || letter > 0x7e) && letter != 0xa9)
            return false;
    }
    return true;
}

// The header at `at`. False when there is none; whether the box is all there is another matter.
static bool read_box(CarveView *view, uint64_t at, Box *ret_box)
{
    Reader reader = carve_view_reader(view, at, 16);
    uint64_t size = reader_u32be(&reader);
    uint32_t type = reader_u32be(&reader);
    uint32_t header_bytes = 8;
    if (!reader.failed && size == 1) {
        size = (uint64_t)reader_u32be(&reader) << 32;
        size |= reader_u32be(&reader);
        header_bytes = 16;
        if (size == 0)
            return false;
    }
    if (reader.failed || !is_type(type) || (size != 0 && size < header_bytes))
        return false;
    *ret_box = (Box){.type = type, .header_bytes = header_bytes, .size_bytes = size};
    return true;
}

static Part part_of(const BoxKind *kinds, uint32_t type)
{
    for (; kinds->type != 0; kinds++) {
        if (kinds->type == type)
            return kinds->part;
    }
    return PART_UNKNOWN;
}

// Is it a part although its type is unknown?
static bool is_followed(const BoxWalk *walk, const Box *box)
{
    uint64_t left = walk->view->size_bytes - walk->at;
    Box next;
    if (box->size_bytes == 0 || box->size_bytes > left)
        return false;
    if (box->size_bytes == left)
        return true;
    uint64_t next_at = walk->at + box->size_bytes;
    return read_box(walk->view, next_at, &next) &&
           part_of(walk->kinds, next.type) != PART_UNKNOWN &&
           next.size_bytes <= walk->view->size_bytes - next_at;
}

// The type of the first box inside; 0 when there is none.
static uint32_t first_inside(const BoxWalk *walk, const Box *box, unsigned skipped)
{
    Box inside;
    bool is_there = read_box(walk->view, walk->at + box->header_bytes + skipped, &inside) &&
                    inside.size_bytes <= box->size_bytes;
    return is_there ? inside.type : 0;
}

// The first box of this type among those inside another; `ret_box` and where it begins. 0: none.
static uint64_t find_inside(CarveView *view, uint64_t begin, uint64_t end, uint32_t type,
                            Box *ret_box)
{
    for (unsigned i = 0; i < INSIDE_BOXES_MAX && begin < end; i++) {
        if (!read_box(view, begin, ret_box) || ret_box->size_bytes == 0)
            return 0;
        if (ret_box->type == type)
            return begin;
        begin += ret_box->size_bytes;
    }
    return 0;
}

// Does what lies inside fit the type? The types of four letters alone occur in texts.
static bool has_fitting_contents(const BoxWalk *walk, const Box *box)
{
    if (box->type == FOURCC('m', 'o', 'o', 'v') || box->type == FOURCC('m', 'o', 'o', 'f'))
        return first_inside(walk, box, 0) != 0;
    // In HEIF a version (4) comes before the boxes, in QuickTime none does.
    if (box->type == FOURCC('m', 'e', 't', 'a'))
        return first_inside(walk, box, 4) != 0 || first_inside(walk, box, 0) != 0;
    if (box->type == FOURCC('f', 't', 'y', 'p'))
        return box->size_bytes >= 16 && box->size_bytes <= BRANDS_BYTES_MAX &&
               box->size_bytes % 4 == 0;
    return true;
}

// Goes over the boxes. Afterwards `at` is behind the last one that is all there. False when one is
// not.
static bool walk_boxes(BoxWalk *walk)
{
    CarveView *view = walk->view;
    for (unsigned i = 0; i < BOXES_MAX && walk->at < view->size_bytes; i++) {
        Box box;
        if (!read_box(view, walk->at, &box))
            break;
        Part part = part_of(walk->kinds, box.type);
        if (part == PART_UNKNOWN && !is_followed(walk, &box))
            break;
        // The next file begins.
        if (part == PART_BRANDS && (walk->parts & PART_BRANDS) != 0)
            break;
        if (!has_fitting_contents(walk, &box))
            break;
        walk->parts |= part;
        // Small pictures lie within the box "meta" itself.
        Box data;
        if (part == PART_PICTURE && find_inside(view, walk->at + box.header_bytes + 4,
                                                walk->at + box.size_bytes, IDAT, &data) > 0)
            walk->parts |= PART_DATA;
        walk->last = box;
        walk->last_at = walk->at;
        if (part == PART_INDEX) {
            walk->index = box;
            walk->index_at = walk->at;
        }
        walk->is_open = box.size_bytes == 0;
        if (box.size_bytes == 0 || box.size_bytes > view->size_bytes - walk->at) {
            walk->at = view->size_bytes;
            return walk->is_open;
        }
        walk->at += box.size_bytes;
    }
    return true;
}

static CarveShape shape_of(const BoxWalk *walk, bool ends_well, bool is_complete, bool is_plausible)
{
    if (ends_well && is_complete && walk->is_open)
        return carve_shape(CARVE_OPEN, walk->at);
    return carve_shape_by(ends_well && is_complete, is_plausible, walk->at);
}

static bool has(const BoxWalk *walk, unsigned parts)
{
    return (walk->parts & parts) == parts;
}

// moov > trak > mdia > hdlr: version, flags, class (12 with the header's 8: 16), then "vide".
static bool is_picture_track(CarveView *view, uint64_t at, const Box *track)
{
    Box media, handler;
    uint64_t media_at = find_inside(view, at + track->header_bytes, at + track->size_bytes,
                                    FOURCC('m', 'd', 'i', 'a'), &media);
    if (media_at == 0)
        return false;
    uint64_t handler_at =
        find_inside(view, media_at + media.header_bytes, media_at + media.size_bytes,
                    FOURCC('h', 'd', 'l', 'r'), &handler);
    const uint8_t *name = handler_at > 0 ? carve_view_bytes(view, handler_at + 16, 4) : NULL;
    return name != NULL && memcmp(name, "vide", 4) == 0;
}

static bool has_picture_track(const BoxWalk *walk)
{
    uint64_t at = walk->index_at + walk->index.header_bytes;
    uint64_t end = walk->index_at + walk->index.size_bytes;
    Box track;
    for (unsigned i = 0; i < TRACKS_MAX && at < end; i++) {
        at = find_inside(walk->view, at, end, FOURCC('t', 'r', 'a', 'k'), &track);
        if (at == 0)
            return false;
        if (is_picture_track(walk->view, at, &track))
            return true;
        at += track.size_bytes;
    }
    return false;
}

CarveShape carve_iso_media(CarveView *view)
{
    BoxWalk walk = {.view = view, .kinds = iso_kinds};
    bool ends_well = walk_boxes(&walk);
    // Before there were brands, QuickTime began with any box. Then all of it must be there, and it
    // must have an end, or it is a part of something that broke off or, without a picture, of a
    // sound file.
    bool has_brands = has(&walk, PART_BRANDS);
    if (!has_brands && (walk.is_open || !has_picture_track(&walk)))
        return carve_shape(CARVE_NOTHING, 0);
    bool is_complete = has(&walk, PART_INDEX | PART_DATA) ||
                       has(&walk, PART_INDEX | PART_FRAGMENT) ||
                       has(&walk, PART_BRANDS | PART_PICTURE | PART_DATA);
    bool is_plausible = has_brands && (walk.parts & (PART_INDEX | PART_DATA | PART_PICTURE)) != 0;
    return shape_of(&walk, ends_well, is_complete, is_plausible);
}

// A codestream knows its own end, which a box around it that reaches to the end of the file does
// not.
static void close_codestream(BoxWalk *walk)
{
    if (!walk->is_open || walk->last.type != FOURCC('j', 'p', '2', 'c'))
        return;
    uint64_t begin = walk->last_at + walk->last.header_bytes;
    CarveShape stream = carve_codestream(walk->view, begin);
    if (stream.state != CARVE_WHOLE)
        return;
    walk->at = begin + stream.size_bytes;
    walk->is_open = false;
}

CarveShape carve_jp2(CarveView *view)
{
    BoxWalk walk = {.view = view, .kinds = jp2_kinds};
    bool ends_well = walk_boxes(&walk);
    close_codestream(&walk);
    return shape_of(&walk, ends_well, has(&walk, PART_BRANDS | PART_INDEX | PART_DATA),
                    has(&walk, PART_BRANDS | PART_INDEX));
}

CarveShape carve_jxl(CarveView *view)
{
    BoxWalk walk = {.view = view, .kinds = jxl_kinds};
    bool ends_well = walk_boxes(&walk);
    return shape_of(&walk, ends_well, has(&walk, PART_BRANDS | PART_DATA),
                    has(&walk, PART_BRANDS | PART_DATA));
}
