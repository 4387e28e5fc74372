// SPDX-License-Identifier: Apache-2.0
#include "wire/video_codec.h"

#include <stddef.h>
#include <string.h>

#include "base/limits.h"
#include "wire/codec.h"

enum { VIDEO_TRUNCATED = 1, VIDEO_LOCATION = 2 };
enum { MATCH_ITEM = 1, MATCH_ENTRY = 2, MATCH_TRIMMED = 4 };

// Seconds, rates and percentages; far more than any file can mean.
#define NUMBER_MAX 1e12
#define DISTANCE_MAX (PDQ_BYTES * 8u)

static const size_t VIDEO_TEXTS[] = {
    offsetof(VideoFacts, container), offsetof(VideoFacts, codec), offsetof(VideoFacts, created),
    offsetof(VideoFacts, make),      offsetof(VideoFacts, model), offsetof(VideoFacts, software),
};

static char **video_text(const VideoFacts *facts, size_t i)
{
    return (char **)((char *)(uintptr_t)facts + VIDEO_TEXTS[i]);
}

// ---- Facts ------------------------------------------------------------------------------------

static void put_choice(GByteArray *message, const FrameChoice *choice)
{
    codec_put(message, choice->pipeline, 1);
    codec_put(message, choice->sampling, 1);
    codec_put_double(message, choice->per_second);
}

static FrameChoice take_choice(Reader *reader)
{
    FrameChoice choice = {.pipeline = codec_take_below(reader, FRAMES_PIPELINE_COUNT)};
    choice.sampling = codec_take_below(reader, SAMPLING_COUNT);
    choice.per_second = codec_take_double(reader, NUMBER_MAX);
    codec_refuse_unless(reader, choice.per_second >= 0);
    return choice;
}

void codec_put_video(GByteArray *message, const VideoFacts *facts)
{
    codec_put(message, facts->width, 4);
    codec_put(message, facts->height, 4);
    codec_put(message, facts->trim_left, 4);
    codec_put(message, facts->trim_top, 4);
    codec_put(message, facts->trim_right, 4);
    codec_put(message, facts->trim_bottom, 4);
    codec_put(message, facts->rotation, 2);
    put_choice(message, &facts->choice);
    codec_put_double(message, facts->frame_rate);
    codec_put_double(message, facts->duration_seconds);
    codec_put_double(message, facts->seconds_seen);
    codec_put(message, facts->frames_seen, 8);
    codec_put(message, facts->frames_hashed, 8);
    codec_put(message, facts->damaged, 8);
    codec_put(message, facts->other_streams, 2);
    codec_put(message,
              (facts->is_truncated ? VIDEO_TRUNCATED : 0u) |
                  (facts->has_location ? VIDEO_LOCATION : 0u),
              1);
    for (size_t i = 0; i < G_N_ELEMENTS(VIDEO_TEXTS); i++)
        codec_put_text(message, *video_text(facts, i), LIMIT_VIDEO_TEXT);
    if (facts->has_location) {
        codec_put_double(message, facts->latitude);
        codec_put_double(message, facts->longitude);
    }
}

static double take_positive(Reader *reader)
{
    double number = codec_take_double(reader, NUMBER_MAX);
    codec_refuse_unless(reader, number >= 0);
    return number;
}

static void take_sides(Reader *reader, VideoFacts *facts)
{
    facts->width = reader_u32le(reader);
    facts->height = reader_u32le(reader);
    facts->trim_left = reader_u32le(reader);
    facts->trim_top = reader_u32le(reader);
    facts->trim_right = reader_u32le(reader);
    facts->trim_bottom = reader_u32le(reader);
    bool is_trimmed =
        (facts->trim_left | facts->trim_top | facts->trim_right | facts->trim_bottom) != 0;
    codec_refuse_unless(reader,
                        facts->width <= LIMIT_STILL_SIDE && facts->height <= LIMIT_STILL_SIDE);
    codec_refuse_unless(
        reader, !is_trimmed || ((uint64_t)facts->trim_left + facts->trim_right < facts->width &&
                                (uint64_t)facts->trim_top + facts->trim_bottom < facts->height));
}

