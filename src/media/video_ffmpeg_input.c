// SPDX-License-Identifier: Apache-2.0
//
// FFmpeg's demuxers and decoders, by name: what is not in the two lists below is not reached by any
// input. The demuxer is chosen by media type and never guessed; none of those that open other files
// (playlists, image sequences, concatenation) is in the list.
#include "media/video_ffmpeg.h"

#include <errno.h>
#include <string.h>

#include <libavutil/imgutils.h>
#include <libavutil/mem.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/reader.h"

#define IO_BUFFER_BYTES (64 << 10)
#define PROBE_BYTES "5000000" // read to find the streams of formats without a header
#define ANALYZE_MICROSECONDS "5000000"
#define PROBES_MAX 50000u           // packets read for that
#define ALLOCATION_MAX (640u << 20) // one allocation: a frame of the largest size, 16 bits deep
#define BOXES_MAX 1000000u          // of one level, looked at for the end of the file

typedef struct {
    const char *media_type;
    const char *demuxer;
} Demuxer;

static const Demuxer demuxers[] = {
    {"video/mp4", "mov"},
    {"video/quicktime", "mov"},
    {"video/3gpp", "mov"},
    {"video/3gpp2", "mov"},
    {"video/mj2", "mov"},
    {"image/avif", "mov"},
    {"video/x-matroska", "matroska"},
    {"video/webm", "matroska"},
    {"video/x-msvideo", "avi"},
    {"video/mp2t", "mpegts"},
    {"video/mpeg", "mpeg"},
    {"video/mpv", "mpegvideo"},
    {"video/x-flv", "flv"},
    {"video/x-ms-asf", "asf"},
    {"video/ogg", "ogg"},
    {"application/vnd.rn-realmedia", "rm"},
    {"application/mxf", "mxf"},
    {"video/x-fli", "flic"},
    {"video/x-ivf", "ivf"},
    {"video/x-yuv4mpeg", "yuv4mpegpipe"},
    {"image/gif", "gif"},
};

static const char DEMUXER_NAMES[] =
    "mov,matroska,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,rm,mxf,flic,ivf,yuv4mpegpipe,gif";

// What cameras, phones, screens and the web have produced. Each is code that hostile input reaches:
// a further one needs a reason.
static const char DECODER_NAMES[] =
    "h264,hevc,libdav1d,vp8,vp9,"                           // the web and phones of today
    "mpeg1video,mpeg2video,mpegvideo,mpeg4,h263,h263i,flv," // discs, television, older phones
    "msmpeg4v1,msmpeg4v2,msmpeg4,wmv1,wmv2,wmv3,vc1,"       // Windows Media, DivX
    "mjpeg,mjpegb,dvvideo,prores,dnxhd,jpeg2000,cfhd,"      // cameras, editing
    "theora,vp3,vp5,vp6,vp6a,vp6f,svq1,svq3,"               // Ogg, Flash, QuickTime
    "rv10,rv20,rv30,rv40,cinepak,indeo2,indeo3,indeo4,indeo5,"
    "flashsv,flashsv2,msvideo1,msrle,qtrle,rpza,smc,flic,gif,png," // screens, drawings
    "rawvideo,huffyuv,ffvhuff,ffv1,utvideo";

static int read_source(void *user_data, uint8_t *target, int size_bytes)
{
    Video *video = user_data;
    FfmpegState *state = video->state;
    if (size_bytes <= 0 || state->position >= video->source.size_bytes)
        return AVERROR_EOF;
    int64_t count =
        video->source.read_at(video->source.user_data, state->position, target, (size_t)size_bytes);
    if (count < 0) {
        state->read_errno = errno != 0 ? errno : EIO;
        return AVERROR(EIO);
    }
    state->position += (uint64_t)count;
    return count == 0 ? AVERROR_EOF : (int)count;
}

