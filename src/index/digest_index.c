// SPDX-License-Identifier: Apache-2.0
#include "index/digest_index.h"

#include <string.h>

#define MAX_BUCKET_BITS 28u
#define VALUES_PER_BUCKET 4u
#define LOOKUPS_TOGETHER 32u

uint32_t digest_index_bucket_bits(uint32_t count)
{
    uint32_t bits = 0;
    while (bits < MAX_BUCKET_BITS && ((uint64_t)VALUES_PER_BUCKET << bits) < count)
        bits++;
    return bits;
}

uint32_t digest_index_bucket(const uint8_t *digest, uint32_t bucket_bits)
{
    uint64_t leading = (uint64_t)digest[0] << 24 | (uint64_t)digest[1] << 16 |
                       (uint64_t)digest[2] << 8 | digest[3];
    return (uint32_t)(leading >> (32 - bucket_bits));
}

bool digest_index_valid(const DigestIndex *index)
{
    const OffsetTable *offsets = &index->offsets;
    uint32_t bits = offsets->group_bits;
    if (index->bucket_bits > MAX_BUCKET_BITS || offsets->buckets != 1u << index->bucket_bits ||
        offsets->items != index->count || index->count > OFFSET_TABLE_MAX_ITEMS || bits < 3 ||
        bits > 6)
        return false;
    return offsets->base->size_bytes == offset_table_base_bytes(offsets->buckets, bits) &&
           offsets->within->size_bytes == offset_table_within_bytes(offsets->buckets, bits) &&
           offsets->wide->size_bytes == offset_table_wide_bytes(offsets->wide_groups, bits) &&
           index->values->size_bytes == (size_t)index->count * index->width;
}

bool digest_probe_begin(DigestProbe *probe, const DigestIndex *index, const uint8_t *digest,
                        IndexFault *fault)
{
    *probe = (DigestProbe){.index = index, .digest = digest};
    probe->bucket = digest_index_bucket(digest, index->bucket_bits);
    return offset_table_prepare(&index->offsets, probe->bucket, fault);
}

bool digest_probe_fetch(DigestProbe *probe, IndexFault *fault)
{
    const DigestIndex *index = probe->index;
    if (!offset_table_range(&index->offsets, probe->bucket, &probe->start, &probe->end, fault))
        return false;
    size_t offset = (size_t)probe->start * index->width;
    size_t size = (size_t)(probe->end - probe->start) * index->width;
    if (!region_need(index->values, offset, size, fault))
        return false;
    if (size > 0) {
        __builtin_prefetch(index->values->data + offset);
        __builtin_prefetch(index->values->data + offset + size - 1);
    }
    return true;
}

uint32_t digest_probe_end(const DigestProbe *probe)
{
    const DigestIndex *index = probe->index;
    uint32_t low = probe->start;
    uint32_t high = probe->end;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const uint8_t *value = index->values->data + (size_t)middle * index->width;
        int order = memcmp(probe->digest, value, index->width);
        if (order == 0)
            return middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return DIGEST_ABSENT;
}

static bool find_together(const DigestIndex *index, const uint8_t *digests, size_t count,
                          uint32_t *ret_ids, IndexFault *fault)
{
    DigestProbe probes[LOOKUPS_TOGETHER];
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        ok = digest_probe_begin(&probes[i], index, digests + i * index->width, fault);
    for (size_t i = 0; ok && i < count; i++)
        ok = digest_probe_fetch(&probes[i], fault);
    for (size_t i = 0; ok && i < count; i++)
        ret_ids[i] = digest_probe_end(&probes[i]);
    return ok;
}

bool digest_index_find_many(const DigestIndex *index, const uint8_t *digests, size_t count,
                            uint32_t *ret_ids, IndexFault *fault)
{
    for (size_t done = 0; done < count;) {
        size_t part = count - done < LOOKUPS_TOGETHER ? count - done : LOOKUPS_TOGETHER;
        if (!find_together(index, digests + done * index->width, part, ret_ids + done, fault))
            return false;
        done += part;
    }
    return true;
}
