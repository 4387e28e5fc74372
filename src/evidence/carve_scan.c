// SPDX-License-Identifier: Apache-2.0
#include "evidence/carve_scan.h"

#include <string.h>

#include "evidence/carve_formats.h"

_Static_assert(CARVE_SCAN_PADDING >= CARVE_MAGIC_BYTES + CARVE_SCAN_SHIFT_MAX + 64,
               "the exact test and the last vectors read behind the last position");

// Bytes at the beginning or up to CARVE_SCAN_SHIFT_MAX behind it, all the same to the search, which
// tries every beginning from there back. Of each only the bits of the mask count.
typedef struct {
    uint8_t bucket;
    uint8_t bytes[CARVE_SCAN_PLACES], masks[CARVE_SCAN_PLACES];
} Pattern;

#define EXACT                                                                                      \
    {                                                                                              \
        0xff, 0xff, 0xff, 0xff                                                                     \
    }

// Patterns in one bucket let each other's bytes through, so those are together whose mixtures
// seldom occur in text, machine code and compressed data.
static const Pattern patterns[] = {
    {0, {0xff, 0xd8, 0xff, 0xc0}, {0xff, 0xff, 0xff, 0xc0}}, // JPEG, and its next marker
    {0, {0xff, 0x4f, 0xff, 0x51}, EXACT},                    // JPEG 2000
    {1, {0x89, 'P', 'N', 'G'}, EXACT},
    {1, {'G', 'I', 'F', '8'}, EXACT},
    {1, {'R', 'I', 'F', 'F'}, EXACT},
    {2, {'f', 't', 'y', 'p'}, EXACT},
    {2, {'m', 'd', 'a', 't'}, EXACT},
    {3, {'m', 'o', 'o', 'v'}, EXACT},
    {3, {0, 0, 1, 0xba}, EXACT}, // MPEG program stream
    {4, {8, 'w', 'i', 'd'}, EXACT},
    {4, {12, 'j', 'P', ' '}, EXACT},
    {4, {12, 'J', 'X', 'L'}, EXACT},
    {5, {0x1a, 0x45, 0xdf, 0xa3}, EXACT}, // Matroska
    {5, {0x30, 0x26, 0xb2, 0x75}, EXACT}, // ASF
    {5, {'O', 'g', 'g', 'S'}, EXACT},
    {5, {'F', 'L', 'V', 1}, EXACT},
    {6, {'I', 'I', 0x2a, 0}, {0xff, 0xff, 0xfe, 0xff}}, // TIFF and BigTIFF
    {6, {'M', 'M', 0, 0x2a}, {0xff, 0xff, 0xff, 0xfe}},
    {7, {'B', 'M', 0, 0}, {0xff, 0xff, 0, 0}},
};

static void add_pattern(CarveScan *scan, const Pattern *pattern)
{
    const uint8_t bit = (uint8_t)(1u << pattern->bucket);
    for (size_t place = 0; place < CARVE_SCAN_PLACES; place++) {
        const unsigned byte = pattern->bytes[place], mask = pattern->masks[place];
        for (unsigned half = 0; half < 16; half++) {
            if (((half ^ byte) & mask & 0x0f) == 0)
                scan->low[place][half] |= bit;
            if (((half << 4 ^ byte) & mask & 0xf0) == 0)
                scan->high[place][half] |= bit;
        }
    }
}

void carve_scan_init(CarveScan *scan)
{
    const CarveScanEngineRow *rows = NULL;
    const size_t count = carve_scan_engines(&rows);
    *scan = (CarveScan){.engine = rows[count - 1].engine};
    for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
        add_pattern(scan, &patterns[i]);
}

size_t carve_scan_engines(const CarveScanEngineRow **ret_rows)
{
    static const CarveScanEngineRow rows[] = {
        {"portable", carve_scan_portable},
#if defined(__x86_64__)
        {"ssse3", carve_scan_ssse3},
        {"avx2", carve_scan_avx2},
#endif
    };
    size_t count = 1;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("ssse3"))
        count = __builtin_cpu_supports("avx2") ? 3 : 2;
#endif
    *ret_rows = rows;
    return count;
}

static uint8_t buckets_left(const CarveScan *scan, size_t place, uint8_t byte)
{
    return scan->low[place][byte & 15] & scan->high[place][byte >> 4];
}

size_t carve_scan_portable(const CarveScan *scan, const uint8_t *bytes, size_t from, size_t end)
{
    // What the first two bytes leave, for all bytes at once, costs less than it saves.
    uint8_t first[256], second[256];
    for (unsigned byte = 0; byte < 256; byte++) {
        first[byte] = buckets_left(scan, 0, (uint8_t)byte);
        second[byte] = buckets_left(scan, 1, (uint8_t)byte);
    }
    for (size_t at = from; at < end; at++) {
        const uint8_t *here = bytes + at;
        if ((first[here[0]] & second[here[1]] & buckets_left(scan, 2, here[2]) &
             buckets_left(scan, 3, here[3])) != 0)
            return at;
        if (here[0] == CARVE_SCAN_SYNC && (here[CARVE_SCAN_SYNC_NEXT] == CARVE_SCAN_SYNC ||
                                           here[CARVE_SCAN_SYNC_NEXT_TIMED] == CARVE_SCAN_SYNC))
            return at;
    }
    return end;
}

size_t carve_scan_next(const CarveScan *scan, const uint8_t *bytes, size_t from, size_t end)
{
    const size_t last = end + CARVE_SCAN_SHIFT_MAX;
    for (size_t hit = scan->engine(scan, bytes, from, last); hit < last;
         hit = scan->engine(scan, bytes, hit + 1, last)) {
        size_t begin = hit - from > CARVE_SCAN_SHIFT_MAX ? hit - CARVE_SCAN_SHIFT_MAX : from;
        for (size_t at = begin; at <= hit && at < end; at++) {
            if (carve_format_at(bytes + at) != NULL)
                return at;
        }
    }
    return end;
}

size_t carve_scan_next_plain(const uint8_t *bytes, size_t from, size_t end)
{
    for (size_t at = from; at < end; at++) {
        if (carve_format_at(bytes + at) != NULL)
            return at;
    }
    return end;
}
