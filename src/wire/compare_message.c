// SPDX-License-Identifier: Apache-2.0
//
// Layout in the terms of wire/codec.h:
//
//   side request  u8 'c', u8 0, u8 side, u8 flags (1 video), u64 size_bytes, text media_type
//   request       u8 'c', u8 1, u32 milliseconds of A, of B, u8 flags (1 as before)
//   side answer   u8 'd', u8 0, u8 status, text reason, u8 quality, u8 across, u8 down,
//                 u8 flags (1 progressive)
//   answer        u8 'd', u8 1, u8 status,
//                 u8 flags (1 same, 2 border of A, 4 of B, 8 more regions),
//                 text reason, [what is the same]
//   what is the same
//                 u8 orientation, u8 tones, f64 correlation, agreement, 6 of the map, gain, offset,
//                 noise, of A and of B: u32 width, height, box inside, box shared, 4 f64 beyond,
//                 u8 count, count * (box in A, box in B, f64 share of A, of B, strength)
//   box           f64 left, top, right, bottom
#include "wire/compare_message.h"

#include <math.h>

#include "base/limits.h"
#include "wire/codec.h"

#define REQUEST_MARK 'c'
#define ANSWER_MARK 'd'

enum { KIND_SIDE, KIND_PAIR };
enum { SIDE_VIDEO = 1 };
enum { PAIR_AS_BEFORE = 1 };
enum { SIDE_PROGRESSIVE = 1 };
enum { SAME = 1, BORDER_A = 2, BORDER_B = 4, MORE = 8 };

#define JPEG_QUALITY_MAX 100u
#define JPEG_SAMPLING_MAX 4u
#define COORDINATE_MAX 1e7 // pixels either way
#define NUMBER_MAX 1e6     // of anything else

bool compare_message_is_request(const uint8_t *message, size_t size_bytes)
{
    return size_bytes > 0 && message[0] == REQUEST_MARK;
}

static void begin(GByteArray *message, char mark, unsigned kind)
{
    codec_put(message, (uint8_t)mark, 1);
    codec_put(message, kind, 1);
}

static Reader open_message(const uint8_t *message, size_t size_bytes, char mark, unsigned kind)
{
    Reader reader = reader_init(message, size_bytes);
    codec_refuse_unless(&reader, reader_u8(&reader) == (uint8_t)mark);
    codec_refuse_unless(&reader, reader_u8(&reader) == kind);
    return reader;
}

// A byte of at most `most`.
static unsigned take_upto(Reader *reader, unsigned most)
{
    return codec_take_below(reader, most + 1);
}

// ---- Requests -----------------------------------------------------------------------------------

void compare_side_request_encode(const CompareSideRequest *request, GByteArray *ret_message)
{
    begin(ret_message, REQUEST_MARK, KIND_SIDE);
    codec_put(ret_message, request->side, 1);
    codec_put(ret_message, request->is_video ? SIDE_VIDEO : 0, 1);
    codec_put(ret_message, request->size_bytes, 8);
    codec_put_text(ret_message, request->media_type, CODEC_MEDIA_TYPE_BYTES);
}

bool compare_side_request_decode(const uint8_t *message, size_t size_bytes,
                                 CompareSideRequest *ret_request, char **ret_media_type)
{
    Reader reader = open_message(message, size_bytes, REQUEST_MARK, KIND_SIDE);
    CompareSideRequest request = {.side = codec_take_below(&reader, 2)};
    request.is_video = codec_take_flags(&reader, SIDE_VIDEO) & SIDE_VIDEO;
    request.size_bytes = reader_u64le(&reader);
    g_autofree char *media_type = codec_take_text(&reader, CODEC_MEDIA_TYPE_BYTES);
    if (!codec_is_whole(&reader) || media_type == NULL)
        return false;
    request.media_type = media_type;
    *ret_request = request;
    *ret_media_type = g_steal_pointer(&media_type);
    return true;
}

void compare_request_encode(const CompareRequest *request, GByteArray *ret_message)
{
    begin(ret_message, REQUEST_MARK, KIND_PAIR);
    for (unsigned i = 0; i < 2; i++)
        codec_put(ret_message, request->milliseconds[i], 4);
    codec_put(ret_message, request->is_as_before ? PAIR_AS_BEFORE : 0, 1);
}

