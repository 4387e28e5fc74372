// SPDX-License-Identifier: Apache-2.0
//
// In which regions two media of a case differ, by their previews of 512 pixels: small differences
// may be missed, and of a video one frame is looked at. The previews are unsealed in memory and
// compared by the confined media worker; none is shown. It is work on pictures all the same: the
// rule is that of a reveal, and each is an act (AUDIT_COMPARED).
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "cases/full_view.h"
#include "wire/compare_message.h"

typedef struct {
    uint64_t case_id, media_id, with_id;
    const char *purpose; // NULL: not said
} PreviewPair;

// Shares of the first picture's sides, from its left upper corner.
typedef struct {
    double left, top, right, bottom;
} PreviewRegion;

typedef struct {
    bool is_comparable;      // they show the same, apart from the regions
    char *reason;            // why not; NULL when they do
    double share;            // of the first picture, that the regions cover
    const char *orientation; // what was done to the first one; static
    unsigned region_count;
    PreviewRegion regions[COMPARE_REGIONS_MAX]; // the largest first
} PreviewComparison;

void preview_comparison_clear(PreviewComparison *comparison);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PreviewComparison, preview_comparison_clear)

// What the worker said of two previews, for people.
void preview_comparison_fill(const CompareAnswer *answer, PreviewComparison *ret_comparison);

// Outside of an act, because it takes a while. CLEW_ERROR_NOT_FOUND, _DENIED as of reveal_check for
// both; _BUSY when no worker becomes free. That they cannot be compared is a result.
bool preview_compare(ViewDesk *desk, Casework *work, const Actor *actor, const PreviewPair *pair,
                     PreviewComparison *ret_comparison, GError **err);
// Puts it on record.
void preview_compare_record(Act *act, const PreviewPair *pair);
