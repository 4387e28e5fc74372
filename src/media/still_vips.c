// SPDX-License-Identifier: Apache-2.0
//
// All that libvips decodes: PNG, GIF, WebP, TIFF, HEIF and AVIF, JPEG 2000, JPEG XL. The loader is
// chosen by media type from the table below, never by libvips, and the picture is asked for strip
// by strip, so what the library can stream is streamed. libvips only decodes: samples become 8-bit
// RGBX or grey here, as PDQ's reference has them (the high byte of wider ones, alpha left out, CMYK
// without a profile). Colour spaces that are none of these (LAB, linear light) go through it.
//
// Its error text is one buffer for the process and piles up: it is read and cleared in this file
// alone. Its warnings go through g_log and are dropped: they are about the input.
#include <string.h>

#include <gmodule.h>
#include <vips/vips.h>

#include "base/error.h"
#include "base/reader.h"
#include "media/still_backend.h"

#define PRINTABLE                                                                                  \
    " !\"#$%&'()*+,-./"                                                                            \
    "0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"

// What shows behind transparency.
#define BEHIND 128u

typedef struct {
    const char *media_type;
    const char *operation;
    bool is_buffered;
} Loader;

// What is_buffered false promises: PNG reads row by row (interlaced ones say so themselves), TIFF
// strip by strip or tile row by tile row.
static const Loader loaders[] = {
    {"image/png", "pngload_buffer", false},  {"image/tiff", "tiffload_buffer", false},
    {"image/gif", "gifload_buffer", true},   {"image/webp", "webpload_buffer", true},
    {"image/heic", "heifload_buffer", true}, {"image/heif", "heifload_buffer", true},
    {"image/avif", "heifload_buffer", true}, {"image/jp2", "jp2kload_buffer", true},
    {"image/jpx", "jp2kload_buffer", true},  {"image/x-j2c", "jp2kload_buffer", true},
    {"image/jxl", "jxlload_buffer", true},
};

static const char *const media_types[] = {"image/png",  "image/tiff",  "image/gif",  "image/webp",
                                          "image/heic", "image/heif",  "image/avif", "image/jp2",
                                          "image/jpx",  "image/x-j2c", "image/jxl",  NULL};

typedef struct {
    VipsImage *image;
    VipsRegion *region;
    unsigned bands;
    unsigned sample_bytes;
    bool is_cmyk;
    bool has_alpha; // the last band is
    uint32_t next_row;
    GValue exif; // holds the block: libvips replaces its metadata when decoding begins
} VipsState;

const char *still_vips_version(void)
{
    return vips_version_string();
}

static void ignore_log(const char *domain, GLogLevelFlags level, const char *message, void *unused)
{
}

// Debian builds the HEIF and JPEG XL loaders as plug-ins. A missing one only makes its types
// unsupported.
static void load_plug_in(const char *name)
{
    g_autofree char *path = g_build_filename(CLEW_VIPS_MODULES, name, NULL);
    if (g_module_open(path, G_MODULE_BIND_LAZY) == NULL)
        g_debug("%s: %s", path, g_module_error());
}

static unsigned count_threads(void)
{
    unsigned count = 0;
    g_autoptr(GDir) tasks = g_dir_open("/proc/self/task", 0, NULL);
    while (tasks != NULL && g_dir_read_name(tasks) != NULL)
        count++;
    return count;
}

bool still_vips_prepare(GError **err)
{
    // A folder that is not there keeps libvips from loading every plug-in it finds, among them
    // ImageMagick, poppler and OpenSlide.
    g_setenv("VIPSHOME", "/nonexistent", TRUE);
    g_log_set_handler("VIPS", G_LOG_LEVEL_MASK & ~G_LOG_LEVEL_ERROR, ignore_log, NULL);
    // libvips warns of every damaged picture: never a reason to abort, whatever G_DEBUG asks for.
    GLogLevelFlags fatal = g_log_set_always_fatal(G_LOG_FATAL_MASK);
    g_log_set_always_fatal(fatal & ~G_LOG_LEVEL_WARNING);
    if (VIPS_INIT("clew-media-worker") != 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL, "libvips cannot start: %s",
                    vips_error_buffer());
        vips_error_clear();
        return false;
    }
    load_plug_in("vips-heif.so");
    load_plug_in("vips-jxl.so");

    // A thread born before the sandbox closes would stay outside it.
    unsigned threads = count_threads();
    if (threads > 1) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL,
                    "libvips started %u threads before the sandbox closed", threads - 1);
        return false;
    }
    return true;
}

