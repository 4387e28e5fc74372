// SPDX-License-Identifier: Apache-2.0
//
// Preferences of one person: how their desk is set up, and what the queue of review does not give
// to them. Private to them: nobody else reads them and they are not on record.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/casework.h"

typedef struct {
    char *desk;        // one JSON object, of the page; nothing here reads it
    unsigned families; // of leaders that are not theirs: bits of store/desk_rows.h
    GPtrArray *tags;   // on a stack or its leader that are not theirs
} Preferences;

void preferences_free(Preferences *preferences);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Preferences, preferences_free)

// The actor's own; empty ones when none were set.
Preferences *preferences_get(Casework *work, const Actor *actor, GError **err);

// Replaces them. Tags are folded as tags are (cases/notes.h). CLEW_ERROR_LIMIT when there is more
// of something than is kept.
bool preferences_set(Casework *work, const Actor *actor, const Preferences *preferences,
                     GError **err);
