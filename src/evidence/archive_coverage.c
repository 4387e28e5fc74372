// SPDX-License-Identifier: Apache-2.0
#include "evidence/archive_coverage.h"

#include <glib.h>

// Shorter than any medium.
#define SEARCHED_BYTES_MIN 32u

struct ArchiveCoverage {
    GArray *extents; // of Extent
    uint64_t overlaps;
};

ArchiveCoverage *archive_coverage_new(void)
{
    ArchiveCoverage *coverage = g_new0(ArchiveCoverage, 1);
    coverage->extents = g_array_new(FALSE, FALSE, sizeof(Extent));
    return coverage;
}

void archive_coverage_free(ArchiveCoverage *coverage)
{
    if (coverage == NULL)
        return;
    g_array_unref(coverage->extents);
    g_free(coverage);
}

void archive_coverage_add(ArchiveCoverage *coverage, uint64_t begin, uint64_t end)
{
    if (begin >= end)
        return;
    Extent *last = coverage->extents->len > 0
                       ? &g_array_index(coverage->extents, Extent, coverage->extents->len - 1)
                       : NULL;
    // Members mostly follow one another.
    if (last != NULL && last->offset + last->size_bytes == begin) {
        last->size_bytes = end - last->offset;
        return;
    }
    const Extent extent = {.offset = begin, .size_bytes = end - begin};
    g_array_append_val(coverage->extents, extent);
}

uint64_t archive_coverage_overlaps(const ArchiveCoverage *coverage)
{
    return coverage->overlaps;
}

uint64_t archive_coverage_begin(const ArchiveCoverage *coverage)
{
    return coverage->extents->len > 0 ? g_array_index(coverage->extents, Extent, 0).offset : 0;
}

static int compare(const void *a, const void *b)
{
    const Extent *left = a, *right = b;
    return left->offset < right->offset ? -1 : left->offset > right->offset;
}

static bool search_one(Walk *walk, Source *source, uint64_t begin, uint64_t end, LeftoverKind kind)
{
    const Extent extent = {.offset = begin, .size_bytes = end - begin};
    if (begin >= end || extent.size_bytes < SEARCHED_BYTES_MIN)
        return true;
    return walk_leftover(walk, source, &extent, 1, kind, 1);
}

// The stretches between extents, the one before the first excluded.
static GArray *list_gaps(ArchiveCoverage *coverage, uint64_t end)
{
    GArray *gaps = g_array_new(FALSE, FALSE, sizeof(Extent));
    uint64_t reached = 0;
    for (unsigned i = 0; i <= coverage->extents->len; i++) {
        bool is_last = i == coverage->extents->len;
        const Extent *next = is_last ? NULL : &g_array_index(coverage->extents, Extent, i);
        uint64_t begin = is_last ? end : MIN(next->offset, end);
        if (i > 0 && begin > reached && begin - reached >= SEARCHED_BYTES_MIN) {
            const Extent gap = {.offset = reached, .size_bytes = begin - reached};
            g_array_append_val(gaps, gap);
        }
        if (i > 0 && !is_last && next->offset < reached)
            coverage->overlaps++;
        if (!is_last)
            reached = MAX(reached, next->offset + next->size_bytes);
    }
    return gaps;
}

bool archive_coverage_search(ArchiveCoverage *coverage, Walk *walk, Source *source, uint64_t end)
{
    uint64_t size = source_size(source);
    g_array_sort(coverage->extents, compare);
    uint64_t first =
        coverage->extents->len > 0 ? g_array_index(coverage->extents, Extent, 0).offset : end;
    g_autoptr(GArray) gaps = list_gaps(coverage, end);
    if (!search_one(walk, source, 0, MIN(first, end), LEFTOVER_PREFIX))
        return false;
    if (gaps->len > 0 && !walk_leftover(walk, source, (const Extent *)(void *)gaps->data, gaps->len,
                                        LEFTOVER_GAP, 1))
        return false;
    return search_one(walk, source, end, size, LEFTOVER_APPENDED);
}
