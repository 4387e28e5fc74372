// SPDX-License-Identifier: Apache-2.0
//
// From the 64x64 matrix to quality and hashes: steps 6 to 10 of PDQ. Private to hash/.
#pragma once

#include "hash/pdq.h"

#define PDQ_BITS_SIDE 16 // the transform keeps 16x16 frequencies, 1..16 in both directions

// `matrix` is 64x64, row-major. Fills all of `ret_result`.
void pdq_transform(const float *matrix, PdqResult *ret_result);
