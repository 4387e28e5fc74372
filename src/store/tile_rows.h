// SPDX-License-Identifier: Apache-2.0
//
// What a tile of the desk says beside the facts of its media: findings and tags. Read for a page of
// them at once.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

#define TILE_FINDINGS_MAX 64u // distinct texts kept of one media
#define TILE_TAGS_MAX 100u    // tags kept of one media or stack

typedef struct {
    uint64_t case_media_id;     // of the media, or of the leader of the stack
    GPtrArray *findings, *tags; // texts; NULL: none. Findings are JSON, one array of each item
} TileFacts;

void tile_facts_clear(TileFacts *tile);

// Fills tiles whose case_media_id is set and whose other members are NULL. `of_stacks`: tags are
// those of the stacks that the media lead, else those of the media.
bool tile_rows_read(Database *database, TileFacts *const *tiles, size_t count, bool of_stacks,
                    GError **err);

// Of `media m`: why it has no preview; NULL when it has one.
#define TILE_NO_PREVIEW                                                                            \
    "(SELECT q.reason FROM preview_missing q WHERE q.media_id = m.id AND NOT EXISTS "              \
    "(SELECT 1 FROM preview p WHERE p.media_id = m.id))"

// As many ids as one statement takes; each statement costs a server one question.
#define TILE_IDS_AT_ONCE 48
#define TILE_IDS                                                                                   \
    "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, "  \
    "?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38, "   \
    "?39, ?40, ?41, ?42, ?43, ?44, ?45, ?46, ?47, ?48"
