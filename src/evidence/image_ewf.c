// SPDX-License-Identifier: Apache-2.0
//
// E01 and s01 sets: the segments that lie beside the evidence file, and what is missing, damaged or
// could not be acquired.
#include <inttypes.h>
#include <string.h>

#include "base/encoding.h"
#include "base/error.h"
#include "base/limits.h"
#include "evidence/ewf_medium.h"
#include "evidence/image_kind.h"
#include "evidence/volume.h"
#include "hash/digest.h"
#include "sniff/segment_name.h"

// How far behind a missing segment others are looked for.
#define LOOK_AHEAD 32u
#define VERIFY_STEP_BYTES (1u << 20)

typedef struct {
    Walk *walk;
    EwfMedium *medium;
    GPtrArray *files; // of Source *, owned: all but the evidence file itself
    GArray *unread;   // of Extent: what could not be acquired
    unsigned number;  // of the segment added last
    bool is_complete; // that one is the last of its set
    bool has_md5, has_sha1;
    uint8_t md5[16], sha1[20];
} Set;

static void set_clear(Set *set)
{
    ewf_medium_free(set->medium);
    g_ptr_array_unref(set->files);
    g_array_unref(set->unread);
}

static void free_source(void *source)
{
    source_free(source);
}

// ---- Gathering the segments -------------------------------------------------------------------

static void take_hashes(Set *set, const EwfSegment *segment)
{
    if (segment->has_md5) {
        set->has_md5 = true;
        memcpy(set->md5, segment->md5, sizeof(set->md5));
    }
    if (segment->has_sha1) {
        set->has_sha1 = true;
        memcpy(set->sha1, segment->sha1, sizeof(set->sha1));
    }
}

static void take_unread(Set *set, const EwfSegment *segment, uint32_t sector_bytes)
{
    for (unsigned i = 0; i < segment->unread->len; i++) {
        const EwfUnread *unread = &g_array_index(segment->unread, EwfUnread, i);
        const Extent stretch = {.offset = (uint64_t)unread->first * sector_bytes,
                                .size_bytes = (uint64_t)unread->count * sector_bytes};
        g_array_append_val(set->unread, stretch);
    }
}

static void take_segment(Set *set, Source *file, const EwfSegment *segment, uint32_t sector_bytes)
{
    ewf_medium_add(set->medium, file, segment);
    take_hashes(set, segment);
    take_unread(set, segment, sector_bytes);
    set->number = segment->number;
    set->is_complete = segment->is_last;
    if (segment->is_last || segment->is_followed)
        return;
    ewf_medium_add_gap(set->medium);
    walk_add_finding(set->walk, FINDING_DAMAGED, 0,
                     "segment %u of the E01 set breaks off: its sections end at byte %" PRIu64
                     " of %" PRIu64,
                     segment->number, segment->end, source_size(file));
}

// Segment `number`, when it lies there and is what its name says. Why it is not used is told.
static bool open_segment(Set *set, const SegmentName *parsed, unsigned number, Source **ret_file,
                         EwfSegment **ret_segment)
{
    Walk *walk = set->walk;
    g_autofree char *name = segment_name_of_part(walk_name(walk), parsed, number);
    g_autoptr(Source) file = name != NULL ? walk_sibling(walk, name) : NULL;
    if (file == NULL)
        return false;
    g_autoptr(GError) error = NULL;
    g_autoptr(EwfSegment) segment = ewf_segment_read(file, &error);
    if (segment == NULL) {
        walk_add_finding(walk, FINDING_SEGMENT, source_size(file),
                         "%s is not used as segment %u: %s", name, number, error->message);
        return false;
    }
    if (segment->number != number) {
        walk_add_finding(walk, FINDING_SEGMENT, source_size(file),
                         "%s is not used as segment %u: it says that it is number %u", name, number,
                         segment->number);
        return false;
    }
    *ret_file = g_steal_pointer(&file);
    *ret_segment = g_steal_pointer(&segment);
    return true;
}

