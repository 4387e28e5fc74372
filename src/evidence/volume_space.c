// SPDX-License-Identifier: Apache-2.0
//
// Two lists of extents, put in order and joined when they grow full and at the end. Memory follows
// the number of pieces, not the size of the medium or the number of files.
#include "evidence/volume_space.h"

#include <stdlib.h>
#include <string.h>

// 256 MiB for each list.
#define EXTENTS_MAX (16u << 20)
#define CLAIMS_MAX (4u << 20)

typedef struct {
    Extent *extents;
    size_t count, capacity;
} ExtentList;

typedef struct {
    uint64_t owner, offset, size_bytes, content_bytes;
} Claim;

struct VolumeSpace {
    uint64_t size_bytes;
    ExtentList used, slack;
    GArray *claims; // of Claim
};

// ---- Lists ------------------------------------------------------------------------------------

static int compare_extents(const void *a, const void *b)
{
    const Extent *left = a, *right = b;
    if (left->offset != right->offset)
        return left->offset < right->offset ? -1 : 1;
    return 0;
}

// In order, without overlaps, neighbours joined.
static void list_normalise(ExtentList *list)
{
    if (list->count < 2)
        return;
    qsort(list->extents, list->count, sizeof(Extent), compare_extents);
    size_t last = 0;
    for (size_t i = 1; i < list->count; i++) {
        Extent *before = &list->extents[last];
        const Extent *extent = &list->extents[i];
        uint64_t before_end = before->offset + before->size_bytes;
        uint64_t end = extent->offset + extent->size_bytes;
        if (extent->offset > before_end)
            list->extents[++last] = *extent;
        else if (end > before_end)
            before->size_bytes = end - before->offset;
    }
    list->count = last + 1;
}

// Room for one more. False when there is none to be had.
static bool list_reserve(ExtentList *list)
{
    if (list->count < list->capacity)
        return true;
    // Joining comes before growing, unless it would be done again and again for little.
    size_t before = list->count;
    list_normalise(list);
    if (list->count < before - before / 4)
        return true;
    if (list->capacity >= EXTENTS_MAX)
        return list->count < list->capacity;
    size_t capacity = list->capacity == 0 ? 1024 : list->capacity * 2;
    Extent *extents = g_try_renew(Extent, list->extents, capacity);
    if (extents == NULL)
        return list->count < list->capacity;
    list->extents = extents;
    list->capacity = capacity;
    return true;
}

static void list_add(ExtentList *list, uint64_t offset, uint64_t size_bytes)
{
    // Files are mostly laid out one behind another.
    if (list->count > 0) {
        Extent *last = &list->extents[list->count - 1];
        if (last->offset + last->size_bytes == offset) {
            last->size_bytes += size_bytes;
            return;
        }
    }
    if (list_reserve(list))
        list->extents[list->count++] = (Extent){.offset = offset, .size_bytes = size_bytes};
}

// ---- The medium -------------------------------------------------------------------------------

VolumeSpace *volume_space_new(uint64_t size_bytes)
{
    VolumeSpace *space = g_new0(VolumeSpace, 1);
    space->size_bytes = size_bytes;
    space->claims = g_array_new(FALSE, FALSE, sizeof(Claim));
    return space;
}

void volume_space_free(VolumeSpace *space)
{
    if (space == NULL)
        return;
    g_free(space->used.extents);
    g_free(space->slack.extents);
    g_array_unref(space->claims);
    g_free(space);
}

static void add_cut(VolumeSpace *space, ExtentList *list, uint64_t offset, uint64_t size_bytes)
{
    if (offset >= space->size_bytes || size_bytes == 0)
        return;
    uint64_t rest = space->size_bytes - offset;
    list_add(list, offset, MIN(size_bytes, rest));
}

void volume_space_use(VolumeSpace *space, uint64_t offset, uint64_t size_bytes)
{
    add_cut(space, &space->used, offset, size_bytes);
}

