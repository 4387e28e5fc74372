// SPDX-License-Identifier: Apache-2.0
//
// Names of the files that hold one image or archive in parts: which part a name is, and what the
// others are called. Pure functions; nothing is looked up.
//
//   kind       opened by     its parts
//   EWF        x.E01         x.E02 … x.E99, x.EAA … x.EZZ, x.FAA … x.ZZZ; also s01, L01, Ex01, Lx01
//   NUMBERED   x.001, x.000  x.002 … x.999, x.1000 …
//   LETTERED   x.aa          x.ab … x.zz; also three letters, and xaa as split(1) names it
//   RAR_PARTS  x.part1.rar   x.part2.rar …, with or without leading zeros
//   RAR_OLD    x.rar         x.r00 … x.r99, x.s00 …
//   ZIP        x.zip         x.z01 … x.z99, x.z100 …; the one that is opened is the last
//   AD1        x.ad1         x.ad2 …
//   VMDK       x.vmdk        x-s001.vmdk …, x-f001.vmdk …, x-flat.vmdk
//   DMG        x.dmg         x.002.dmgpart …
//
// A name proves nothing: x.db is not part 82 of anything unless x.aa is there. Whoever asks looks
// for the file by which the set is opened, and for the part before.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "sniff/sniff.h"

// So many parts of a NUMBERED or LETTERED set may be missing in a row, less one; what comes later
// is of another set.
#define SEGMENT_LOOK_AHEAD 16u

typedef enum {
    SEGMENT_EWF,
    SEGMENT_NUMBERED,
    SEGMENT_LETTERED,
    SEGMENT_RAR_PARTS,
    SEGMENT_RAR_OLD,
    SEGMENT_ZIP,
    SEGMENT_AD1,
    SEGMENT_VMDK,
    SEGMENT_DMG,
    SEGMENT_KIND_COUNT,
} SegmentKind;

typedef struct {
    SegmentKind kind;
    // Counted as the names count, from 1 (from 0 in a set that begins with .000). 0 is also the
    // file by which a ZIP or VMDK set is opened, which has no number of its own.
    unsigned number;
    size_t stem_bytes;  // of the name, up to where the parts' names differ
    unsigned width;     // digits or letters of the number as written
    char first_letter;  // EWF: of the first part's extension, as written; VMDK: 's', 'f' or 'l'
                        // (flat)
    char second_letter; // EWF version 2: the 'x' of Ex01 as written; 0 for version 1
    bool is_lower;      // the letters around the number, or of it, are lower case
} SegmentName;

// The part of a set of this kind that `name` (the last component of a path, bytes) is called. False
// when it is not called so.
bool segment_name_parse(SegmentKind kind, const char *name, SegmentName *ret_parsed);

// The same for the kinds that content of this type may be cut in; the likeliest one first.
bool segment_name_find(const SniffType *type, const char *name, SegmentName *ret_parsed);

// What part `number` of the same set is called; yours to free. NULL when no part has this number.
// `name` is the one that was parsed.
char *segment_name_of_part(const char *name, const SegmentName *parsed, unsigned number);

// What the file is called by which the set is opened; yours to free.
char *segment_name_of_opener(const char *name, const SegmentName *parsed);
