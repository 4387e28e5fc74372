// SPDX-License-Identifier: Apache-2.0
#include "evidence/archive_packed.h"

#include <string.h>

#include "base/error.h"
#include "evidence/archive_coverage.h"
#include "evidence/archive_members.h"
#include "evidence/archive_stream.h"
#include "sniff/sniff.h"

#define DRAIN_BYTES (256u << 10)

// ---- The unpacked bytes -----------------------------------------------------------------------

// The stream with its first bytes seen before it is read, and with a note of where its last byte
// that is not zero was: tar archives are filled up with zeroes.
typedef struct {
    ArchiveStream *inner; // borrowed
    uint8_t first[SNIFF_BYTES];
    size_t first_bytes, given;
    uint64_t passed;
    uint64_t behind_last; // the last byte that is not zero
} Watched;

static ssize_t watched_read(void *state, void *target, size_t size, GError **err)
{
    Watched *watched = state;
    ssize_t count;
    if (watched->given < watched->first_bytes) {
        count = (ssize_t)MIN(size, watched->first_bytes - watched->given);
        memcpy(target, watched->first + watched->given, (size_t)count);
        watched->given += (size_t)count;
    } else {
        count = archive_stream_read(watched->inner, target, size, err);
    }
    const uint8_t *bytes = target;
    ssize_t last = count;
    while (last > 0 && bytes[last - 1] == 0)
        last--;
    if (last > 0)
        watched->behind_last = watched->passed + (uint64_t)last;
    watched->passed += count > 0 ? (uint64_t)count : 0;
    return count;
}

// `inner` is borrowed.
static ArchiveStream *watched_new(ArchiveStream *inner, Watched **ret_watched)
{
    static const ArchiveStreamOps ops = {watched_read, g_free};
    Watched *watched = g_malloc(sizeof *watched);
    memset(watched, 0, sizeof *watched);
    watched->inner = inner;
    // An error comes again when the stream is read.
    ssize_t count = archive_stream_fill(inner, watched->first, sizeof watched->first, NULL);
    watched->first_bytes = count > 0 ? (size_t)count : 0;
    *ret_watched = watched;
    return archive_stream_new(&ops, watched);
}

static bool drain(Walk *walk, ArchiveStream *stream, uint64_t count, GError **err)
{
    g_autofree uint8_t *piece = g_malloc(DRAIN_BYTES);
    while (count > 0 && !walk_is_over(walk)) {
        ssize_t got =
            archive_stream_read(stream, piece, (size_t)MIN(count, (uint64_t)DRAIN_BYTES), err);
        if (got <= 0)
            return got == 0;
        count -= (uint64_t)got;
    }
    return true;
}

// ---- What lies behind an archive in the unpacked bytes ----------------------------------------

// Unpacks once more, up to there.
typedef struct {
    Walk *walk;
    ArchivePacking packing;
    Source *source;
    uint64_t skipped;
    bool is_open;
    ArchiveUnpack unpack;
} Behind;

static ssize_t behind_read(void *user_data, void *target, size_t size, GError **err)
{
    Behind *behind = user_data;
    if (!behind->is_open) {
        behind->is_open = true;
        if (!archive_unpack_open(behind->walk, behind->packing, behind->source, &behind->unpack,
                                 err) ||
            !drain(behind->walk, behind->unpack.stream, behind->skipped, err))
            return -1;
    }
    return archive_stream_read(behind->unpack.stream, target, size, err);
}

static bool deliver_behind(Walk *walk, ArchivePacking packing, Source *source, uint64_t begin)
{
    Behind behind = {.walk = walk, .packing = packing, .source = source, .skipped = begin};
    const Child child = {.name = "bytes behind the end of the archive",
                         .layer = "{\"behind\":1}",
                         .read = behind_read,
                         .user_data = &behind};
    bool ok = walk_child(walk, &child);
    archive_unpack_clear(&behind.unpack);
    return ok;
}

