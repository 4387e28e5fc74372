// SPDX-License-Identifier: Apache-2.0
//
// A decoded frame as pixels. In colour it is converted as vPDQ's reference does it: swscale with
// SWS_AREA to RGB24 at the frame's own size, the bytes of which every hash depends on. Reduced, the
// luma plane is averaged block by block; what has no such plane goes through swscale.
#include "media/video_ffmpeg.h"

#include <string.h>

#include <libavutil/pixdesc.h>

#include "base/error.h"
#include "media/video_reduce.h"

#define ROW_ALIGNMENT 64u // swscale is fastest so
#define ROW_SLACK 64u     // and it may write past the last row's end, as video_reduce may

static size_t aligned(size_t size)
{
    return (size + ROW_ALIGNMENT - 1) / ROW_ALIGNMENT * ROW_ALIGNMENT;
}

static bool scale(Video *video, const AVFrame *frame, enum AVPixelFormat target_format,
                  uint32_t width, uint32_t height, uint8_t *target, size_t stride, GError **err)
{
    FfmpegState *state = video->state;
    state->scaler =
        sws_getCachedContext(state->scaler, frame->width, frame->height, frame->format, (int)width,
                             (int)height, target_format, SWS_AREA, NULL, NULL, NULL);
    uint8_t *const planes[4] = {target};
    const int strides[4] = {(int)stride};
    if (state->scaler != NULL && sws_scale(state->scaler, (const uint8_t *const *)frame->data,
                                           frame->linesize, 0, frame->height, planes, strides) > 0)
        return true;
    const char *name = av_get_pix_fmt_name(frame->format);
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED, "cannot convert pixels of type %s",
                name != NULL ? name : "unknown");
    return false;
}

static uint8_t *rgb_memory(FfmpegState *state, size_t size_bytes, GError **err)
{
    if (state->rgb_size < size_bytes) {
        g_free(state->rgb);
        state->rgb = g_try_malloc(size_bytes);
        state->rgb_size = state->rgb == NULL ? 0 : size_bytes;
    }
    if (state->rgb == NULL)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "no memory for a picture of %zu bytes",
                    size_bytes);
    return state->rgb;
}

static void widen_row(const uint8_t *rgb, uint32_t width, uint8_t *target)
{
    for (uint32_t x = 0; x < width; x++, rgb += 3, target += 4) {
        target[0] = rgb[0];
        target[1] = rgb[1];
        target[2] = rgb[2];
        target[3] = 0;
    }
}

// Where swscale gives the same bytes for RGB0 as for RGB24: its converters without scaling.
static bool is_direct(const AVFrame *frame)
{
    return (frame->format == AV_PIX_FMT_YUV420P || frame->format == AV_PIX_FMT_YUVJ420P) &&
           frame->height % 2 == 0;
}

static bool in_colour(Video *video, const AVFrame *frame, VideoPicture *picture, GError **err)
{
    FfmpegState *state = video->state;
    picture->stride = aligned((size_t)picture->width * 4);
    uint8_t *target = video_pixels(video, picture->stride * picture->height + ROW_SLACK, err);
    if (target == NULL)
        return false;
    picture->pixels = target;
    if (is_direct(frame))
        return scale(video, frame, AV_PIX_FMT_RGB0, picture->width, picture->height, target,
                     picture->stride, err);
    size_t stride = aligned((size_t)picture->width * 3);
    uint8_t *rgb = rgb_memory(state, stride * picture->height + ROW_SLACK, err);
    if (rgb == NULL ||
        !scale(video, frame, AV_PIX_FMT_RGB24, picture->width, picture->height, rgb, stride, err))
        return false;
    for (uint32_t y = 0; y < picture->height; y++)
        widen_row(rgb + y * stride, picture->width, target + y * picture->stride);
    return true;
}

// Planar or semi-planar with a first plane of 8-bit luma, or grey.
static bool has_luma_plane(const AVFrame *frame)
{
    const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(frame->format);
    const uint64_t others = AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM |
                            AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BAYER;
    return format != NULL && (format->flags & others) == 0 && format->comp[0].depth == 8 &&
           format->comp[0].plane == 0 && format->comp[0].step == 1 && frame->data[0] != NULL &&
           frame->linesize[0] > 0;
}

static bool is_full_range(const AVFrame *frame)
{
    switch (frame->format) {
    case AV_PIX_FMT_GRAY8:
    case AV_PIX_FMT_YUVJ420P:
    case AV_PIX_FMT_YUVJ422P:
    case AV_PIX_FMT_YUVJ444P:
        return true;
    default:
        return false; // as swscale takes it unless told otherwise, so as the colour picture is
    }
}

// The luma plane, or what swscale makes of the frame at its own size.
static bool find_grey(Video *video, const AVFrame *frame, const uint8_t **ret_grey,
                      size_t *ret_stride, GError **err)
{
    if (has_luma_plane(frame)) {
        *ret_grey = frame->data[0];
        *ret_stride = (size_t)frame->linesize[0];
        return true;
    }
    uint32_t width = (uint32_t)frame->width, height = (uint32_t)frame->height;
    size_t stride = aligned(width);
    uint8_t *grey = rgb_memory(video->state, stride * height + ROW_SLACK, err);
    if (grey == NULL || !scale(video, frame, AV_PIX_FMT_GRAY8, width, height, grey, stride, err))
        return false;
    *ret_grey = grey;
    *ret_stride = stride;
    return true;
}

static bool reduced(Video *video, const AVFrame *frame, VideoPicture *picture, GError **err)
{
    VideoReduction reduction = video_reduction(picture->width, picture->height);
    const uint8_t *grey;
    size_t grey_stride;
    picture->is_grey = true;
    picture->width = reduction.across.count;
    picture->height = reduction.down.count;
    picture->stride = aligned(picture->width);
    uint8_t *target = video_pixels(video, picture->stride * picture->height + ROW_SLACK, err);
    if (target == NULL || !find_grey(video, frame, &grey, &grey_stride, err))
        return false;
    picture->pixels = target;
    bool is_full = !has_luma_plane(frame) || is_full_range(frame);
    video_reduce(grey, grey_stride, &reduction, is_full, target, picture->stride);
    return true;
}

bool ffmpeg_picture(Video *video, const AVFrame *frame, VideoPicture *ret_picture, GError **err)
{
    if (!video_check_size(frame->width, frame->height, err))
        return false;
    *ret_picture =
        (VideoPicture){.width = (uint32_t)frame->width, .height = (uint32_t)frame->height};
    return video_is_grey(video) ? reduced(video, frame, ret_picture, err)
                                : in_colour(video, frame, ret_picture, err);
}

void ffmpeg_picture_clear(FfmpegState *state)
{
    sws_freeContext(state->scaler);
    state->scaler = NULL;
    g_clear_pointer(&state->rgb, g_free);
    state->rgb_size = 0;
}
