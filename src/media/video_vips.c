// SPDX-License-Identifier: Apache-2.0
//
// Animated WebP, which FFmpeg of Debian 12 cannot decode, through libvips: it composes the pictures
// one below another, and they are taken off in order.
#include <errno.h>
#include <string.h>

#include <vips/vips.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/reader.h"
#include "media/video_backend.h"
#include "media/video_reduce.h"

static const char *const media_types[] = {"image/webp", NULL};

#define CHUNK_HEADER 8u
#define RIFF_HEADER 12u

typedef struct {
    uint8_t *bytes;
    size_t size_bytes;
    VipsImage *image; // all pictures, one below another
    VipsRegion *region;
    uint32_t width, height; // of one
    uint32_t count, next;
    uint32_t *starts; // milliseconds, count + 1 of them
} VipsState;

// libvips's words are dropped: they tell a reader nothing that the phrase here does not.
static bool fail(GError **err)
{
    vips_error_clear();
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "the pictures cannot be decoded");
    return false;
}

static bool read_bytes(Video *video, GError **err)
{
    VipsState *state = video->state;
    const VideoSource *source = &video->source;
    if (source->size_bytes > LIMIT_STILL_BYTES) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "%" G_GUINT64_FORMAT " bytes, more than %u for one animated picture",
                    source->size_bytes, LIMIT_STILL_BYTES);
        return false;
    }
    state->bytes = g_try_malloc((size_t)source->size_bytes);
    if (state->bytes == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "no memory for %" G_GUINT64_FORMAT " bytes",
                    source->size_bytes);
        return false;
    }
    while (state->size_bytes < source->size_bytes) {
        int64_t count =
            source->read_at(source->user_data, state->size_bytes, state->bytes + state->size_bytes,
                            (size_t)source->size_bytes - state->size_bytes);
        if (count < 0)
            return clew_error_set_errno(err, errno, "cannot read the video");
        if (count == 0)
            break;
        state->size_bytes += (size_t)count;
    }
    return true;
}

// Where the last chunk ends that is there as a whole; chunks begin at even places.
static size_t end_of_chunks(const VipsState *state)
{
    size_t end = RIFF_HEADER;
    while (state->size_bytes - end >= CHUNK_HEADER) {
        Reader reader = reader_init(state->bytes + end, CHUNK_HEADER);
        reader_skip(&reader, 4);
        uint64_t size = reader_u32le(&reader);
        size += CHUNK_HEADER + (size & 1);
        if (size > state->size_bytes - end)
            break;
        end += (size_t)size;
    }
    return end;
}

// The library takes whole files only. Of one that is cut, the pictures that are whole are made one.
static void mend_cut_file(Video *video)
{
    VipsState *state = video->state;
    if (state->size_bytes < RIFF_HEADER)
        return;
    Reader reader = reader_init(state->bytes + 4, 4);
    if (reader_u32le(&reader) <= state->size_bytes - CHUNK_HEADER)
        return;
    video->facts->is_truncated = true;
    state->size_bytes = end_of_chunks(state);
    uint32_t size = GUINT32_TO_LE((uint32_t)(state->size_bytes - CHUNK_HEADER));
    memcpy(state->bytes + 4, &size, sizeof size);
}

static bool load(VipsState *state, GError **err)
{
    vips_error_clear();
    g_clear_object(&state->region);
    g_clear_object(&state->image);
    state->next = 0;
    VipsBlob *blob = vips_blob_new(NULL, state->bytes, state->size_bytes);
    int failed = vips_call("webpload_buffer", blob, &state->image, "access", VIPS_ACCESS_SEQUENTIAL,
                           "n", -1, "fail_on", VIPS_FAIL_ON_NONE, NULL);
    vips_area_unref(VIPS_AREA(blob));
    if (failed != 0)
        return fail(err);
    state->region = vips_region_new(state->image);
    return state->region != NULL || fail(err);
}

static bool read_layout(VipsState *state, GError **err)
{
    int count = 1;
    state->width = (uint32_t)vips_image_get_width(state->image);
    state->height = (uint32_t)vips_image_get_page_height(state->image);
    if (!video_check_size(state->width, state->height, err))
        return false;
    if (vips_image_get_typeof(state->image, VIPS_META_N_PAGES) != 0 &&
        vips_image_get_int(state->image, VIPS_META_N_PAGES, &count) != 0)
        count = 1;
    uint32_t rows = (uint32_t)vips_image_get_height(state->image);
    state->count = MIN((uint32_t)MAX(count, 1), rows / state->height);
    bool is_colour = vips_image_get_format(state->image) == VIPS_FORMAT_UCHAR &&
                     vips_image_get_bands(state->image) >= 3;
    return (is_colour && state->count > 0) || fail(err);
}

static void read_times(VipsState *state)
{
    int *delays = NULL, count = 0;
    if (vips_image_get_typeof(state->image, "delay") == 0 ||
        vips_image_get_array_int(state->image, "delay", &delays, &count) != 0)
        count = 0;
    state->starts = g_new0(uint32_t, state->count + 1);
    for (uint32_t i = 0; i < state->count; i++) {
        uint64_t delay = i < (uint32_t)count ? (uint64_t)MAX(delays[i], 0) : 0;
        uint64_t start = state->starts[i] + delay;
        state->starts[i + 1] = (uint32_t)MIN(start, LIMIT_VIDEO_SECONDS * 1000ull);
    }
    vips_error_clear();
}