VideoFacts *codec_take_video(Reader *reader)
{
    VideoFacts *facts = video_facts_new();
    take_sides(reader, facts);
    facts->rotation = reader_u16le(reader);
    codec_refuse_unless(reader, facts->rotation < 360);
    facts->choice = take_choice(reader);
    facts->frame_rate = take_positive(reader);
    facts->duration_seconds = take_positive(reader);
    facts->seconds_seen = take_positive(reader);
    facts->frames_seen = reader_u64le(reader);
    facts->frames_hashed = reader_u64le(reader);
    facts->damaged = reader_u64le(reader);
    facts->other_streams = reader_u16le(reader);
    unsigned flags = codec_take_flags(reader, VIDEO_TRUNCATED | VIDEO_LOCATION);
    facts->is_truncated = flags & VIDEO_TRUNCATED;
    for (size_t i = 0; i < G_N_ELEMENTS(VIDEO_TEXTS); i++)
        *video_text(facts, i) = codec_take_text(reader, LIMIT_VIDEO_TEXT);
    facts->has_location = flags & VIDEO_LOCATION;
    if (facts->has_location) {
        facts->latitude = codec_take_double(reader, 90);
        facts->longitude = codec_take_double(reader, 180);
    }
    return facts;
}

// ---- Matches ----------------------------------------------------------------------------------

static void put_piece(GByteArray *message, const MatchPiece *piece)
{
    codec_put_double(message, piece->from);
    codec_put_double(message, piece->to);
    codec_put_double(message, piece->their_from);
    codec_put_double(message, piece->their_to);
    codec_put_double(message, piece->speed);
    codec_put(message, piece->frames, 4);
    codec_put(message, piece->matched, 4);
    codec_put(message, piece->distance, 2);
    codec_put(message, piece->is_static, 1);
}

void codec_put_match_video(GByteArray *message, const MatchVideo *video)
{
    unsigned count = MIN(video->piece_count, CODEC_MATCH_PIECES);
    codec_put(message,
              (video->item_is_video ? MATCH_ITEM : 0u) |
                  (video->entry_is_video ? MATCH_ENTRY : 0u) |
                  (video->is_trimmed ? MATCH_TRIMMED : 0u),
              1);
    codec_put(message, video->pipeline, 1);
    if (video->item_is_video && video->entry_is_video) {
        codec_put_double(message, video->item_percent);
        codec_put_double(message, video->entry_percent);
    }
    codec_put(message, count, 4);
    for (unsigned i = 0; i < count; i++)
        put_piece(message, &video->pieces[i]);
}

static MatchPiece take_piece(Reader *reader)
{
    MatchPiece piece = {.from = take_positive(reader), .to = take_positive(reader)};
    piece.their_from = take_positive(reader);
    piece.their_to = take_positive(reader);
    piece.speed = take_positive(reader);
    piece.frames = reader_u32le(reader);
    piece.matched = reader_u32le(reader);
    piece.distance = reader_u16le(reader);
    piece.is_static = codec_take_below(reader, 2) != 0;
    codec_refuse_unless(reader, piece.matched <= piece.frames && piece.distance <= DISTANCE_MAX);
    return piece;
}

MatchVideo *codec_take_match_video(Reader *reader)
{
    unsigned flags = codec_take_flags(reader, MATCH_ITEM | MATCH_ENTRY | MATCH_TRIMMED);
    MatchVideo video = {.item_is_video = flags & MATCH_ITEM,
                        .entry_is_video = flags & MATCH_ENTRY,
                        .is_trimmed = flags & MATCH_TRIMMED,
                        .item_percent = -1,
                        .entry_percent = -1};
    video.pipeline = codec_take_below(reader, FRAMES_PIPELINE_COUNT);
    codec_refuse_unless(reader, video.item_is_video || video.entry_is_video);
    if (video.item_is_video && video.entry_is_video) {
        video.item_percent = take_positive(reader);
        video.entry_percent = take_positive(reader);
    }
    unsigned count = reader_u32le(reader);
    codec_refuse_unless(reader, count >= 1 && count <= CODEC_MATCH_PIECES);
    if (reader->failed)
        count = 0;
    MatchVideo *taken = g_malloc0(sizeof *taken + count * sizeof(MatchPiece));
    MatchPiece *pieces = (MatchPiece *)(taken + 1);
    for (unsigned i = 0; i < count && !reader->failed; i++)
        pieces[i] = take_piece(reader);
    video.piece_count = count;
    video.pieces = pieces;
    *taken = video;
    return taken;
}