void still_vips_prepare_locked(void)
{
    vips_cache_set_max(0);
    vips_concurrency_set(1);
    // Belt and braces beside the table of loaders. libvips 8.14 counts JPEG 2000 and JPEG XL as
    // untrusted; the sandbox is what makes them acceptable.
    vips_block_untrusted_set(TRUE);
    vips_operation_block_set("VipsForeignLoadJp2k", FALSE);
    vips_operation_block_set("VipsForeignLoadJxl", FALSE);
}

static const Loader *find_loader(const char *media_type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(loaders); i++) {
        if (g_str_equal(loaders[i].media_type, media_type))
            return &loaders[i];
    }
    g_assert_not_reached();
}

// libvips tells what went wrong in words only.
static ClewError error_code(const char *text)
{
    static const struct {
        const char *word;
        ClewError code;
    } words[] = {
        {"unsupported", CLEW_ERROR_UNSUPPORTED},    {"not supported", CLEW_ERROR_UNSUPPORTED},
        {"not configured", CLEW_ERROR_UNSUPPORTED}, {"not implemented", CLEW_ERROR_UNSUPPORTED},
        {"out of memory", CLEW_ERROR_LIMIT},        {"security limit", CLEW_ERROR_LIMIT},
        {"memory allocation", CLEW_ERROR_LIMIT},    {"differ in geometry", CLEW_ERROR_UNSUPPORTED},
    };
    g_autofree char *lower = g_ascii_strdown(text, -1);
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strstr(lower, words[i].word) != NULL)
            return words[i].code;
    }
    return CLEW_ERROR_CORRUPT;
}

#define MESSAGE_BYTES 200

// Takes libvips's error text: one line of plain ASCII (a hostile file may be quoted in it), each
// of its own lines once.
static void take_error(GError **err)
{
    g_autofree char *all = g_strdup(vips_error_buffer());
    vips_error_clear();
    g_strcanon(all, PRINTABLE "\n", '?');
    g_auto(GStrv) lines = g_strsplit(g_strchomp(all), "\n", -1);
    g_autoptr(GString) text = g_string_new(NULL);
    for (char **line = lines; *line != NULL && text->len < MESSAGE_BYTES; line++) {
        if (strstr(text->str, *line) == NULL)
            g_string_append_printf(text, "%s%.*s", text->len > 0 ? "; " : "", MESSAGE_BYTES, *line);
    }
    g_set_error(err, CLEW_ERROR, error_code(text->str), "%s",
                text->len > 0 ? text->str : "libvips failed and does not say why");
}

static VipsImage *load(const Still *still, const char *operation, VipsFailOn fail_on)
{
    VipsBlob *blob = vips_blob_new(NULL, still->bytes, still->size_bytes);
    VipsImage *image = NULL;
    int failed = vips_call(operation, blob, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                           fail_on, NULL);
    vips_area_unref(VIPS_AREA(blob));
    return failed == 0 ? image : NULL;
}

// A damaged picture is opened a second time with errors forgiven: what there is is worth a hash.
static VipsImage *load_or_forgive(Still *still, const char *operation, GError **err)
{
    VipsImage *image = load(still, operation, VIPS_FAIL_ON_TRUNCATED);
    if (image != NULL)
        return image;
    take_error(err);
    image = load(still, operation, VIPS_FAIL_ON_NONE);
    if (image != NULL) {
        g_clear_error(err);
        still->is_truncated = true;
    }
    vips_error_clear();
    return image;
}

static bool is_plain(const VipsImage *image)
{
    if (vips_image_get_coding(image) != VIPS_CODING_NONE)
        return false;
    switch (vips_image_get_interpretation(image)) {
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_GREY16:
    case VIPS_INTERPRETATION_RGB:
    case VIPS_INTERPRETATION_sRGB:
    case VIPS_INTERPRETATION_RGB16:
    case VIPS_INTERPRETATION_CMYK:
    case VIPS_INTERPRETATION_MULTIBAND:
        return true;
    default:
        return false;
    }
}

