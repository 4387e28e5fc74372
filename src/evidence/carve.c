// SPDX-License-Identifier: Apache-2.0
//
// The search goes through the range in pieces of a mebibyte. In each it looks either at the first
// bytes of every block or, when media may begin anywhere, at every byte (evidence/carve_scan.h),
// and walks what fits (evidence/carve_formats.h).
//
// Bytes that were made to keep it busy, a chain of beginnings each with a long way to nothing, must
// not make it slow. So the walks that end in nothing, or break off, share an allowance that grows
// with the bytes gone through, and so do the sizes of what broke off, which somebody has to read.
#include "evidence/carve.h"

#include <string.h>

#include "base/limits.h"
#include "evidence/carve_formats.h"
#include "evidence/carve_scan.h"

#define PIECE_BYTES (1u << 20)
// What is read with a piece, so that the beginning of a picture at its end is at hand.
#define MARGIN_BYTES (64u << 10)
// From this alignment on, what lies between two beginnings is not read.
#define SPARSE_ALIGNMENT (256u << 10)

// Allowance of work (evidence/carve_view.h): what each byte of the range, up to its limit, adds at
// first, with something for short ones and not without bound; what each byte gone through adds; and
// what one walk is granted when there is nothing left, enough to come to the data of most pictures.
#define WORK_PER_BYTE_AHEAD 64u
#define WORK_BEGIN (16ull << 20)
#define WORK_BEGIN_MAX (1ull << 30)
#define WORK_PER_BYTE 32u
#define WORK_LEAST (6u << 10)
#define WORK_LEAST_ALIGNED (64u << 10)
#define ALIGNED 512u

// Allowance of bytes of what broke off.
#define CUT_BEGIN (1ull << 30)
#define CUT_PER_BYTE 4u
#define CUT_LEAST (64u << 10)

// No digest fits what broke off, and a decoder sees the beginning.
#define CUT_BYTES_MAX (64u << 20)

// Work for carve_end.
#define END_WORK_PER_BYTE 16u
#define END_WORK_BEGIN (16u << 20)

typedef struct {
    Source *source;
    CarveRange range;
    bool (*found)(void *user_data, const Carved *carved);
    bool (*progress)(void *user_data, uint64_t bytes);
    void *user_data;

    CarveScan scan;
    uint8_t *window; // bytes from window_begin on, followed by zeroes
    size_t window_size;
    uint64_t window_begin;
    size_t window_bytes;

    uint64_t work_begin, work_least;
    uint64_t work_spent, cut_spent; // of the allowances
    bool ended;                     // the caller wants no more
} Search;

// ---- One candidate ----------------------------------------------------------------------------

static uint64_t allowance(uint64_t begin, uint64_t per_byte, uint64_t gone_through, uint64_t spent,
                          uint64_t least)
{
    uint64_t granted = begin + per_byte * MIN(gone_through, UINT64_MAX / 2 / per_byte);
    return granted > spent && granted - spent > least ? granted - spent : least;
}

static bool tick(void *user_data)
{
    Search *search = user_data;
    if (!search->ended && search->progress != NULL && !search->progress(search->user_data, 0))
        search->ended = true;
    return !search->ended;
}

static CarveShape walk_candidate(Search *search, const CarveFormat *format, uint64_t offset)
{
    const CarveRange *range = &search->range;
    uint64_t size_max = format->is_long ? LIMIT_EVIDENCE_ITEM_BYTES : LIMIT_STILL_BYTES;
    uint64_t work =
        allowance(WORK_BEGIN, WORK_PER_BYTE, offset - range->begin, search->work_spent, WORK_LEAST);
    size_t within = (size_t)(offset - search->window_begin);
    CarveView view = {.source = search->source,
                      .base = offset,
                      .size_bytes = MIN(range->limit - offset, size_max),
                      .work = work,
                      .window = search->window + within,
                      .window_bytes = search->window_bytes - within,
                      .tick = tick,
                      .user_data = search};
    CarveShape shape = format->walk(&view);
    if (shape.state != CARVE_WHOLE)
        search->work_spent += work - view.work;
    carve_view_clear(&view);
    return shape;
}