static int64_t seek_source(void *user_data, int64_t offset, int whence)
{
    Video *video = user_data;
    FfmpegState *state = video->state;
    int64_t size = (int64_t)video->source.size_bytes;
    int64_t base = 0;
    switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE:
        return size;
    case SEEK_CUR:
        base = (int64_t)state->position;
        break;
    case SEEK_END:
        base = size;
        break;
    default:
        break;
    }
    int64_t target;
    if (__builtin_add_overflow(base, offset, &target) || target < 0)
        return AVERROR(EINVAL);
    state->position = (uint64_t)target;
    return target;
}

// Asked before each packet. Those that are read to find the streams are all kept, and bytes are
// what the library counts then: without end when packets are empty.
static int is_stopped(void *user_data)
{
    Video *video = user_data;
    FfmpegState *state = video->state;
    if (state->is_probing && ++state->probes > PROBES_MAX)
        return 1;
    return video_goes_on(video, NULL) ? 0 : 1;
}

bool ffmpeg_input_fail(Video *video, int result, const char *what, GError **err)
{
    const FfmpegState *state = video->state;
    if (!video_goes_on(video, err))
        return false;
    if (state->read_errno != 0)
        return clew_error_set_errno(err, state->read_errno, "cannot read the video");
    if (result == AVERROR(ENOMEM)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "%s: needs more memory than is allowed",
                    what);
        return false;
    }
    bool is_unsupported = result == AVERROR_PATCHWELCOME || result == AVERROR(ENOSYS) ||
                          result == AVERROR_DECODER_NOT_FOUND;
    char text[AV_ERROR_MAX_STRING_SIZE] = "";
    av_strerror(result, text, sizeof text);
    g_set_error(err, CLEW_ERROR, is_unsupported ? CLEW_ERROR_UNSUPPORTED : CLEW_ERROR_CORRUPT,
                "%s: %c%s", what, g_ascii_tolower(text[0]), text[0] == 0 ? "" : text + 1);
    return false;
}

// Boxes (MP4) and chunks (RIFF) of the top level.
typedef struct {
    bool has_moov;
    bool is_cut; // the last one passes the end of the file
} TopLevel;

static bool is_riff(const Video *video)
{
    const FfmpegState *state = video->state;
    return g_str_equal(state->media_type, "video/x-msvideo");
}

static bool is_boxes(const Video *video)
{
    const FfmpegState *state = video->state;
    return state->format != NULL ? strstr(state->format->iformat->name, "mov") != NULL : false;
}

// The size of the box or chunk at `offset`, 0 when it goes to the end of the file or is none.
static uint64_t box_size(const Video *video, uint64_t offset, char ret_type[4])
{
    uint8_t bytes[16];
    int64_t count = video->source.read_at(video->source.user_data, offset, bytes, sizeof bytes);
    if (count < 8)
        return 0;
    Reader reader = reader_init(bytes, (size_t)count);
    if (is_riff(video)) {
        memcpy(ret_type, bytes, 4);
        reader_skip(&reader, 4);
        uint64_t size = reader_u32le(&reader);
        return 8 + size + (size & 1);
    }
    uint64_t size = reader_u32be(&reader);
    memcpy(ret_type, bytes + 4, 4);
    if (size == 1 && count == 16) {
        reader_skip(&reader, 4);
        size = (uint64_t)reader_u32be(&reader) << 32;
        size |= reader_u32be(&reader);
    }
    return size < 8 ? 0 : size;
}

static TopLevel walk_top_level(const Video *video)
{
    TopLevel level = {0};
    uint64_t offset = 0, end = video->source.size_bytes;
    for (unsigned i = 0; i < BOXES_MAX && offset < end; i++) {
        char type[4] = "";
        uint64_t size = box_size(video, offset, type);
        level.has_moov |= memcmp(type, "moov", 4) == 0;
        // A RIFF chunk's padding byte is often missing at the very end.
        level.is_cut = size > end - offset + (is_riff(video) ? 1 : 0);
        if (size == 0 || size > end - offset)
            break;
        offset += size;
    }
    return level;
}

