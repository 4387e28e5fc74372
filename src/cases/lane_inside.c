// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "cases/lane.h"
#include "cases/spool.h"

// ---- Contents on their way to the decoder -----------------------------------------------------

// One evidence file under a lane's hands. The bytes of an item to be decoded go straight to where
// the decoder sees them, or, when they are too many, into a spool.
typedef struct {
    Lane *lane;
    const EvidenceFile *file;
    const LaneSink *sink;
    uint64_t realm;
    uint64_t kept_bytes; // of the item in hand that are where the decoder will look
    int spool;           // -1: all of them lie in the buffer
} Inside;

static void forget_contents(Inside *inside)
{
    if (inside->spool >= 0)
        close(inside->spool);
    inside->spool = -1;
    inside->kept_bytes = 0;
}

// What did not fit the buffer goes on in a spool, with what is in the buffer before it.
static bool begin_spool(Inside *inside)
{
    inside->spool = spool_open();
    return inside->spool >= 0 &&
           spool_write(inside->spool, media_client_buffer(inside->lane->media),
                       (size_t)inside->kept_bytes);
}

static bool keep_bytes(Inside *inside, const uint8_t *bytes, size_t size_bytes)
{
    MediaClient *media = inside->lane->media;
    if (inside->spool < 0 && size_bytes <= LIMIT_VIDEO_BUFFERED_BYTES - inside->kept_bytes) {
        memcpy(media_client_buffer(media) + inside->kept_bytes, bytes, size_bytes);
        return true;
    }
    return (inside->spool >= 0 || begin_spool(inside)) &&
           spool_write(inside->spool, bytes, size_bytes);
}

static void take_contents(void *user_data, uint64_t done, const uint8_t *bytes, size_t size_bytes)
{
    Inside *inside = user_data;
    if (done == 0)
        forget_contents(inside);
    if (done != inside->kept_bytes || (done == 0 && !media_client_ready(inside->lane->media, NULL)))
        return;
    if (keep_bytes(inside, bytes, size_bytes))
        inside->kept_bytes += size_bytes;
}

static const SniffType *type_of(const Record *record)
{
    const SniffType *type =
        record->media_type != NULL ? sniff_by_media_type(record->media_type) : NULL;
    return type != NULL ? type : sniff_bytes(NULL, 0);
}

// ---- One item ---------------------------------------------------------------------------------

static bool digest_fetched(void *user_data, const uint8_t *bytes, size_t size_bytes)
{
    digest_state_update(user_data, bytes, size_bytes);
    return true;
}

static void drop_exact_matches(GArray *matches)
{
    for (unsigned i = matches->len; i-- > 0;)
        if (g_array_index(matches, Match, i).type == MATCH_EXACT)
            g_array_remove_index(matches, i);
}

static bool has_exact_match(const GArray *matches)
{
    for (unsigned i = 0; i < matches->len; i++)
        if (g_array_index(matches, Match, i).type == MATCH_EXACT)
            return true;
    return false;
}

// Reads an exact hit again through another worker and digests it here, so that one worker that was
// taken over cannot make a hit.
static bool verify(const Inside *inside, Examined *examined, const Place *place, GError **err)
{
    Lane *lane = inside->lane;
    Record *record = examined->record;
    if (!lane->options.verify_hits || !has_exact_match(examined->matches))
        return true;
    Fetched fetched;
    digest_state_begin(lane->digest);
    if (!evidence_fetch(lane->evidence, inside->file, place, digest_fetched, lane->digest, &fetched,
                        err))
        return false;
    DigestSet digests;
    digest_state_finish(lane->digest, &digests);
    bool is_same = fetched.found && g_strcmp0(fetched.locator, record->locator) == 0 &&
                   memcmp(digests.sha256, record->digests.sha256, SHA256_BYTES) == 0;
    if (is_same) {
        record->verified = true;
    } else if (!fetched.found) {
        record_add_finding(record, FINDING_UNVERIFIED, 0, "it could not be read a second time%s%s",
                           fetched.reason != NULL ? ": " : "",
                           fetched.reason != NULL ? fetched.reason : "");
    } else {
        drop_exact_matches(examined->matches);
        examined->settled = false;
        record_add_finding(record, FINDING_UNVERIFIED, 0,
                           "a second reading gave other bytes; the exact match is not counted");
    }
    fetched_clear(&fetched);
    return true;
}

