// SPDX-License-Identifier: Apache-2.0
#include "index/blocks.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

#define MAX_REGIONS 160
#define HUGE_PAGE_BYTES ((size_t)2 << 20)
// Below this the memory that huge pages waste at the edges is worth more than their speed.
#define HUGE_AREA_BYTES ((size_t)32 << 20)

enum { BLOCK_ABSENT, BLOCK_READY };

struct Blocks {
    int descriptor;
    uint64_t file_offset;
    uint8_t *area;
    size_t size_bytes;
    void *mapping; // contains the area, which is aligned for huge pages
    size_t mapping_bytes;
    const uint64_t *checksums;
    size_t block_count;
    atomic_uchar *states;
    atomic_size_t loaded_bytes;
    pthread_mutex_t loading;
    BlockRegion regions[MAX_REGIONS];
    size_t region_count;
};

static bool map_area(Blocks *blocks)
{
    size_t slack = blocks->size_bytes >= HUGE_AREA_BYTES ? HUGE_PAGE_BYTES : 0;
    blocks->mapping_bytes = blocks->size_bytes + slack;
    blocks->mapping = mmap(NULL, blocks->mapping_bytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (blocks->mapping == MAP_FAILED) {
        blocks->mapping = NULL;
        return false;
    }
    uintptr_t start = (uintptr_t)blocks->mapping;
    if (slack > 0)
        start = (start + HUGE_PAGE_BYTES - 1) & ~(uintptr_t)(HUGE_PAGE_BYTES - 1);
    blocks->area = (uint8_t *)start;
    // Hints only: contents are secret and do not belong in a core file; searches jump about.
    madvise(blocks->mapping, blocks->mapping_bytes, MADV_DONTDUMP);
    if (slack > 0)
        madvise(blocks->area, blocks->size_bytes, MADV_HUGEPAGE);
    return true;
}

Blocks *blocks_new(int descriptor, uint64_t file_offset, size_t size_bytes,
                   const uint64_t *checksums)
{
    Blocks *blocks = calloc(1, sizeof *blocks);
    if (blocks == NULL)
        return NULL;
    blocks->descriptor = descriptor;
    blocks->file_offset = file_offset;
    blocks->size_bytes = size_bytes;
    blocks->checksums = checksums;
    blocks->block_count = (size_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
    pthread_mutex_init(&blocks->loading, NULL);
    blocks->states = calloc(blocks->block_count + 1, sizeof *blocks->states);
    if (blocks->states == NULL || (size_bytes > 0 && !map_area(blocks))) {
        blocks_free(blocks);
        return NULL;
    }
    return blocks;
}

void blocks_free(Blocks *blocks)
{
    if (blocks == NULL)
        return;
    if (blocks->mapping != NULL)
        munmap(blocks->mapping, blocks->mapping_bytes);
    pthread_mutex_destroy(&blocks->loading);
    free(blocks->states);
    free(blocks);
}

BlockRegion *blocks_region(Blocks *blocks, size_t offset_bytes, size_t size_bytes)
{
    if (blocks->area == NULL || blocks->region_count == MAX_REGIONS ||
        offset_bytes > blocks->size_bytes || size_bytes > blocks->size_bytes - offset_bytes)
        return NULL;
    BlockRegion *region = &blocks->regions[blocks->region_count++];
    region->data = blocks->area + offset_bytes;
    region->size_bytes = size_bytes;
    region->blocks = blocks;
    region->offset_bytes = offset_bytes;
    size_t missing = 0;
    if (size_bytes > 0)
        missing = (offset_bytes + size_bytes - 1) / BLOCK_BYTES - offset_bytes / BLOCK_BYTES + 1;
    atomic_init(&region->missing, missing);
    return region;
}

static size_t block_size(const Blocks *blocks, size_t block)
{
    size_t start = block * BLOCK_BYTES;
    size_t rest = blocks->size_bytes - start;
    return rest < BLOCK_BYTES ? rest : BLOCK_BYTES;
}

static bool read_block(const Blocks *blocks, size_t block, uint8_t *target, IndexFault *fault)
{
    size_t size = block_size(blocks, block);
    uint64_t offset = blocks->file_offset + (uint64_t)block * BLOCK_BYTES;
    size_t done = 0;
    while (done < size) {
        ssize_t got = pread(blocks->descriptor, target + done, size - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            *fault = (IndexFault){.kind = INDEX_FAULT_IO,
                                  .errno_value = got < 0 ? errno : 0,
                                  .block = block,
                                  .offset_bytes = offset};
            return false;
        }
        done += (size_t)got;
    }
    if (XXH3_64bits(target, size) == blocks->checksums[block])
        return true;
    *fault = (IndexFault){.kind = INDEX_FAULT_DAMAGED, .block = block, .offset_bytes = offset};
    return false;
}

// Tells every region that holds a part of the block that one less is missing.
static void publish_block(Blocks *blocks, size_t block)
{
    size_t start = block * BLOCK_BYTES;
    size_t end = start + block_size(blocks, block);
    atomic_store_explicit(&blocks->states[block], BLOCK_READY, memory_order_release);
    for (size_t i = 0; i < blocks->region_count; i++) {
        BlockRegion *region = &blocks->regions[i];
        if (region->size_bytes > 0 && region->offset_bytes < end &&
            region->offset_bytes + region->size_bytes > start)
            atomic_fetch_sub_explicit(&region->missing, 1, memory_order_acq_rel);
    }
    atomic_fetch_add_explicit(&blocks->loaded_bytes, end - start, memory_order_relaxed);
}

static bool load_block(Blocks *blocks, size_t block, IndexFault *fault)
{
    bool ok = true;
    pthread_mutex_lock(&blocks->loading);
    if (atomic_load_explicit(&blocks->states[block], memory_order_relaxed) != BLOCK_READY) {
        ok = read_block(blocks, block, blocks->area + block * BLOCK_BYTES, fault);
        if (ok)
            publish_block(blocks, block);
    }
    pthread_mutex_unlock(&blocks->loading);
    return ok;
}

bool region_load(BlockRegion *region, size_t offset_bytes, size_t size_bytes, IndexFault *fault)
{
    Blocks *blocks = region->blocks;
    if (size_bytes == 0)
        return true;
    size_t block = (region->offset_bytes + offset_bytes) / BLOCK_BYTES;
    size_t last = (region->offset_bytes + offset_bytes + size_bytes - 1) / BLOCK_BYTES;
    for (; block <= last; block++) {
        if (atomic_load_explicit(&blocks->states[block], memory_order_acquire) == BLOCK_READY)
            continue;
        if (!load_block(blocks, block, fault))
            return false;
    }
    return true;
}

bool blocks_verify(Blocks *blocks, IndexFault *fault)
{
    uint8_t *buffer = malloc(BLOCK_BYTES);
    if (buffer == NULL)
        return index_fault_memory(fault);
    bool ok = true;
    for (size_t block = 0; ok && block < blocks->block_count; block++)
        ok = read_block(blocks, block, buffer, fault);
    free(buffer);
    return ok;
}

size_t blocks_loaded_bytes(const Blocks *blocks)
{
    return atomic_load_explicit(&blocks->loaded_bytes, memory_order_relaxed);
}

void region_of_memory(BlockRegion *region, const void *data, size_t size_bytes)
{
    region->data = data;
    region->size_bytes = size_bytes;
    region->blocks = NULL;
    region->offset_bytes = 0;
    atomic_init(&region->missing, 0);
}
