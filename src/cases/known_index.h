// SPDX-License-Identifier: Apache-2.0
//
// KnownIndex: the perceptual hashes of the media of all cases, in memory, for "is it already
// known?" and for search by likeness. It follows the table of media by id. What it answers is media
// ids, whoever may see them: the caller filters.
//
// About 70 bytes a value, two to four values a picture. For one thread at a time; the database
// handle is that of the call.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/digest_set.h"
#include "store/database.h"

typedef struct KnownIndex KnownIndex;

KnownIndex *known_index_new(void);
void known_index_free(KnownIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KnownIndex, known_index_free)

// Takes in what was committed since.
bool known_index_follow(KnownIndex *index, Database *database, GError **err);

typedef struct {
    uint64_t media_id;
    unsigned distance;
} KnownHit;

// Media within the distance of this one, in any pipeline and orientation, without itself; nearest
// first, at most `limit` (of KnownHit). Follows first. Hashes of low quality are not asked.
bool known_index_near(KnownIndex *index, Database *database, uint64_t media_id, unsigned distance,
                      unsigned limit, GArray *hits, GError **err);

// The same for one bare value, which has no orientation to turn.
bool known_index_near_value(KnownIndex *index, Database *database, const uint8_t value[PDQ_BYTES],
                            unsigned distance, unsigned limit, GArray *hits, GError **err);
