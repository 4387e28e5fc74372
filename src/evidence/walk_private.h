// SPDX-License-Identifier: Apache-2.0
//
// What the files of the walk share: the state, the reading of an item's bytes, and the search of
// bytes that no parser delivered. Private to evidence/walk*.c.
#pragma once

#include "base/limits.h"
#include "evidence/container.h"
#include "evidence/source.h"
#include "evidence/walk.h"
#include "hash/digest.h"

// One item whose inside is being looked at.
typedef struct Frame {
    struct Frame *parent; // NULL for the evidence file itself
    const char *name;
    bool is_structure;
    bool is_root;
    bool is_taken; // this worker answers for it
    uint32_t next_ordinal;
    Status status;
    char *reason;
    GPtrArray *findings;                // made when first needed
    GPtrArray *identifiers;             // likewise
    bool has_left_out_identifiers;      // there were more than are kept
    uint64_t not_examined_bytes;        // of its own bytes
    uint64_t inside_not_examined_bytes; // of the items in it
    bool has_digests;
    uint8_t sha256[SHA256_BYTES];
    GHashTable *delivered; // SHA-256 of the media delivered from it; made when first needed
} Frame;

void frame_clear(Frame *frame);

// A buffer that is kept from item to item; one for each depth.
typedef struct {
    uint8_t *bytes;
    size_t capacity;
} Scratch;

struct Walk {
    const WalkOptions *options;
    const WalkSink *sink;
    Frame *frame; // the innermost
    uint32_t place[LIMIT_EVIDENCE_DEPTH + 1];
    unsigned depth;
    Scratch scratch[LIMIT_EVIDENCE_DEPTH + 2];
    DigestState *digest;
    uint64_t spool_end;  // bytes of the spool in use
    int64_t deadline_ms; // of CPU time
    int64_t looked_ms;   // when the time was looked at last
    bool ended;          // nothing more is wanted, or the program is gone
    bool expired;        // the time is used up
};

// ---- Contents ---------------------------------------------------------------------------------

// An item's bytes, as far as they could be read.
typedef struct {
    Source *source; // NULL when they could not be kept
    bool owned;
    uint64_t spool_mark; // the spool as it was before
    uint64_t size_bytes; // read
    DigestSet digests;
    bool has_digests;
    Status status; // of the reading
    char *reason;
} Contents;

// Reads a child to its end. False when the walk has ended. Without `digested`, bytes that can be
// read at any place are left where they are.
bool contents_read(Walk *walk, const Child *child, bool digested, Contents *ret_contents);
void contents_clear(Walk *walk, Contents *contents);

// Hands bytes to the sink. False when the walk has ended.
bool contents_send(Walk *walk, Source *source);

// Tells the sink that bytes were gone through. False when the walk has ended.
bool walk_tell_progress(Walk *walk, uint64_t bytes);

// ---- Items ------------------------------------------------------------------------------------

// What has been found out about an item that is not a stretch of searched space.
typedef struct {
    WalkItem item;
    bool is_taken;
    uint64_t inside_not_examined_bytes;
    Contents contents;
    GPtrArray *findings; // owned
} Work;

// The same media was delivered from this container before.
bool walk_was_delivered(const Walk *walk, const uint8_t *sha256);

// Delivers the first bytes of an item as a piece of media of its own.
bool walk_deliver_media(Walk *walk, Source *source, uint64_t size_bytes);

// Looks for media at every byte, from `begin` on, of an item that no parser opens.
bool walk_search_from(Walk *walk, Source *source, uint64_t begin);
