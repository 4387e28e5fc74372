// SPDX-License-Identifier: Apache-2.0
#include "index/index.h"

#include "base/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LOOKUPS_TOGETHER 32u
// Hits that are worth tidying before the search ends.
#define MIN_TIDY_HITS 4096u

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

// The numbers of its refs.
typedef struct {
    uint32_t start;
    uint32_t end;
} RefRange;

static bool add_entries(const Index *index, FoundValue found, RefRange range,
                        const IndexFilter *filter, IndexHits *hits, IndexFault *fault)
{
    for (uint32_t i = range.start; i < range.end; i++) {
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

static bool set_error(const Index *index, const IndexFault *fault, GError **err)
{
    if (fault->kind == INDEX_FAULT_MEMORY)
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
        RefRange range = {0, 0};
        if (id == DIGEST_ABSENT)
            continue;
        if (!index_file_ref_range(index->file, found.type, id, &range.start, &range.end, fault) ||
            !add_entries(index, found, range, query->filter, hits, fault))
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
    if (fault.kind == INDEX_FAULT_NONE) {
        index_delta_hide_withdrawn(index->delta, hits, first);
        if (index_hits_tidy(hits, first))
            return true;
        index_fault_memory(&fault);
    }
    hits->count = first;
    return set_error(index, &fault, err);
}

// What is known so far of one value that is asked with.
typedef struct {
    uint64_t rows;       // within the radius
    uint64_t delta_rows; // those that were not in the file
    bool frequent;
} ValueState;

// A search for PDQ values while it collects hits.
typedef struct {
    Index *index;
    const IndexPdqQuery *query;
    IndexHits *hits;
    size_t first;      // of the hits that are this search's
    size_t tidy_at;    // number of hits at which they are tidied next
    uint64_t max_rows; // for a value
    ValueState *states;
} Collector;

// Takes the hits of frequent values out and finds more such values. The hits are tidy.
static void cut_frequent(Collector *collector)
{
    IndexHits *hits = collector->hits;
    size_t kept = collector->first;
    for (size_t i = kept; i < hits->count;) {
        uint32_t value = hits->items[i].query;
        size_t end = i;
        while (end < hits->count && hits->items[end].query == value)
            end++;
        if (collector->query->max_hits > 0 && end - i > collector->query->max_hits)
            collector->states[value].frequent = true;
        if (!collector->states[value].frequent) {
            memmove(hits->items + kept, hits->items + i, (end - i) * sizeof *hits->items);
            kept += end - i;
        }
        i = end;
    }
    hits->count = kept;
}

// Leaves what will be answered of the hits found so far.
static bool collector_tidy(Collector *collector, IndexFault *fault)
{
    IndexHits *hits = collector->hits;
    index_delta_hide_withdrawn(collector->index->delta, hits, collector->first);
    if (!index_hits_tidy(hits, collector->first))
        return index_fault_memory(fault);
    cut_frequent(collector);
    // Growing in proportion to what is kept makes all tidying together cost little more than once.
    size_t step = MAX(hits->count - collector->first, MIN_TIDY_HITS);
    collector->tidy_at = hits->count + step;
    return true;
}

// Counts rows near a value; false when they make it frequent.
static bool count_rows(Collector *collector, uint32_t value, uint64_t rows)
{
    collector->states[value].rows += rows;
    if (collector->states[value].rows > collector->max_rows)
        collector->states[value].frequent = true;
    return !collector->states[value].frequent;
}

static HammingVerdict collect(void *context, const HammingHit *hit, IndexFault *fault)
{
    Collector *collector = context;
    const Index *index = collector->index;
    FoundValue found = {INDEX_PDQ, hit->id, hit->query, hit->distance};
    RefRange range;
    if (collector->states[hit->query].frequent)
        return HAMMING_ENOUGH;
    if (!index_file_ref_range(index->file, INDEX_PDQ, hit->id, &range.start, &range.end, fault))
        return HAMMING_FAILED;
    if (!count_rows(collector, hit->query, range.end - range.start))
        return HAMMING_ENOUGH;
    while (range.start < range.end) {
        RefRange part = {range.start, range.start + MIN(range.end - range.start, MIN_TIDY_HITS)};
        if (!add_entries(index, found, part, collector->query->filter, collector->hits, fault))
            return HAMMING_FAILED;
        if (collector->hits->count >= collector->tidy_at && !collector_tidy(collector, fault))
            return HAMMING_FAILED;
        range.start = part.end;
    }
    return collector->states[hit->query].frequent ? HAMMING_ENOUGH : HAMMING_MORE;
}

// Hits that come again are the same ones to index_hits_tidy; only rows were counted.
static void collect_again(void *context, uint32_t value)
{
    Collector *collector = context;
    collector->states[value].rows = collector->states[value].delta_rows;
}

static bool query_delta(Collector *collector, IndexFault *fault)
{
    const IndexPdqQuery *query = collector->query;
    IndexHits *hits = collector->hits;
    for (uint32_t i = 0; i < query->count; i++) {
        IndexDeltaQuery question = {
            .number = i, .radius = query->radius, .max_rows = collector->max_rows};
        size_t before = hits->count;
        memcpy(question.value, query->values[i], sizeof question.value);
        if (question.max_rows < UINT64_MAX)
            question.max_rows++; // one more says that there are too many
        if (!index_delta_near(collector->index->delta, &question, hits))
            return index_fault_memory(fault);
        collector->states[i].delta_rows = hits->count - before;
        if (count_rows(collector, i, hits->count - before))
            keep_filtered(query->filter, hits, before);
        else
            hits->count = before;
        if (hits->count >= collector->tidy_at && !collector_tidy(collector, fault))
            return false;
    }
    return true;
}

static bool query_file(Collector *collector, IndexFault *fault)
{
    const IndexPdqQuery *query = collector->query;
    HammingSink sink = {
        .context = collector,
        .found = collect,
        .again = query->max_hits > 0 ? collect_again : NULL,
    };
    IndexFile *file = collector->index->file;
    HammingIndex *pdq = file != NULL ? index_file_pdq(file) : NULL;
    if (pdq == NULL)
        return true;
    bool ok = hamming_index_search(pdq, query->values, query->count, query->radius, &sink, fault);
    collector->hits->scans += sink.scans;
    return ok;
}

bool index_query_pdq(Index *index, const IndexPdqQuery *query, IndexHits *hits, GError **err)
{
    if (query->radius > HAMMING_BITS) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "cannot search to a distance of %u bits",
                    query->radius);
        return false;
    }
    IndexFault fault = {INDEX_FAULT_NONE};
    g_autofree ValueState *states = g_new0(ValueState, query->count);
    Collector collector = {
        .index = index,
        .query = query,
        .hits = hits,
        .first = hits->count,
        .tidy_at = hits->count + MIN_TIDY_HITS,
        .max_rows = UINT64_MAX,
        .states = states,
    };
    if (query->max_hits > 0)
        collector.max_rows = (uint64_t)query->max_hits * INDEX_ROWS_PER_HIT;
    if (!query_delta(&collector, &fault) || !query_file(&collector, &fault) ||
        !collector_tidy(&collector, &fault)) {
        hits->count = collector.first;
        return set_error(index, &fault, err);
    }
    for (size_t i = 0; query->ret_frequent != NULL && i < query->count; i++)
        query->ret_frequent[i] = states[i].frequent;
    return true;
}
