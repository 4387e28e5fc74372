// SPDX-License-Identifier: Apache-2.0
//
// Values as Windows stores them in compound files.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "model/record.h"

// UTF-16, little-endian, up to the first zero or `units` units, as UTF-8; what is no character
// becomes U+FFFD. Newly allocated.
char *ole_utf16_new(const uint8_t *bytes, size_t units);

// FILETIME: 100 ns since 1601, UTC. Absent when 0 or not in the years 1601 to 9999.
ItemTime ole_filetime(uint64_t filetime);
