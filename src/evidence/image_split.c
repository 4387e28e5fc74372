// SPDX-License-Identifier: Apache-2.0
//
// Raw media cut into parts of one size, as dd, split, FTK Imager and many others write them. No
// part but the first has anything that could be recognised; names and sizes tell the set.
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "evidence/image.h"
#include "evidence/image_kind.h"
#include "sniff/segment_name.h"

typedef struct {
    Walk *walk;
    const char *name; // of the first part
    SegmentName parsed;
    uint64_t part_bytes; // of each but the last
    bool is_medium;      // the first part begins like a medium: short parts are damage
    GPtrArray *sources;  // of Source *, owned
    unsigned found;      // parts that are there
    uint64_t missing_bytes;
} Split;

// ---- Zeroes where a part is missing -------------------------------------------------------------

static ssize_t zero_read_at(void *user_data, uint64_t offset, void *target, size_t size,
                            GError **err)
{
    memset(target, 0, size);
    return (ssize_t)size;
}

static void add_zeroes(Split *split, uint64_t size_bytes)
{
    static const SourceOps ops = {zero_read_at, NULL};
    g_ptr_array_add(split->sources, source_new(&ops, NULL, size_bytes));
    split->missing_bytes += size_bytes;
}

// ---- Parts --------------------------------------------------------------------------------------

static void free_source(void *source)
{
    source_free(source);
}

static Source *open_part(const Split *split, unsigned number)
{
    g_autofree char *name = segment_name_of_part(split->name, &split->parsed, number);
    return name != NULL ? walk_sibling(split->walk, name) : NULL;
}

// The first part that is there from `number` on; 0: none.
static unsigned find_later(const Split *split, unsigned number)
{
    for (unsigned i = 0; i < SEGMENT_LOOK_AHEAD; i++) {
        g_autoptr(Source) part = open_part(split, number + i);
        if (part != NULL)
            return number + i;
    }
    return 0;
}

// A part before the last one that is shorter than the first: what follows keeps its place.
static void fill_last(Split *split)
{
    Source *last = split->sources->pdata[split->sources->len - 1];
    uint64_t size = source_size(last);
    if (size >= split->part_bytes)
        return;
    walk_not_examined(split->walk, split->part_bytes - size,
                      "the %u. part has %" PRIu64 " bytes fewer than the first; read as zeroes",
                      split->sources->len, split->part_bytes - size);
    add_zeroes(split, split->part_bytes - size);
}

// Appends the part (taken) with this number, the one after `before`. False: it is of no such set.
static bool append(Split *split, Source *part, unsigned before, unsigned number)
{
    bool is_longer = source_size(part) > split->part_bytes;
    Source *last = split->sources->pdata[split->sources->len - 1];
    if (is_longer ||
        (!split->is_medium && (source_size(last) < split->part_bytes || number > before + 1))) {
        source_free(part);
        return false;
    }
    fill_last(split);
    for (unsigned missing = before + 1; missing < number; missing++) {
        g_autofree char *name = segment_name_of_part(split->name, &split->parsed, missing);
        walk_not_examined(split->walk, split->part_bytes, "the part %s is missing; read as zeroes",
                          name);
        add_zeroes(split, split->part_bytes);
    }
    g_ptr_array_add(split->sources, part);
    split->found++;
    return true;
}

static void gather(Split *split)
{
    unsigned number = split->parsed.number;
    while (split->sources->len < LIMIT_EVIDENCE_SEGMENTS && !walk_is_over(split->walk)) {
        unsigned next = find_later(split, number + 1);
        Source *part = next != 0 ? open_part(split, next) : NULL;
        if (part == NULL || !append(split, part, number, next))
            return;
        number = next;
    }
}

// ---- Later parts --------------------------------------------------------------------------------

// The evidence file is a later part by its name and the first is there: says so.
static void tell_later(Walk *walk, const char *name, const SegmentName *parsed)
{
    g_autofree char *opener = segment_name_of_opener(name, parsed);
    g_autoptr(Source) first = opener != NULL ? walk_sibling(walk, opener) : NULL;
    if (first != NULL)
        walk_add_finding(walk, FINDING_SEGMENT, 0,
                         "by its name part %u of the set that %s opens; looked at for itself",
                         parsed->number, opener);
}

// x.000 is the first of its set; x.001 too, unless x.000 is there.
static bool is_first(Walk *walk, const char *name, const SegmentName *parsed)
{
    if (parsed->number > 1)
        return false;
    if (parsed->number == 0 || parsed->kind != SEGMENT_NUMBERED)
        return true;
    g_autofree char *before = segment_name_of_part(name, parsed, 0);
    g_autoptr(Source) part = walk_sibling(walk, before);
    return part == NULL;
}

static bool is_medium(const SniffType *type)
{
    return type->family == FAMILY_DISK_IMAGE || image_has_type(type, "application/x-iso9660-image");
}

Source *image_join_parts(Walk *walk, Source *first)
{
    Split split = {.walk = walk, .name = walk_name(walk), .part_bytes = source_size(first)};
    const SniffType *type = image_type_of(first);
    split.is_medium = is_medium(type);
    bool is_named = segment_name_parse(SEGMENT_NUMBERED, split.name, &split.parsed) ||
                    segment_name_parse(SEGMENT_LETTERED, split.name, &split.parsed);
    // Archives read the parts of their sets themselves.
    if (!is_named || split.part_bytes == 0 || (type->family == FAMILY_ARCHIVE && !split.is_medium))
        return NULL;
    if (!is_first(walk, split.name, &split.parsed)) {
        tell_later(walk, split.name, &split.parsed);
        return NULL;
    }
    split.sources = g_ptr_array_new_with_free_func(free_source);
    g_ptr_array_add(split.sources, source_new_range(first, 0, split.part_bytes));
    split.found = 1;
    gather(&split);
    if (split.found == 1) {
        g_ptr_array_unref(split.sources);
        return NULL;
    }
    walk_add_finding(walk, FINDING_SEGMENT, 0, "the first of %u parts, which are read as one",
                     split.found);
    return source_new_joined(split.sources);
}
