// SPDX-License-Identifier: Apache-2.0
//
// Walk: the depth-first way through one piece of evidence. A container (evidence/container.h) names
// what lies in it, child after child; the walk decides which are wanted, announces each before it
// is opened, reads and digests its bytes, learns its type, opens it when it is a container itself,
// searches it for what no parser delivers, and tells the sink.
//
//   walk_run -> container.open -> walk_child -> container.open -> walk_child …
//
// The walk is deterministic: the same bytes give the same children in the same order with the same
// layers, whatever was skipped. So an item's place, the ordinals of its ancestors and itself, names
// it: after a crash another worker goes on behind that place, and several workers share one walk by
// dealing out places.
//
// Nothing here is trusted by the program that asked (wire/evidence_message.h).
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "evidence/source.h"
#include "model/record.h"
#include "sniff/sniff.h"

typedef struct Walk Walk;

// ---- For containers ---------------------------------------------------------------------------

typedef struct {
    // As stored: bytes, with '/' between folders when there are any; made printable by the program.
    // A child without a name of its own gets a describing one ("object 12", "attachment 3").
    const char *name;
    // The locator's layer: one JSON object, without spaces and shorter than LIMIT_LAYER_BYTES, that
    // names the child uniquely in its container: {"member":3}, {"inode":42,"attribute":"128-1"}.
    const char *layer;

    // The bytes: either a source (borrowed during the call), or a stream that is read once from
    // start to end (user_data is the reader's): returns bytes read, 0 at the end, -1 with err set.
    // CLEW_ERROR_CORRUPT, _UNSUPPORTED, _LIMIT, _DENIED (encrypted: no password fits) and _IO end
    // as the statuses of these names. Neither: there is nothing to read and `status` says why.
    Source *source;
    ssize_t (*read)(void *user_data, void *target, size_t size, GError **err);
    void *user_data;

    bool has_size; // size_bytes is known before reading; never trusted
    uint64_t size_bytes;
    ItemTimes times;
    const GPtrArray *findings; // of Finding *, what the container knows of it, also when it was
                               // read; NULL: none. Borrowed

    // Not STATUS_OK: it is listed but cannot be read, for this reason.
    Status status;
    const char *reason;

    // A part of the medium (partition, file system) whose own children are dealt out when workers
    // share the walk. Not digested, and said to be unrecognised when nothing can open it.
    bool is_structure;
    // Look inside even when the bytes fit a type that is otherwise left alone.
    bool is_carved;
    bool is_not_searched;  // all that lies in it is delivered as items of their own anyway
    const SniffType *type; // when the container knows it better than the bytes do; NULL: sniff
} Child;

// Deals with one child, down to its innermost item. False: the walk is over (stopped, or this
// container reached a limit); return at once. A child's own failures are its own record's matter.
bool walk_child(Walk *walk, const Child *child);

// Bytes of the container's own source that its parser did not deliver.
typedef enum {
    LEFTOVER_PREFIX,      // before the first byte the parser knows
    LEFTOVER_GAP,         // between parts, at every byte offset
    LEFTOVER_APPENDED,    // behind the end; a finding of the container unless all bytes are equal
    LEFTOVER_UNALLOCATED, // free space of a file system, gaps between partitions: block-aligned
    LEFTOVER_SLACK,       // behind the end of a file in its last block: every byte offset
} LeftoverKind;

// Searches extents of `source` for media (and, for prefix, gap and appended bytes, for a container
// that begins where the extent begins). Each contiguous extent is searched for itself. Offsets in
// names and layers are those of `source`. Content that the same container has delivered already is
// not delivered again. `block_bytes` is the alignment of LEFTOVER_UNALLOCATED. Big amounts are
// dealt out among sharing workers. False as with walk_child.
bool walk_leftover(Walk *walk, Source *source, const Extent *extents, size_t count,
                   LeftoverKind kind, uint32_t block_bytes);

