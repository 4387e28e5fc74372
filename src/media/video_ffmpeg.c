// SPDX-License-Identifier: Apache-2.0
//
// Video through FFmpeg: the loop between the demuxer and the decoder. One thread, no hardware.
#include "media/video_ffmpeg.h"

#include "base/error.h"
#include "base/limits.h"

#define GUESSED_RATE_MAX 240
#define ERRORS_MAX 1000u          // of the decoder without a packet in between
#define FORWARD_FRAMES_MAX 10000u // decoded from a key frame on to find the picture at a time

static const char *const media_types[] = {"video/mp4",        "video/quicktime",
                                          "video/3gpp",       "video/3gpp2",
                                          "video/mj2",        "image/avif",
                                          "video/x-matroska", "video/webm",
                                          "video/x-msvideo",  "video/mp2t",
                                          "video/mpeg",       "video/mpv",
                                          "video/x-flv",      "video/x-ms-asf",
                                          "video/ogg",        "application/vnd.rn-realmedia",
                                          "application/mxf",  "video/x-fli",
                                          "video/x-ivf",      "video/x-yuv4mpeg",
                                          "image/gif",        NULL};

// Codecs in which a packet is a frame and frames that no other needs are marked.
static bool can_pass_frames(enum AVCodecID codec)
{
    switch (codec) {
    case AV_CODEC_ID_H264:
    case AV_CODEC_ID_HEVC:
    case AV_CODEC_ID_MPEG1VIDEO:
    case AV_CODEC_ID_MPEG2VIDEO:
    case AV_CODEC_ID_MPEG4:
        return true;
    default:
        return false;
    }
}

static const char *static_media_type(const char *media_type)
{
    for (const char *const *each = media_types; *each != NULL; each++) {
        if (g_str_equal(*each, media_type))
            return *each;
    }
    g_assert_not_reached();
}

// Of containers without durations. Where frames come at uneven times it is how finely those are
// told, which is no rate.
static AVRational guessed_rate(const AVStream *stream)
{
    AVRational rate = stream->r_frame_rate;
    bool is_rate = rate.num > 0 && rate.den > 0 && rate.num / rate.den <= GUESSED_RATE_MAX;
    return is_rate ? rate : (AVRational){0, 1};
}

static bool open_all(Video *video, const char *media_type, GError **err)
{
    FfmpegState *state = video->state;
    if (!ffmpeg_input_open(video, media_type, err))
        return false;
    AVRational rate = state->stream->avg_frame_rate;
    if (rate.num <= 0 || rate.den <= 0)
        rate = guessed_rate(state->stream);
    video_set_rate(video, rate.num, rate.den);
    ffmpeg_facts_read(video);
    state->can_pass = video->choice.sampling == SAMPLING_PER_SECOND && video->step > 1 &&
                      can_pass_frames(state->codec->codec_id);
    return ffmpeg_packets_peek(video, err);
}

static bool ffmpeg_open(Video *video, const char *media_type, GError **err)
{
    video->state = g_new0(FfmpegState, 1);
    return open_all(video, static_media_type(media_type), err);
}

static void close_all(FfmpegState *state)
{
    ffmpeg_packets_clear(state);
    ffmpeg_picture_clear(state);
    ffmpeg_input_close(state);
}

static void ffmpeg_close(Video *video)
{
    FfmpegState *state = video->state;
    if (state == NULL)
        return;
    close_all(state);
    g_free(state);
    video->state = NULL;
}

// From the start again, the demuxer too.
static bool reopen(Video *video, GError **err)
{
    FfmpegState *state = video->state;
    const char *media_type = state->media_type;
    close_all(state);
    *state = (FfmpegState){0};
    return ffmpeg_input_open(video, media_type, err);
}

// Decoders of older codecs make up a grey frame to begin with when the first key frame is missing;
// those named here withhold such frames themselves.
static bool is_made_up(FfmpegState *state, const AVFrame *frame)
{
    enum AVCodecID codec = state->codec->codec_id;
    bool withholds = codec == AV_CODEC_ID_H264 || codec == AV_CODEC_ID_HEVC ||
                     codec == AV_CODEC_ID_AV1 || codec == AV_CODEC_ID_VP9;
    bool needs_others =
        frame->pict_type == AV_PICTURE_TYPE_P || frame->pict_type == AV_PICTURE_TYPE_B;
    if (withholds || frame->key_frame || !needs_others)
        state->has_key_frame = true;
    return !state->has_key_frame;
}

