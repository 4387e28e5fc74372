// SPDX-License-Identifier: Apache-2.0
#include "cases/preview_turns.h"

#include "base/limits.h"
#include "model/digest_set.h"

struct PreviewTurns {
    GMutex lock;
    GHashTable *taken; // set of SHA-256
};

PreviewTurns *preview_turns_new(void)
{
    PreviewTurns *turns = g_new0(PreviewTurns, 1);
    g_mutex_init(&turns->lock);
    turns->taken = g_hash_table_new_full(sha256_key_hash, sha256_key_equal, g_free, NULL);
    return turns;
}

void preview_turns_free(PreviewTurns *turns)
{
    if (turns == NULL)
        return;
    g_hash_table_unref(turns->taken);
    g_mutex_clear(&turns->lock);
    g_free(turns);
}

bool preview_turns_take(PreviewTurns *turns, const uint8_t *sha256)
{
    g_mutex_lock(&turns->lock);
    bool is_mine = !g_hash_table_contains(turns->taken, sha256);
    if (is_mine && g_hash_table_size(turns->taken) < LIMIT_SCAN_REMEMBERED)
        g_hash_table_add(turns->taken, g_memdup2(sha256, SHA256_BYTES));
    g_mutex_unlock(&turns->lock);
    return is_mine;
}

void preview_turns_give_back(PreviewTurns *turns, const uint8_t *sha256)
{
    g_mutex_lock(&turns->lock);
    g_hash_table_remove(turns->taken, sha256);
    g_mutex_unlock(&turns->lock);
}
