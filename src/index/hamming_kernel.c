// SPDX-License-Identifier: Apache-2.0
//
// The portable kernel, and the choice. __builtin_popcountll is a table lookup or a few shifts here,
// depending on the compiler, since the baseline processor has no population count.
#include "index/hamming_kernel.h"

#include "index/hamming_kernel_list.h"

static bool always(void)
{
    return true;
}

static uint32_t scan_portable(const uint64_t *halves, uint32_t count, const uint64_t *query,
                              uint32_t radius, uint32_t *ret_positions)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        ret_positions[found] = i;
        found += hamming_half_distance(halves + 2 * (size_t)i, query) <= radius;
    }
    return found;
}

static uint32_t pick_portable(const uint64_t *halves, const uint32_t *ids, uint32_t count,
                              const uint64_t *query, uint32_t radius, uint32_t *ret_ids)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        ret_ids[found] = ids[i];
        found += hamming_half_distance(halves + 2 * (size_t)ids[i], query) <= radius;
    }
    return found;
}

const HammingKernel hamming_kernel_portable = {"portable", always, scan_portable, pick_portable};

const HammingKernel *hamming_kernel_best(void)
{
    const HammingKernel *const *kernel = hamming_kernels();
    while (!(*kernel)->supported())
        kernel++;
    return *kernel;
}