// Time of a frame from the start of the stream, as the file has it.
static int64_t frame_time(const FfmpegState *state, const AVFrame *frame)
{
    int64_t start = state->stream->start_time == AV_NOPTS_VALUE ? 0 : state->stream->start_time;
    int64_t time = frame->best_effort_timestamp;
    if (time == AV_NOPTS_VALUE || time < start)
        return 0;
    return av_rescale_q(time - start, state->stream->time_base, (AVRational){1, 1000});
}

static uint32_t frame_milliseconds(const Video *video, const AVFrame *frame, uint32_t number)
{
    if (video->rate.frames > 0)
        return video_milliseconds(video, number);
    int64_t time = frame_time(video->state, frame);
    return (uint32_t)CLAMP(time, 0, (int64_t)LIMIT_VIDEO_SECONDS * 1000);
}

// Counts the frame in state->frame. True in *ret_taken when it is one of those asked for.
static bool note_frame(Video *video, uint32_t *ret_number, bool *ret_taken, GError **err)
{
    FfmpegState *state = video->state;
    const AVFrame *frame = state->frame;
    uint64_t shown = state->shown;
    uint32_t number = ffmpeg_packets_number(video, frame);
    uint64_t passed = state->shown > shown ? state->shown - shown - 1 : 0;
    video->facts->frames_seen += passed;
    bool is_damaged = (frame->flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame->decode_error_flags != 0;
    bool is_gap = is_made_up(state, frame);
    if (is_damaged || is_gap)
        video->facts->damaged++;
    *ret_number = number;
    *ret_taken = number % video->step == 0 && !is_gap;
    return video_count_frame(video, number, err);
}

// After the last frame: those passed over behind it.
static VideoOutcome finish(Video *video, GError **err)
{
    FfmpegState *state = video->state;
    state->shown += state->passed_count;
    video->facts->frames_seen += state->passed_count;
    state->passed_count = 0;
    uint64_t seen = video->facts->frames_seen;
    double seconds = seen > 0 ? video_milliseconds(video, (uint32_t)(seen - 1)) / 1000.0 : 0;
    video->facts->seconds_seen = MAX(video->facts->seconds_seen, seconds);
    if (seen == 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "no frame of the video can be decoded");
        return VIDEO_FAILED;
    }
    return VIDEO_END;
}

// The next frame out of the decoder, in state->frame.
static VideoOutcome decode(Video *video, GError **err)
{
    FfmpegState *state = video->state;
    unsigned errors = 0;
    while (errors < ERRORS_MAX) {
        int result = avcodec_receive_frame(state->codec, state->frame);
        if (result >= 0)
            return VIDEO_PICTURE;
        if (result == AVERROR(ENOMEM)) {
            ffmpeg_input_fail(video, result, "cannot decode", err);
            return VIDEO_FAILED;
        }
        if (result == AVERROR_EOF && state->is_draining && state->at_end && state->queue_count == 0)
            return VIDEO_END;
        if (result == AVERROR_EOF || result == AVERROR(EAGAIN)) {
            if (!ffmpeg_packets_feed(video, err))
                return VIDEO_FAILED;
            errors = 0;
            continue;
        }
        video->facts->damaged++;
        errors++;
    }
    return VIDEO_END;
}

static VideoOutcome ffmpeg_next(Video *video, VideoPicture *ret_picture, GError **err)
{
    FfmpegState *state = video->state;
    VideoOutcome outcome;
    while ((outcome = decode(video, err)) == VIDEO_PICTURE) {
        uint32_t number;
        bool is_taken;
        if (!note_frame(video, &number, &is_taken, err))
            return VIDEO_FAILED;
        if (!is_taken)
            continue;
        if (!ffmpeg_picture(video, state->frame, ret_picture, err))
            return VIDEO_FAILED;
        ret_picture->number = number;
        ret_picture->milliseconds = frame_milliseconds(video, state->frame, number);
        return VIDEO_PICTURE;
    }
    return outcome == VIDEO_END ? finish(video, err) : outcome;
}

