// SPDX-License-Identifier: Apache-2.0
//
// Scan engine with 16 lanes: SSSE3. Compiled with its own flags, run only where the processor has
// it.
#define SCAN_ENGINE carve_scan_ssse3
#define SCAN_LANES 16
#include "evidence/carve_scan_lanes.h"

#include <immintrin.h>

SCAN_INLINE Lanes table_load(const uint8_t table[16])
{
    return (Lanes)_mm_loadu_si128((const __m128i *)table);
}

SCAN_INLINE Lanes table_look_up(Lanes table, Lanes numbers)
{
    return (Lanes)_mm_shuffle_epi8((__m128i)table, (__m128i)numbers);
}

SCAN_INLINE uint32_t lanes_not_zero(Lanes lanes)
{
    return 0xffff & ~(uint32_t)_mm_movemask_epi8((__m128i)(lanes == (Lanes){0}));
}
