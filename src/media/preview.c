// SPDX-License-Identifier: Apache-2.0
#include "media/preview.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "media/jpeg_writer.h"
#include "media/preview_reduce.h"

#define ORIENTATIONS 8u // of EXIF, from 1; 0 and what is above count as 1
#define STRIP_ROWS 16u
#define REDUCTION_MAX 8u

void preview_free(Preview *preview)
{
    if (preview == NULL)
        return;
    g_free(preview->pixels);
    g_free(preview);
}

// ---- The way up -------------------------------------------------------------------------------

// Where a pixel of the upright picture is stored: at the same place after the axes are swapped, and
// counted from the other end.
typedef struct {
    bool swaps, from_right, from_bottom;
} WayUp;

static WayUp way_up(unsigned orientation)
{
    static const WayUp ways[ORIENTATIONS + 1] = {
        [2] = {.from_right = true},
        [3] = {.from_right = true, .from_bottom = true},
        [4] = {.from_bottom = true},
        [5] = {.swaps = true},
        [6] = {.swaps = true, .from_bottom = true},
        [7] = {.swaps = true, .from_right = true, .from_bottom = true},
        [8] = {.swaps = true, .from_right = true},
    };
    return ways[orientation <= ORIENTATIONS ? orientation : 1];
}

// HEIF and JPEG XL are turned by their decoders.
unsigned preview_orientation(const Still *still)
{
    ExifFacts exif = {0};
    if (still_turns_itself(still))
        return 1;
    still_metadata(still, &exif, NULL);
    unsigned orientation = exif.orientation;
    exif_facts_clear(&exif);
    return orientation >= 1 && orientation <= ORIENTATIONS ? orientation : 1;
}

static void copy_upright(const Preview *stored, WayUp way, uint32_t width, uint32_t height,
                         uint8_t *target)
{
    const unsigned channels = stored->channels;
    for (uint32_t v = 0; v < height; v++) {
        for (uint32_t u = 0; u < width; u++, target += channels) {
            uint32_t x = way.swaps ? v : u, y = way.swaps ? u : v;
            if (way.from_right)
                x = stored->width - 1 - x;
            if (way.from_bottom)
                y = stored->height - 1 - y;
            memcpy(target, stored->pixels + ((size_t)y * stored->width + x) * channels, channels);
        }
    }
}

static bool turn(Preview *preview, unsigned orientation)
{
    WayUp way = way_up(orientation);
    if (!way.swaps && !way.from_right && !way.from_bottom)
        return true;
    uint32_t width = way.swaps ? preview->height : preview->width;
    uint32_t height = way.swaps ? preview->width : preview->height;
    uint8_t *pixels = g_try_malloc_n(height, (size_t)width * preview->channels);
    if (pixels == NULL)
        return false;
    copy_upright(preview, way, width, height, pixels);
    g_free(preview->pixels);
    *preview = (Preview){
        .width = width, .height = height, .channels = preview->channels, .pixels = pixels};
    return true;
}

static bool turn_quarters(Preview *preview, unsigned quarter_turns)
{
    static const unsigned orientations[] = {1, 6, 3, 8};
    return turn(preview, orientations[quarter_turns % G_N_ELEMENTS(orientations)]);
}

// ---- Tones ------------------------------------------------------------------------------------

static void make_grey(Preview *preview)
{
    if (preview->channels == 1)
        return;
    size_t count = (size_t)preview->width * preview->height;
    const uint8_t *source = preview->pixels;
    // The weights of JPEG's luma, in 1/256.
    for (size_t i = 0; i < count; i++, source += 3)
        preview->pixels[i] = (uint8_t)((77u * source[0] + 150u * source[1] + 29u * source[2]) >> 8);
    preview->channels = 1;
}

static void set_tones(Preview *preview, const PictureView *view)
{
    uint8_t tones[256];
    for (unsigned i = 0; i < G_N_ELEMENTS(tones); i++) {
        double tone = (pow(i / 255.0, 1 / view->gamma) - 0.5) * view->contrast + 0.5;
        tones[i] = (uint8_t)lround(255 * CLAMP(tone + view->brightness, 0, 1));
    }
    size_t count = (size_t)preview->width * preview->height * preview->channels;
    for (size_t i = 0; i < count; i++)
        preview->pixels[i] = tones[preview->pixels[i]];
}