bool compare_request_decode(const uint8_t *message, size_t size_bytes, CompareRequest *ret_request)
{
    Reader reader = open_message(message, size_bytes, REQUEST_MARK, KIND_PAIR);
    CompareRequest request;
    for (unsigned i = 0; i < 2; i++)
        request.milliseconds[i] = reader_u32le(&reader);
    request.is_as_before = codec_take_flags(&reader, PAIR_AS_BEFORE) & PAIR_AS_BEFORE;
    if (!codec_is_whole(&reader))
        return false;
    *ret_request = request;
    return true;
}

// ---- The answer to SIDE -------------------------------------------------------------------------

void compare_side_answer_encode(const CompareSideAnswer *answer, GByteArray *ret_message)
{
    begin(ret_message, ANSWER_MARK, KIND_SIDE);
    codec_put(ret_message, answer->status, 1);
    codec_put_text(ret_message, answer->reason, LIMIT_REASON_BYTES);
    codec_put(ret_message, answer->jpeg_quality, 1);
    codec_put(ret_message, answer->jpeg_across, 1);
    codec_put(ret_message, answer->jpeg_down, 1);
    codec_put(ret_message, answer->is_progressive ? SIDE_PROGRESSIVE : 0, 1);
}

bool compare_side_answer_decode(const uint8_t *message, size_t size_bytes,
                                CompareSideAnswer *ret_answer)
{
    Reader reader = open_message(message, size_bytes, ANSWER_MARK, KIND_SIDE);
    CompareSideAnswer answer = {.status = codec_take_below(&reader, STATUS_COUNT)};
    answer.reason = codec_take_text(&reader, LIMIT_REASON_BYTES);
    codec_refuse_unless(&reader, (answer.status == STATUS_OK) == (answer.reason == NULL));
    answer.jpeg_quality = take_upto(&reader, JPEG_QUALITY_MAX);
    answer.jpeg_across = take_upto(&reader, JPEG_SAMPLING_MAX);
    answer.jpeg_down = take_upto(&reader, JPEG_SAMPLING_MAX);
    answer.is_progressive = codec_take_flags(&reader, SIDE_PROGRESSIVE) & SIDE_PROGRESSIVE;
    if (!codec_is_whole(&reader)) {
        compare_side_answer_clear(&answer);
        return false;
    }
    *ret_answer = answer;
    return true;
}

void compare_side_answer_clear(CompareSideAnswer *answer)
{
    g_free(answer->reason);
    *answer = (CompareSideAnswer){0};
}

// ---- The answer to COMPARE ----------------------------------------------------------------------

static void put_doubles(GByteArray *message, const double *values, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        codec_put_double(message, values[i]);
}

static void take_doubles(Reader *reader, double magnitude, double *ret_values, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        ret_values[i] = codec_take_double(reader, magnitude);
}

static void put_box(GByteArray *message, const CompareBox *box)
{
    put_doubles(message, (const double[4]){box->left, box->top, box->right, box->bottom}, 4);
}

static CompareBox take_box(Reader *reader)
{
    double sides[4];
    take_doubles(reader, COORDINATE_MAX, sides, 4);
    codec_refuse_unless(reader, sides[0] <= sides[2] && sides[1] <= sides[3]);
    return (CompareBox){sides[0], sides[1], sides[2], sides[3]};
}

static double take_share(Reader *reader)
{
    double share = codec_take_double(reader, 1);
    codec_refuse_unless(reader, !signbit(share));
    return share;
}

static void put_region(GByteArray *message, const CompareRegion *region)
{
    put_box(message, &region->box[0]);
    put_box(message, &region->box[1]);
    put_doubles(message, region->share, 2);
    codec_put_double(message, region->strength);
}

static CompareRegion take_region(Reader *reader)
{
    CompareRegion region;
    for (unsigned i = 0; i < 2; i++)
        region.box[i] = take_box(reader);
    for (unsigned i = 0; i < 2; i++)
        region.share[i] = take_share(reader);
    region.strength = codec_take_double(reader, NUMBER_MAX);
    return region;
}

