// SPDX-License-Identifier: Apache-2.0
//
// The words that all parts of the index share: kinds of values, and the row that says "this entry
// of this set has this value".
#pragma once

#include <stddef.h>
#include <stdint.h>

#define INDEX_VALUE_BYTES 32u // room for every type

typedef enum {
    INDEX_MD5,    // 16 bytes
    INDEX_SHA1,   // 20
    INDEX_SHA256, // 32
    INDEX_PDQ,    // 32, in the order of its hex digits
    INDEX_TYPE_COUNT
} IndexType;

// Everything else about an entry lives in the database. One entry may have several rows (three
// digests, both PDQ pipelines); one value may have rows of many entries.
typedef struct {
    IndexType type;
    uint8_t value[INDEX_VALUE_BYTES]; // bytes past the type's width are ignored
    uint32_t set_id;
    uint64_t entry_id;
} IndexRow;

static inline uint32_t index_type_width(IndexType type)
{
    static const uint8_t widths[INDEX_TYPE_COUNT] = {16, 20, 32, 32};
    return widths[type];
}
