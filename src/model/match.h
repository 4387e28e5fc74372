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

// A stretch in which two videos show the same, or for which a video shows a known still. Times are
// seconds since the beginning; a stretch of one frame has the same time twice.
typedef struct {
    double from, to;             // in the item; both 0 when it is a still
    double their_from, their_to; // in the known video; both 0 when the entry is a still
    double speed;      // seconds of theirs in a second of ours; 1 for most, 0 with a still
    unsigned frames;   // hashed frames of ours in the stretch, of sufficient quality
    unsigned matched;  // of them, those within the distance of the frame that lies opposite
    unsigned distance; // median of all that resemble each other there, in bits; with a still that
                       // of the nearest frame
    bool is_static;    // one unchanging picture: which second lies opposite which is a guess
} MatchPiece;

// Of the frames in the stretch those that matched, 0 to 100, rounded to one decimal.
double match_piece_percent(const MatchPiece *piece);

// What a near match with a video on either side says more.
typedef struct {
    bool item_is_video, entry_is_video;
    FramePipeline pipeline; // of the item's frames
    bool is_trimmed;        // the item's border was cut off
    // vPDQ's two percentages, an unordered comparison of frames: of the item's frames that resemble
    // any of the entry's, and the other way round. Only between two videos; else -1.
    double item_percent, entry_percent;
    unsigned piece_count;
    const MatchPiece *pieces; // in order of `from`, then of `their_from`; at least one
} MatchVideo;

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
    unsigned distance;    // near: differing bits, 0-256; of a video the median of its best piece
    Pipeline pipeline;    // near; PIPELINE_COUNT: a bare value, or frames (`video` says which)
    unsigned orientation; // near: see orientation_name
    bool in_thumbnail;    // the embedded EXIF thumbnail matched, not the picture
    bool contradicted;    // a digest agreed but another digest of the same entry did not
    // near: NULL between two stills. Borrowed from the matcher.
    const MatchVideo *video;
} Match;
