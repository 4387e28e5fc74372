// SPDX-License-Identifier: Apache-2.0
//
// The medium inside a set of EWF segments (E01, s01): its chunks follow one another from table to
// table and segment to segment. What is missing at one place moves nothing behind it: the set says
// how many chunks it has, so those behind a gap are counted from the end.
//
//     ewf_medium_new -> ewf_medium_add or _add_gap, in order -> ewf_medium_finish
//
// A medium that does not end with a whole sector ends with the last chunk's last byte; the set
// counts whole sectors only.
//
// An own reader: libewf (20140813) places every chunk behind a broken segment wrongly, loses 32 KiB
// of memory for each chunk that it cannot read, and hides the bytes behind the last whole sector.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "evidence/ewf_sections.h"
#include "evidence/piece_medium.h"
#include "evidence/source.h"

typedef struct EwfMedium EwfMedium;

// For a set whose first segment (borrowed during the call) says what the medium is.
// CLEW_ERROR_CORRUPT when it does not.
EwfMedium *ewf_medium_new(const EwfSegment *first, GError **err);
void ewf_medium_free(EwfMedium *ewf);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EwfMedium, ewf_medium_free)

// The next segment that is there, in `file` (borrowed, must outlive the medium).
void ewf_medium_add(EwfMedium *ewf, Source *file, const EwfSegment *segment);

// Chunks are missing here: segments, or the rest of the one added last.
void ewf_medium_add_gap(EwfMedium *ewf);

// Places all chunks and takes `ewf`. `ret_gaps` (of Extent, yours) are the stretches of the medium
// that nothing holds; they read as zeroes.
PieceMedium *ewf_medium_finish(EwfMedium *ewf, GArray **ret_gaps);
