// SPDX-License-Identifier: Apache-2.0
//
// OfficeGaps: what lies between the parts of a document that its reader delivered. Parts are told
// in any order; the rest is searched in one go.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "evidence/source.h"
#include "evidence/walk.h"

typedef struct OfficeGaps OfficeGaps;

OfficeGaps *office_gaps_new(void);
void office_gaps_free(OfficeGaps *gaps);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OfficeGaps, office_gaps_free)

// These bytes need no search.
void office_gaps_deliver(OfficeGaps *gaps, uint64_t offset, uint64_t size_bytes);

// Searches the rest of [begin, end) (walk_leftover, LEFTOVER_GAP). False when the walk is over.
bool office_gaps_search(OfficeGaps *gaps, Walk *walk, Source *source, uint64_t begin, uint64_t end);
