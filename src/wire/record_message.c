// SPDX-License-Identifier: Apache-2.0
//
// Layout in the terms of wire/codec.h, wire/still_codec.h and wire/video_codec.h; all texts but the
// media type are long texts. What a flag says is absent takes no bytes.
//
//   record  u8 'R', u8 version, text path, locator, item_id, parent_id, u16 text media_type,
//           u8 status, text reason,
//           u8 flags (1 size, 2 digests, 4 verified, 8 still, 16 thumbnail, 32 video),
//           [u64 size_bytes], [digests], times, u64 not_examined_bytes, text same_as,
//           findings, identifiers, [still], [still], [video facts], u32 count, count * match
//   match   text set_name, u8 set_kind, u64 entry, text category, text scheme, u8 meaning, u8 type,
//           u8 digests, u8 flags (1 weak, 2 in the thumbnail, 4 contradicted, 8 video),
//           u16 distance, u8 pipeline, u8 orientation, [video match]
//
// Enums are stored as their numbers: whoever changes the order of one changes the version.
#include "wire/record_message.h"

#include "base/limits.h"
#include "wire/codec.h"
#include "wire/still_codec.h"
#include "wire/video_codec.h"

#define RECORD_MARK 'R'
#define RECORD_VERSION 2

// A path of LIMIT_WALK_DEPTH folders and LIMIT_EVIDENCE_DEPTH names, every byte of it escaped.
#define TEXT_BYTES (8u << 20)
// More than a worker sends, because the program adds its own.
#define FINDINGS_MAX 1024u
#define MATCHES_MAX (1u << 20)
#define DISTANCE_MAX (PDQ_BYTES * 8u)

enum {
    RECORD_SIZE = 1,
    RECORD_DIGESTS = 2,
    RECORD_VERIFIED = 4,
    RECORD_STILL = 8,
    RECORD_THUMBNAIL = 16,
    RECORD_VIDEO = 32
};
#define RECORD_FLAGS 63u

enum { MATCH_WEAK = 1, MATCH_THUMBNAIL = 2, MATCH_CONTRADICTED = 4, MATCH_VIDEO = 8 };
#define MATCH_FLAGS 15u

static void put_text(GByteArray *message, const char *text)
{
    codec_put_long_text(message, text, TEXT_BYTES);
}

static char *take_text(Reader *reader)
{
    return codec_take_long_text(reader, TEXT_BYTES);
}

// Writing -----------------------------------------------------------------------------------------

static void put_match(GByteArray *message, const Match *match)
{
    put_text(message, match->set_name);
    codec_put(message, match->set_kind, 1);
    codec_put(message, match->entry, 8);
    put_text(message, match->category);
    put_text(message, match->scheme);
    codec_put(message, match->meaning, 1);
    codec_put(message, match->type, 1);
    codec_put(message, match->digests, 1);
    codec_put(message,
              (match->weak_digest ? MATCH_WEAK : 0u) |
                  (match->in_thumbnail ? MATCH_THUMBNAIL : 0u) |
                  (match->contradicted ? MATCH_CONTRADICTED : 0u) |
                  (match->video != NULL ? MATCH_VIDEO : 0u),
              1);
    codec_put(message, match->distance, 2);
    codec_put(message, match->pipeline, 1);
    codec_put(message, match->orientation, 1);
    if (match->video != NULL)
        codec_put_match_video(message, match->video);
}

static unsigned flags_of(const Record *record)
{
    return (record->has_size ? RECORD_SIZE : 0u) | (record->has_digests ? RECORD_DIGESTS : 0u) |
           (record->verified ? RECORD_VERIFIED : 0u) | (record->still != NULL ? RECORD_STILL : 0u) |
           (record->thumbnail != NULL ? RECORD_THUMBNAIL : 0u) |
           (record->video != NULL ? RECORD_VIDEO : 0u);
}

void record_message_encode(const Record *record, const GArray *matches, GByteArray *ret_message)
{
    codec_put(ret_message, RECORD_MARK, 1);
    codec_put(ret_message, RECORD_VERSION, 1);
    put_text(ret_message, record->path);
    put_text(ret_message, record->locator);
    put_text(ret_message, record->item_id);
    put_text(ret_message, record->parent_id);
    codec_put_text(ret_message, record->media_type, CODEC_MEDIA_TYPE_BYTES);
    codec_put(ret_message, record->status, 1);
    put_text(ret_message, record->reason);
    codec_put(ret_message, flags_of(record), 1);
    if (record->has_size)
        codec_put(ret_message, record->size_bytes, 8);
    if (record->has_digests)
        codec_put_digests(ret_message, &record->digests);
    codec_put_times(ret_message, &record->times);
    codec_put(ret_message, record->not_examined_bytes, 8);
    put_text(ret_message, record->same_as);
    codec_put_findings(ret_message, record->findings, FINDINGS_MAX);
    codec_put_identifiers(ret_message, record->identifiers);
    if (record->still != NULL)
        codec_put_still(ret_message, record->still);
    if (record->thumbnail != NULL)
        codec_put_still(ret_message, record->thumbnail);
    if (record->video != NULL)
        codec_put_video(ret_message, record->video);

    unsigned count = MIN(matches->len, MATCHES_MAX);
    codec_put(ret_message, count, 4);
    for (unsigned i = 0; i < count; i++)
        put_match(ret_message, &g_array_index(matches, Match, i));
}

