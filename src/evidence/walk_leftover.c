// SPDX-License-Identifier: Apache-2.0
//
// Bytes that no parser delivered. Each call is cut into stretches: each has a place of its own, so
// that a big free space can be dealt out among workers and a crash costs one stretch.
#include <inttypes.h>
#include <string.h>

#include "evidence/carve.h"
#include "evidence/walk_private.h"

// Free space in one stretch. The same whatever the number of workers, so that all find the same.
#define STRETCH_BYTES (16u << 20)
// Shorter than any medium.
#define SEARCHED_BYTES_MIN 64u

// ---- Searching --------------------------------------------------------------------------------

typedef struct {
    Walk *walk;
    Source *source;
    LeftoverKind kind;
} Search;

static const char *kind_phrase(LeftoverKind kind)
{
    static const char *const phrases[] = {
        [LEFTOVER_PREFIX] = "before what follows",
        [LEFTOVER_GAP] = "inside, where nothing is listed",
        [LEFTOVER_APPENDED] = "behind the end",
        [LEFTOVER_UNALLOCATED] = "in free space",
        [LEFTOVER_SLACK] = "in file slack",
    };
    return phrases[kind];
}

// Delivers a part of the source as a child that is named by its offset.
static bool deliver(const Search *search, uint64_t offset, uint64_t size, bool complete)
{
    g_autofree char *name = g_strdup_printf("@0x%" PRIx64, offset);
    g_autofree char *layer =
        g_strdup_printf("{\"offset\":%" PRIu64 ",\"size\":%" PRIu64 "}", offset, size);
    g_autofree char *detail = g_strdup_printf("found %s%s", kind_phrase(search->kind),
                                              complete ? "" : "; it breaks off before its end");
    g_autoptr(GPtrArray) findings = findings_new();
    findings_add(findings, FINDING_CARVED, 0, detail);
    g_autoptr(Source) part = source_new_range(search->source, offset, size);
    const Child child = {
        .name = name, .layer = layer, .source = part, .findings = findings, .is_carved = true};
    return walk_child(search->walk, &child);
}

static bool found(void *user_data, const Carved *carved)
{
    const Search *search = user_data;
    return deliver(search, carved->offset, carved->size_bytes, carved->complete);
}

static bool progress(void *user_data, uint64_t bytes)
{
    const Search *search = user_data;
    return walk_tell_progress(search->walk, bytes) && !walk_is_over(search->walk);
}

static bool search_range(Search *search, CarveRange range)
{
    g_autoptr(GError) error = NULL;
    if (carve_search(search->source, range, found, progress, search, &error))
        return true;
    if (error == NULL)
        return false;
    walk_not_examined(search->walk, range.end - range.begin,
                      "bytes %" PRIu64 " to %" PRIu64 " could not be searched: %s", range.begin,
                      range.end, error->message);
    return true;
}

bool walk_deliver_media(Walk *walk, Source *source, uint64_t size_bytes)
{
    const Search search = {.walk = walk, .source = source, .kind = LEFTOVER_PREFIX};
    return deliver(&search, 0, size_bytes, true);
}

bool walk_search_from(Walk *walk, Source *source, uint64_t begin)
{
    uint64_t size = source_size(source);
    if (size < begin + SEARCHED_BYTES_MIN)
        return true;
    Search search = {.walk = walk, .source = source, .kind = LEFTOVER_GAP};
    return search_range(&search,
                        (CarveRange){.begin = begin, .end = size, .limit = size, .alignment = 1});
}

// ---- Extents ----------------------------------------------------------------------------------

// Does a container begin exactly here? Media is found by the search, one piece after another.
static bool begins_container(Source *source, const Extent *extent)
{
    uint8_t first[SNIFF_BYTES];
    ssize_t count = source_read(source, extent->offset, first,
                                (size_t)MIN(extent->size_bytes, (uint64_t)sizeof first), NULL);
    if (count <= 0)
        return false;
    const SniffType *type = sniff_bytes(first, (size_t)count);
    g_autoptr(Source) part = source_new_range(source, extent->offset, extent->size_bytes);
    return container_find(type, part) != NULL;
}

static bool search_extent(Search *search, const Extent *extent, uint32_t alignment)
{
    uint64_t end = extent->offset + extent->size_bytes;
    bool may_begin = search->kind == LEFTOVER_APPENDED || search->kind == LEFTOVER_GAP ||
                     search->kind == LEFTOVER_PREFIX;
    if (may_begin && begins_container(search->source, extent))
        return deliver(search, extent->offset, extent->size_bytes, true);
    return search_range(
        search,
        (CarveRange){.begin = extent->offset, .end = end, .limit = end, .alignment = alignment});
}