static bool video_vips_open(Video *video, const char *media_type, GError **err)
{
    VipsState *state = g_new0(VipsState, 1);
    video->state = state;
    if (!read_bytes(video, err))
        return false;
    mend_cut_file(video);
    if (!load(state, err) || !read_layout(state, err))
        return false;
    read_times(state);
    uint32_t duration = state->starts[state->count];
    video_set_rate(video, (int64_t)state->count * 1000, duration);
    VideoFacts *facts = video->facts;
    facts->width = state->width;
    facts->height = state->height;
    facts->container = g_strdup("webp");
    facts->codec = g_strdup("webp");
    facts->duration_seconds = duration / 1000.0;
    return true;
}

static void put_colour(const VipsState *state, uint32_t page, uint8_t *target)
{
    size_t bands = (size_t)vips_image_get_bands(state->image);
    for (uint32_t y = 0; y < state->height; y++) {
        const uint8_t *source = VIPS_REGION_ADDR(state->region, 0, (int)(page * state->height + y));
        for (uint32_t x = 0; x < state->width; x++, source += bands, target += 4) {
            memcpy(target, source, 3);
            target[3] = 0;
        }
    }
}

// Luma as PDQ weighs it, in 256ths.
static void put_grey(const VipsState *state, uint32_t page, uint8_t *target)
{
    size_t bands = (size_t)vips_image_get_bands(state->image);
    for (uint32_t y = 0; y < state->height; y++) {
        const uint8_t *source = VIPS_REGION_ADDR(state->region, 0, (int)(page * state->height + y));
        for (uint32_t x = 0; x < state->width; x++, source += bands)
            *target++ = (uint8_t)((77u * source[0] + 150u * source[1] + 29u * source[2]) >> 8);
    }
}

// The next picture in order.
static bool read_page(Video *video, VideoPicture *picture, GError **err)
{
    VipsState *state = video->state;
    uint32_t page = state->next++;
    VipsRect area = {0, (int)(page * state->height), (int)state->width, (int)state->height};
    if (vips_region_prepare(state->region, &area) != 0)
        return fail(err);
    if (*vips_error_buffer() != 0) {
        video->facts->damaged++;
        vips_error_clear();
    }
    size_t pixels = (size_t)state->width * state->height;
    uint8_t *target = video_pixels(video, pixels * 4 + 2 * VIDEO_REDUCE_SLACK, err);
    if (target == NULL)
        return false;
    *picture =
        (VideoPicture){.number = page,
                       .milliseconds = video->rate.frames > 0 ? video_milliseconds(video, page)
                                                              : state->starts[page],
                       .width = state->width,
                       .height = state->height,
                       .pixels = target,
                       .stride = (size_t)state->width * 4};
    if (!video_is_grey(video)) {
        put_colour(state, page, target);
        return true;
    }
    VideoReduction reduction = video_reduction(state->width, state->height);
    uint8_t *grey = target + 3 * pixels + VIDEO_REDUCE_SLACK;
    put_grey(state, page, grey);
    picture->is_grey = true;
    picture->width = reduction.across.count;
    picture->height = reduction.down.count;
    picture->stride = picture->width;
    video_reduce(grey, state->width, &reduction, true, target, picture->stride);
    return true;
}

// Damage in one picture spoils those that build on it, so that is where it ends.
static VideoOutcome stop_at_damage(Video *video, GError **error, GError **err)
{
    VipsState *state = video->state;
    bool is_first = video->facts->frames_seen == 0;
    if (is_first || !g_error_matches(*error, CLEW_ERROR, CLEW_ERROR_CORRUPT)) {
        g_propagate_error(err, *error);
        return VIDEO_FAILED;
    }
    g_clear_error(error);
    video->facts->damaged++;
    video->facts->is_truncated = true;
    state->next = state->count;
    return VIDEO_END;
}

static VideoOutcome video_vips_next(Video *video, VideoPicture *ret_picture, GError **err)
{
    VipsState *state = video->state;
    while (state->next < state->count) {
        uint32_t number = state->next;
        GError *error = NULL;
        if (!read_page(video, ret_picture, &error))
            return stop_at_damage(video, &error, err);
        if (!video_count_frame(video, number, err))
            return VIDEO_FAILED;
        bool is_taken =
            video->choice.sampling == SAMPLING_KEY_FRAMES ? number == 0 : number % video->step == 0;
        if (is_taken)
            return VIDEO_PICTURE;
        if (!video_goes_on(video, err))
            return VIDEO_FAILED;
    }
    return VIDEO_END;
}

static VideoOutcome video_vips_picture_at(Video *video, uint32_t milliseconds,
                                          VideoPicture *ret_picture, GError **err)
{
    VipsState *state = video->state;
    uint32_t page = 0;
    while (page + 1 < state->count && state->starts[page + 1] <= milliseconds)
        page++;
    if (state->next > page && !load(state, err))
        return VIDEO_FAILED;
    do {
        if (!video_goes_on(video, err) || !read_page(video, ret_picture, err))
            return VIDEO_FAILED;
    } while (state->next <= page);
    return VIDEO_PICTURE;
}

static void video_vips_close(Video *video)
{
    VipsState *state = video->state;
    if (state == NULL)
        return;
    g_clear_object(&state->region);
    g_clear_object(&state->image);
    g_free(state->starts);
    g_free(state->bytes);
    g_free(state);
    video->state = NULL;
}

const VideoBackend video_vips = {media_types, video_vips_open, video_vips_next,
                                 video_vips_picture_at, video_vips_close};
