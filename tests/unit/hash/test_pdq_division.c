// SPDX-License-Identifier: Apache-2.0
//
// Promise: the division that the AVX2 and AVX-512 engines use equals IEEE division for every
// window count they use it for. The sum's exponent does not matter to the rounding, so going
// through every mantissa is a proof: `-m slow` does (2^23 mantissas, 160 counts). A normal run
// takes every 211th, starting elsewhere for each count, and the ends.
#include "hash/pdq_filter.h"

#include <glib.h>
#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>

#define MANTISSAS (1u << 23)

static float with_mantissa(uint32_t mantissa)
{
    uint32_t bits = 0x43000000u | mantissa; // 128 <= value < 256
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

__attribute__((target("fma"))) static float divide(float sum, PdqWindow window)
{
    __m128 reciprocal = _mm_set_ss(window.reciprocal);
    __m128 quotient = _mm_mul_ss(_mm_set_ss(sum), reciprocal);
    __m128 remainder = _mm_fnmadd_ss(quotient, _mm_set_ss(window.count), _mm_set_ss(sum));
    return _mm_cvtss_f32(_mm_fmadd_ss(remainder, reciprocal, quotient));
}

__attribute__((target("fma"))) static uint32_t mismatches(int count, uint32_t first, uint32_t step)
{
    PdqWindow window = {.count = (float)count, .reciprocal = 1.0f / (float)count};
    uint32_t wrong = 0;
    for (uint32_t mantissa = first; mantissa < MANTISSAS; mantissa += step) {
        float sum = with_mantissa(mantissa);
        wrong += divide(sum, window) != sum / window.count;
    }
    return wrong;
}

static void fused_division_equals_division(void)
{
    if (!__builtin_cpu_supports("fma")) {
        g_test_skip("this processor has no FMA");
        return;
    }
    for (int count = 1; count <= PDQ_FMA_WINDOW_MAX; count++) {
        uint32_t step = g_test_slow() ? 1 : 211;
        g_assert_cmpuint(mismatches(count, g_test_slow() ? 0 : (uint32_t)count, step), ==, 0);
        g_assert_cmpuint(mismatches(count, MANTISSAS - 64, 1), ==, 0);
        g_assert_cmpuint(mismatches(count, 0, MANTISSAS), ==, 0);
    }
}
#else
static void fused_division_equals_division(void)
{
    g_test_skip("only the x86-64 engines use it");
}
#endif

static void windows_outside_the_picture_give_zero(void)
{
    PdqAxis axis = {.size = 300, .window = 3, .lag = 1};
    g_assert_cmpfloat(pdq_axis_window(&axis, -1).reciprocal, ==, 0);
    g_assert_cmpfloat(pdq_axis_window(&axis, 300).reciprocal, ==, 0);
    g_assert_cmpfloat(pdq_axis_window(&axis, 0).count, ==, 2);
    g_assert_cmpfloat(pdq_axis_window(&axis, 150).count, ==, 3);
    g_assert_cmpfloat(pdq_axis_window(&axis, 299).count, ==, 2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hash/pdq_division/fused_division_equals_division",
                    fused_division_equals_division);
    g_test_add_func("/hash/pdq_division/windows_outside_the_picture_give_zero",
                    windows_outside_the_picture_give_zero);
    return g_test_run();
}