static bool is_uniform(Source *source, const Extent *extents, size_t count)
{
    uint8_t piece[4096];
    int first = -1;
    for (size_t e = 0; e < count; e++) {
        for (uint64_t done = 0; done < extents[e].size_bytes;) {
            uint64_t left = extents[e].size_bytes - done;
            ssize_t got = source_read(source, extents[e].offset + done, piece,
                                      (size_t)MIN(left, (uint64_t)sizeof piece), NULL);
            if (got <= 0)
                return false;
            first = first < 0 ? piece[0] : first;
            for (ssize_t i = 0; i < got; i++)
                if (piece[i] != first)
                    return false;
            done += (uint64_t)got;
        }
    }
    return true;
}

// A stretch has a place and nothing else.
typedef struct {
    Search search;
    uint32_t alignment;
    bool is_split; // a part of a longer extent: media may reach over its end
    uint64_t limit;
} Stretch;

static bool search_stretch(Stretch *stretch, const Extent *extents, size_t count)
{
    Walk *walk = stretch->search.walk;
    Frame *frame = walk->frame;
    if (walk_is_over(walk))
        return false;
    if (walk->depth >= LIMIT_EVIDENCE_DEPTH) {
        walk_set_status(walk, STATUS_LIMIT, "containers are nested deeper than %u",
                        LIMIT_EVIDENCE_DEPTH);
        return false;
    }
    walk->place[walk->depth++] = frame->next_ordinal++;
    const WalkItem item = {.place = walk->place, .depth = walk->depth};
    WalkChoice choice =
        walk->sink->choose != NULL ? walk->sink->choose(walk->sink->user_data, &item) : WALK_TAKE;
    bool ok = choice != WALK_END;
    if (choice == WALK_TAKE || choice == WALK_PASS) {
        // Places inside are counted afresh.
        uint32_t ordinal = frame->next_ordinal;
        frame->next_ordinal = 0;
        for (size_t i = 0; ok && i < count; i++) {
            if (stretch->is_split)
                ok = search_range(&stretch->search,
                                  (CarveRange){.begin = extents[i].offset,
                                               .end = extents[i].offset + extents[i].size_bytes,
                                               .limit = stretch->limit,
                                               .alignment = stretch->alignment});
            else
                ok = search_extent(&stretch->search, &extents[i], stretch->alignment);
        }
        frame->next_ordinal = ordinal;
    } else if (choice == WALK_END) {
        walk->ended = true;
    }
    walk->depth--;
    return ok && !walk->ended;
}

// A long extent, cut at multiples of the alignment.
static bool search_long(Stretch *stretch, const Extent *extent)
{
    uint64_t end = extent->offset + extent->size_bytes;
    uint64_t step = STRETCH_BYTES / stretch->alignment * stretch->alignment;
    stretch->is_split = true;
    stretch->limit = end;
    bool ok = true;
    for (uint64_t begin = extent->offset; ok && begin < end; begin += step) {
        uint64_t left = end - begin;
        const Extent part = {.offset = begin, .size_bytes = MIN(left, step)};
        ok = search_stretch(stretch, &part, 1);
    }
    stretch->is_split = false;
    return ok;
}

bool walk_leftover(Walk *walk, Source *source, const Extent *extents, size_t count,
                   LeftoverKind kind, uint32_t block_bytes)
{
    Stretch stretch = {.search = {.walk = walk, .source = source, .kind = kind},
                       .alignment = kind == LEFTOVER_UNALLOCATED ? MAX(block_bytes, 1u) : 1u};
    // Bytes that are all equal fill something up.
    if (kind == LEFTOVER_APPENDED && is_uniform(source, extents, count))
        return true;
    if (kind == LEFTOVER_APPENDED) {
        uint64_t total = 0;
        for (size_t i = 0; i < count; i++)
            total += extents[i].size_bytes;
        walk_add_finding(walk, FINDING_APPENDED_DATA, total,
                         "bytes behind the end, from byte %" PRIu64 " on", extents[0].offset);
    }
    size_t first = 0;
    uint64_t gathered = 0;
    for (size_t i = 0; i <= count; i++) {
        bool is_long = i < count && extents[i].size_bytes > STRETCH_BYTES;
        bool is_full = gathered > 0 && (i == count || is_long || gathered >= STRETCH_BYTES);
        if (is_full) {
            if (!search_stretch(&stretch, extents + first, i - first))
                return false;
            gathered = 0;
        }
        if (i == count)
            break;
        if (gathered == 0)
            first = i;
        if (is_long) {
            if (!search_long(&stretch, &extents[i]))
                return false;
        } else {
            gathered += extents[i].size_bytes;
        }
    }
    return true;
}