void ffmpeg_input_check_end(Video *video)
{
    FfmpegState *state = video->state;
    AVFormatContext *format = state->format;
    if (is_boxes(video) || is_riff(video)) {
        video->facts->is_truncated |= walk_top_level(video).is_cut;
        return;
    }
    bool is_declared =
        format->duration > 0 && format->duration_estimation_method == AVFMT_DURATION_FROM_STREAM;
    int64_t start = format->start_time == AV_NOPTS_VALUE ? 0 : format->start_time;
    int64_t come = state->last_time - start;
    // Headers round and count the last frame's length differently.
    int64_t tolerance = AV_TIME_BASE + format->duration / 50;
    if ((is_declared && come < format->duration - tolerance) || ffmpeg_end_is_cut(video))
        video->facts->is_truncated = true;
}

static const char *find_demuxer(const char *media_type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(demuxers); i++) {
        if (g_str_equal(demuxers[i].media_type, media_type))
            return demuxers[i].demuxer;
    }
    g_assert_not_reached();
}

static bool allocate(Video *video, GError **err)
{
    FfmpegState *state = video->state;
    state->frame = av_frame_alloc();
    state->format = avformat_alloc_context();
    uint8_t *buffer = av_malloc(IO_BUFFER_BYTES);
    if (buffer != NULL)
        state->io =
            avio_alloc_context(buffer, IO_BUFFER_BYTES, 0, video, read_source, NULL, seek_source);
    if (state->io == NULL)
        av_free(buffer);
    if (state->frame != NULL && state->format != NULL && state->io != NULL)
        return true;
    return ffmpeg_input_fail(video, AVERROR(ENOMEM), "cannot start", err);
}

static bool open_demuxer(Video *video, GError **err)
{
    FfmpegState *state = video->state;
    const char *name = find_demuxer(state->media_type);
    const AVInputFormat *input = av_find_input_format(name);
    if (input == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED, "this machine's libavformat lacks %s",
                    name);
        return false;
    }
    AVDictionary *options = NULL;
    av_dict_set(&options, "format_whitelist", DEMUXER_NAMES, 0);
    av_dict_set(&options, "codec_whitelist", DECODER_NAMES, 0);
    av_dict_set(&options, "protocol_whitelist", "", 0);
    av_dict_set(&options, "probesize", PROBE_BYTES, 0);
    av_dict_set(&options, "analyzeduration", ANALYZE_MICROSECONDS, 0);
    av_dict_set_int(&options, "max_streams", LIMIT_VIDEO_STREAMS, 0);
    if (g_str_equal(name, "mov"))
        av_dict_set(&options, "enable_drefs", "0", 0);
    state->format->pb = state->io;
    state->format->flags |= AVFMT_FLAG_CUSTOM_IO;
    state->format->interrupt_callback = (AVIOInterruptCB){is_stopped, video};
    int result = avformat_open_input(&state->format, "", input, &options);
    av_dict_free(&options);
    state->is_probing = true;
    if (result >= 0)
        result = avformat_find_stream_info(state->format, NULL);
    state->is_probing = false;
    if (result < 0)
        return ffmpeg_input_fail(video, result, "cannot read the header", err);
    return true;
}

static bool explain_missing_header(const Video *video, GError **err)
{
    const FfmpegState *state = video->state;
    const char *name = find_demuxer(state->media_type);
    if (!g_str_equal(name, "mov") || err == NULL ||
        !g_error_matches(*err, CLEW_ERROR, CLEW_ERROR_CORRUPT) || walk_top_level(video).has_moov)
        return false;
    g_clear_error(err);
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "no moov box: without it the video cannot be taken apart%s",
                walk_top_level(video).is_cut ? "; the file ends early" : "");
    return false;
}

// The first stream of video that is not a picture of the cover.
static bool choose_stream(Video *video, GError **err)
{
    FfmpegState *state = video->state;
    for (unsigned i = 0; i < state->format->nb_streams; i++) {
        AVStream *stream = state->format->streams[i];
        const int still = AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS;
        bool is_video = stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
                        (stream->disposition & still) == 0;
        video->facts->other_streams += is_video && state->stream != NULL;
        if (is_video && state->stream == NULL)
            state->stream = stream;
        else if (is_boxes(video))
            stream->discard = AVDISCARD_ALL; // never read; elsewhere their times are looked at
    }
    if (state->stream == NULL)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND, "no video stream");
    return state->stream != NULL;
}