static bool seek(Video *video, uint32_t milliseconds, GError **err)
{
    FfmpegState *state = video->state;
    int64_t start = state->stream->start_time == AV_NOPTS_VALUE ? 0 : state->stream->start_time;
    int64_t target =
        start + av_rescale_q(milliseconds, (AVRational){1, 1000}, state->stream->time_base);
    if (av_seek_frame(state->format, state->stream->index, target, AVSEEK_FLAG_BACKWARD) < 0)
        return reopen(video, err);
    avcodec_flush_buffers(state->codec);
    ffmpeg_packets_clear(state);
    state->at_end = state->is_draining = false;
    state->errors_in_row = 0;
    state->passed_count = 0;
    return true;
}

// The last frame at or before the time, or the first there is, stays in `best`.
static bool decode_until(Video *video, uint32_t milliseconds, AVFrame *best, GError **err)
{
    FfmpegState *state = video->state;
    state->codec->skip_frame = state->codec->skip_loop_filter = AVDISCARD_DEFAULT;
    state->can_pass = false;
    VideoOutcome outcome = VIDEO_PICTURE;
    bool is_past = false;
    for (unsigned i = 0; i < FORWARD_FRAMES_MAX && !is_past; i++) {
        outcome = decode(video, err);
        if (outcome != VIDEO_PICTURE)
            break;
        is_past = frame_time(state, state->frame) > milliseconds;
        bool is_wanted = !is_past || best->data[0] == NULL;
        if (is_wanted && !is_made_up(state, state->frame)) {
            av_frame_unref(best);
            av_frame_move_ref(best, state->frame);
        }
    }
    return outcome != VIDEO_FAILED;
}

static uint32_t number_at(const Video *video, const AVFrame *frame)
{
    double number = (double)frame_time(video->state, frame) * video->facts->frame_rate / 1000;
    return (uint32_t)CLAMP(number + 0.5, 0.0, (double)LIMIT_VIDEO_FRAMES);
}

static VideoOutcome ffmpeg_picture_at(Video *video, uint32_t milliseconds,
                                      VideoPicture *ret_picture, GError **err)
{
    VideoFacts *saved = video_facts_copy(video->facts); // what a look here and there shows is not
                                                        // what going through it shows
    AVFrame *best = av_frame_alloc();
    bool is_well = best != NULL && seek(video, milliseconds, err) &&
                   decode_until(video, milliseconds, best, err);
    // Formats without an index may be entered behind the key frame that was wanted.
    if (is_well && (best->data[0] == NULL || frame_time(video->state, best) > milliseconds))
        is_well = reopen(video, err) && decode_until(video, milliseconds, best, err);
    if (best == NULL)
        ffmpeg_input_fail(video, AVERROR(ENOMEM), "cannot decode", err);
    video_facts_free(video->facts);
    video->facts = saved;
    VideoOutcome outcome = is_well ? VIDEO_END : VIDEO_FAILED;
    if (is_well && best->data[0] != NULL) {
        outcome = ffmpeg_picture(video, best, ret_picture, err) ? VIDEO_PICTURE : VIDEO_FAILED;
        ret_picture->number = number_at(video, best);
        ret_picture->milliseconds = frame_milliseconds(video, best, ret_picture->number);
    }
    av_frame_free(&best);
    return outcome;
}

const char *video_ffmpeg_versions(void)
{
    static char text[128];
    static gsize is_ready;
    if (g_once_init_enter(&is_ready)) {
        unsigned format = avformat_version(), codec = avcodec_version(), scale = swscale_version();
        g_snprintf(text, sizeof text,
                   "libavformat %u.%u.%u; libavcodec %u.%u.%u; libswscale %u.%u.%u",
                   AV_VERSION_MAJOR(format), AV_VERSION_MINOR(format), AV_VERSION_MICRO(format),
                   AV_VERSION_MAJOR(codec), AV_VERSION_MINOR(codec), AV_VERSION_MICRO(codec),
                   AV_VERSION_MAJOR(scale), AV_VERSION_MINOR(scale), AV_VERSION_MICRO(scale));
        g_once_init_leave(&is_ready, 1);
    }
    return text;
}

const VideoBackend video_ffmpeg = {media_types, ffmpeg_open, ffmpeg_next, ffmpeg_picture_at,
                                   ffmpeg_close};
