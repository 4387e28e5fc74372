// SPDX-License-Identifier: Apache-2.0
#include "evidence/onenote.h"

#include <inttypes.h>
#include <string.h>

#define PIECE_BYTES 65536u
#define GUID_BYTES 16u
#define HEADER_BYTES 36u // of an object, before its bytes
#define GAPS_AT_ONCE 1024u

static const uint8_t object_begin[GUID_BYTES] = {0xe7, 0x16, 0xe3, 0xbd, 0x65, 0x26, 0x11, 0x45,
                                                 0xa4, 0xc4, 0x8d, 0x4d, 0x0b, 0x7a, 0x9e, 0xac};
static const uint8_t object_end[GUID_BYTES] = {0x22, 0xa7, 0xfb, 0x71, 0x79, 0x0f, 0x0b, 0x4a,
                                               0xbb, 0x13, 0x89, 0x92, 0x56, 0x42, 0x6b, 0x24};
// Section 2.5.19: the key of an encrypted section begins so.
static const uint8_t key_begin[8] = {0x67, 0xa0, 0xd1, 0xda, 0x85, 0xa3, 0x6b, 0xfb};

typedef struct {
    Walk *walk;
    Source *source;
    GArray *gaps; // of Extent
    uint64_t gap_begin;
    unsigned objects;
    uint64_t piece_begin; // of what was read last
    size_t piece_bytes;
    uint8_t piece[PIECE_BYTES];
} Section;

static bool fits(const SniffType *type, Source *source)
{
    return strcmp(type->media_type, "application/onenote") == 0;
}

// ---- Gaps -------------------------------------------------------------------------------------

static bool search_gaps(Section *section)
{
    bool ok =
        section->gaps->len == 0 || walk_leftover(section->walk, section->source,
                                                 (const Extent *)(const void *)section->gaps->data,
                                                 section->gaps->len, LEFTOVER_GAP, 1);
    g_array_set_size(section->gaps, 0);
    return ok;
}

// From where the last object ended.
static bool end_gap(Section *section, uint64_t end)
{
    if (end <= section->gap_begin)
        return true;
    const Extent gap = {.offset = section->gap_begin, .size_bytes = end - section->gap_begin};
    g_array_append_val(section->gaps, gap);
    return section->gaps->len < GAPS_AT_ONCE || search_gaps(section);
}

// ---- Searching --------------------------------------------------------------------------------

// Bytes from `offset` on, at least as many as a GUID has where there are so many. NULL at the end.
static const uint8_t *view(Section *section, uint64_t offset, size_t *ret_size, GError **err)
{
    uint64_t end = section->piece_begin + section->piece_bytes;
    bool is_there = offset >= section->piece_begin && offset + GUID_BYTES <= end;
    if (!is_there) {
        ssize_t count = source_read(section->source, offset, section->piece, PIECE_BYTES, err);
        section->piece_begin = offset;
        section->piece_bytes = count > 0 ? (size_t)count : 0;
    }
    size_t at = (size_t)(offset - section->piece_begin);
    *ret_size = section->piece_bytes - at;
    return *ret_size > 0 ? section->piece + at : NULL;
}

static void find_key(Section *section, const uint8_t *bytes, size_t size)
{
    if (memmem(bytes, size, key_begin, sizeof key_begin) != NULL)
        walk_set_status(section->walk, STATUS_ENCRYPTED,
                        "the section is protected with a password");
}

// The next object's GUID in [offset, end); `end` when there is none, or when reading failed (err is
// set) or the walk is over.
static uint64_t find_object(Section *section, uint64_t offset, uint64_t end, GError **err)
{
    while (offset < end && !walk_is_over(section->walk)) {
        size_t size = 0;
        const uint8_t *bytes = view(section, offset, &size, err);
        if (bytes == NULL)
            break;
        const uint8_t *found = memmem(bytes, size, object_begin, sizeof object_begin);
        find_key(section, bytes, found != NULL ? (size_t)(found - bytes) : size);
        if (found != NULL)
            return MIN(offset + (uint64_t)(found - bytes), end);
        // Pieces overlap by what a GUID takes.
        offset += size < GUID_BYTES ? size : size - (GUID_BYTES - 1);
    }
    return end;
}

// ---- Objects ----------------------------------------------------------------------------------

static bool ends_right(Source *source, uint64_t end)
{
    uint8_t guid[GUID_BYTES];
    uint64_t padded = (end + 7) / 8 * 8;
    return source_read_exact(source, padded, guid, sizeof guid, NULL) &&
           memcmp(guid, object_end, sizeof guid) == 0;
}

static uint64_t read_length(Source *source, uint64_t offset)
{
    uint8_t bytes[8];
    uint64_t length = 0;
    if (!source_read_exact(source, offset + GUID_BYTES, bytes, sizeof bytes, NULL))
        return 0;
    for (size_t i = sizeof bytes; i-- > 0;)
        length = length << 8 | bytes[i];
    return length;
}

// Delivers the object whose GUID lies at `offset`; *ret_end is behind its bytes. A length that no
// second GUID confirms is not believed past the next object.
static bool deliver_object(Section *section, uint64_t offset, uint64_t *ret_end)
{
    uint64_t size = source_size(section->source), begin = offset + HEADER_BYTES;
    uint64_t said = read_length(section->source, offset);
    *ret_end = MIN(begin, size);
    if (begin >= size || said == 0)
        return true;
    uint64_t bytes = MIN(said, size - begin);
    bool is_whole = said <= size - begin && ends_right(section->source, begin + bytes);
    if (!is_whole)
        bytes = find_object(section, begin, begin + bytes, NULL) - begin;
    *ret_end = begin + bytes;

    g_autofree char *name = g_strdup_printf("object %u", ++section->objects);
    g_autofree char *layer = g_strdup_printf("{\"offset\":%" PRIu64 "}", offset);
    g_autoptr(Source) part = source_new_range(section->source, begin, bytes);
    const Child child = {.name = name,
                         .layer = layer,
                         .source = part,
                         .status = is_whole ? STATUS_OK : STATUS_CORRUPT,
                         .reason = is_whole ? NULL : "the object does not end where it says"};
    if (!end_gap(section, offset))
        return false;
    section->gap_begin = *ret_end;
    return walk_child(section->walk, &child);
}

// ---- The whole --------------------------------------------------------------------------------

static bool deliver_objects(Section *section, GError **err)
{
    uint64_t size = source_size(section->source), at = 0;
    while ((at = find_object(section, at, size, err)) < size) {
        if (!deliver_object(section, at, &at))
            return false;
    }
    return !walk_is_over(section->walk);
}

static void open_section(Walk *walk, Source *source)
{
    g_autoptr(GArray) gaps = g_array_new(FALSE, FALSE, sizeof(Extent));
    g_autofree Section *section = g_new(Section, 1);
    section->walk = walk;
    section->source = source;
    section->gaps = gaps;
    // Behind the magic, so that the gap is not taken for a section in itself.
    section->gap_begin = GUID_BYTES;
    section->objects = 0;
    section->piece_begin = 0;
    section->piece_bytes = 0;
    g_autoptr(GError) error = NULL;
    bool ok = deliver_objects(section, &error);
    if (error != NULL)
        walk_set_error(walk, error);
    if (ok && end_gap(section, source_size(source)))
        search_gaps(section);
}

const Container onenote_container = {.name = "OneNote section", .fits = fits, .open = open_section};
