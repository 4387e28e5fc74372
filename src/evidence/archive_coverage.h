// SPDX-License-Identifier: Apache-2.0
//
// Which bytes of an archive its structure accounts for, so that the others can be searched.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "evidence/source.h"
#include "evidence/walk.h"

typedef struct ArchiveCoverage ArchiveCoverage;

ArchiveCoverage *archive_coverage_new(void);
void archive_coverage_free(ArchiveCoverage *coverage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ArchiveCoverage, archive_coverage_free)

// [begin, end) is accounted for. In any order; extents may overlap.
void archive_coverage_add(ArchiveCoverage *coverage, uint64_t begin, uint64_t end);

// The first byte that is accounted for; 0 when none is. After archive_coverage_search.
uint64_t archive_coverage_begin(const ArchiveCoverage *coverage);
// Extents that overlapped others when they were added. Counted by archive_coverage_search.
uint64_t archive_coverage_overlaps(const ArchiveCoverage *coverage);

// Hands what is not accounted for to walk_leftover: before the first extent as prefix, up to `end`
// as gaps, from `end` on as appended bytes. Stretches in which no medium can hide are left out.
// False as with walk_leftover.
bool archive_coverage_search(ArchiveCoverage *coverage, Walk *walk, Source *source, uint64_t end);
