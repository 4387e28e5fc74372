// SPDX-License-Identifier: Apache-2.0
//
// What the files of a lane share (examine.h): the lane itself, decoding and asking about one item,
// and looking into a file. Others use examine.h.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/examine.h"
#include "cases/media_client.h"
#include "hash/digest.h"
#include "sniff/sniff.h"

struct Lane {
    LaneOptions options;
    MediaClient *media;
    EvidenceReader *evidence;
    DigestState *digest;
};

// ---- One item (lane_item.c) -------------------------------------------------------------------

void lane_set_digests(Record *record, const DigestSet *digests);

// Asks the sets about the record's digests; examined->settled says whether that suffices.
bool lane_match_exact(Lane *lane, Examined *examined, GError **err);

// Decodes the item and asks for what looks alike. Its bytes lie in the media worker's buffer, or
// (a large video's) in the file of `descriptor`, else -1. The same bytes are decoded, and asked
// about, once in a scan. What a worker said of its evidence file is remembered for that file alone
// (`realm`), because it might have lied; 0: the program digested the bytes itself.
bool lane_decode(Lane *lane, Examined *examined, uint64_t realm, int descriptor, GError **err);

// Media that Clew knows and this version cannot decode is never counted as clean.
void lane_note_undecodable(Record *record, const SniffType *type);

// A still or a video.
bool lane_is_media(const SniffType *type);

// ---- What people will see (lane_preview.c) ----------------------------------------------------

// Someone has to look at the item, and its content is known.
bool lane_wants_preview(const Lane *lane, const Examined *examined);

// Makes the previews that are wanted, once for each content of a scan; after decoding, with the
// bytes where lane_decode had them. What keeps them from being made is examined->preview_reason.
bool lane_preview(Lane *lane, Examined *examined, uint64_t realm, int descriptor, GError **err);

// What was made turned out not to be what was digested.
void lane_forget_preview(Lane *lane, Examined *examined, const char *reason);

// Whether it needs eyes, and why nothing can be seen when lane_preview was not reached.
void lane_end_preview(const Lane *lane, Examined *examined);

// ---- What lies inside (lane_inside.c) ---------------------------------------------------------

// Looks into the entry's file; what it finds goes to the sink, what is said of the file itself into
// its record. `only_searched`: its bytes are searched, it is not opened.
bool lane_look_inside(Lane *lane, const WalkEntry *entry, const LanePart *part, Record *record,
                      bool only_searched, const LaneSink *sink, GError **err);

// The decoder's word about what lies behind an item's end gives way to that of those who looked
// there. Only findings from number `first` on are its.
void lane_forget_appended(Record *record, unsigned first);