static bool show_as(Preview *preview, unsigned orientation, const PictureView *view)
{
    if (view->is_grey)
        make_grey(preview);
    if (!picture_view_keeps_tones(view))
        set_tones(preview, view);
    return turn(preview, orientation) && turn_quarters(preview, view->quarter_turns);
}

// ---- Parts and sizes --------------------------------------------------------------------------

// Of the stored picture.
typedef struct {
    uint32_t x, y, width, height;
} Part;

// From `from` to `to`, both 0 to 1, of `length` pixels: at least one of them.
static void take_span(double from, double to, uint32_t length, uint32_t *ret_first,
                      uint32_t *ret_count)
{
    uint32_t first = MIN((uint32_t)(from * length), length - 1);
    uint32_t end = MIN((uint32_t)ceil(to * length), length);
    *ret_first = first;
    *ret_count = end > first ? end - first : 1;
}

static Part stored_part(const PictureView *view, WayUp way, uint32_t width, uint32_t height)
{
    double left = way.swaps ? view->top : view->left, top = way.swaps ? view->left : view->top;
    double right = way.swaps ? view->bottom : view->right;
    double bottom = way.swaps ? view->right : view->bottom;
    Part part;
    take_span(way.from_right ? 1 - right : left, way.from_right ? 1 - left : right, width, &part.x,
              &part.width);
    take_span(way.from_bottom ? 1 - bottom : top, way.from_bottom ? 1 - top : bottom, height,
              &part.y, &part.height);
    return part;
}

static uint32_t reduced_length(uint32_t length, uint32_t longest, uint32_t side)
{
    if (longest <= side)
        return length;
    uint64_t reduced = ((uint64_t)length * side + longest / 2) / longest;
    return (uint32_t)MAX(reduced, 1);
}

static PreviewReducer *new_reducer(uint32_t width, uint32_t height, bool is_grey, uint32_t side,
                                   Preview *preview)
{
    uint32_t longest = MAX(width, height);
    preview->width = reduced_length(width, longest, side);
    preview->height = reduced_length(height, longest, side);
    preview->channels = is_grey ? 1 : 3;
    return preview_reducer_new(width, height, is_grey, preview->width, preview->height);
}

// ---- Stills -----------------------------------------------------------------------------------

// A strip of decoded rows on its way into the reducer.
typedef struct {
    uint8_t *strip;
    uint8_t *rows[STRIP_ROWS];
    Part part;
    unsigned pixel_bytes;
    uint32_t next_row;
    PreviewReducer *reducer;
} StillWork;

static uint8_t **next_rows(void *user_data, unsigned *ret_room)
{
    StillWork *work = user_data;
    *ret_room = STRIP_ROWS;
    return work->rows;
}

static void commit(void *user_data, unsigned count)
{
    StillWork *work = user_data;
    for (unsigned i = 0; i < count; i++, work->next_row++) {
        bool is_shown =
            work->next_row >= work->part.y && work->next_row - work->part.y < work->part.height;
        if (is_shown)
            preview_reducer_push(work->reducer,
                                 work->rows[i] + (size_t)work->part.x * work->pixel_bytes);
    }
}

// As far as the part that is shown stays large enough.
static void reduce_in_decoder(Still *still, const PictureView *view, WayUp way, uint32_t side)
{
    Part part = stored_part(view, way, still_width(still), still_height(still));
    unsigned factor = REDUCTION_MAX;
    while (factor > 1 && MAX(part.width, part.height) / factor < side)
        factor /= 2;
    if (factor > 1)
        still_reduce(still, factor);
}