// A picture is decoded out of the buffer alone, and none is larger.
static bool read_spool_back(const Inside *inside)
{
    uint8_t *buffer = media_client_buffer(inside->lane->media);
    if (inside->kept_bytes > media_client_buffer_bytes(inside->lane->media))
        return false;
    for (uint64_t done = 0; done < inside->kept_bytes;) {
        ssize_t count =
            pread(inside->spool, buffer + done, (size_t)(inside->kept_bytes - done), (off_t)done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        done += (uint64_t)count;
    }
    return true;
}

// What is known is not decoded; yet somebody may have to see it.
static bool look_at(const Inside *inside, Examined *examined, int descriptor, GError **err)
{
    Lane *lane = inside->lane;
    return (examined->settled || lane_decode(lane, examined, inside->realm, descriptor, err)) &&
           lane_preview(lane, examined, inside->realm, descriptor, err);
}

static bool look_at_spooled_video(const Inside *inside, Examined *examined, GError **err)
{
    int descriptor = spool_reopen_read_only(inside->spool);
    if (descriptor < 0) {
        record_set_status(examined->record, STATUS_UNREADABLE, "its spool could not be read: %s",
                          g_strerror(errno));
        return true;
    }
    bool ok = look_at(inside, examined, descriptor, err);
    close(descriptor);
    return ok;
}

// Looks at what was kept, which is all there.
static bool look_at_kept(const Inside *inside, Examined *examined, GError **err)
{
    if (examined->settled && !lane_wants_preview(inside->lane, examined))
        return true;
    if (inside->spool >= 0 && type_of(examined->record)->family == FAMILY_VIDEO)
        return look_at_spooled_video(inside, examined, err);
    if (inside->spool >= 0 && !read_spool_back(inside)) {
        record_set_status(examined->record, STATUS_UNREADABLE, "its spool could not be read");
        return true;
    }
    return look_at(inside, examined, -1, err);
}

static bool examine_inside(const Inside *inside, Examined *examined, const Place *place,
                           uint64_t contents_bytes, GError **err)
{
    Lane *lane = inside->lane;
    Record *record = examined->record;
    const SniffType *type = type_of(record);
    examined->is_media = lane_is_media(type);
    if (!lane_match_exact(lane, examined, err) || !verify(inside, examined, place, err))
        return false;
    bool may_decode = type->can_decode && record->has_digests && record->size_bytes > 0;
    bool is_kept = contents_bytes == record->size_bytes && inside->kept_bytes == contents_bytes;
    if (may_decode && is_kept)
        return look_at_kept(inside, examined, err);
    if (examined->settled)
        return true;
    if (may_decode && record->status == STATUS_OK && type->family == FAMILY_VIDEO)
        record_set_status(record, STATUS_LIMIT,
                          "there is not enough room for temporary files to look into it");
    else if (may_decode && record->status == STATUS_OK)
        record_set_status(record, STATUS_LIMIT, "the picture is larger than %u MiB",
                          LIMIT_STILL_BYTES >> 20);
    lane_note_undecodable(record, type);
    return true;
}

void lane_forget_appended(Record *record, unsigned first)
{
    for (unsigned i = record->findings->len; i-- > first;) {
        const Finding *finding = record->findings->pdata[i];
        if (finding->type == FINDING_APPENDED_DATA)
            g_ptr_array_remove_index(record->findings, i);
    }
}

static bool take_inside(void *user_data, Record *record, const Place *place,
                        uint64_t contents_bytes, GError **err)
{
    Inside *inside = user_data;
    Lane *lane = inside->lane;
    Examined examined = {.record = record, .matches = g_array_new(FALSE, FALSE, sizeof(Match))};
    unsigned told = record->findings->len;
    bool ok = examine_inside(inside, &examined, place, contents_bytes, err);
    lane_forget_appended(record, told);
    forget_contents(inside);
    media_client_trim(lane->media, contents_bytes);
    if (!ok) {
        examined_clear(&examined);
        return false;
    }
    examined.left_out = matcher_may_leave_out(examined.matches);
    lane_end_preview(lane, &examined);
    return inside->sink->item(inside->sink->user_data, &examined, place, err);
}

static void pass_progress(void *user_data, uint64_t bytes)
{
    const Inside *inside = user_data;
    inside->sink->progress(inside->sink->user_data, bytes);
}

bool lane_look_inside(Lane *lane, const WalkEntry *entry, const LanePart *part, Record *record,
                      bool only_searched, const LaneSink *sink, GError **err)
{
    const EvidenceFile file = {.descriptor = entry->descriptor,
                               .path = entry->path,
                               .size_bytes = record->size_bytes,
                               .media_type = record->media_type,
                               .record_path = record->path,
                               .locator = record->locator,
                               .item_id = record->item_id,
                               .source = entry->argument,
                               .only_searched = only_searched};
    Inside inside = {
        .lane = lane, .file = &file, .sink = sink, .realm = part->entry_number + 1, .spool = -1};
    const EvidenceSink evidence_sink = {.contents = take_contents,
                                        .item = take_inside,
                                        .progress = pass_progress,
                                        .user_data = &inside};
    const EvidencePart evidence_part = {
        .share = part->share, .shares = part->shares, .resume = part->resume};
    bool ok = evidence_walk(lane->evidence, &file, evidence_part, record, &evidence_sink, err);
    forget_contents(&inside);
    return ok;
}
