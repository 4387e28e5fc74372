// SPDX-License-Identifier: Apache-2.0
#include "evidence/archive_volumes.h"

#include <inttypes.h>

#include "base/limits.h"

struct ArchiveVolumes {
    GArray *begins; // of uint64_t
    Source *joined;
    char *missing;
};

static ArchiveVolumes *volumes_new(void)
{
    ArchiveVolumes *volumes = g_new0(ArchiveVolumes, 1);
    volumes->begins = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    return volumes;
}

void archive_volumes_free(ArchiveVolumes *volumes)
{
    if (volumes == NULL)
        return;
    source_free(volumes->joined);
    g_array_unref(volumes->begins);
    g_free(volumes->missing);
    g_free(volumes);
}

// Appends a part (taken; NULL: missing) to those that will be joined.
static void append(ArchiveVolumes *volumes, GPtrArray *parts, uint64_t *end, Source *part)
{
    g_array_append_val(volumes->begins, *end);
    if (part == NULL)
        return;
    *end += source_size(part);
    g_ptr_array_add(parts, part);
}

static void note_missing(ArchiveVolumes *volumes, char *name)
{
    if (volumes->missing == NULL)
        volumes->missing = name;
    else
        g_free(name);
}

ArchiveVolumes *archive_volumes_open(Walk *walk, SegmentKind kind, Source *first)
{
    SegmentName parsed;
    const char *name = walk_name(walk);
    if (!segment_name_parse(kind, name, &parsed) || parsed.number > 1)
        return NULL;
    g_autoptr(ArchiveVolumes) volumes = volumes_new();
    GPtrArray *parts = g_ptr_array_new();
    uint64_t end = 0;
    append(volumes, parts, &end, source_new_range(first, 0, source_size(first)));
    for (unsigned i = 1; i < LIMIT_EVIDENCE_SEGMENTS && !walk_is_over(walk); i++) {
        char *next = segment_name_of_part(name, &parsed, parsed.number + i);
        Source *part = next != NULL ? walk_sibling(walk, next) : NULL;
        if (part == NULL) {
            note_missing(volumes, next);
            break;
        }
        g_free(next);
        append(volumes, parts, &end, part);
    }
    volumes->joined = source_new_joined(parts);
    return g_steal_pointer(&volumes);
}

ArchiveVolumes *archive_volumes_open_zip(Walk *walk, Source *last, uint32_t parts)
{
    SegmentName parsed;
    const char *name = walk_name(walk);
    bool is_named = segment_name_parse(SEGMENT_ZIP, name, &parsed) && parsed.number == 0;
    if (parts > LIMIT_EVIDENCE_SEGMENTS || (parts == 0 && !is_named))
        return NULL;
    g_autoptr(ArchiveVolumes) volumes = volumes_new();
    GPtrArray *found = g_ptr_array_new();
    uint64_t end = 0;
    unsigned limit = parts > 0 ? parts : LIMIT_EVIDENCE_SEGMENTS;
    for (unsigned number = 1; number <= limit && !walk_is_over(walk); number++) {
        char *next = is_named ? segment_name_of_part(name, &parsed, number)
                              : g_strdup_printf("volume %u", number);
        Source *part = next != NULL && is_named ? walk_sibling(walk, next) : NULL;
        if (part == NULL && parts == 0) {
            g_free(next);
            break;
        }
        append(volumes, found, &end, part);
        if (part == NULL)
            note_missing(volumes, next);
        else
            g_free(next);
    }
    append(volumes, found, &end, source_new_range(last, 0, source_size(last)));
    volumes->joined = source_new_joined(found);
    return volumes->begins->len > 1 ? g_steal_pointer(&volumes) : NULL;
}

Source *archive_volumes_source(const ArchiveVolumes *volumes)
{
    return volumes->joined;
}

ZipVolumes archive_volumes_begins(const ArchiveVolumes *volumes)
{
    return (ZipVolumes){.volume_begins = (const uint64_t *)(void *)volumes->begins->data,
                        .volumes = volumes->begins->len};
}

unsigned archive_volumes_count(const ArchiveVolumes *volumes)
{
    return volumes->begins->len;
}

const char *archive_volumes_missing(const ArchiveVolumes *volumes)
{
    return volumes->missing;
}

static bool has_sibling(Walk *walk, const char *name)
{
    g_autoptr(Source) sibling = name != NULL ? walk_sibling(walk, name) : NULL;
    return sibling != NULL;
}

bool archive_volumes_is_later_part(Walk *walk, SegmentKind kind, Source *source)
{
    SegmentName parsed;
    const char *name = walk_name(walk);
    if (!segment_name_parse(kind, name, &parsed))
        return false;
    // Of a ZIP set all parts come before the file by which it is opened, which has the number 0.
    bool is_zip = kind == SEGMENT_ZIP;
    if (parsed.number == 0 || (!is_zip && parsed.number == 1))
        return false;
    g_autofree char *opener = segment_name_of_opener(name, &parsed);
    if (!has_sibling(walk, opener))
        return false;
    for (unsigned number = parsed.number - 1; !is_zip && number > 1; number--) {
        g_autofree char *before = segment_name_of_part(name, &parsed, number);
        if (!has_sibling(walk, before))
            return false;
    }
    walk_add_finding(walk, FINDING_SEGMENT, source_size(source),
                     "part %u of an archive that is examined with %s", parsed.number, opener);
    return true;
}

void archive_volumes_note_part(Walk *walk, Source *source, uint64_t number)
{
    walk_add_finding(walk, FINDING_SEGMENT, source_size(source),
                     "part %" PRIu64 " of an archive in several files", number);
}
