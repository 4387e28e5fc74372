// SPDX-License-Identifier: Apache-2.0
//
// SectionWriter: sections of an index file (index_format.h), one after another, entered in the
// header as they are written. Plain libc; failures leave their reason in errno.
#pragma once

#include "index/block_writer.h"
#include "index/hamming_plan.h"
#include "index/index_format.h"
#include "index/offset_table.h"

// Both borrowed.
typedef struct {
    IndexHeader *header;
    BlockWriter *blocks;
} SectionWriter;

typedef struct {
    SectionKind kind;
    IndexType type;
    uint8_t table;
} SectionName;

// A section whose bytes the caller adds to `blocks` until section_end.
bool section_begin(SectionWriter *writer, SectionName name);
void section_end(SectionWriter *writer);

// A whole section.
bool section_add(SectionWriter *writer, SectionName name, const void *data, size_t size_bytes);

// The three sections of an offset table. `substring` describes a substring table; of others only
// its `bits` count, or nothing.
bool section_add_offsets(SectionWriter *writer, IndexType type, uint8_t table,
                         HammingSubstring substring, const OffsetArrays *arrays);