// ---- The whole --------------------------------------------------------------------------------

// The archive that the unpacked bytes are; READER_FORMAT_COUNT when they are one item.
static ArchiveMembers find_members(const Watched *watched)
{
    const SniffType *type = sniff_bytes(watched->first, watched->first_bytes);
    if (strcmp(type->media_type, "application/x-tar") == 0)
        return archive_members_of_kind(ARCHIVE_TAR);
    if (strcmp(type->media_type, "application/x-cpio") == 0)
        return archive_members_of_kind(ARCHIVE_CPIO);
    return (ArchiveMembers){.format = READER_FORMAT_COUNT};
}

static bool deliver_one(Walk *walk, const ArchiveUnpack *unpack, ArchiveStream *stream)
{
    g_autofree char *name =
        unpack->name != NULL ? g_strdup(unpack->name) : archive_unpack_name(walk_name(walk));
    const Child child = {.name = name,
                         .layer = "{\"member\":0}",
                         .read = archive_stream_read,
                         .user_data = stream,
                         .times = {.modified = unpack->modified}};
    return walk_child(walk, &child);
}

// The members of the archive, and the rest of the stream: it has a checksum at its end, and perhaps
// more than the archive.
static bool deliver_members(Walk *walk, ArchivePacking packing, Source *source,
                            ArchiveStream *stream, const Watched *watched,
                            const ArchiveMembers *members)
{
    g_autoptr(GError) error = NULL;
    ArchiveTally tally;
    if (!archive_members_deliver_stream(walk, members, stream, &tally))
        return false;
    uint64_t end = tally.position;
    if (tally.damaged_bytes > 0)
        walk_not_examined(walk, 0, "damaged headers were passed over");
    if (tally.is_complete && !drain(walk, stream, UINT64_MAX, &error) && !walk_is_over(walk))
        walk_set_error(walk, error);
    if (!tally.is_complete || watched->behind_last <= end)
        return !walk_is_over(walk);
    walk_add_finding(walk, FINDING_APPENDED_DATA, watched->passed - end,
                     "bytes behind the end of the archive that is packed in it");
    return deliver_behind(walk, packing, source, end);
}

// The packed bytes behind what was used up: further data, or what could not be unpacked.
static void look_behind(Walk *walk, Source *source, const ArchiveUnpack *unpack, bool is_whole)
{
    uint64_t size = source_size(source), end = MIN(archive_unpack_position(unpack), size);
    g_autoptr(ArchiveCoverage) coverage = archive_coverage_new();
    if (is_whole) {
        archive_coverage_add(coverage, 0, end);
        archive_coverage_search(coverage, walk, source, end);
    } else if (end < size) {
        walk_not_examined(walk, size - end, "packed bytes that could not be unpacked");
    }
}

void archive_packed_open(Walk *walk, ArchivePacking packing, Source *source)
{
    g_autoptr(GError) error = NULL;
    ArchiveUnpack unpack;
    if (!archive_unpack_open(walk, packing, source, &unpack, &error)) {
        walk_set_error(walk, error);
        archive_unpack_clear(&unpack);
        return;
    }
    Watched *watched;
    g_autoptr(ArchiveStream) stream = watched_new(unpack.stream, &watched);
    ArchiveMembers members = find_members(watched);
    bool ok = members.format == READER_FORMAT_COUNT
                  ? deliver_one(walk, &unpack, stream)
                  : deliver_members(walk, packing, source, stream, watched, &members);
    // A child that was passed over was not unpacked: then the end is looked for now.
    g_autoptr(GError) rest = NULL;
    if (ok && !walk_is_over(walk)) {
        bool is_whole = drain(walk, stream, UINT64_MAX, &rest);
        if (!is_whole && !walk_is_over(walk))
            walk_set_error(walk, rest);
        look_behind(walk, source, &unpack, is_whole);
    }
    archive_unpack_clear(&unpack);
}
