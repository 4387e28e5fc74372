// SPDX-License-Identifier: Apache-2.0
//
// Bytes without any structure, as encrypted containers without a marker (VeraCrypt) have them. The
// measure is Pearson's chi-squared of the byte histogram over 255 degrees of freedom: random bytes
// lie in 180-340, compressed media far above. Sampled windows, because a container can begin with
// random bytes and go on empty.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "evidence/source.h"

// Chi-squared of a block against a uniform distribution.
double random_region_chi_squared(const uint8_t *bytes, size_t size_bytes);

// Samples the first 64 KiB, windows in the middle and the last 64 KiB. Returns the bytes of the
// source that look random, 0 when none do, it cannot be read or is shorter than 64 KiB:
//   its whole size when all windows do;
//   the bytes of the random sectors when the first sector and all others that are not empty do;
//   the windows' sum when the first and the last, or the first and most others do.
// The last two only when the size is a multiple of 512, as containers have it. `ret_detail` (newly
// allocated when the answer is not 0) is a phrase with the chi-squared, which windows, and whether
// the size is a multiple of 512. For items of unknown type only; the caller sees to that.
uint64_t random_region_find(Source *source, char **ret_detail);