// What the current container says of itself. The first status that is not STATUS_OK stays.
void walk_set_status(Walk *walk, Status status, const char *format, ...) G_GNUC_PRINTF(3, 4);
// The status that belongs to an error of a source or parser, with its message as the reason.
void walk_set_error(Walk *walk, const GError *error);
void walk_add_finding(Walk *walk, FindingType type, uint64_t bytes, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
// Bytes of the container's source that could not be looked at, with the reason, as a finding that
// counts into the totals.
void walk_not_examined(Walk *walk, uint64_t bytes, const char *format, ...) G_GNUC_PRINTF(3, 4);
void walk_add_identifier(Walk *walk, IdentifierKind kind, const char *value);

// True when the container has used up its time or was told to stop: for loops that run long without
// a child. Cheap; call it often.
bool walk_is_over(Walk *walk);

// Name of the current container, as given; "" when it has none.
const char *walk_name(const Walk *walk);

// Passwords to try, NULL-terminated, never NULL; UTF-8 or bytes.
const char *const *walk_passwords(const Walk *walk);

// A file beside the evidence file by its base name, such as the next segment. Only the evidence
// file itself has siblings; for anything nested, and when there is no such file, NULL without err.
// Yours to free.
Source *walk_sibling(Walk *walk, const char *name);

// The user asked that the hashes stored in images be verified (reads the whole medium).
bool walk_verifies_images(const Walk *walk);

// ---- For the program around it ----------------------------------------------------------------

// One item as the sink sees it; borrowed during the call.
typedef struct {
    const uint32_t *place; // ordinals from the outermost container's child on; [0] to [depth - 1]
    unsigned depth;        // 0: the evidence file itself
    const char *name, *layer;
    bool is_structure;
    bool has_size;
    uint64_t size_bytes;
    ItemTimes times;
    // From here on set in `finish` only.
    const SniffType *type;
    Status status;
    const char *reason; // NULL when STATUS_OK
    bool has_digests;
    Digests digests;
    uint64_t not_examined_bytes;  // of size_bytes
    const GPtrArray *findings;    // of Finding *
    const GPtrArray *identifiers; // of Identifier *
    bool
        has_contents; // its bytes went through `contents`: a picture to decode, or what was fetched
} WalkItem;

typedef enum {
    WALK_TAKE,  // announce it, read it, open it
    WALK_PASS,  // open it for its children's sake; it is somebody else's
    WALK_SKIP,  // not wanted, nor anything in it
    WALK_FETCH, // hand out its bytes whole; its children are not wanted
    WALK_END,   // nothing more is wanted
} WalkChoice;

typedef struct {
    // Whether an item is wanted; NULL: WALK_TAKE. Not asked of the evidence file itself. A stretch
    // of searched space that is dealt out has a place but no name and layer (both NULL).
    WalkChoice (*choose)(void *user_data, const WalkItem *item);
    // False from any of these: the program is gone; the walk ends.
    bool (*announce)(void *user_data, const WalkItem *item);
    bool (*contents)(void *user_data, const uint8_t *bytes, size_t size_bytes);
    bool (*finish)(void *user_data, const WalkItem *item);
    // Bytes read since the last call; called often, also while nothing else happens.
    bool (*progress)(void *user_data, uint64_t bytes);
    // The file's descriptor and size; -1 when there is none. Yours to close.
    int (*sibling)(void *user_data, const char *name, uint64_t *ret_size_bytes);
    void *user_data;
} WalkSink;

typedef struct {
    const char *name;             // base name of the evidence file
    const SniffType *type;        // of its contents; NULL: sniff
    bool passes_root;             // another worker answers for the evidence file itself
    const char *const *passwords; // NULL-terminated; NULL: none
    bool verify_images;
    bool only_search;       // the evidence file itself is not opened
    int spool;              // descriptor of an empty file for big contents; -1: none
    uint64_t time_limit_ms; // of CPU for the whole walk; 0: by size (base/limits.h)
} WalkOptions;

// Walks the evidence (borrowed). `finish` of the evidence file itself is the last call. False when
// the sink ended it.
bool walk_run(Source *evidence, const WalkOptions *options, const WalkSink *sink);
