// SPDX-License-Identifier: Apache-2.0
//
// Kernels for x86-64: POPCNT, AVX2 and AVX-512 with VPOPCNTDQ. Each function is compiled for its
// own instruction set, so the rest of the program stays on the baseline.
#include "index/hamming_kernel_list.h"

#include <immintrin.h>

static bool has_popcnt(void)
{
    return __builtin_cpu_supports("popcnt");
}

static bool has_avx2(void)
{
    return has_popcnt() && __builtin_cpu_supports("avx2");
}

static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512vpopcntdq");
}

__attribute__((target("popcnt"))) static uint32_t scan_popcnt(const uint64_t *halves,
                                                              uint32_t count, const uint64_t *query,
                                                              uint32_t radius,
                                                              uint32_t *ret_positions)
{
    uint64_t high = query[0];
    uint64_t low = query[1];
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t *half = halves + 2 * (size_t)i;
        uint64_t distance =
            (uint64_t)_mm_popcnt_u64(half[0] ^ high) + (uint64_t)_mm_popcnt_u64(half[1] ^ low);
        ret_positions[found] = i;
        found += distance <= radius;
    }
    return found;
}

__attribute__((target("popcnt"))) static uint32_t pick_popcnt(const uint64_t *halves,
                                                              const uint32_t *ids, uint32_t count,
                                                              const uint64_t *query,
                                                              uint32_t radius, uint32_t *ret_ids)
{
    uint64_t high = query[0];
    uint64_t low = query[1];
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t *half = halves + 2 * (size_t)ids[i];
        uint64_t distance =
            (uint64_t)_mm_popcnt_u64(half[0] ^ high) + (uint64_t)_mm_popcnt_u64(half[1] ^ low);
        ret_ids[found] = ids[i];
        found += distance <= radius;
    }
    return found;
}

// Appends place[i] + base for every set bit i of `mask`.
static inline uint32_t append_places(uint32_t mask, const uint8_t *places, uint32_t base,
                                     uint32_t found, uint32_t *ret_positions)
{
    for (; mask != 0; mask &= mask - 1)
        ret_positions[found++] = base + places[__builtin_ctz(mask)];
    return found;
}

// Population count of each byte by two table lookups, summed over 64-bit words.
__attribute__((target("avx2"))) static inline __m256i words_popcount_avx2(__m256i bits)
{
    const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1,
                                           2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i low = _mm256_set1_epi8(15);
    __m256i ones = _mm256_add_epi8(
        _mm256_shuffle_epi8(table, _mm256_and_si256(bits, low)),
        _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(bits, 4), low)));
    return _mm256_sad_epu8(ones, _mm256_setzero_si256());
}

__attribute__((target("avx2,popcnt"))) static uint32_t scan_avx2(const uint64_t *halves,
                                                                 uint32_t count,
                                                                 const uint64_t *query,
                                                                 uint32_t radius,
                                                                 uint32_t *ret_positions)
{
    // Words of four halves, unpacked in pairs: low words 0 2 | 1 3 and high words alike.
    static const uint8_t places[4] = {0, 2, 1, 3};
    const __m256i wanted = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)query));
    const __m256i limit = _mm256_set1_epi64x((long long)radius);
    uint32_t found = 0;
    uint32_t i = 0;
    for (; i + 4 <= count; i += 4) {
        const __m256i *source = (const __m256i *)(halves + 2 * (size_t)i);
        __m256i a = words_popcount_avx2(_mm256_xor_si256(_mm256_loadu_si256(source), wanted));
        __m256i b = words_popcount_avx2(_mm256_xor_si256(_mm256_loadu_si256(source + 1), wanted));
        __m256i distance =
            _mm256_add_epi64(_mm256_unpacklo_epi64(a, b), _mm256_unpackhi_epi64(a, b));
        __m256i far = _mm256_cmpgt_epi64(distance, limit);
        uint32_t near = ~(uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(far)) & 15u;
        if (near != 0)
            found = append_places(near, places, i, found, ret_positions);
    }
    uint32_t rest =
        scan_popcnt(halves + 2 * (size_t)i, count - i, query, radius, ret_positions + found);
    for (uint32_t k = 0; k < rest; k++)
        ret_positions[found + k] += i;
    return found + rest;
}

__attribute__((target("avx512f,avx512vpopcntdq,popcnt"))) static uint32_t scan_avx512(
    const uint64_t *halves, uint32_t count, const uint64_t *query, uint32_t radius,
    uint32_t *ret_positions)
{
    // Words of eight halves, unpacked in pairs: 0 4 | 1 5 | 2 6 | 3 7.
    static const uint8_t places[8] = {0, 4, 1, 5, 2, 6, 3, 7};
    const __m512i wanted = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)query));
    const __m512i limit = _mm512_set1_epi64((long long)radius);
    uint32_t found = 0;
    uint32_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const uint64_t *source = halves + 2 * (size_t)i;
        __m512i a = _mm512_popcnt_epi64(_mm512_xor_si512(_mm512_loadu_si512(source), wanted));
        __m512i b = _mm512_popcnt_epi64(_mm512_xor_si512(_mm512_loadu_si512(source + 8), wanted));
        __m512i distance =
            _mm512_add_epi64(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
        uint32_t near = _mm512_cmple_epu64_mask(distance, limit);
        if (__builtin_expect(near != 0, 0))
            found = append_places(near, places, i, found, ret_positions);
    }
    uint32_t rest =
        scan_popcnt(halves + 2 * (size_t)i, count - i, query, radius, ret_positions + found);
    for (uint32_t k = 0; k < rest; k++)
        ret_positions[found + k] += i;
    return found + rest;
}

static const HammingKernel popcnt = {"popcnt", has_popcnt, scan_popcnt, pick_popcnt};
static const HammingKernel avx2 = {"avx2", has_avx2, scan_avx2, pick_popcnt};
static const HammingKernel avx512 = {"avx512", has_avx512, scan_avx512, pick_popcnt};

static const HammingKernel *const kernels[] = {&avx512, &avx2, &popcnt, &hamming_kernel_portable,
                                               NULL};

const HammingKernel *const *hamming_kernels(void)
{
    return kernels;
}