// What broke off is reported no longer than the allowance lets it be.
static uint64_t limit_cut(Search *search, uint64_t offset, CarveShape shape)
{
    uint64_t size = shape.size_bytes;
    if (shape.state == CARVE_WHOLE)
        return size;
    if (shape.state == CARVE_CUT)
        size = MIN(size, (uint64_t)CUT_BYTES_MAX);
    uint64_t granted = allowance(CUT_BEGIN, CUT_PER_BYTE, offset - search->range.begin,
                                 search->cut_spent, CUT_LEAST);
    size = MIN(size, granted);
    search->cut_spent += size;
    return size;
}

static const SniffType *type_at(Search *search, uint64_t offset, uint64_t size)
{
    uint8_t first[SNIFF_BYTES];
    ssize_t count =
        source_read(search->source, offset, first, (size_t)MIN(size, (uint64_t)sizeof first), NULL);
    return sniff_bytes(first, count > 0 ? (size_t)count : 0);
}

// Looks at what begins at `offset`, which lies in the window and fits the format. Returns where the
// next may begin.
static uint64_t examine(Search *search, const CarveFormat *format, uint64_t offset)
{
    CarveShape shape = walk_candidate(search, format, offset);
    if (search->ended || shape.state == CARVE_NOTHING)
        return offset + 1;
    const SniffType *type = type_at(search, offset, shape.size_bytes);
    bool is_seen = type->family == FAMILY_STILL || type->family == FAMILY_VIDEO;
    if (!is_seen || !carve_format_has(format, type->media_type))
        return offset + 1;
    const Carved carved = {.offset = offset,
                           .size_bytes = limit_cut(search, offset, shape),
                           .type = type,
                           .complete = shape.state == CARVE_WHOLE};
    if (!search->found(search->user_data, &carved))
        search->ended = true;
    return offset + (carved.complete ? carved.size_bytes : 1);
}

// ---- One piece --------------------------------------------------------------------------------

// Fills the window from `offset` on. False when nothing could be read.
static bool load_window(Search *search, uint64_t offset, GError **err)
{
    size_t size = search->window_size - CARVE_SCAN_PADDING;
    uint64_t left = search->range.limit - offset;
    ssize_t count =
        source_read(search->source, offset, search->window, (size_t)MIN(left, (uint64_t)size), err);
    search->window_begin = offset;
    search->window_bytes = count > 0 ? (size_t)count : 0;
    memset(search->window + search->window_bytes, 0, CARVE_SCAN_PADDING);
    return count >= 0;
}

// Media may begin anywhere in the first `count` bytes of the window. Returns where the next piece
// begins.
static uint64_t search_bytes(Search *search, size_t count)
{
    size_t at = carve_scan_next(&search->scan, search->window, 0, count);
    while (at < count) {
        const CarveFormat *format = carve_format_at(search->window + at);
        uint64_t next = examine(search, format, search->window_begin + at);
        if (search->ended || next - search->window_begin >= count)
            return next;
        at = (size_t)(next - search->window_begin);
        at = carve_scan_next(&search->scan, search->window, at, count);
    }
    return search->window_begin + count;
}

static uint64_t align_up(const Search *search, uint64_t offset)
{
    uint64_t behind = (offset - search->range.begin) % search->range.alignment;
    uint64_t more = behind == 0 ? 0 : search->range.alignment - behind;
    return offset > UINT64_MAX - more ? UINT64_MAX : offset + more;
}

// Media begins at block borders; the window begins at one.
static uint64_t search_blocks(Search *search, size_t count)
{
    uint64_t offset = search->window_begin;
    while (offset - search->window_begin < count && !search->ended) {
        const uint8_t *first = search->window + (offset - search->window_begin);
        const CarveFormat *format = carve_format_at(first);
        offset = align_up(search, format != NULL ? examine(search, format, offset) : offset + 1);
    }
    return offset;
}

