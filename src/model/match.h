// SPDX-License-Identifier: Apache-2.0
//
// Match: media against one set entry. Certain and likely are kept apart: an exact match names the
// digests that agreed and whether they are weak; a near match is a suggestion with a distance.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/hash_list.h"
#include "model/record.h"

typedef enum {
    MATCH_EXACT,
    MATCH_NEAR,
} MatchType;

const char *match_type_name(MatchType type);

typedef struct {
    const char *set_name; // borrowed from the matcher
    SetKind set_kind;
    uint64_t entry;       // opaque id of the entry; never its hash
    const char *category; // borrowed; NULL when the list gave none
    const char *scheme;   // borrowed; id of the scheme the category belongs to, or NULL
    Meaning meaning;      // of the category through its scheme, or of the set's kind
    MatchType type;
    unsigned digests;     // exact: bits 1 << HASH_MD5 | 1 << HASH_SHA1 | 1 << HASH_SHA256
    bool weak_digest;     // exact by MD5 or SHA-1 alone: colliding files can be made
    unsigned distance;    // near: differing bits, 0-256
    Pipeline pipeline;    // near
    unsigned orientation; // near: see orientation_name
    bool in_thumbnail;    // the embedded EXIF thumbnail matched, not the picture
    bool contradicted;    // a digest agreed but another digest of the same entry did not
} Match;
