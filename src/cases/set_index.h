// SPDX-License-Identifier: Apache-2.0
//
// SetIndex: the index over all active sets (index/), kept in step with the store. The file
// FOLDER/index.clew holds every change up to a place in the change log; newer ones are added to the
// index's delta when they are followed.
//
// What it answers are candidates: an entry that was withdrawn or changed since may still be among
// them, so whoever asks reads the entry from the store before believing it. Nothing active is
// missing from them once set_index_follow has returned true.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "index/index.h"
#include "store/set_store.h"

#define SET_INDEX_NAME "index.clew"

typedef void (*SetIndexTalk)(const char *text, void *user_data);

typedef struct {
    SetIndexTalk talk; // told what takes time and what was found damaged; may be NULL
    void *user_data;
} SetIndexOptions;

// How far an open index has come.
typedef struct {
    SetChangeMark mark;
    uint64_t followed; // changed entries since the file, and their frames
} SetIndexPosition;

// Opens the index of the store's folder and follows the store up to now. Builds the file first when
// it is missing, damaged, of another history, or so far behind that building is better than
// following. Processes that want to build at the same time wait for the first.
Index *set_index_open(SetStore *store, SetIndexOptions options, SetIndexPosition *ret_position,
                      GError **err);

// Follows the store from *position on. *ret_behind true: too much has changed, open a new one;
// *position is as it was then.
bool set_index_follow(Index *index, SetStore *store, SetIndexPosition *position, bool *ret_behind,
                      GError **err);

// Builds the file anew if it is missing or has fallen far behind; when forced, in any case, so that
// what has left the store leaves the file too.
bool set_index_refresh(SetStore *store, bool force, SetIndexOptions options, GError **err);

// Builds the file anew after a search met damage in it, unless another process has done so since.
bool set_index_repair(SetStore *store, SetIndexOptions options, GError **err);

// Reads and checks the whole file; appends a text (newly allocated) when it is damaged. A missing
// file is no fault.
bool set_index_verify(SetStore *store, GPtrArray *faults, GError **err);
