// SPDX-License-Identifier: Apache-2.0
//
// Strip engine with 4 lanes in plain vector types, for any processor. On x86-64 the compiler makes
// SSE2 of it, on arm64 NEON.
#define ENGINE_STRIP pdq_strip_baseline
#define ENGINE_LANES 4
#include "hash/pdq_engine.h"

ENGINE_INLINE void block_transpose(Vec block[ENGINE_LANES])
{
    Vec even_low = __builtin_shufflevector(block[0], block[1], 0, 4, 1, 5);
    Vec even_high = __builtin_shufflevector(block[0], block[1], 2, 6, 3, 7);
    Vec odd_low = __builtin_shufflevector(block[2], block[3], 0, 4, 1, 5);
    Vec odd_high = __builtin_shufflevector(block[2], block[3], 2, 6, 3, 7);
    block[0] = __builtin_shufflevector(even_low, odd_low, 0, 1, 4, 5);
    block[1] = __builtin_shufflevector(even_low, odd_low, 2, 3, 6, 7);
    block[2] = __builtin_shufflevector(even_high, odd_high, 0, 1, 4, 5);
    block[3] = __builtin_shufflevector(even_high, odd_high, 2, 3, 6, 7);
}

ENGINE_INLINE Vec window_divide(Vec sum, PdqWindow window, Division division)
{
    (void)division;
    return window.reciprocal == 0 ? (Vec){0} : sum / window.count;
}
