// SPDX-License-Identifier: Apache-2.0
//
// Scan engine with 32 lanes: AVX2. Compiled with its own flags, run only where the processor has
// it.
#define SCAN_ENGINE carve_scan_avx2
#define SCAN_LANES 32
#include "evidence/carve_scan_lanes.h"

#include <immintrin.h>

SCAN_INLINE Lanes table_load(const uint8_t table[16])
{
    __m128i half = _mm_loadu_si128((const __m128i *)table);
    return (Lanes)_mm256_broadcastsi128_si256(half);
}

SCAN_INLINE Lanes table_look_up(Lanes table, Lanes numbers)
{
    return (Lanes)_mm256_shuffle_epi8((__m256i)table, (__m256i)numbers);
}

SCAN_INLINE uint32_t lanes_not_zero(Lanes lanes)
{
    return ~(uint32_t)_mm256_movemask_epi8((__m256i)(lanes == (Lanes){0}));
}
