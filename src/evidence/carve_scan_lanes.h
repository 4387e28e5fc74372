// SPDX-License-Identifier: Apache-2.0
//
// The vector engines of evidence/carve_scan.h, written once for any width. Each engine file
// defines, before it includes this one:
//
//     SCAN_ENGINE   name of the CarveScanEngine to define
//     SCAN_LANES    bytes in a vector
//
// and supplies three functions (declared here):
//
//     table_load     16 bytes, in each 128 bits of the vector
//     table_look_up  in each lane the table's byte of that number, 0 to 15
//     lanes_not_zero a bit for each lane, the first lane's lowest
//
// The vectors are the compilers' own (gcc, clang).
#pragma once

#include <string.h>

#include "evidence/carve_scan.h"

typedef uint8_t Lanes __attribute__((vector_size(SCAN_LANES)));

#define SCAN_INLINE static inline __attribute__((always_inline))

SCAN_INLINE Lanes table_load(const uint8_t table[16]);
SCAN_INLINE Lanes table_look_up(Lanes table, Lanes numbers);
SCAN_INLINE uint32_t lanes_not_zero(Lanes lanes);

SCAN_INLINE Lanes lanes_at(const uint8_t *bytes)
{
    Lanes lanes;
    memcpy(&lanes, bytes, sizeof lanes);
    return lanes;
}

SCAN_INLINE Lanes is_sync(Lanes lanes)
{
    return (Lanes)(lanes == (Lanes){0} + CARVE_SCAN_SYNC);
}

// Buckets that the byte at one place leaves, for each of SCAN_LANES positions.
SCAN_INLINE Lanes buckets_left(Lanes bytes, Lanes low, Lanes high)
{
    return table_look_up(low, bytes & 15) & table_look_up(high, bytes >> 4);
}

size_t SCAN_ENGINE(const CarveScan *scan, const uint8_t *bytes, size_t from, size_t end)
{
    const Lanes low0 = table_load(scan->low[0]), high0 = table_load(scan->high[0]);
    const Lanes low1 = table_load(scan->low[1]), high1 = table_load(scan->high[1]);
    const Lanes low2 = table_load(scan->low[2]), high2 = table_load(scan->high[2]);
    const Lanes low3 = table_load(scan->low[3]), high3 = table_load(scan->high[3]);
    for (size_t at = from; at < end; at += SCAN_LANES) {
        const uint8_t *here = bytes + at;
        const Lanes first = lanes_at(here);
        Lanes found = buckets_left(first, low0, high0);
        found &= buckets_left(lanes_at(here + 1), low1, high1);
        found &= buckets_left(lanes_at(here + 2), low2, high2);
        found &= buckets_left(lanes_at(here + 3), low3, high3);
        found |= is_sync(first) & (is_sync(lanes_at(here + CARVE_SCAN_SYNC_NEXT)) |
                                   is_sync(lanes_at(here + CARVE_SCAN_SYNC_NEXT_TIMED)));
        const uint32_t set = lanes_not_zero(found);
        if (set == 0)
            continue;
        const size_t hit = at + (size_t)__builtin_ctz(set);
        return hit < end ? hit : end;
    }
    return end;
}
