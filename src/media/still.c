// SPDX-License-Identifier: Apache-2.0
#include "media/still.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "media/exif.h"
#include "media/still_backend.h"

static const StillBackend *const backends[] = {&still_jpeg, &still_bmp, &still_vips};

// The backend of a media type and that type's static text.
static const StillBackend *find_backend(const char *media_type, const char **ret_media_type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(backends); i++) {
        for (const char *const *each = backends[i]->media_types; *each != NULL; each++) {
            if (g_str_equal(*each, media_type)) {
                *ret_media_type = *each;
                return backends[i];
            }
        }
    }
    return NULL;
}

bool still_prepare(GError **err)
{
    return still_vips_prepare(err);
}

void still_prepare_locked(void)
{
    still_vips_prepare_locked();
}

bool still_supports(const char *media_type)
{
    const char *unused;
    return find_backend(media_type, &unused) != NULL;
}

bool still_check_limits(const Still *still, GError **err)
{
    uint64_t pixels = (uint64_t)still->width * still->height;
    uint64_t allowed = still->is_buffered ? LIMIT_STILL_BUFFERED_PIXELS : LIMIT_STILL_PIXELS;
    if (still->width == 0 || still->height == 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "the picture has no pixels (%ux%u)",
                    still->width, still->height);
        return false;
    }
    if (still->width > LIMIT_STILL_SIDE || still->height > LIMIT_STILL_SIDE) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "%ux%u pixels, more than %u along a side",
                    still->width, still->height, LIMIT_STILL_SIDE);
        return false;
    }
    if (pixels > allowed) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "%ux%u pixels, more than the %" G_GUINT64_FORMAT " that can be decoded%s",
                    still->width, still->height, allowed,
                    still->is_buffered ? " of a format that needs the whole picture at once" : "");
        return false;
    }
    return true;
}

Still *still_open(const uint8_t *bytes, size_t size_bytes, const char *media_type, GError **err)
{
    g_autoptr(Still) still = g_new0(Still, 1);
    still->backend = find_backend(media_type, &still->media_type);
    if (still->backend == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED, "no decoder for %s", media_type);
        return NULL;
    }
    if (size_bytes > LIMIT_STILL_BYTES) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "%zu bytes, more than %u for one picture",
                    size_bytes, LIMIT_STILL_BYTES);
        return NULL;
    }
    still->bytes = bytes;
    still->size_bytes = size_bytes;
    still->frames = 1;
    still->sample_bits = 8;
    if (!still->backend->open(still, err) || !still_check_limits(still, err))
        return NULL;
    if (still->end == 0)
        still->end = still_find_end(still->media_type, bytes, size_bytes);
    return g_steal_pointer(&still);
}

uint32_t still_width(const Still *still)
{
    return still->width;
}

uint32_t still_height(const Still *still)
{
    return still->height;
}

uint32_t still_frames(const Still *still)
{
    return still->frames;
}

StillFormat still_format(const Still *still)
{
    return still->format;
}

unsigned still_sample_bits(const Still *still)
{
    return still->sample_bits;
}

void still_take_low_bytes(Still *still)
{
    still->takes_low_bytes = true;
}

void still_blend_over_grey(Still *still)
{
    still->blends_over_grey = true;
}

void still_reduce(Still *still, unsigned factor)
{
    if (still->backend->reduce != NULL)
        still->backend->reduce(still, factor);
}

bool still_turns_itself(const Still *still)
{
    static const char *const media_types[] = {"image/heic", "image/heif", "image/avif", "image/jxl",
                                              NULL};
    return g_strv_contains(media_types, still->media_type);
}

// The sink's next rows, no more than the picture still has.
static uint8_t **next_rows(const Still *still, const StillSink *sink, uint32_t done,
                           unsigned *ret_count)
{
    unsigned room = 0;
    uint8_t **rows = sink->next_rows(sink->user_data, &room);
    g_assert(rows != NULL && room > 0);
    *ret_count = MIN(room, still->height - done);
    return rows;
}

// Black for what never came, so that the picture keeps its shape.
static void fill_rest(const Still *still, const StillSink *sink, uint32_t done)
{
    size_t row_bytes = (size_t)still->width * (still->format == STILL_RGBX ? 4 : 1);
    while (done < still->height) {
        unsigned count;
        uint8_t **rows = next_rows(still, sink, done, &count);
        for (unsigned i = 0; i < count; i++)
            memset(rows[i], 0, row_bytes);
        sink->commit(sink->user_data, count);
        done += count;
    }
}

bool still_decode(Still *still, const StillSink *sink, uint32_t *ret_rows, bool *ret_truncated,
                  GError **err)
{
    GError *error = NULL;
    uint32_t done = 0;
    while (done < still->height && error == NULL) {
        unsigned count;
        uint8_t **rows = next_rows(still, sink, done, &count);
        unsigned filled = still->backend->read(still, rows, count, &error);
        g_assert(filled == count || error != NULL);
        sink->commit(sink->user_data, filled);
        done += filled;
    }

    *ret_rows = done;
    *ret_truncated = still->is_truncated;
    if (error == NULL)
        return true;
    if (done == 0 || !g_error_matches(error, CLEW_ERROR, CLEW_ERROR_CORRUPT)) {
        g_propagate_error(err, error);
        return false;
    }
    g_clear_error(&error);
    *ret_truncated = true;
    fill_rest(still, sink, done);
    return true;
}

void still_metadata(const Still *still, ExifFacts *ret_exif, GByteArray *tables)
{
    if (still->exif != NULL)
        exif_read(still->exif, still->exif_bytes, ret_exif);
    if (still->tables != NULL && tables != NULL)
        g_byte_array_append(tables, still->tables->data, still->tables->len);
}

const uint8_t *still_thumbnail(const Still *still, size_t *ret_size_bytes)
{
    if (still->exif == NULL)
        return NULL;
    return exif_find_thumbnail(still->exif, still->exif_bytes, ret_size_bytes);
}

size_t still_trailing_bytes(const Still *still)
{
    bool is_known = still->end > 0 && still->end <= still->size_bytes;
    return is_known ? still->size_bytes - still->end : 0;
}

void still_free(Still *still)
{
    if (still == NULL)
        return;
    if (still->backend != NULL)
        still->backend->close(still);
    if (still->tables != NULL)
        g_byte_array_unref(still->tables);
    g_free(still);
}

const char *still_versions(void)
{
    static char text[64];
    static gsize is_ready;
    if (g_once_init_enter(&is_ready)) {
        g_snprintf(text, sizeof(text), "libjpeg-turbo %s; libvips %s", still_jpeg_version(),
                   still_vips_version());
        g_once_init_leave(&is_ready, 1);
    }
    return text;
}
