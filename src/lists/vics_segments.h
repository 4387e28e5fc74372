// SPDX-License-Identifier: Apache-2.0
//
// The Segments of a VICS Media, stretches of a video:
//
//   {"MD5": "…", "SegmentIndex": 1, "Start": "00:00:12.500", "End": "00:01:00", "Category": 2}
//
// Start and End are text whose form the data model leaves open; understood are hours, minutes and
// seconds with colons between them, and a bare number of seconds.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "lists/json_tokenizer.h"
#include "model/hash_list.h"

typedef struct {
    unsigned depth;      // of objects, while tokens are seen
    GArray *found;       // of VicsSegment; NULL when none
    bool not_understood; // there was one whose times are missing or of another form
    bool too_many;
} VicsSegments;

// Looks at a token behind "Segments"; `name` is that of the member it is the value of.
void vics_segments_see(VicsSegments *segments, const char *name, const JsonToken *token);

// Moves them into the entry in order of time. False when some were of another media: those whose
// MD5 is not the entry's.
bool vics_segments_finish(VicsSegments *segments, ListEntry *entry);
void vics_segments_clear(VicsSegments *segments);

// A text of the forms above as seconds. False when it is none.
bool vics_seconds_parse(const char *text, size_t length, double *ret_seconds);
