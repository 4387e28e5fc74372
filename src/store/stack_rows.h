// SPDX-License-Identifier: Apache-2.0
//
// Stacks of a case as lists show them, and the media of one. The rules stand in cases/stacks.h.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"
#include "store/lease_rows.h"

typedef enum {
    STACKS_ALL,
    STACKS_OPEN,     // with media that are not decided
    STACKS_DECIDED,  // nothing in them is open
    STACKS_DISPUTED, // with media that are disputed
    STACK_FILTER_COUNT,
} StackFilter;

typedef struct {
    uint64_t case_id;
    StackFilter filter;
    QueueOrder order;
    unsigned limit;
} StackListQuery;

// Appends stacks (StackRow by value) in order, those behind `after` (NULL: from the start).
bool stack_rows_list(Database *database, const StackListQuery *query, const StackRow *after,
                     GArray *stacks, GError **err);

// A media in its stack. Numbers that are not known are 0.
typedef struct {
    uint64_t case_media_id, media_id;
    char *kind, *decision, *category; // decision NULL: open; category NULL: not decided
    bool has_distance;                // to the leader; the leader itself has none
    unsigned distance, orientation;
    int64_t added_us;
    char *media_type, *family, *status;
    uint64_t size_bytes;
    uint32_t width, height, frames, duration_ms;
    bool has_preview;
    char *no_preview; // why there is none; NULL: not said
    TileFacts tile;   // findings and tags of the media
} StackMedia;

void stack_media_clear(StackMedia *media);

// Appends the media (StackMedia by value, the caller's to clear) of a stack of this case behind
// `after`, by id in the case, at most `limit`.
bool stack_rows_media(Database *database, uint64_t case_id, uint64_t stack_id, uint64_t after,
                      unsigned limit, GArray *media, GError **err);