static void put_same(GByteArray *message, const CompareAnswer *answer)
{
    codec_put(message, answer->orientation, 1);
    codec_put(message, answer->tones, 1);
    put_doubles(message, (const double[2]){answer->correlation, answer->agreement}, 2);
    put_doubles(message, answer->map, 6);
    put_doubles(message, (const double[3]){answer->gain, answer->offset, answer->noise}, 3);
    for (unsigned i = 0; i < 2; i++) {
        codec_put(message, answer->width[i], 4);
        codec_put(message, answer->height[i], 4);
        put_box(message, &answer->inside[i]);
        put_box(message, &answer->shared[i]);
        put_doubles(message, answer->beyond[i], 4);
    }
    unsigned count = MIN(answer->region_count, COMPARE_REGIONS_MAX);
    codec_put(message, count, 1);
    for (unsigned i = 0; i < count; i++)
        put_region(message, &answer->regions[i]);
}

static void take_same(Reader *reader, CompareAnswer *answer)
{
    answer->orientation = codec_take_below(reader, ORIENTATION_COUNT);
    answer->tones = codec_take_flags(reader, COMPARE_TONES);
    answer->correlation = codec_take_double(reader, 1);
    answer->agreement = take_share(reader);
    take_doubles(reader, COORDINATE_MAX, answer->map, 6);
    answer->gain = codec_take_double(reader, NUMBER_MAX);
    answer->offset = codec_take_double(reader, NUMBER_MAX);
    answer->noise = codec_take_double(reader, NUMBER_MAX);
    for (unsigned i = 0; i < 2; i++) {
        answer->width[i] = reader_u32le(reader);
        answer->height[i] = reader_u32le(reader);
        answer->inside[i] = take_box(reader);
        answer->shared[i] = take_box(reader);
        for (unsigned j = 0; j < 4; j++)
            answer->beyond[i][j] = take_share(reader);
    }
    answer->region_count = take_upto(reader, COMPARE_REGIONS_MAX);
    for (unsigned i = 0; i < answer->region_count && !reader->failed; i++)
        answer->regions[i] = take_region(reader);
}

void compare_answer_encode(const CompareAnswer *answer, GByteArray *ret_message)
{
    begin(ret_message, ANSWER_MARK, KIND_PAIR);
    codec_put(ret_message, answer->status, 1);
    unsigned flags = answer->is_same ? SAME : 0;
    if (answer->is_same)
        flags |= (answer->has_border[0] ? BORDER_A : 0u) | (answer->has_border[1] ? BORDER_B : 0u) |
                 (answer->has_more ? MORE : 0u);
    codec_put(ret_message, flags, 1);
    codec_put_text(ret_message, answer->reason, LIMIT_REASON_BYTES);
    if (answer->is_same)
        put_same(ret_message, answer);
}

bool compare_answer_decode(const uint8_t *message, size_t size_bytes, CompareAnswer *ret_answer)
{
    Reader reader = open_message(message, size_bytes, ANSWER_MARK, KIND_PAIR);
    CompareAnswer answer = {.status = codec_take_below(&reader, STATUS_COUNT)};
    unsigned flags = codec_take_flags(&reader, SAME | BORDER_A | BORDER_B | MORE);
    answer.is_same = flags & SAME;
    answer.has_border[0] = flags & BORDER_A;
    answer.has_border[1] = flags & BORDER_B;
    answer.has_more = flags & MORE;
    answer.reason = codec_take_text(&reader, LIMIT_REASON_BYTES);
    codec_refuse_unless(&reader, answer.is_same == (answer.reason == NULL));
    codec_refuse_unless(&reader, answer.is_same ? answer.status == STATUS_OK : flags == 0);
    if (answer.is_same)
        take_same(&reader, &answer);
    if (!codec_is_whole(&reader)) {
        compare_answer_clear(&answer);
        return false;
    }
    *ret_answer = answer;
    return true;
}

void compare_answer_clear(CompareAnswer *answer)
{
    g_free(answer->reason);
    *answer = (CompareAnswer){0};
}