// ---- The whole --------------------------------------------------------------------------------

static bool tell_progress(Search *search, uint64_t bytes)
{
    if (!search->ended && search->progress != NULL && !search->progress(search->user_data, bytes))
        search->ended = true;
    return !search->ended;
}

static bool run(Search *search, GError **err)
{
    uint64_t offset = search->range.begin, end = search->range.end;
    while (offset < end) {
        if (!load_window(search, offset, err))
            return false;
        if (search->window_bytes == 0)
            break; // the source ends before its size
        size_t count = (size_t)MIN((uint64_t)search->window_bytes, end - offset);
        count = MIN(count, PIECE_BYTES);
        uint64_t next = search->range.alignment == 1 ? search_bytes(search, count)
                                                     : search_blocks(search, count);
        if (!tell_progress(search, MIN(next, end) - offset))
            return false;
        offset = next;
    }
    return true;
}

bool carve_search(Source *source, CarveRange range,
                  bool (*found)(void *user_data, const Carved *carved),
                  bool (*progress)(void *user_data, uint64_t bytes), void *user_data, GError **err)
{
    range.limit = MIN(range.limit, source_size(source));
    range.end = MIN(range.end, range.limit);
    range.alignment = MAX(range.alignment, 1u);
    if (range.begin >= range.end)
        return true;

    Search search = {.source = source,
                     .range = range,
                     .found = found,
                     .progress = progress,
                     .user_data = user_data};
    carve_scan_init(&search.scan);
    uint64_t ahead = MIN(range.limit - range.begin, WORK_BEGIN_MAX / WORK_PER_BYTE_AHEAD);
    search.work_begin = WORK_BEGIN + ahead * WORK_PER_BYTE_AHEAD;
    search.work_least = range.alignment >= ALIGNED ? WORK_LEAST_ALIGNED : WORK_LEAST;
    uint64_t wanted = MIN(range.limit - range.begin, (uint64_t)PIECE_BYTES + MARGIN_BYTES);
    if (range.alignment >= SPARSE_ALIGNMENT)
        wanted = MIN(wanted, (uint64_t)MARGIN_BYTES);
    search.window_size = (size_t)wanted + CARVE_SCAN_PADDING;
    g_autofree uint8_t *window = g_malloc(search.window_size);
    search.window = window;
    return run(&search, err);
}

// Do the bytes begin as the format does? The formats' own tests leave out what is too weak to be
// searched for, such as QuickTime that begins with free space.
static bool begins_so(Source *source, uint64_t offset, uint64_t size, const CarveFormat *format)
{
    uint8_t first[CARVE_MAGIC_BYTES] = {0};
    ssize_t count =
        source_read(source, offset, first, (size_t)MIN(size, (uint64_t)sizeof first), NULL);
    if (count <= 0)
        return false;
    return format->fits(first) ||
           carve_format_of(sniff_bytes(first, (size_t)count)->media_type) == format;
}

bool carve_end(Source *source, uint64_t offset, uint64_t limit, const SniffType *type,
               uint64_t *ret_end)
{
    const CarveFormat *format = carve_format_of(type->media_type);
    limit = MIN(limit, source_size(source));
    if (format == NULL || offset >= limit || !begins_so(source, offset, limit - offset, format))
        return false;
    uint64_t size = limit - offset;
    uint64_t work = MIN(size, UINT64_MAX / 2 / END_WORK_PER_BYTE) * END_WORK_PER_BYTE;
    CarveView view = {
        .source = source, .base = offset, .size_bytes = size, .work = work + END_WORK_BEGIN};
    CarveShape shape = format->walk(&view);
    carve_view_clear(&view);
    if (shape.state != CARVE_WHOLE && shape.state != CARVE_OPEN)
        return false;
    *ret_end = offset + shape.size_bytes;
    return true;
}