// 8-bit sRGB of a picture in another colour space.
static bool convert_colours(VipsState *state, GError **err)
{
    VipsImage *converted = NULL;
    if (!vips_colourspace_issupported(state->image) ||
        vips_colourspace(state->image, &converted, VIPS_INTERPRETATION_sRGB, NULL) != 0) {
        vips_error_clear();
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED, "a colour space that is not known");
        return false;
    }
    g_object_unref(state->image);
    state->image = converted;
    return true;
}

static bool set_layout(Still *still, VipsState *state, GError **err)
{
    const VipsImage *image = state->image;
    VipsBandFormat format = vips_image_get_format(image);
    if (format != VIPS_FORMAT_UCHAR && format != VIPS_FORMAT_USHORT && format != VIPS_FORMAT_UINT) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED, "samples of type %s",
                    vips_enum_nick(VIPS_TYPE_BAND_FORMAT, format));
        return false;
    }
    state->sample_bytes = (unsigned)vips_format_sizeof(format);
    still->sample_bits = 8 * state->sample_bytes;
    state->bands = (unsigned)vips_image_get_bands(image);
    state->is_cmyk =
        vips_image_get_interpretation(image) == VIPS_INTERPRETATION_CMYK && state->bands >= 4;
    state->has_alpha = vips_image_hasalpha(state->image);
    still->format = state->bands < 3 ? STILL_GREY : STILL_RGBX;
    still->width = (uint32_t)vips_image_get_width(image);
    still->height = (uint32_t)vips_image_get_height(image);
    return true;
}

static void read_exif(Still *still, VipsState *state)
{
    if (g_str_equal(still->media_type, "image/tiff")) {
        still->exif = still->bytes; // a TIFF file is an EXIF block
        still->exif_bytes = still->size_bytes;
    } else if (vips_image_get_typeof(state->image, VIPS_META_EXIF_NAME) == VIPS_TYPE_BLOB &&
               vips_image_get(state->image, VIPS_META_EXIF_NAME, &state->exif) == 0) {
        still->exif = vips_value_get_blob(&state->exif, &still->exif_bytes);
    } else if (g_str_equal(still->media_type, "image/jxl") ||
               g_str_equal(still->media_type, "image/jp2")) {
        still->exif = still_find_exif(still->bytes, still->size_bytes, &still->exif_bytes);
    }
}

static void read_facts(Still *still, VipsState *state, const Loader *loader)
{
    int interlaced = 0, pages = 1;
    if (vips_image_get_typeof(state->image, "interlaced") != 0)
        vips_image_get_int(state->image, "interlaced", &interlaced);
    still->is_buffered = loader->is_buffered || interlaced != 0;
    // JPEG 2000 gives its resolution levels the name of pages.
    bool has_frames = !g_str_equal(loader->operation, "jp2kload_buffer") &&
                      vips_image_get_typeof(state->image, VIPS_META_N_PAGES) != 0;
    if (has_frames && vips_image_get_int(state->image, VIPS_META_N_PAGES, &pages) == 0 && pages > 1)
        still->frames = (uint32_t)pages;
    read_exif(still, state);
}

// What the first bytes declare, for the formats that say it at a fixed place, so that a bomb does
// not get as far as the library.
static bool check_declared_size(Still *still, GError **err)
{
    Reader reader = reader_init(still->bytes, still->size_bytes);
    if (g_str_equal(still->media_type, "image/png")) {
        reader_skip(&reader, 16);
        still->width = reader_u32be(&reader);
        still->height = reader_u32be(&reader);
    } else if (g_str_equal(still->media_type, "image/gif")) {
        reader_skip(&reader, 6);
        still->width = reader_u16le(&reader);
        still->height = reader_u16le(&reader);
    } else {
        return true;
    }
    // A size of 0 is left to the library: a GIF may give it there and in its frames another.
    return reader.failed || still->width == 0 || still->height == 0 ||
           still_check_limits(still, err);
}

