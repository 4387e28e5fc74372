// SPDX-License-Identifier: Apache-2.0
//
// Bytes of an index file, version 1. Little-endian throughout, so on the machines Clew runs on a
// section is an array as it stands.
//
//     0       header, 8192 bytes: IndexHeader, then sections, zeros, and in the last 8 bytes the
//             XXH3-64 of the 8184 before
//     8192    data: sections, each starting at a multiple of 64 bytes
//     ...     checksums: XXH3-64 of each 64 KiB of data, counted from byte 8192
//
// Sections of a type (IndexType):
//
//     digests   VALUES: ascending values; OFFSETS_* table 0: leading bits -> values
//     PDQ       FIRST_HALVES, SECOND_HALVES: two 64-bit words each of the permuted values
//               (hamming_plan.h), ascending; for each table OFFSETS_* and, but where the substring
//               starts at bit 0, IDS and perhaps TABLE_HALVES: first halves in the order of IDS
//     all       OFFSETS_* table 255: value id -> refs; REFS: 12 bytes each, entry id (8), set id
//     (4)
//
// OFFSETS_* are the three arrays of an OffsetTable (offset_table.h). Empty arrays have a section of
// size 0; a type without values has none.
#pragma once

#include "index/index_types.h"

#include <stdint.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "index files are little-endian");

#define INDEX_MAGIC "CLEWIDX\n"
#define INDEX_VERSION 1u
#define INDEX_HEADER_BYTES 8192u
#define INDEX_ALIGNMENT 64u
#define INDEX_MAX_SECTIONS 160u
#define INDEX_REF_BYTES 12u
#define INDEX_REFS_TABLE 255u

typedef enum {
    SECTION_VALUES = 1,
    SECTION_FIRST_HALVES,
    SECTION_SECOND_HALVES,
    SECTION_OFFSETS_BASE,
    SECTION_OFFSETS_WITHIN,
    SECTION_OFFSETS_WIDE,
    SECTION_IDS,
    SECTION_REFS,
    SECTION_TABLE_HALVES,
} SectionKind;

typedef struct {
    uint16_t kind;
    uint8_t type;          // IndexType
    uint8_t table;         // number of the substring table; 0 for digests; INDEX_REFS_TABLE
    uint8_t start;         // OFFSETS_BASE of a substring table: its HammingSubstring
    uint8_t bits;          // ... and of a digest table the number of leading bits
    uint8_t radius;        // ...
    uint8_t group_bits;    // OFFSETS_BASE: of the OffsetTable
    uint64_t offset_bytes; // from the start of the data
    uint64_t size_bytes;
} IndexSection;

typedef struct {
    char magic[8];
    uint32_t version;
    uint32_t section_count;
    uint64_t file_bytes;
    uint64_t generation;
    uint64_t covered_seq;
    uint64_t data_bytes;
    uint64_t checksums_xxh3; // of the array of checksums
    uint64_t refs[INDEX_TYPE_COUNT];
    uint32_t values[INDEX_TYPE_COUNT];
    uint32_t table_count; // substring tables of PDQ
    uint32_t reserved;
    IndexSection sections[INDEX_MAX_SECTIONS];
} IndexHeader;

_Static_assert(sizeof(IndexSection) == 24, "sections are packed as written");
_Static_assert(sizeof(IndexHeader) == 112 + 24 * INDEX_MAX_SECTIONS, "so is the header");
_Static_assert(sizeof(IndexHeader) <= INDEX_HEADER_BYTES - 8, "and its checksum follows it");
