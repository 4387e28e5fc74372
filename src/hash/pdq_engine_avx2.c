// SPDX-License-Identifier: Apache-2.0
//
// Strip engine with 8 lanes: AVX2 and FMA. Compiled with its own flags, run only where the
// processor has both.
#define ENGINE_STRIP pdq_strip_avx2
#define ENGINE_LANES 8
#include "hash/pdq_engine.h"

#include <immintrin.h>

ENGINE_INLINE void block_transpose(Vec block[ENGINE_LANES])
{
    __m256 pairs[8], quads[8]; // of rows, within each 128-bit half
    UNROLL for (int i = 0; i < 8; i += 2)
    {
        pairs[i] = _mm256_unpacklo_ps(block[i], block[i + 1]);
        pairs[i + 1] = _mm256_unpackhi_ps(block[i], block[i + 1]);
    }
    UNROLL for (int i = 0; i < 8; i += 4)
    {
        quads[i] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
        quads[i + 1] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0xEE);
        quads[i + 2] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
        quads[i + 3] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xEE);
    }
    UNROLL for (int i = 0; i < 4; i++)
    {
        block[i] = _mm256_permute2f128_ps(quads[i], quads[i + 4], 0x20);
        block[i + 4] = _mm256_permute2f128_ps(quads[i], quads[i + 4], 0x31);
    }
}

// One correction of the product with the rounded reciprocal, after Markstein: the remainder is
// exact in a fused step, and for the counts that occur the second fused step rounds as division
// does. tests/unit/hash/test_pdq_division.c goes through every mantissa.
ENGINE_INLINE Vec window_divide(Vec sum, PdqWindow window, Division division)
{
    if (division == DIVIDE_PLAIN)
        return window.reciprocal == 0 ? (Vec){0} : sum / window.count;
    __m256 reciprocal = _mm256_set1_ps(window.reciprocal);
    __m256 quotient = _mm256_mul_ps(sum, reciprocal);
    __m256 remainder = _mm256_fnmadd_ps(quotient, _mm256_set1_ps(window.count), sum);
    return _mm256_fmadd_ps(remainder, reciprocal, quotient);
}