static bool decode_into(Still *still, StillWork *work, GError **err)
{
    const StillSink sink = {.next_rows = next_rows, .commit = commit, .user_data = work};
    size_t row_bytes = (size_t)still_width(still) * work->pixel_bytes;
    g_autofree uint8_t *strip = g_try_malloc_n(STRIP_ROWS, row_bytes);
    uint32_t rows;
    bool is_truncated;
    if (strip == NULL || work->reducer == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "there is not enough memory to show %u x %u pixels", still_width(still),
                    still_height(still));
        return false;
    }
    for (unsigned i = 0; i < STRIP_ROWS; i++)
        work->rows[i] = strip + i * row_bytes;
    return still_decode(still, &sink, &rows, &is_truncated, err);
}

Preview *preview_of_still(Still *still, unsigned orientation, const PictureView *view,
                          uint32_t side, GError **err)
{
    WayUp way = way_up(orientation);
    bool is_grey = still_format(still) == STILL_GREY;
    reduce_in_decoder(still, view, way, side);
    still_blend_over_grey(still);

    g_autoptr(Preview) preview = g_new0(Preview, 1);
    StillWork work = {.part = stored_part(view, way, still_width(still), still_height(still)),
                      .pixel_bytes = is_grey ? 1 : 4};
    g_autoptr(PreviewReducer) reducer =
        new_reducer(work.part.width, work.part.height, is_grey, side, preview);
    work.reducer = reducer;
    if (!decode_into(still, &work, err))
        return NULL;
    preview->pixels = preview_reducer_take(reducer);
    if (!show_as(preview, orientation, view)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "there is not enough memory to turn it");
        return NULL;
    }
    return g_steal_pointer(&preview);
}

// ---- Frames and smaller ones ------------------------------------------------------------------

Preview *preview_of_frame(const VideoPicture *picture, unsigned rotation, const PictureView *view,
                          uint32_t side)
{
    unsigned orientation = rotation == 90 ? 6 : rotation == 180 ? 3 : rotation == 270 ? 8 : 1;
    Part part = stored_part(view, way_up(orientation), picture->width, picture->height);
    size_t skipped = (size_t)part.x * (picture->is_grey ? 1 : 4);
    g_autoptr(Preview) preview = g_new0(Preview, 1);
    g_autoptr(PreviewReducer) reducer =
        new_reducer(part.width, part.height, picture->is_grey, side, preview);
    if (reducer == NULL)
        return NULL;
    for (uint32_t y = 0; y < part.height; y++)
        preview_reducer_push(reducer, picture->pixels + (part.y + y) * picture->stride + skipped);
    preview->pixels = preview_reducer_take(reducer);
    return show_as(preview, orientation, view) ? g_steal_pointer(&preview) : NULL;
}

// A row of 3 bytes a pixel with the fourth that the reducer expects.
static void widen(const uint8_t *source, uint32_t width, uint8_t *target)
{
    for (uint32_t x = 0; x < width; x++, source += 3, target += 4)
        memcpy(target, source, 3);
}

Preview *preview_reduced(const Preview *larger, uint32_t side)
{
    bool is_grey = larger->channels == 1;
    size_t row_bytes = (size_t)larger->width * larger->channels;
    g_autoptr(Preview) preview = g_new0(Preview, 1);
    g_autoptr(PreviewReducer) reducer =
        new_reducer(larger->width, larger->height, is_grey, side, preview);
    g_autofree uint8_t *wide = g_try_malloc0_n(larger->width, 4);
    if (reducer == NULL || wide == NULL)
        return NULL;
    for (uint32_t y = 0; y < larger->height; y++) {
        const uint8_t *row = larger->pixels + y * row_bytes;
        if (!is_grey)
            widen(row, larger->width, wide);
        preview_reducer_push(reducer, is_grey ? row : wide);
    }
    preview->pixels = preview_reducer_take(reducer);
    return g_steal_pointer(&preview);
}

GBytes *preview_jpeg(const Preview *preview, size_t limit_bytes)
{
    static const int qualities[] = {80, 65, 50, 30, 15, 5};
    for (size_t i = 0; i < G_N_ELEMENTS(qualities); i++) {
        g_autoptr(GBytes) jpeg = jpeg_write(preview->pixels, preview->width, preview->height,
                                            preview->channels, qualities[i]);
        if (jpeg != NULL && g_bytes_get_size(jpeg) <= limit_bytes)
            return g_steal_pointer(&jpeg);
    }
    return NULL;
}
