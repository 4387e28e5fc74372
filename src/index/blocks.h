// SPDX-License-Identifier: Apache-2.0
//
// Blocks: the bytes of an index file, brought into memory 64 KiB at a time, each block checked
// against its XXH3-64 before anyone sees it. A BlockRegion is one array inside them (or any plain
// array in memory), and the search code reads arrays only through regions.
//
// Why not mmap the file: a mapped file that is truncated or sits on failing media raises SIGBUS in
// the middle of a search, and bytes checked once can change underneath. Here the bytes are copied
// by pread into one private anonymous mapping: I/O errors come back as errors, a checked block
// stays as it was checked, and untouched blocks cost neither time nor memory.
//
// Threads: any number may call region_need at once; loading takes a lock, reading loaded bytes
// does not. A block is published by a release store after its check and read after an acquire load.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLOCK_BYTES 65536u

typedef enum {
    INDEX_FAULT_NONE,
    INDEX_FAULT_IO,        // reading failed, or the file became shorter; errno_value may be 0
    INDEX_FAULT_DAMAGED,   // a block does not have its checksum
    INDEX_FAULT_MALFORMED, // checksums agree, contents point outside their arrays
    INDEX_FAULT_MEMORY,    // an allocation failed
} IndexFaultKind;

// What went wrong in a search; block and offset (in the file) are set for IO and DAMAGED.
typedef struct {
    IndexFaultKind kind;
    int errno_value;
    uint64_t block;
    uint64_t offset_bytes;
    const char *what; // static text for MALFORMED
} IndexFault;

typedef struct Blocks Blocks;

// `data` may be read only where region_need has said yes. Plain memory: see region_of_memory.
typedef struct {
    const uint8_t *data;
    size_t size_bytes;
    Blocks *blocks;        // NULL: plain memory
    size_t offset_bytes;   // of `data` within the blocks' area
    atomic_size_t missing; // blocks of this region not loaded yet
} BlockRegion;

// Takes over neither the descriptor nor `checksums`, which must outlive it. The area starts at
// file_offset and is size_bytes long; checksums holds one value for each begun block. NULL when
// memory cannot be had.
Blocks *blocks_new(int descriptor, uint64_t file_offset, size_t size_bytes,
                   const uint64_t *checksums);

void blocks_free(Blocks *blocks);

// A region of the area, owned by it. All regions are asked for before the first search; NULL when
// the range lies outside the area or there are more regions than a file can have.
BlockRegion *blocks_region(Blocks *blocks, size_t offset_bytes, size_t size_bytes);

// Reads every block from the file again, whether loaded or not, and checks it.
bool blocks_verify(Blocks *blocks, IndexFault *fault);

// Bytes loaded so far.
size_t blocks_loaded_bytes(const Blocks *blocks);

// Fills in a region over plain memory, which is borrowed.
void region_of_memory(BlockRegion *region, const void *data, size_t size_bytes);

// Loads what is missing; region_need below is the call to use.
bool region_load(BlockRegion *region, size_t offset_bytes, size_t size_bytes, IndexFault *fault);

// Makes [offset, offset + size) of the region readable. The caller has checked that the range lies
// inside the region. False sets *fault.
static inline bool region_need(BlockRegion *region, size_t offset_bytes, size_t size_bytes,
                               IndexFault *fault)
{
    if (__builtin_expect(atomic_load_explicit(&region->missing, memory_order_acquire) == 0, 1))
        return true;
    return region_load(region, offset_bytes, size_bytes, fault);
}

static inline bool region_complete(const BlockRegion *region)
{
    return atomic_load_explicit(&region->missing, memory_order_acquire) == 0;
}

static inline bool index_fault_malformed(IndexFault *fault, const char *what)
{
    *fault = (IndexFault){.kind = INDEX_FAULT_MALFORMED, .what = what};
    return false;
}

static inline bool index_fault_memory(IndexFault *fault)
{
    *fault = (IndexFault){.kind = INDEX_FAULT_MEMORY};
    return false;
}
