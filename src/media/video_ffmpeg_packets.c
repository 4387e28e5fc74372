// SPDX-License-Identifier: Apache-2.0
//
// Which packets the decoder gets. Every frame: all. Key frames: those alone, each decoded by
// itself. So many a second: all, but packets of frames that no other frame needs and that will not
// be taken are passed over by the decoder, when the ranking of presentation times (video_rank.h)
// says so beforehand and has foretold the first frames rightly. Frames are numbered as they come
// out, with those passed over counted in their place, so the numbers do not rest on the ranking;
// when it is once found wrong, nothing more is passed over.
#include "media/video_ffmpeg.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"

#define AGREED_MIN 8u // frames foretold rightly before any is passed over
#define QUEUE_BYTES_MAX (32u << 20)
#define ERRORS_IN_ROW_MAX 8u // then the demuxer will not find its way again
#define PACKETS_MAX (4ull * LIMIT_VIDEO_FRAMES)

void ffmpeg_packets_clear(FfmpegState *state)
{
    for (; state->queue_count > 0; state->queue_count--) {
        av_packet_free(&state->queue[state->queue_first]);
        state->queue_first = (state->queue_first + 1) % PACKET_QUEUE;
    }
    state->queue_bytes = 0;
}

static void note_time(FfmpegState *state, const AVPacket *packet)
{
    const AVStream *stream = state->format->streams[packet->stream_index];
    int64_t time = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
    int64_t end;
    if (time == AV_NOPTS_VALUE || __builtin_add_overflow(time, packet->duration, &end))
        return;
    end = av_rescale_q(end, stream->time_base, AV_TIME_BASE_Q);
    state->last_time = MAX(state->last_time, end);
}

static bool makes_frame(const AVPacket *packet)
{
    return packet->size > 0 && (packet->flags & AV_PKT_FLAG_DISCARD) == 0;
}

static bool keep_packet(Video *video, AVPacket *packet, GError **err)
{
    FfmpegState *state = video->state;
    if (av_packet_get_side_data(packet, AV_PKT_DATA_ENCRYPTION_INFO, NULL) != NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_ENCRYPTED, "the video stream is encrypted");
        return false;
    }
    if (packet->flags & AV_PKT_FLAG_CORRUPT)
        video->facts->damaged++;
    if ((packet->flags & AV_PKT_FLAG_CORRUPT) && state->position >= video->source.size_bytes)
        video->facts->is_truncated = true;
    if (makes_frame(packet))
        frame_rank_add(&state->rank, packet->pts, packet->dts);
    AVPacket *kept = av_packet_alloc();
    if (kept == NULL)
        return ffmpeg_input_fail(video, AVERROR(ENOMEM), "cannot read a packet", err);
    av_packet_move_ref(kept, packet);
    state->queue[(state->queue_first + state->queue_count++) % PACKET_QUEUE] = kept;
    state->queue_bytes += (size_t)kept->size;
    return true;
}

// A failure of the demuxer: the end, or something to be stepped over.
static bool note_failure(Video *video, int result, GError **err)
{
    FfmpegState *state = video->state;
    if (state->read_errno != 0 || result == AVERROR(ENOMEM) || !video_goes_on(video, NULL))
        return ffmpeg_input_fail(video, result, "cannot read the stream", err);
    if (result != AVERROR_EOF && result != AVERROR(EAGAIN))
        video->facts->damaged++;
    if (result == AVERROR_EOF || ++state->errors_in_row > ERRORS_IN_ROW_MAX) {
        state->at_end = true;
        frame_rank_end(&state->rank);
        ffmpeg_input_check_end(video);
    }
    return true;
}

// One more packet of any stream.
static bool read_packet(Video *video, GError **err)
{
    FfmpegState *state = video->state;
    AVPacket *packet = av_packet_alloc();
    int result = packet == NULL ? AVERROR(ENOMEM) : av_read_frame(state->format, packet);
    bool is_well = true;
    if (result < 0) {
        is_well = note_failure(video, result, err);
    } else {
        state->errors_in_row = 0;
        note_time(state, packet);
        if (packet->stream_index == state->stream->index && packet->size > 0) {
            state->packets++;
            is_well = keep_packet(video, packet, err);
        }
    }
    av_packet_free(&packet);
    if (is_well && state->packets > PACKETS_MAX) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "more than %llu packets", PACKETS_MAX);
        return false;
    }
    return is_well && video_goes_on(video, err);
}

bool ffmpeg_packets_peek(Video *video, GError **err)
{
    FfmpegState *state = video->state;
    while (!state->at_end && state->queue_count == 0) {
        if (!read_packet(video, err))
            return false;
    }
    return true;
}

static bool wants_rank(const Video *video, const AVPacket *packet)
{
    const FfmpegState *state = video->state;
    bool is_key = (packet->flags & AV_PKT_FLAG_KEY) != 0;
    bool is_asked =
        video->choice.sampling == SAMPLING_KEY_FRAMES ? is_key : state->can_pass && !is_key;
    uint32_t number;
    return is_asked && makes_frame(packet) && !state->rank.is_broken &&
           !frame_rank_of(&state->rank, packet->pts, &number);
}

// The next packet of the stream, read ahead as far as its rank needs. NULL at the end, or with an
// error set.
static AVPacket *next_packet(Video *video, GError **err)
{
    FfmpegState *state = video->state;
    while (!state->at_end && state->queue_count < PACKET_QUEUE &&
           state->queue_bytes < QUEUE_BYTES_MAX &&
           (state->queue_count == 0 || wants_rank(video, state->queue[state->queue_first]))) {
        if (!read_packet(video, err))
            return NULL;
    }
    if (state->queue_count == 0)
        return NULL;
    AVPacket *packet = state->queue[state->queue_first];
    state->queue[state->queue_first] = NULL;
    state->queue_first = (state->queue_first + 1) % PACKET_QUEUE;
    state->queue_count--;
    state->queue_bytes -= (size_t)packet->size;
    return packet;
}