static bool is_encrypted(const AVStream *stream)
{
    return stream->codecpar->codec_tag == MKTAG('e', 'n', 'c', 'v') ||
           av_stream_get_side_data(stream, AV_PKT_DATA_ENCRYPTION_INIT_INFO, NULL) != NULL;
}

static bool is_listed(const char *name)
{
    g_auto(GStrv) names = g_strsplit(DECODER_NAMES, ",", -1);
    return g_strv_contains((const char *const *)names, name);
}

static const AVCodec *find_decoder(enum AVCodecID id)
{
    const AVCodec *decoder = avcodec_find_decoder(id);
    if (decoder != NULL && is_listed(decoder->name))
        return decoder;
    void *place = NULL;
    while ((decoder = av_codec_iterate(&place)) != NULL) {
        if (decoder->id == id && av_codec_is_decoder(decoder) && is_listed(decoder->name))
            return decoder;
    }
    return NULL;
}

static bool open_decoder(Video *video, GError **err)
{
    FfmpegState *state = video->state;
    const AVCodecParameters *parameters = state->stream->codecpar;
    const AVCodec *decoder = find_decoder(parameters->codec_id);
    if (decoder == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED, "no decoder for video in %s",
                    parameters->codec_id == AV_CODEC_ID_NONE
                        ? "a code that is not known"
                        : avcodec_get_name(parameters->codec_id));
        return false;
    }
    if ((parameters->width != 0 || parameters->height != 0) &&
        !video_check_size(parameters->width, parameters->height, err))
        return false;
    state->codec = avcodec_alloc_context3(decoder);
    int result = state->codec == NULL ? AVERROR(ENOMEM)
                                      : avcodec_parameters_to_context(state->codec, parameters);
    if (result >= 0) {
        state->codec->thread_count = 1;
        state->codec->pkt_timebase = state->stream->time_base;
        state->codec->max_pixels = LIMIT_VIDEO_PIXELS;
        if (video->choice.sampling == SAMPLING_KEY_FRAMES)
            state->codec->skip_frame = AVDISCARD_NONKEY;
        // Smoothing of block edges: what it changes is averaged away, unless other frames build
        // on it.
        if (video->choice.pipeline == FRAMES_SCALED)
            state->codec->skip_loop_filter = AVDISCARD_NONREF;
        result = avcodec_open2(state->codec, decoder, NULL);
    }
    return result >= 0 || ffmpeg_input_fail(video, result, "cannot start the decoder", err);
}

bool ffmpeg_input_open(Video *video, const char *media_type, GError **err)
{
    FfmpegState *state = video->state;
    state->media_type = media_type;
    state->last_time = 0;
    g_autoptr(GError) error = NULL;
    if (!allocate(video, err))
        return false;
    if (!open_demuxer(video, &error)) {
        explain_missing_header(video, &error);
        g_propagate_error(err, g_steal_pointer(&error));
        return false;
    }
    if (!choose_stream(video, err))
        return false;
    if (is_encrypted(state->stream)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_ENCRYPTED, "the video stream is encrypted");
        return false;
    }
    return open_decoder(video, err);
}

void ffmpeg_input_close(FfmpegState *state)
{
    avcodec_free_context(&state->codec);
    avformat_close_input(&state->format);
    if (state->io != NULL)
        av_freep(&state->io->buffer);
    avio_context_free(&state->io);
    av_frame_free(&state->frame);
    state->stream = NULL;
    state->position = 0;
}

static void ignore_log(void *object, int level, const char *format, va_list arguments)
{
}

void video_ffmpeg_prepare(void)
{
    av_log_set_level(AV_LOG_QUIET);
    av_log_set_callback(ignore_log);
    av_max_alloc(ALLOCATION_MAX);
}
