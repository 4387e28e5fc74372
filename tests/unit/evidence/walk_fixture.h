// SPDX-License-Identifier: Apache-2.0
//
// Runs a walk in the test's own process and keeps what the sink was told.
#pragma once

#include <glib.h>

#include "evidence/walk.h"

typedef struct {
    char *path;    // of names joined by " > ", as stored, without the evidence file's own
    char *locator; // of layers joined by ",", without the evidence file's own
    char *name, *layer;
    unsigned depth;
    uint32_t place[64];
    bool is_structure;
    bool finished; // false: announced only
    Status status;
    char *reason;
    const SniffType *type;
    uint64_t size_bytes, not_examined_bytes;
    bool has_digests;
    char *sha256; // hex; NULL without digests
    char *md5;
    ItemTimes times;
    GPtrArray *findings;    // of Finding *, owned copies
    GPtrArray *identifiers; // of Identifier *, owned copies
    GByteArray *contents;   // NULL when none were sent
} WalkedItem;

typedef struct {
    GPtrArray *items; // of WalkedItem *, in the order in which they were finished; the last is the
                      // evidence file itself
    uint64_t progress_bytes;
} Walked;

typedef struct {
    const char *folder; // where siblings lie; NULL: none
    const char *const *passwords;
    bool verify_images;
    uint64_t time_limit_ms;
    unsigned share, shares; // 0, 0: all; structures are taken by the first
    bool keeps_contents;    // else they are dropped
    bool may_end;           // `choose` may say WALK_END
    WalkChoice (*choose)(void *user_data, const WalkItem *item); // overrides the sharing
    void *choose_data;                                           // of `choose`
} WalkFixtureOptions;

// Walks a file, asserting that it can be opened. Siblings are looked for beside it.
Walked *walk_fixture_file(const char *path, WalkFixtureOptions options);
// Walks bytes under a name.
Walked *walk_fixture_bytes(const void *bytes, size_t size, const char *name,
                           WalkFixtureOptions options);
// A file below $CLEW_TEST_MEDIA; skips the test (and returns NULL) when that is not set.
Walked *walk_fixture_media(const char *relative, WalkFixtureOptions options);

// The finished item with this path, or NULL.
const WalkedItem *walked_find(const Walked *walked, const char *path);
// The first finished item with this SHA-256, or NULL.
const WalkedItem *walked_find_sha256(const Walked *walked, const char *sha256);
// The evidence file's own record.
const WalkedItem *walked_root(const Walked *walked);
// Has the item a finding of this type? The detail of the first, or NULL.
const char *walked_finding(const WalkedItem *item, FindingType type);
unsigned walked_count(const Walked *walked, bool (*is_wanted)(const WalkedItem *item));
// Prints all items, for looking at.
void walked_dump(const Walked *walked);

void walked_free(Walked *walked);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Walked, walked_free)
