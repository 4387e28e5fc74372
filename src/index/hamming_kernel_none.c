// SPDX-License-Identifier: Apache-2.0
//
// List of kernels for processors that have no special one.
#include "index/hamming_kernel_list.h"

static const HammingKernel *const kernels[] = {&hamming_kernel_portable, NULL};

const HammingKernel *const *hamming_kernels(void)
{
    return kernels;
}
