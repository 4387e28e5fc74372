// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/limits.h"
#include "cases/lane.h"

void lane_set_digests(Record *record, const DigestSet *digests)
{
    memcpy(record->digests.md5, digests->md5, MD5_BYTES);
    memcpy(record->digests.sha1, digests->sha1, SHA1_BYTES);
    memcpy(record->digests.sha256, digests->sha256, SHA256_BYTES);
    record->has_digests = true;
}

bool lane_is_media(const SniffType *type)
{
    return type->family == FAMILY_STILL || type->family == FAMILY_VIDEO;
}

void lane_note_undecodable(Record *record, const SniffType *type)
{
    if (record->status == STATUS_OK && !type->can_decode && lane_is_media(type))
        record_set_status(record, STATUS_UNSUPPORTED, "no decoder for %s", type->media_type);
}

// ---- Matching ---------------------------------------------------------------------------------

static bool has_certain_match(const GArray *matches)
{
    for (unsigned i = 0; i < matches->len; i++) {
        const Match *match = &g_array_index(matches, Match, i);
        if (match->type == MATCH_EXACT && !match->weak_digest && !match->contradicted)
            return true;
    }
    return false;
}

bool lane_match_exact(Lane *lane, Examined *examined, GError **err)
{
    if (lane->options.matcher == NULL || !examined->record->has_digests)
        return true;
    if (!matcher_exact(lane->options.matcher, &examined->record->digests, examined->matches, err))
        return false;
    examined->settled = has_certain_match(examined->matches);
    return true;
}

static bool match_still(Lane *lane, Examined *examined, GError **err)
{
    Matcher *matcher = lane->options.matcher;
    const Record *record = examined->record;
    if (matcher == NULL)
        return true;
    if (record->still != NULL &&
        !matcher_near(matcher, record->still, false, examined->matches, err))
        return false;
    return record->thumbnail == NULL ||
           matcher_near(matcher, record->thumbnail, true, examined->matches, err);
}

// ---- Decoding ---------------------------------------------------------------------------------

// An item on its way through the decoder.
typedef struct {
    Lane *lane;
    Examined *examined;
    MediaItem item;
    GPtrArray *findings; // that decoding added
} Decoding;

static void add_findings(Decoding *decoding, const GPtrArray *findings)
{
    findings_copy(decoding->findings, findings);
    findings_copy(decoding->examined->record->findings, findings);
}

static bool decode_still(Decoding *decoding, GError **err)
{
    Record *record = decoding->examined->record;
    MediaReply reply;
    if (!media_client_still(decoding->lane->media, &decoding->item, &reply, err))
        return false;
    if (reply.status != STATUS_OK)
        record_set_status(record, reply.status, "%s", reply.reason);
    record->still = g_steal_pointer(&reply.still);
    record->thumbnail = g_steal_pointer(&reply.thumbnail);
    add_findings(decoding, reply.findings);
    media_reply_clear(&reply);
    return true;
}

static bool hash_video(Decoding *decoding, VideoFrames **ret_frames, MediaReply *ret_reply,
                       GError **err)
{
    Lane *lane = decoding->lane;
    return media_client_video(lane->media, &decoding->item, lane->options.frame_choice,
                              lane->options.matcher != NULL, ret_frames, ret_reply, err);
}

// Asks about the frames, and keeps them when somebody wants them.
static bool match_video(Decoding *decoding, VideoFrames *frames, GError **err)
{
    Lane *lane = decoding->lane;
    Examined *examined = decoding->examined;
    bool ok = lane->options.matcher == NULL ||
              matcher_video(lane->options.matcher, frames, examined->matches, err);
    if (lane->options.keep_frames && examined->frames == NULL)
        examined->frames = frames;
    else
        video_frames_free(frames);
    return ok;
}

// What came before a fall, a limit or damage is hashed and asked about all the same.
static bool decode_video(Decoding *decoding, GError **err)
{
    Record *record = decoding->examined->record;
    VideoFrames *frames;
    MediaReply reply;
    if (!hash_video(decoding, &frames, &reply, err))
        return false;
    if (reply.status != STATUS_OK)
        record_set_status(record, reply.status, "%s", reply.reason);
    record->video = g_steal_pointer(&reply.video);
    add_findings(decoding, reply.findings);
    media_reply_clear(&reply);
    return match_video(decoding, frames, err);
}

// A still that may be animated. Of AVIF the still's decoder does not say.
static bool may_move(const Record *record)
{
    if (record->still == NULL)
        return false;
    if (g_str_equal(record->media_type, "image/avif"))
        return true;
    return record->still->frames > 1 && (g_str_equal(record->media_type, "image/gif") ||
                                         g_str_equal(record->media_type, "image/webp"));
}

// The record stays that of a still; what moves in it is said besides.
static bool decode_animation(Decoding *decoding, GError **err)
{
    Record *record = decoding->examined->record;
    VideoFrames *frames;
    MediaReply reply;
    if (!hash_video(decoding, &frames, &reply, err))
        return false;
    bool moves = frames->variants[0] != NULL && frames->variants[0]->len > 1;
    if (moves) {
        record->video = g_steal_pointer(&reply.video);
        add_findings(decoding, reply.findings);
    }
    if (reply.status != STATUS_OK && record->still->frames > 1) {
        g_autoptr(GPtrArray) findings = findings_new();
        g_autofree char *detail =
            g_strdup_printf("not all of the animation could be looked at: %s", reply.reason);
        findings_add(findings, FINDING_NOT_EXAMINED, 0, detail);
        add_findings(decoding, findings);
    }
    media_reply_clear(&reply);
    if (moves)
        return match_video(decoding, frames, err);
    video_frames_free(frames);
    return true;
}

static bool decode(Decoding *decoding, GError **err)
{
    const SniffType *type = sniff_by_media_type(decoding->examined->record->media_type);
    if (type != NULL && type->family == FAMILY_VIDEO)
        return decode_video(decoding, err);
    // The frames ask before the still does: of an entry that both find they have more to say.
    return decode_still(decoding, err) &&
           (!may_move(decoding->examined->record) || decode_animation(decoding, err)) &&
           match_still(decoding->lane, decoding->examined, err);
}

// Decodes without asking whether somebody else has.
static bool decode_anew(Lane *lane, Examined *examined, int descriptor, GPtrArray *findings,
                        GError **err)
{
    const Record *record = examined->record;
    Decoding decoding = {
        .lane = lane,
        .examined = examined,
        .item = {.size_bytes = record->size_bytes,
                 .media_type = record->media_type,
                 .descriptor = descriptor},
        .findings = findings,
    };
    return decode(&decoding, err);
}

bool lane_decode(Lane *lane, Examined *examined, uint64_t realm, int descriptor, GError **err)
{
    Decoded *decoded = lane->options.decoded;
    Record *record = examined->record;
    g_autoptr(GPtrArray) findings = findings_new();
    // Frames are not remembered.
    if (lane->options.keep_frames)
        return decode_anew(lane, examined, descriptor, findings, err);
    DecodedTurn turn = decoded_ask(decoded, realm, record, examined->matches);
    if (turn == DECODED_KNOWN)
        return true;
    unsigned first_near = examined->matches->len;
    bool ok = decode_anew(lane, examined, descriptor, findings, err);
    if (turn == DECODED_MINE && ok)
        decoded_put(decoded, realm, record, findings, examined->matches, first_near);
    else if (turn == DECODED_MINE)
        decoded_give_up(decoded, realm, record);
    return ok;
}
