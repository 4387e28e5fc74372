// SPDX-License-Identifier: Apache-2.0
#include "cases/match_video_pool.h"

struct MatchVideoPool {
    GHashTable *videos; // set of MatchVideo *
};

static bool pieces_equal(const MatchPiece *a, const MatchPiece *b)
{
    return a->from == b->from && a->to == b->to && a->their_from == b->their_from &&
           a->their_to == b->their_to && a->speed == b->speed && a->frames == b->frames &&
           a->matched == b->matched && a->distance == b->distance && a->is_static == b->is_static;
}

static gboolean videos_equal(gconstpointer left, gconstpointer right)
{
    const MatchVideo *a = left, *b = right;
    if (a->item_is_video != b->item_is_video || a->entry_is_video != b->entry_is_video ||
        a->pipeline != b->pipeline || a->is_trimmed != b->is_trimmed ||
        a->item_percent != b->item_percent || a->entry_percent != b->entry_percent ||
        a->piece_count != b->piece_count)
        return FALSE;
    for (unsigned i = 0; i < a->piece_count; i++)
        if (!pieces_equal(&a->pieces[i], &b->pieces[i]))
            return FALSE;
    return TRUE;
}

#define HASH_FACTOR 31u

static guint video_hash(gconstpointer data)
{
    const MatchVideo *video = data;
    guint hash = video->piece_count;
    for (unsigned i = 0; i < video->piece_count; i++) {
        const MatchPiece *piece = &video->pieces[i];
        hash = hash * HASH_FACTOR + g_double_hash(&piece->from);
        hash = hash * HASH_FACTOR + g_double_hash(&piece->their_from);
        hash = hash * HASH_FACTOR + g_double_hash(&piece->their_to);
        hash = hash * HASH_FACTOR + piece->matched;
    }
    return hash;
}

static void video_free(gpointer data)
{
    MatchVideo *video = data;
    g_free((gpointer)video->pieces);
    g_free(video);
}

MatchVideoPool *match_video_pool_new(void)
{
    MatchVideoPool *pool = g_new(MatchVideoPool, 1);
    pool->videos = g_hash_table_new_full(video_hash, videos_equal, video_free, NULL);
    return pool;
}

void match_video_pool_free(MatchVideoPool *pool)
{
    if (pool == NULL)
        return;
    g_hash_table_unref(pool->videos);
    g_free(pool);
}

const MatchVideo *match_video_pool_keep(MatchVideoPool *pool, const MatchVideo *video)
{
    const MatchVideo *known = g_hash_table_lookup(pool->videos, video);
    if (known != NULL)
        return known;
    MatchVideo *copy = g_memdup2(video, sizeof *video);
    copy->pieces = g_memdup2(video->pieces, video->piece_count * sizeof *video->pieces);
    g_hash_table_add(pool->videos, copy);
    return copy;
}
