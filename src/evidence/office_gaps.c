// SPDX-License-Identifier: Apache-2.0
#include "evidence/office_gaps.h"

struct OfficeGaps {
    GArray *delivered; // of Extent
};

OfficeGaps *office_gaps_new(void)
{
    OfficeGaps *gaps = g_new0(OfficeGaps, 1);
    gaps->delivered = g_array_new(FALSE, FALSE, sizeof(Extent));
    return gaps;
}

void office_gaps_free(OfficeGaps *gaps)
{
    if (gaps == NULL)
        return;
    g_array_unref(gaps->delivered);
    g_free(gaps);
}

void office_gaps_deliver(OfficeGaps *gaps, uint64_t offset, uint64_t size_bytes)
{
    const Extent extent = {.offset = offset, .size_bytes = size_bytes};
    g_array_append_val(gaps->delivered, extent);
}

static int compare(const void *a, const void *b)
{
    uint64_t x = ((const Extent *)a)->offset, y = ((const Extent *)b)->offset;
    return x < y ? -1 : x > y;
}

static void add(GArray *extents, uint64_t begin, uint64_t end)
{
    const Extent extent = {.offset = begin, .size_bytes = end - begin};
    if (begin < end)
        g_array_append_val(extents, extent);
}

bool office_gaps_search(OfficeGaps *gaps, Walk *walk, Source *source, uint64_t begin, uint64_t end)
{
    g_autoptr(GArray) rest = g_array_new(FALSE, FALSE, sizeof(Extent));
    g_array_sort(gaps->delivered, compare);
    uint64_t at = begin;
    for (unsigned i = 0; i < gaps->delivered->len && at < end; i++) {
        const Extent *extent = &g_array_index(gaps->delivered, Extent, i);
        uint64_t next = MIN(extent->offset, end);
        add(rest, at, next);
        uint64_t behind = extent->offset + extent->size_bytes;
        at = MAX(at, behind);
    }
    add(rest, at, end);
    return rest->len == 0 || walk_leftover(walk, source, (const Extent *)(void *)rest->data,
                                           rest->len, LEFTOVER_GAP, 1);
}