static void note_missing(Set *set, unsigned first, unsigned last)
{
    if (first == last)
        walk_add_finding(set->walk, FINDING_SEGMENT, 0,
                         "segment %u of the E01 set is missing, although later ones lie there",
                         first);
    else
        walk_add_finding(set->walk, FINDING_SEGMENT, 0,
                         "segments %u to %u of the E01 set are missing, although later ones lie "
                         "there",
                         first, last);
    ewf_medium_add_gap(set->medium);
}

// The next segment that is there. False when there is none.
static bool gather_next(Set *set, const SegmentName *parsed, uint32_t sector_bytes)
{
    for (unsigned number = set->number + 1; number <= set->number + LOOK_AHEAD; number++) {
        g_autoptr(EwfSegment) segment = NULL;
        Source *file = NULL;
        if (!open_segment(set, parsed, number, &file, &segment))
            continue;
        g_ptr_array_add(set->files, file);
        if (number > set->number + 1)
            note_missing(set, set->number + 1, number - 1);
        take_segment(set, file, segment, sector_bytes);
        return true;
    }
    return false;
}

static void gather(Set *set, Source *source, const EwfSegment *first)
{
    take_segment(set, source, first, first->sector_bytes);
    SegmentName parsed;
    bool is_named = segment_name_parse(SEGMENT_EWF, walk_name(set->walk), &parsed);
    while (is_named && !set->is_complete && set->files->len < LIMIT_EVIDENCE_SEGMENTS &&
           !walk_is_over(set->walk) && gather_next(set, &parsed, first->sector_bytes))
        ;
    if (set->files->len > 0)
        walk_add_finding(set->walk, FINDING_SEGMENT, 0,
                         "the first of %u segments, which are read as one", set->files->len + 1);
    if (set->is_complete)
        return;
    ewf_medium_add_gap(set->medium);
    walk_add_finding(set->walk, FINDING_SEGMENT, 0,
                     "the E01 set goes on behind segment %u, the last that lies here", set->number);
}

// ---- What is not there --------------------------------------------------------------------------

// Bytes of the medium up to a gap at its end, if any. All gaps are told.
static uint64_t tell_gaps(Walk *walk, const GArray *gaps, uint64_t medium_bytes)
{
    uint64_t held_bytes = medium_bytes;
    for (unsigned i = 0; i < gaps->len; i++) {
        const Extent *gap = &g_array_index(gaps, Extent, i);
        uint64_t end = gap->offset + gap->size_bytes;
        if (end == medium_bytes)
            held_bytes = gap->offset;
        walk_not_examined(walk, gap->size_bytes,
                          "bytes %" PRIu64 " to %" PRIu64
                          " of the medium: no segment that could be read holds them",
                          gap->offset, end);
    }
    return held_bytes;
}

static void tell_unread(Walk *walk, const GArray *unread, uint64_t medium_bytes)
{
    for (unsigned i = 0; i < unread->len; i++) {
        const Extent *each = &g_array_index(unread, Extent, i);
        uint64_t begin = MIN(each->offset, medium_bytes), left = medium_bytes - begin;
        uint64_t size = MIN(each->size_bytes, left);
        if (size > 0)
            walk_not_examined(walk, size,
                              "bytes %" PRIu64 " to %" PRIu64
                              " of the medium could not be read when the image was made",
                              begin, begin + size);
    }
}

// ---- The stored hashes --------------------------------------------------------------------------

// False when it could not be read whole, which is told.
static bool digest_medium(Walk *walk, Source *medium, DigestSet *ret_digests)
{
    g_autofree uint8_t *piece = g_malloc(VERIFY_STEP_BYTES);
    DigestState *state = digest_state_new(DIGEST_ENGINE_AUTO);
    uint64_t size = source_size(medium), done = 0;
    while (state != NULL && done < size && !walk_is_over(walk)) {
        ssize_t count = source_read(medium, done, piece, VERIFY_STEP_BYTES, NULL);
        if (count <= 0)
            break;
        digest_state_update(state, piece, (size_t)count);
        done += (uint64_t)count;
    }
    if (state != NULL)
        digest_state_finish(state, ret_digests);
    digest_state_free(state);
    if (done == size)
        return true;
    walk_add_finding(walk, FINDING_STORED_HASH, 0,
                     "the stored hash was not verified: reading ended at byte %" PRIu64, done);
    return false;
}

