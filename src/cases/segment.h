// SPDX-License-Identifier: Apache-2.0
//
// Files that are a part of a set which another file opens (x.E02 of x.E01, x.002 of x.001).
#pragma once

#include "cases/folder_walk.h"
#include "model/record.h"
#include "sniff/sniff.h"

typedef enum {
    SEGMENT_NONE,    // a file for itself, or the one that opens its set
    SEGMENT_COVERED, // all its bytes are examined where the set is opened
    SEGMENT_SEARCH,  // its set is opened elsewhere; only its own bytes are searched here
} SegmentRole;

// Looks at the name, and at the file that would open the set, beside this one. What is found out is
// said in a finding of the record. A file that the user named is examined for itself in any case.
SegmentRole segment_role(const WalkEntry *entry, const SniffType *type, Record *record);
