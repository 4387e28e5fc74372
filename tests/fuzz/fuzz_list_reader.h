// SPDX-License-Identifier: Apache-2.0
//
// What the fuzz targets of the list readers share: any bytes are read as a list of one format, and
// whatever comes out must obey the rules that messages and stores rely on.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Reads the bytes as the named format, whole and in pieces whose size the first byte decides. Both
// must deliver the same.
void fuzz_list_reader(const char *format, const uint8_t *data, size_t size);
