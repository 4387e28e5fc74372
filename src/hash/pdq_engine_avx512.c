// SPDX-License-Identifier: Apache-2.0
//
// Strip engine with 16 lanes: AVX-512F. Compiled with its own flags, run only where the processor
// has it.
#define ENGINE_STRIP pdq_strip_avx512
#define ENGINE_LANES 16
#include "hash/pdq_engine.h"

#include <immintrin.h>

ENGINE_INLINE void block_transpose(Vec block[ENGINE_LANES])
{
    __m512 pairs[16], quads[16]; // of rows, within each 128-bit quarter
    UNROLL for (int i = 0; i < 16; i += 2)
    {
        pairs[i] = _mm512_unpacklo_ps(block[i], block[i + 1]);
        pairs[i + 1] = _mm512_unpackhi_ps(block[i], block[i + 1]);
    }
    UNROLL for (int i = 0; i < 16; i += 4)
    {
        quads[i] = _mm512_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
        quads[i + 1] = _mm512_shuffle_ps(pairs[i], pairs[i + 2], 0xEE);
        quads[i + 2] = _mm512_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
        quads[i + 3] = _mm512_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xEE);
    }
    // Quarter q of quads[4 g + i] is column 4 q + i of rows 4 g .. 4 g + 3.
    UNROLL for (int i = 0; i < 4; i++)
    {
        __m512 low_1 = _mm512_shuffle_f32x4(quads[i], quads[4 + i], 0x44);
        __m512 low_2 = _mm512_shuffle_f32x4(quads[8 + i], quads[12 + i], 0x44);
        __m512 high_1 = _mm512_shuffle_f32x4(quads[i], quads[4 + i], 0xEE);
        __m512 high_2 = _mm512_shuffle_f32x4(quads[8 + i], quads[12 + i], 0xEE);
        block[i] = _mm512_shuffle_f32x4(low_1, low_2, 0x88);
        block[4 + i] = _mm512_shuffle_f32x4(low_1, low_2, 0xDD);
        block[8 + i] = _mm512_shuffle_f32x4(high_1, high_2, 0x88);
        block[12 + i] = _mm512_shuffle_f32x4(high_1, high_2, 0xDD);
    }
}

// See pdq_engine_avx2.c.
ENGINE_INLINE Vec window_divide(Vec sum, PdqWindow window, Division division)
{
    if (division == DIVIDE_PLAIN)
        return window.reciprocal == 0 ? (Vec){0} : sum / window.count;
    __m512 reciprocal = _mm512_set1_ps(window.reciprocal);
    __m512 quotient = _mm512_mul_ps(sum, reciprocal);
    __m512 remainder = _mm512_fnmadd_ps(quotient, _mm512_set1_ps(window.count), sum);
    return _mm512_fmadd_ps(remainder, reciprocal, quotient);
}
