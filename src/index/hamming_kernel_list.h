// SPDX-License-Identifier: Apache-2.0
//
// The kernels' own view of one another; others use hamming_kernel.h. Which file provides
// hamming_kernels() is the build's choice: hamming_kernel_x86.c or hamming_kernel_none.c.
#pragma once

#include "index/hamming_kernel.h"

extern const HammingKernel hamming_kernel_portable;