// Where a packet stands, when its rank does not say: by its time, else by its place.
static uint32_t guess_number(const Video *video, const AVPacket *packet)
{
    const FfmpegState *state = video->state;
    int64_t start = state->stream->start_time;
    int64_t number = -1;
    if (packet->pts != AV_NOPTS_VALUE && start != AV_NOPTS_VALUE && packet->pts >= start &&
        video->rate.frames > 0) {
        AVRational rate = {(int)video->rate.frames, (int)video->rate.seconds};
        number = av_rescale_q(packet->pts - start, state->stream->time_base, av_inv_q(rate));
    }
    if (number < 0)
        number = (int64_t)(state->packets - state->queue_count - 1);
    return (uint32_t)MIN(number, (int64_t)LIMIT_VIDEO_FRAMES);
}

static void choose_key_number(Video *video, const AVPacket *packet)
{
    FfmpegState *state = video->state;
    uint32_t number;
    if (!frame_rank_of(&state->rank, packet->pts, &number))
        number = guess_number(video, packet);
    if (state->has_key_number && number <= state->key_number)
        number = state->key_number + 1;
    state->key_number = number;
    state->has_key_number = true;
}

static bool may_pass(const Video *video, const AVPacket *packet)
{
    const FfmpegState *state = video->state;
    uint32_t number;
    return state->can_pass && state->agreed >= AGREED_MIN && makes_frame(packet) &&
           state->passed_count < PASSED_MAX && video->facts->damaged == 0 &&
           (packet->flags & AV_PKT_FLAG_KEY) == 0 &&
           frame_rank_of(&state->rank, packet->pts, &number) && number % video->step != 0;
}

static void note_passed(FfmpegState *state, int64_t pts)
{
    unsigned place = state->passed_count++;
    for (; place > 0 && state->passed[place - 1] > pts; place--)
        state->passed[place] = state->passed[place - 1];
    state->passed[place] = pts;
}

static bool send_packet(Video *video, AVPacket *packet, GError **err)
{
    FfmpegState *state = video->state;
    bool is_passed = may_pass(video, packet);
    if (is_passed)
        note_passed(state, packet->pts);
    if (video->choice.sampling != SAMPLING_KEY_FRAMES)
        state->codec->skip_frame = is_passed ? AVDISCARD_NONREF : AVDISCARD_DEFAULT;
    int result = avcodec_send_packet(state->codec, packet);
    if (result == AVERROR(ENOMEM))
        return ffmpeg_input_fail(video, result, "cannot decode", err);
    if (result < 0 && result != AVERROR_EOF)
        video->facts->damaged++;
    return true;
}

static bool drain(FfmpegState *state)
{
    state->is_draining = true;
    avcodec_send_packet(state->codec, NULL);
    return true;
}

// The next key frame, alone: what comes after it is not sent.
static bool feed_key_frame(Video *video, GError **err)
{
    FfmpegState *state = video->state;
    GError *error = NULL;
    AVPacket *packet;
    while ((packet = next_packet(video, &error)) != NULL) {
        bool is_key = (packet->flags & AV_PKT_FLAG_KEY) != 0 && makes_frame(packet);
        bool is_sent = true;
        if (is_key) {
            if (state->is_draining)
                avcodec_flush_buffers(state->codec);
            choose_key_number(video, packet);
            is_sent = send_packet(video, packet, err) && drain(state);
        } else if (makes_frame(packet)) {
            video->facts->frames_seen++;
        }
        av_packet_free(&packet);
        if (is_key)
            return is_sent;
    }
    if (error != NULL) {
        g_propagate_error(err, error);
        return false;
    }
    return drain(state);
}

bool ffmpeg_packets_feed(Video *video, GError **err)
{
    FfmpegState *state = video->state;
    if (video->choice.sampling == SAMPLING_KEY_FRAMES && !video->in_colour)
        return feed_key_frame(video, err);
    GError *error = NULL;
    AVPacket *packet = next_packet(video, &error);
    if (error != NULL) {
        g_propagate_error(err, error);
        return false;
    }
    if (packet == NULL)
        return drain(state);
    bool is_sent = send_packet(video, packet, err);
    av_packet_free(&packet);
    return is_sent;
}

// Takes those shown before `pts` out of the list of frames that may be passed over, and `pts` too:
// a frame that others need comes out all the same.
static unsigned take_passed(FfmpegState *state, int64_t pts)
{
    unsigned count = 0;
    while (count < state->passed_count && state->passed[count] < pts)
        count++;
    unsigned taken = count;
    if (taken < state->passed_count && state->passed[taken] == pts)
        taken++;
    state->passed_count -= taken;
    memmove(state->passed, state->passed + taken, state->passed_count * sizeof state->passed[0]);
    return count;
}

uint32_t ffmpeg_packets_number(Video *video, const AVFrame *frame)
{
    FfmpegState *state = video->state;
    if (video->choice.sampling == SAMPLING_KEY_FRAMES)
        return state->key_number;
    state->shown += take_passed(state, frame->pts);
    uint32_t number = (uint32_t)MIN(state->shown, UINT32_MAX);
    state->shown++;
    uint32_t foretold;
    if (frame_rank_of(&state->rank, frame->pts, &foretold) && foretold == number &&
        !frame->interlaced_frame)
        state->agreed += state->agreed < AGREED_MIN;
    else
        state->can_pass = false;
    return number;
}
