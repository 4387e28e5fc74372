// SPDX-License-Identifier: Apache-2.0
//
// MatchVideoPool: what matches say of videos, kept for as long as the matcher lives, because a
// Match borrows it. Equal ones are one. Not safe between threads.
#pragma once

#include <glib.h>

#include "model/match.h"

typedef struct MatchVideoPool MatchVideoPool;

MatchVideoPool *match_video_pool_new(void);
void match_video_pool_free(MatchVideoPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MatchVideoPool, match_video_pool_free)

// A copy with its pieces, borrowed from the pool.
const MatchVideo *match_video_pool_keep(MatchVideoPool *pool, const MatchVideo *video);