static bool vips_open(Still *still, GError **err)
{
    const Loader *loader = find_loader(still->media_type);
    VipsState *state = g_new0(VipsState, 1);
    still->state = state;
    still->is_buffered = loader->is_buffered;
    vips_error_clear();
    if (!check_declared_size(still, err))
        return false;
    if (vips_type_find("VipsOperation", loader->operation) == 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED, "this machine's libvips lacks %s",
                    loader->operation);
        return false;
    }
    state->image = load_or_forgive(still, loader->operation, err);
    if (state->image == NULL)
        return false;
    read_facts(still, state, loader);
    if (!is_plain(state->image) && !convert_colours(state, err))
        return false;
    if (!set_layout(still, state, err))
        return false;
    state->region = vips_region_new(state->image);
    vips_error_clear();
    return true;
}

// Which byte of a sample is taken, in the machine's byte order.
static unsigned sample_offset(const Still *still, const VipsState *state)
{
    bool is_last = (G_BYTE_ORDER == G_LITTLE_ENDIAN) != still->takes_low_bytes;
    return is_last ? state->sample_bytes - 1 : 0;
}

static void pack_grey(const VipsState *state, const uint8_t *source, uint8_t *row, uint32_t width)
{
    size_t step = (size_t)state->bands * state->sample_bytes;
    for (uint32_t x = 0; x < width; x++, source += step)
        row[x] = *source;
}

static void pack_rgbx(const VipsState *state, const uint8_t *source, uint8_t *row, uint32_t width)
{
    size_t sample = state->sample_bytes, step = state->bands * sample;
    for (uint32_t x = 0; x < width; x++, source += step, row += 4) {
        row[0] = source[0];
        row[1] = source[sample];
        row[2] = source[2 * sample];
        row[3] = 0;
    }
}

static void pack_cmyk(const VipsState *state, const uint8_t *source, uint8_t *row, uint32_t width)
{
    size_t sample = state->sample_bytes, step = state->bands * sample;
    for (uint32_t x = 0; x < width; x++, source += step, row += 4) {
        unsigned light = 255u - source[3 * sample];
        for (unsigned i = 0; i < 3; i++)
            row[i] = still_without_ink(255u - source[i * sample], light);
        row[3] = 0;
    }
}

// `alpha` is a row's first sample of it, of the byte that is taken.
static void blend(const Still *still, const VipsState *state, const uint8_t *alpha, uint8_t *row)
{
    const unsigned channels = still->format == STILL_GREY ? 1 : 3;
    const unsigned pixel_bytes = still->format == STILL_GREY ? 1 : 4;
    size_t step = (size_t)state->bands * state->sample_bytes;
    for (uint32_t x = 0; x < still->width; x++, alpha += step, row += pixel_bytes) {
        for (unsigned i = 0; i < channels; i++)
            row[i] = (uint8_t)((row[i] * *alpha + BEHIND * (255u - *alpha) + 127) / 255);
    }
}

static unsigned vips_read(Still *still, uint8_t *const *rows, unsigned count, GError **err)
{
    VipsState *state = still->state;
    VipsRect area = {0, (int)state->next_row, (int)still->width, (int)count};
    if (vips_region_prepare(state->region, &area) != 0) {
        take_error(err);
        return 0;
    }
    if (*vips_error_buffer() != 0) { // rows were made, but not without trouble
        still->is_truncated = true;
        vips_error_clear();
    }
    unsigned offset = sample_offset(still, state);
    for (unsigned i = 0; i < count; i++) {
        const uint8_t *source = VIPS_REGION_ADDR(state->region, 0, area.top + (int)i);
        source += offset;
        if (state->is_cmyk)
            pack_cmyk(state, source, rows[i], still->width);
        else if (still->format == STILL_GREY)
            pack_grey(state, source, rows[i], still->width);
        else
            pack_rgbx(state, source, rows[i], still->width);
        if (still->blends_over_grey && state->has_alpha)
            blend(still, state, source + (size_t)(state->bands - 1) * state->sample_bytes, rows[i]);
    }
    state->next_row += count;
    return count;
}

static void vips_close(Still *still)
{
    VipsState *state = still->state;
    if (state != NULL) {
        g_clear_object(&state->region);
        g_clear_object(&state->image);
        if (G_IS_VALUE(&state->exif))
            g_value_unset(&state->exif);
    }
    g_free(state);
}

const StillBackend still_vips = {media_types, vips_open, vips_read, vips_close};
