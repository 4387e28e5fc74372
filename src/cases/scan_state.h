// SPDX-License-Identifier: Apache-2.0
//
// ScanState: the file in which a scan writes what it has reported, and from which a later one goes
// on without doing anything twice. It holds records and matches, mode 0600, and nothing of the
// contents.
//
//   scan_state_create -> append* -> sync                       --state FILE
//   scan_state_open -> replay -> position -> append* -> sync   --resume FILE
//
// What was begun with other paths, settings, sets or another version is refused: its answers would
// not be the answers to this question. The caller says what was asked by a fingerprint.
//
// The entries of the walk are numbered from 0 in their order and are finished in it; items are
// appended in the order in which they are reported, those of one entry one after another. The
// record of an entry itself (a place of depth 0) counts once the entry is finished, items inside
// count at once. Written through to the disk at least every second while it is used or ticked. For
// one thread.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/match.h"
#include "model/record.h"
#include "wire/place.h"

typedef struct ScanState ScanState;

// The fingerprint is a text of at most SCAN_STATE_FINGERPRINT_BYTES, such as a SHA-256 in hex, over
// all that changes the results. CLEW_ERROR_CONFLICT when the file exists.
#define SCAN_STATE_FINGERPRINT_BYTES 128u
ScanState *scan_state_create(const char *path, const char *fingerprint, GError **err);

// Opens the file, checks all of it and takes away a torn end. CLEW_ERROR_CONFLICT when it belongs
// to another question or version; CLEW_ERROR_INVALID when it is no such file; CLEW_ERROR_CORRUPT
// when it says what no scan writes; CLEW_ERROR_BUSY when another scan writes to it. Only in the
// good case is it changed.
ScanState *scan_state_open(const char *path, const char *fingerprint, GError **err);

typedef struct {
    const Record *record;
    const GArray *matches; // of Match
    bool left_out, is_media;
    uint64_t entry; // number of the walk's entry
    Place place;    // inside it; depth 0: the entry itself
} ScanStateItem;

typedef struct {
    // Borrowed during the call, but texts of matches and media types live as long as the state.
    // False with err set ends the replay.
    bool (*item)(void *user_data, const ScanStateItem *item, GError **err);
    // An entry is finished; may be NULL.
    bool (*entry_done)(void *user_data, uint64_t entry, const char *path, GError **err);
    void *user_data;
} ScanStateReplay;

// Gives back, in order, what was appended before the state was opened. False with the callback's
// error, or CLEW_ERROR_CORRUPT or _IO.
bool scan_state_replay(ScanState *state, const ScanStateReplay *replay, GError **err);

// Where a scan goes on.
typedef struct {
    uint64_t items;
    uint64_t entries;      // entries below this number are finished
    const char *last_path; // of the last of them, as it was given; NULL: none; borrowed until the
                           //   next entry is finished
    bool has_place;        // of the entry `entries` items are there already: go on behind `place`,
    Place place;           //   which is that of the last of them
    bool is_complete;      // the walk had come to its end
    uint64_t cut_bytes;    // taken away as torn when it was opened
} ScanStatePosition;

ScanStatePosition scan_state_position(const ScanState *state);

// The item belongs to the entry in progress: entry == scan_state_position().entries.
bool scan_state_append_item(ScanState *state, const ScanStateItem *item, GError **err);
// The entry in progress is finished; `path` is what the walk of a later scan is compared with.
bool scan_state_append_entry_done(ScanState *state, uint64_t entry, const char *path, GError **err);
// The walk came to its end.
bool scan_state_append_complete(ScanState *state, GError **err);

// The file that is written, to recognise it; borrowed.
int scan_state_descriptor(const ScanState *state);

// To be called now and then while nothing is appended.
bool scan_state_tick(ScanState *state, GError **err);
// Everything appended is on the disk.
bool scan_state_sync(ScanState *state, GError **err);

void scan_state_free(ScanState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScanState, scan_state_free)