static void tell_hash(Walk *walk, const char *algorithm, const uint8_t *stored,
                      const uint8_t *computed, size_t size_bytes)
{
    g_autofree char *stored_text = encoding_hex_new(stored, size_bytes);
    g_autofree char *computed_text = encoding_hex_new(computed, size_bytes);
    if (memcmp(stored, computed, size_bytes) == 0)
        walk_add_finding(walk, FINDING_STORED_HASH, 0, "the stored %s agrees: %s", algorithm,
                         stored_text);
    else
        walk_add_finding(walk, FINDING_STORED_HASH, 0,
                         "the stored %s does not agree: the image says %s, its bytes give %s",
                         algorithm, stored_text, computed_text);
}

static void verify(const Set *set, Source *medium, uint64_t medium_bytes)
{
    DigestSet digests;
    if (!walk_verifies_images(set->walk))
        return;
    if (source_size(medium) < medium_bytes) {
        walk_add_finding(set->walk, FINDING_STORED_HASH, 0,
                         "the stored hash was not verified: parts of the medium are missing");
        return;
    }
    if (!set->has_md5 && !set->has_sha1) {
        walk_add_finding(set->walk, FINDING_STORED_HASH, 0, "the image stores no hash");
        return;
    }
    if (!digest_medium(set->walk, medium, &digests))
        return;
    if (set->has_md5)
        tell_hash(set->walk, "MD5", set->md5, digests.md5, sizeof(set->md5));
    if (set->has_sha1)
        tell_hash(set->walk, "SHA-1", set->sha1, digests.sha1, sizeof(set->sha1));
}

// ---- The kind -----------------------------------------------------------------------------------

static void walk_medium(Set *set)
{
    g_autoptr(GArray) gaps = NULL;
    g_autoptr(PieceMedium) medium = ewf_medium_finish(g_steal_pointer(&set->medium), &gaps);
    Source *whole = piece_medium_source(medium);
    uint64_t held_bytes = tell_gaps(set->walk, gaps, source_size(whole));
    tell_unread(set->walk, set->unread, held_bytes);
    g_autoptr(Source) held = source_new_range(whole, 0, held_bytes);
    volume_walk(set->walk, held);
    verify(set, held, gaps->len == 0 ? held_bytes : UINT64_MAX);
    image_tell_damage(set->walk, medium);
}

// A later segment is examined with the first of its set, when that is there.
static void tell_later_segment(Walk *walk, Source *source, unsigned number)
{
    SegmentName parsed;
    const char *name = walk_name(walk);
    bool is_named = segment_name_parse(SEGMENT_EWF, name, &parsed);
    g_autofree char *opener = is_named ? segment_name_of_opener(name, &parsed) : NULL;
    g_autoptr(Source) first = opener != NULL ? walk_sibling(walk, opener) : NULL;
    walk_add_finding(walk, FINDING_SEGMENT, 0, "segment %u of an E01 set%s%s", number,
                     opener != NULL ? " that begins with " : "", opener != NULL ? opener : "");
    if (first == NULL)
        walk_set_status(walk, STATUS_UNSUPPORTED,
                        "it is segment %u of an E01 set whose first segment is missing", number);
}

static void open_set(Walk *walk, const SniffType *type, Source *source)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(EwfSegment) first = ewf_segment_read(source, &error);
    if (first != NULL && first->number != 1) {
        tell_later_segment(walk, source, first->number);
        return;
    }
    EwfMedium *medium = first != NULL ? ewf_medium_new(first, &error) : NULL;
    if (medium == NULL) {
        image_give_up(walk, source, "the E01 set", error);
        return;
    }
    Set set = {.walk = walk,
               .medium = medium,
               .files = g_ptr_array_new_with_free_func(free_source),
               .unread = g_array_new(FALSE, FALSE, sizeof(Extent))};
    gather(&set, source, first);
    walk_medium(&set);
    set_clear(&set);
}

static bool fits(const SniffType *type, Source *source)
{
    return image_has_type(type, "application/x-ewf");
}

const ImageKind image_ewf = {.name = "the E01 set", .fits = fits, .walk = open_set};
