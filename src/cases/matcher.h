// SPDX-License-Identifier: Apache-2.0
//
// Matcher: asks all active sets about digests and perceptual hashes. It holds the index over the
// sets (index/) and follows the store: a change made by any process on this data folder counts
// within milliseconds. Thread-safe: lanes of a scan share one.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/match.h"
#include "model/record.h"
#include "store/set_store.h"

typedef struct Matcher Matcher;

typedef struct {
    const char *const *set_names; // NULL-terminated; NULL or empty: all sets
    unsigned distance;            // near matches up to here; the default is MATCHER_DISTANCE
    unsigned min_quality;         // hashes of lower quality are not asked
    bool exact_only;
} MatcherOptions;

#define MATCHER_DISTANCE 31
#define MATCHER_DISTANCE_MAX 64
#define MATCHER_MIN_QUALITY 50

// Opens the index, or builds it when it is missing, damaged or far behind the store (`talk` is told
// so; may be NULL). CLEW_ERROR_NOT_FOUND names a set that does not exist.
Matcher *matcher_open(SetStore *store, MatcherOptions options,
                      void (*talk)(const char *text, void *user_data), void *user_data,
                      GError **err);

// Sets in use: "NAME" with kind, generation and digest, for provenance.
typedef struct {
    char *name;
    SetKind kind;
    uint64_t generation;
    char *digest; // hex SHA-256 over the active entries' contents, order-free
    uint64_t entries;
} MatcherSet;
const MatcherSet *matcher_sets(const Matcher *matcher, size_t *ret_count);

// Appends the exact matches (Match by value) of a digest set. One Match per entry; the digests that
// agreed are joined in it.
bool matcher_exact(Matcher *matcher, const Digests *digests, GArray *matches, GError **err);

// Appends the near matches of a decoded still: every pipeline, eight orientations each, trimmed
// variants last. One Match per entry: the nearest; ties go to the untrimmed, unturned one.
// Qualities below min_quality are skipped. Entries already in `matches` as exact are left out.
bool matcher_near(Matcher *matcher, const StillFacts *still, bool is_thumbnail, GArray *matches,
                  GError **err);

// Appends the near matches of a video's frames: known videos that it shows a piece of, with the
// pieces (Match.video), and known stills that are among its frames. One Match per entry, of the
// variant that explains the most. Entries already in `matches` as exact are left out.
bool matcher_video(Matcher *matcher, const VideoFrames *frames, GArray *matches, GError **err);

// Appends matches of one bare value; PDQ asks with no orientation to turn, and its matches name no
// pipeline (PIPELINE_COUNT).
bool matcher_value(Matcher *matcher, HashType type, const uint8_t *value, GArray *matches,
                   GError **err);

// How often an entry has matched since the matcher was opened; 0 for entries that have not.
uint64_t matcher_hits(Matcher *matcher, uint64_t entry);

// Entries that match so many distinct media by likeness that the entry itself is doubtful (a blank
// or a template): more than MATCHER_FREQUENT_MEDIA of them and more than MATCHER_FREQUENT_SHARE of
// all that were asked about.
#define MATCHER_FREQUENT_MEDIA 50
#define MATCHER_FREQUENT_SHARE 0.01
typedef struct {
    uint64_t entry;
    const char *set_name; // borrowed from the matcher
    uint64_t media;
} MatcherFrequentEntry;

// Most frequent first; newly allocated, of MatcherFrequentEntry by value.
GArray *matcher_frequent_entries(Matcher *matcher);

// True when leaving the item out is justified: a certain (not weak, not contradicted) match with an
// ignorable entry, and no notable or alert match at all.
bool matcher_may_leave_out(const GArray *matches);

void matcher_free(Matcher *matcher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Matcher, matcher_free)
