// SPDX-License-Identifier: Apache-2.0
#include "index/index.h"

#include "base/error.h"

#include <errno.h>
#include <stdlib.h>

#define LOOKUPS_TOGETHER 32u

static const IndexFileInfo no_file;

struct Index {
    IndexFile *file; // NULL: empty
    IndexDelta *delta;
};

Index *index_open(const char *path, GError **err)
{
    g_autoptr(GError) failure = NULL;
    IndexFile *file = index_file_open(path, &failure);
    if (file == NULL && !g_error_matches(failure, CLEW_ERROR, CLEW_ERROR_NOT_FOUND)) {
        g_propagate_error(err, g_steal_pointer(&failure));
        return NULL;
    }
    Index *index = g_new0(Index, 1);
    index->file = file;
    index->delta = index_delta_new();
    return index;
}

void index_free(Index *index)
{
    if (index == NULL)
        return;
    index_file_free(index->file);
    index_delta_free(index->delta);
    g_free(index);
}

const IndexFileInfo *index_info(const Index *index)
{
    return index->file != NULL ? index_file_info(index->file) : &no_file;
}

IndexFile *index_file(Index *index)
{
    return index->file;
}

IndexDelta *index_delta(Index *index)
{
    return index->delta;
}

static int by_set_id(const void *key, const void *item)
{
    uint32_t wanted = *(const uint32_t *)key;
    uint32_t here = *(const uint32_t *)item;
    return (wanted > here) - (wanted < here);
}

static bool passes(const IndexFilter *filter, uint32_t set_id)
{
    return filter == NULL || (filter->count > 0 && bsearch(&set_id, filter->set_ids, filter->count,
                                                           sizeof set_id, by_set_id) != NULL);
}

// One value of the file that was found, and for which query.
typedef struct {
    IndexType type;
    uint32_t id;
    uint32_t query;
    uint32_t distance;
} FoundValue;

static bool add_entries(const Index *index, FoundValue found, const IndexFilter *filter,
                        IndexHits *hits, IndexFault *fault)
{
    uint32_t start;
    uint32_t end;
    if (!index_file_ref_range(index->file, found.type, found.id, &start, &end, fault))
        return false;
    for (uint32_t i = start; i < end; i++) {
        IndexRef ref;
        if (!index_file_ref(index->file, found.type, i, &ref, fault))
            return false;
        IndexHit hit = {ref.entry_id, ref.set_id, found.query, found.distance};
        if (passes(filter, ref.set_id) && !index_hits_add(hits, hit))
            return index_fault_memory(fault);
    }
    return true;
}

static void keep_filtered(const IndexFilter *filter, IndexHits *hits, size_t first)
{
    size_t kept = first;
    for (size_t i = first; i < hits->count; i++) {
        if (passes(filter, hits->items[i].set_id))
            hits->items[kept++] = hits->items[i];
    }
    hits->count = kept;
}

// Ends a search whose two halves went well or not: tidy hits, or as before and an error.
static bool finish(Index *index, const IndexFault *fault, size_t first, IndexHits *hits,
                   GError **err)
{
    bool memory = fault->kind != INDEX_FAULT_MEMORY;
    if (fault->kind == INDEX_FAULT_NONE) {
        index_delta_hide_withdrawn(index->delta, hits, first);
        memory = index_hits_tidy(hits, first);
        if (memory)
            return true;
    }
    hits->count = first;
    if (!memory)
        return clew_error_set_errno(err, ENOMEM, "cannot search the index");
    return index_file_set_error(index->file, fault, err);
}

static bool find_in_file(const Index *index, const IndexDigestQuery *query, size_t first,
                         size_t count, IndexHits *hits, IndexFault *fault)
{
    DigestProbe probes[LOOKUPS_TOGETHER];
    for (size_t i = 0; i < count; i++) {
        const IndexDigest *digest = &query->digests[first + i];
        const DigestIndex *digests = index_file_digests(index->file, digest->type);
        probes[i].index = NULL;
        if (digests != NULL && !digest_probe_begin(&probes[i], digests, digest->value, fault))
            return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (probes[i].index != NULL && !digest_probe_fetch(&probes[i], fault))
            return false;
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t id = probes[i].index != NULL ? digest_probe_end(&probes[i]) : DIGEST_ABSENT;
        FoundValue found = {query->digests[first + i].type, id, (uint32_t)(first + i), 0};
        if (id != DIGEST_ABSENT && !add_entries(index, found, query->filter, hits, fault))
            return false;
    }
    return true;
}

static bool digest_types_valid(const IndexDigestQuery *query, GError **err)
{
    for (size_t i = 0; i < query->count; i++) {
        if ((unsigned)query->digests[i].type >= INDEX_PDQ) {
            g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "cannot look up a digest of type %d",
                        (int)query->digests[i].type);
            return false;
        }
    }
    return true;
}

bool index_lookup_digests(Index *index, const IndexDigestQuery *query, IndexHits *hits,
                          GError **err)
{
    IndexFault fault = {INDEX_FAULT_NONE};
    size_t first = hits->count;
    if (!digest_types_valid(query, err))
        return false;
    if (!index_delta_find(index->delta, query->digests, query->count, hits))
        index_fault_memory(&fault);
    keep_filtered(query->filter, hits, first);
    for (size_t done = 0; done < query->count && index->file != NULL;) {
        size_t part = MIN(query->count - done, LOOKUPS_TOGETHER);
        if (fault.kind != INDEX_FAULT_NONE || !find_in_file(index, query, done, part, hits, &fault))
            break;
        done += part;
    }
    return finish(index, &fault, first, hits, err);
}

static bool query_file(const Index *index, const IndexPdqQuery *query, IndexHits *hits,
                       IndexFault *fault)
{
    HammingIndex *pdq = index->file != NULL ? index_file_pdq(index->file) : NULL;
    if (pdq == NULL)
        return true;
    HammingHits found = {0};
    bool ok = hamming_index_query(pdq, query->values, query->count, query->radius, &found, fault);
    for (size_t i = 0; ok && i < found.count; i++) {
        const HammingHit *hit = &found.items[i];
        FoundValue value = {INDEX_PDQ, hit->id, hit->query, hit->distance};
        ok = add_entries(index, value, query->filter, hits, fault);
    }
    hits->scans += found.scans;
    hamming_hits_clear(&found);
    return ok;
}

bool index_query_pdq(Index *index, const IndexPdqQuery *query, IndexHits *hits, GError **err)
{
    IndexFault fault = {INDEX_FAULT_NONE};
    size_t first = hits->count;
    if (query->radius > HAMMING_BITS) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "cannot search to a distance of %u bits",
                    query->radius);
        return false;
    }
    if (!index_delta_near(index->delta, query->values, query->count, query->radius, hits))
        index_fault_memory(&fault);
    keep_filtered(query->filter, hits, first);
    if (fault.kind == INDEX_FAULT_NONE)
        query_file(index, query, hits, &fault);
    return finish(index, &fault, first, hits, err);
}
