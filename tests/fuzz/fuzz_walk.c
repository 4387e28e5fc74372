// SPDX-License-Identifier: Apache-2.0
#include "fuzz_walk.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/walk.h"
#include "model/layer.h"

#define TIME_LIMIT_MS 5000u

typedef struct {
    WalkChoice choice;   // for every child
    GHashTable *layers;  // of children met, owned strings
    GChecksum *children; // of what they are called
    Status status;       // of the input itself
} Watch;

static WalkChoice choose(void *user_data, const WalkItem *item)
{
    Watch *watch = user_data;
    if (item->name == NULL) // a stretch of searched space
        return WALK_PASS;
    if (!layer_is(item->layer, strlen(item->layer)))
        abort();
    if (item->depth == 1) {
        if (!g_hash_table_add(watch->layers, g_strdup(item->layer)))
            abort();
        g_checksum_update(watch->children, (const guchar *)item->layer, -1);
        g_checksum_update(watch->children, (const guchar *)item->name, -1);
    }
    return watch->choice;
}

static bool announce(void *user_data, const WalkItem *item)
{
    return true;
}

static bool contents(void *user_data, const uint8_t *bytes, size_t size_bytes)
{
    return true;
}

static bool finish(void *user_data, const WalkItem *item)
{
    Watch *watch = user_data;
    if ((item->status == STATUS_OK) != (item->reason == NULL))
        abort();
    if (item->not_examined_bytes > item->size_bytes)
        abort();
    if (item->depth == 0)
        watch->status = item->status;
    return true;
}

static bool progress(void *user_data, uint64_t bytes)
{
    return true;
}

// What the children are called, in their order; NULL when time ran out.
static char *walk_once(const uint8_t *data, size_t size, const SniffType *type, WalkChoice choice)
{
    Watch watch = {.choice = choice,
                   .layers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                   .children = g_checksum_new(G_CHECKSUM_MD5)};
    const WalkOptions options = {
        .name = "part.1.eml", .type = type, .spool = -1, .time_limit_ms = TIME_LIMIT_MS};
    const WalkSink sink = {.choose = choose,
                           .announce = announce,
                           .contents = contents,
                           .finish = finish,
                           .progress = progress,
                           .user_data = &watch};
    g_autoptr(Source) source = source_new_memory(data, size);
    if (!walk_run(source, &options, &sink))
        abort();
    char *children =
        watch.status != STATUS_TIMEOUT ? g_strdup(g_checksum_get_string(watch.children)) : NULL;
    g_checksum_free(watch.children);
    g_hash_table_unref(watch.layers);
    return children;
}

void fuzz_walk(const uint8_t *data, size_t size, const char *media_type)
{
    fuzz_walk_as(data, size, sniff_by_media_type(media_type));
}

void fuzz_walk_as(const uint8_t *data, size_t size, const SniffType *type)
{
    g_autofree char *fetched = walk_once(data, size, type, WALK_FETCH);
    g_autofree char *skipped = walk_once(data, size, type, WALK_SKIP);
    if (fetched != NULL && skipped != NULL && !g_str_equal(fetched, skipped))
        abort();
}