void volume_space_add_slack(VolumeSpace *space, uint64_t offset, uint64_t size_bytes)
{
    add_cut(space, &space->slack, offset, size_bytes);
}

void volume_space_claim(VolumeSpace *space, uint64_t owner, uint64_t offset, uint64_t size_bytes,
                        uint64_t content_bytes)
{
    const Claim claim = {owner, offset, size_bytes, MIN(content_bytes, size_bytes)};
    if (space->claims->len < CLAIMS_MAX && size_bytes > 0)
        g_array_append_val(space->claims, claim);
}

// ---- Claims -----------------------------------------------------------------------------------

static gint compare_claims(gconstpointer a, gconstpointer b)
{
    const Claim *left = a, *right = b;
    return left->offset < right->offset ? -1 : left->offset > right->offset;
}

static gpointer key_of(uint64_t owner)
{
    return (gpointer)(uintptr_t)owner;
}

// Owners that claim what is used, or what another claims. Both lists are in order.
static GHashTable *find_disputed(const VolumeSpace *space)
{
    GHashTable *disputed = g_hash_table_new(NULL, NULL);
    const ExtentList *used = &space->used;
    size_t next_used = 0;
    const Claim *furthest = NULL; // of the claims so far, the one that ends last
    for (guint i = 0; i < space->claims->len; i++) {
        const Claim *claim = &g_array_index(space->claims, Claim, i);
        uint64_t end = claim->offset + claim->size_bytes;
        while (next_used < used->count &&
               used->extents[next_used].offset + used->extents[next_used].size_bytes <=
                   claim->offset)
            next_used++;
        if (next_used < used->count && used->extents[next_used].offset < end)
            g_hash_table_add(disputed, key_of(claim->owner));
        if (furthest != NULL && furthest->offset + furthest->size_bytes > claim->offset &&
            furthest->owner != claim->owner) {
            g_hash_table_add(disputed, key_of(furthest->owner));
            g_hash_table_add(disputed, key_of(claim->owner));
        }
        if (furthest == NULL || end > furthest->offset + furthest->size_bytes)
            furthest = claim;
    }
    return disputed;
}

static void settle_claims(VolumeSpace *space)
{
    list_normalise(&space->used);
    g_array_sort(space->claims, compare_claims);
    GHashTable *disputed = find_disputed(space);
    for (guint i = 0; i < space->claims->len; i++) {
        const Claim *claim = &g_array_index(space->claims, Claim, i);
        if (g_hash_table_contains(disputed, key_of(claim->owner)))
            continue;
        volume_space_use(space, claim->offset, claim->size_bytes);
        volume_space_add_slack(space, claim->offset + claim->content_bytes,
                               claim->size_bytes - claim->content_bytes);
    }
    g_hash_table_unref(disputed);
    g_array_set_size(space->claims, 0);
}

// ---- The rest ---------------------------------------------------------------------------------

// The list becomes what it does not hold.
static void list_invert(ExtentList *list, uint64_t size_bytes)
{
    list_normalise(list);
    uint64_t begin = 0;
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        const Extent extent = list->extents[i];
        if (extent.offset > begin)
            list->extents[kept++] = (Extent){.offset = begin, .size_bytes = extent.offset - begin};
        begin = extent.offset + extent.size_bytes;
    }
    list->count = kept;
    if (begin < size_bytes)
        list_add(list, begin, size_bytes - begin);
}

bool volume_space_search(VolumeSpace *space, Walk *walk, Source *medium, uint32_t alignment)
{
    settle_claims(space);
    list_normalise(&space->slack);
    if (space->slack.count > 0 &&
        !walk_leftover(walk, medium, space->slack.extents, space->slack.count, LEFTOVER_SLACK, 1))
        return false;
    list_invert(&space->used, space->size_bytes);
    return space->used.count == 0 ||
           walk_leftover(walk, medium, space->used.extents, space->used.count, LEFTOVER_UNALLOCATED,
                         alignment);
}
