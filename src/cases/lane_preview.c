// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "cases/lane.h"
#include "hash/digest.h"

static bool needs_eyes(const Lane *lane, const Examined *examined)
{
    return lane->options.needs_eyes != NULL &&
           lane->options.needs_eyes(examined->matches, matcher_may_leave_out(examined->matches),
                                    examined->is_media);
}

bool lane_wants_preview(const Lane *lane, const Examined *examined)
{
    return needs_eyes(lane, examined) && examined->record->has_digests;
}

// Why there is no use in trying; NULL when there is.
static const char *why_not(const Lane *lane, const Examined *examined)
{
    const Record *record = examined->record;
    bool saw_something = examined->settled || record->video != NULL ||
                         (record->still != NULL && record->still->decoded);
    bool fell = record->status == STATUS_CRASHED || record->status == STATUS_TIMEOUT;
    if (record->status != STATUS_OK && (fell || !saw_something))
        return record->reason;
    return media_client_keeps_bytes(lane->media)
               ? NULL
               : "the decoder had to be stopped while it looked at this";
}

// A content that a worker handed over is shown under the digest that this program gives it, so that
// a worker that was taken over cannot put one picture in another's place.
static bool digest_contents(Lane *lane, const MediaItem *item, DigestSet *ret_digests)
{
    if (item->descriptor >= 0) {
        DigestFdResult result;
        DigestFdOptions options = {0};
        return digest_fd(lane->digest, item->descriptor, &options, ret_digests, &result);
    }
    digest_state_begin(lane->digest);
    digest_state_update(lane->digest, media_client_buffer(lane->media), (size_t)item->size_bytes);
    digest_state_finish(lane->digest, ret_digests);
    return true;
}

static bool is_what_was_digested(Lane *lane, const MediaItem *item, const Record *record)
{
    DigestSet digests;
    return digest_contents(lane, item, &digests) &&
           memcmp(digests.sha256, record->digests.sha256, SHA256_BYTES) == 0;
}

static void drop(Examined *examined, const char *reason)
{
    g_clear_pointer(&examined->previews, preview_set_free);
    g_free(examined->preview_reason);
    examined->preview_reason = g_strdup(reason);
}

static bool make(Lane *lane, Examined *examined, const MediaItem *item, GError **err)
{
    const SniffType *type = sniff_by_media_type(examined->record->media_type);
    bool is_video = type != NULL && type->family == FAMILY_VIDEO;
    MediaReply reply;
    if (!preview_make(lane->media, item, is_video, &examined->previews, &reply, err))
        return false;
    if (examined->previews == NULL)
        drop(examined, reply.reason);
    media_reply_clear(&reply);
    return true;
}

bool lane_preview(Lane *lane, Examined *examined, uint64_t realm, int descriptor, GError **err)
{
    const Record *record = examined->record;
    const uint8_t *sha256 = record->digests.sha256;
    PreviewTurns *turns = lane->options.preview_turns;
    const MediaItem item = {.size_bytes = record->size_bytes,
                            .media_type = record->media_type,
                            .descriptor = descriptor};
    if (!lane_wants_preview(lane, examined))
        return true;
    const char *reason = why_not(lane, examined);
    if (reason == NULL && realm != 0 && !is_what_was_digested(lane, &item, record))
        reason = "the bytes that came are not those that were digested";
    if (reason != NULL) {
        drop(examined, reason);
        return true;
    }
    if (!preview_turns_take(turns, sha256)) {
        examined->preview_elsewhere = true;
        return true;
    }
    if (make(lane, examined, &item, err))
        return true;
    preview_turns_give_back(turns, sha256);
    return false;
}

void lane_forget_preview(Lane *lane, Examined *examined, const char *reason)
{
    if (examined->previews == NULL)
        return;
    preview_turns_give_back(lane->options.preview_turns, examined->record->digests.sha256);
    drop(examined, reason);
}

void lane_end_preview(const Lane *lane, Examined *examined)
{
    const Record *record = examined->record;
    examined->needs_eyes = needs_eyes(lane, examined);
    if (!examined->needs_eyes || examined->previews != NULL || examined->preview_elsewhere ||
        examined->preview_reason != NULL)
        return;
    drop(examined, record->reason != NULL ? record->reason : "it could not be decoded");
}