// Reading -----------------------------------------------------------------------------------------

// A text that `texts` owns, or NULL when it is absent.
static const char *take_kept_text(Reader *reader, GPtrArray *texts)
{
    char *text = take_text(reader);
    if (text != NULL)
        g_ptr_array_add(texts, text);
    return text;
}

static Match take_match(Reader *reader, GPtrArray *texts)
{
    Match match = {.set_name = take_kept_text(reader, texts)};
    match.set_kind = codec_take_below(reader, SET_KIND_COUNT);
    match.entry = reader_u64le(reader);
    match.category = take_kept_text(reader, texts);
    match.scheme = take_kept_text(reader, texts);
    match.meaning = codec_take_below(reader, MEANING_IGNORABLE + 1);
    match.type = codec_take_below(reader, MATCH_NEAR + 1);
    match.digests = codec_take_flags(reader, (1u << HASH_PDQ) - 1);
    unsigned flags = codec_take_flags(reader, MATCH_FLAGS);
    match.weak_digest = flags & MATCH_WEAK;
    match.in_thumbnail = flags & MATCH_THUMBNAIL;
    match.contradicted = flags & MATCH_CONTRADICTED;
    match.distance = reader_u16le(reader);
    match.pipeline = codec_take_below(reader, PIPELINE_COUNT + 1); // the last: a bare value
    match.orientation = codec_take_below(reader, ORIENTATION_COUNT);
    if (flags & MATCH_VIDEO) {
        MatchVideo *video = codec_take_match_video(reader);
        g_ptr_array_add(texts, video);
        match.video = video;
    }
    codec_refuse_unless(reader, match.set_name != NULL && match.distance <= DISTANCE_MAX);
    return match;
}

static void take_matches(Reader *reader, RecordMessage *message)
{
    unsigned count = reader_u32le(reader);
    codec_refuse_unless(reader, count <= MATCHES_MAX);
    for (unsigned i = 0; i < count && !reader->failed; i++) {
        Match match = take_match(reader, message->texts);
        g_array_append_val(message->matches, match);
    }
}

static void take_lists(Reader *reader, Record *record)
{
    g_ptr_array_unref(record->findings);
    g_ptr_array_unref(record->identifiers);
    record->findings = codec_take_findings(reader, FINDINGS_MAX);
    record->identifiers = codec_take_identifiers(reader);
}

static void take_record(Reader *reader, RecordMessage *message)
{
    Record *record = message->record;
    record->path = take_text(reader);
    record->locator = take_text(reader);
    record->item_id = take_text(reader);
    record->parent_id = take_text(reader);
    message->media_type = codec_take_text(reader, CODEC_MEDIA_TYPE_BYTES);
    record->status = codec_take_below(reader, STATUS_COUNT);
    record->reason = take_text(reader);
    unsigned flags = codec_take_flags(reader, RECORD_FLAGS);
    record->has_size = flags & RECORD_SIZE;
    record->has_digests = flags & RECORD_DIGESTS;
    record->verified = flags & RECORD_VERIFIED;
    if (record->has_size)
        record->size_bytes = reader_u64le(reader);
    if (record->has_digests)
        record->digests = codec_take_digests(reader);
    record->times = codec_take_times(reader);
    record->not_examined_bytes = reader_u64le(reader);
    record->same_as = take_text(reader);
    take_lists(reader, record);
    record->still = flags & RECORD_STILL ? codec_take_still(reader) : NULL;
    record->thumbnail = flags & RECORD_THUMBNAIL ? codec_take_still(reader) : NULL;
    record->video = flags & RECORD_VIDEO ? codec_take_video(reader) : NULL;
}

bool record_message_decode(const uint8_t *message, size_t size_bytes, RecordMessage *ret_message)
{
    Reader reader = reader_init(message, size_bytes);
    codec_refuse_unless(&reader, reader_u8(&reader) == RECORD_MARK);
    codec_refuse_unless(&reader, reader_u8(&reader) == RECORD_VERSION);
    if (reader.failed)
        return false;

    RecordMessage taken = {
        .record = record_new(),
        .matches = g_array_new(FALSE, FALSE, sizeof(Match)),
        .texts = g_ptr_array_new_with_free_func(g_free),
    };
    take_record(&reader, &taken);
    take_matches(&reader, &taken);
    if (!codec_is_whole(&reader)) {
        record_message_clear(&taken);
        return false;
    }
    *ret_message = taken;
    return true;
}

void record_message_clear(RecordMessage *message)
{
    record_free(message->record);
    g_free(message->media_type);
    if (message->matches != NULL)
        g_array_unref(message->matches);
    if (message->texts != NULL)
        g_ptr_array_unref(message->texts);
    *message = (RecordMessage){0};
}
