// SPDX-License-Identifier: Apache-2.0
#include "evidence/pdf_picture.h"

#include <string.h>

#define SIDE_MAX (1u << 24)
#define SAMPLES_MAX 4u
#define PALETTE_MAX 256u
#define ENTRY_BYTES 12u
#define NAME_BYTES 32u

typedef enum {
    PHOTOMETRIC_WHITE_IS_0 = 0,
    PHOTOMETRIC_BLACK_IS_0 = 1,
    PHOTOMETRIC_RGB = 2,
    PHOTOMETRIC_PALETTE = 3,
    PHOTOMETRIC_CMYK = 5,
} Photometric;

typedef struct {
    Photometric photometric;
    unsigned samples;
    uint8_t palette[PALETTE_MAX * 3]; // RGB
} Colours;

typedef struct {
    uint32_t width, height;
    unsigned bits;
    Colours colours;
} Picture;

// ---- Colours ----------------------------------------------------------------------------------

static bool name_is(PdfFile *file, PdfNode node, const char *a, const char *b)
{
    char name[NAME_BYTES] = {0};
    if (pdf_kind(file, node) != PDF_NAME || pdf_bytes(file, node, name, sizeof name - 1) == 0)
        return false;
    return strcmp(name, a) == 0 || strcmp(name, b) == 0;
}

static bool by_samples(int64_t samples, Colours *ret)
{
    switch (samples) {
    case 1:
        ret->photometric = PHOTOMETRIC_BLACK_IS_0;
        break;
    case 3:
        ret->photometric = PHOTOMETRIC_RGB;
        break;
    case 4:
        ret->photometric = PHOTOMETRIC_CMYK;
        break;
    default:
        return false;
    }
    ret->samples = (unsigned)samples;
    return true;
}

// A colour space that has a name alone, or the first element of one that is an array.
static bool by_name(PdfFile *file, PdfNode name, Colours *ret)
{
    if (name_is(file, name, "/DeviceGray", "/G") || name_is(file, name, "/CalGray", "/CalGray"))
        return by_samples(1, ret);
    if (name_is(file, name, "/DeviceRGB", "/RGB") || name_is(file, name, "/CalRGB", "/CalRGB"))
        return by_samples(3, ret);
    if (name_is(file, name, "/DeviceCMYK", "/CMYK"))
        return by_samples(4, ret);
    return false;
}

// Spaces without a palette.
static bool plain_space(PdfFile *file, PdfNode space, Colours *ret)
{
    if (pdf_kind(file, space) != PDF_ARRAY)
        return by_name(file, space, ret);
    PdfNode first = PDF_NONE;
    size_t count = pdf_values(file, space, &first);
    if (count == 0)
        return false;
    if (count > 1 && name_is(file, first, "/ICCBased", "/ICCBased"))
        return by_samples(pdf_integer(file, pdf_get(file, first + 1, "/N"), 0), ret);
    if (name_is(file, first, "/Separation", "/Separation")) {
        // Full ink is dark.
        *ret = (Colours){.photometric = PHOTOMETRIC_WHITE_IS_0, .samples = 1};
        return true;
    }
    return by_name(file, first, ret);
}

typedef struct {
    uint8_t *bytes;
    size_t size, room;
} Lookup;

static bool fill_lookup(void *user_data, const uint8_t *bytes, size_t size)
{
    Lookup *lookup = user_data;
    size_t count = MIN(size, lookup->room - lookup->size);
    memcpy(lookup->bytes + lookup->size, bytes, count);
    lookup->size += count;
    return lookup->size < lookup->room;
}

static void read_lookup(PdfFile *file, PdfNode node, Lookup *lookup)
{
    if (pdf_kind(file, node) == PDF_STREAM) {
        pdf_pipe(file, node, false, fill_lookup, lookup);
        return;
    }
    size_t size = pdf_bytes(file, node, lookup->bytes, lookup->room);
    lookup->size = MIN(size, lookup->room);
}

static void to_rgb(const uint8_t *from, unsigned samples, uint8_t *rgb)
{
    for (unsigned i = 0; i < 3; i++) {
        if (samples == 4)
            rgb[i] = (uint8_t)((255 - from[i]) * (255 - from[3]) / 255);
        else
            rgb[i] = from[samples == 3 ? i : 0];
    }
}

// [/Indexed base highest lookup] (ISO 32000-1, 8.6.6.3).
static bool indexed_space(PdfFile *file, PdfNode first, Colours *ret)
{
    Colours base = {0};
    uint8_t bytes[PALETTE_MAX * SAMPLES_MAX] = {0};
    if (!plain_space(file, first + 1, &base))
        return false;
    Lookup lookup = {.bytes = bytes, .room = (size_t)PALETTE_MAX * base.samples};
    read_lookup(file, first + 3, &lookup);
    *ret = (Colours){.photometric = PHOTOMETRIC_PALETTE, .samples = 1};
    for (unsigned i = 0; i < PALETTE_MAX; i++)
        to_rgb(bytes + (size_t)i * base.samples, base.samples, ret->palette + (size_t)i * 3);
    return true;
}

static bool read_colours(PdfFile *file, PdfNode space, Colours *ret)
{
    PdfNode first = PDF_NONE;
    size_t count = pdf_kind(file, space) == PDF_ARRAY ? pdf_values(file, space, &first) : 0;
    if (count >= 4 && name_is(file, first, "/Indexed", "/I"))
        return indexed_space(file, first, ret);
    return plain_space(file, space, ret);
}

// /Decode [1 0]: the darkest is the highest.
static bool is_inverted(PdfFile *file, PdfNode image)
{
    PdfNode first = PDF_NONE;
    PdfNode decode = pdf_get(file, image, "/Decode");
    return pdf_kind(file, decode) == PDF_ARRAY && pdf_values(file, decode, &first) >= 2 &&
           pdf_integer(file, first, 0) == 1 && pdf_integer(file, first + 1, 1) == 0;
}

// ---- The picture ------------------------------------------------------------------------------

static bool read_size(PdfFile *file, PdfNode image, Picture *ret)
{
    int64_t width = pdf_integer(file, pdf_get(file, image, "/Width"), 0);
    int64_t height = pdf_integer(file, pdf_get(file, image, "/Height"), 0);
    if (width < 1 || height < 1 || width > SIDE_MAX || height > SIDE_MAX)
        return false;
    ret->width = (uint32_t)width;
    ret->height = (uint32_t)height;
    return true;
}

static const char *read_picture(PdfFile *file, PdfNode image, Picture *ret)
{
    if (!read_size(file, image, ret))
        return "a bitmap without a width and height that can be";
    bool is_mask = pdf_integer(file, pdf_get(file, image, "/ImageMask"), 0) == 1;
    int64_t bits = pdf_integer(file, pdf_get(file, image, "/BitsPerComponent"), is_mask ? 1 : 8);
    if (is_mask)
        by_samples(1, &ret->colours);
    else if (!read_colours(file, pdf_get(file, image, "/ColorSpace"), &ret->colours))
        return "a bitmap whose colour space is not converted";
    bool is_known = bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16;
    if (!is_known || (ret->colours.photometric == PHOTOMETRIC_PALETTE && bits > 8))
        return "a bitmap with a depth that cannot be";
    ret->bits = (unsigned)bits;
    bool is_grey = ret->colours.samples == 1 && ret->colours.photometric != PHOTOMETRIC_PALETTE;
    if (is_grey && is_inverted(file, image))
        ret->colours.photometric = ret->colours.photometric == PHOTOMETRIC_BLACK_IS_0
                                       ? PHOTOMETRIC_WHITE_IS_0
                                       : PHOTOMETRIC_BLACK_IS_0;
    return NULL;
}

// ---- TIFF -------------------------------------------------------------------------------------

typedef enum {
    TIFF_SHORT = 3,
    TIFF_LONG = 4,
} TiffType;

static void put(GByteArray *target, uint64_t value, unsigned bytes)
{
    for (unsigned i = bytes; i-- > 0;) {
        uint8_t byte = (uint8_t)(value >> (8 * i));
        g_byte_array_append(target, &byte, 1);
    }
}

static void put_entry(GByteArray *target, unsigned tag, TiffType type, uint32_t count,
                      uint32_t value)
{
    put(target, tag, 2);
    put(target, type, 2);
    put(target, count, 4);
    // A single short stands at the left of its four bytes.
    put(target, type == TIFF_SHORT && count == 1 ? (uint64_t)value << 16 : value, 4);
}

// Where parts of the header lie that do not fit into entries.
typedef struct {
    uint32_t bits, palette, end;
    uint32_t palette_values;
} Layout;

#define PLAIN_ENTRIES 10u

static Layout lay_out(const Picture *picture, unsigned entries)
{
    Layout layout = {.bits = 8 + 2 + entries * ENTRY_BYTES + 4};
    bool has_palette = picture->colours.photometric == PHOTOMETRIC_PALETTE;
    layout.palette = layout.bits + (picture->colours.samples > 2 ? 8 : 0);
    layout.palette_values = has_palette ? 3u << picture->bits : 0;
    layout.end = layout.palette + 2 * layout.palette_values;
    return layout;
}

static void put_palette(GByteArray *target, const Picture *picture)
{
    unsigned colours = 1u << picture->bits;
    for (unsigned i = 0; i < 3; i++)
        for (unsigned k = 0; k < colours; k++)
            put(target, picture->colours.palette[k * 3 + i] * 257u, 2);
}

static unsigned compression_of(const PdfFax *fax)
{
    if (fax == NULL)
        return 1;
    return fax->group < 0 ? 4 : 3;
}

static void put_fax_options(GByteArray *target, const PdfFax *fax)
{
    if (fax->group < 0)
        put_entry(target, 293, TIFF_LONG, 1, 0);
    else
        put_entry(target, 292, TIFF_LONG, 1, fax->group > 0 ? 1 : 0);
}

static GBytes *build(const Picture *picture, const PdfFax *fax, uint32_t bytes)
{
    GByteArray *target = g_byte_array_new();
    const Colours *colours = &picture->colours;
    bool has_palette = colours->photometric == PHOTOMETRIC_PALETTE;
    unsigned entries = PLAIN_ENTRIES + (has_palette ? 1 : 0);
    Layout layout = lay_out(picture, entries);
    put(target, 0x4d4d, 2); // "MM": samples of 16 bits have their high byte first
    put(target, 42, 2);
    put(target, 8, 4);
    put(target, entries, 2);
    put_entry(target, 256, TIFF_LONG, 1, picture->width);
    put_entry(target, 257, TIFF_LONG, 1, picture->height);
    put_entry(target, 258, TIFF_SHORT, colours->samples,
              colours->samples > 2 ? layout.bits : picture->bits);
    put_entry(target, 259, TIFF_SHORT, 1, compression_of(fax));
    put_entry(target, 262, TIFF_SHORT, 1, colours->photometric);
    put_entry(target, 273, TIFF_LONG, 1, layout.end);
    put_entry(target, 277, TIFF_SHORT, 1, colours->samples);
    put_entry(target, 278, TIFF_LONG, 1, picture->height);
    put_entry(target, 279, TIFF_LONG, 1, bytes);
    if (fax != NULL)
        put_fax_options(target, fax);
    else
        put_entry(target, 284, TIFF_SHORT, 1, 1); // samples of a pixel lie together
    if (has_palette)
        put_entry(target, 320, TIFF_SHORT, layout.palette_values, layout.palette);
    put(target, 0, 4);
    for (unsigned i = 0; colours->samples > 2 && i < 4; i++)
        put(target, picture->bits, 2);
    if (has_palette)
        put_palette(target, picture);
    return g_byte_array_free_to_bytes(target);
}

GBytes *pdf_picture_header(PdfFile *file, PdfNode image, const PdfFax *fax, uint64_t *ret_bytes,
                           const char **ret_reason)
{
    Picture picture = {0};
    const char *reason = NULL;
    uint64_t bytes = 0;
    if (fax != NULL) {
        // Fax codes tell white from black; what the samples mean turns it around at most.
        picture.bits = 1;
        picture.colours.samples = 1;
        bool is_inverted_ = fax->black_is_1 != is_inverted(file, image);
        picture.colours.photometric =
            is_inverted_ ? PHOTOMETRIC_BLACK_IS_0 : PHOTOMETRIC_WHITE_IS_0;
        bytes = fax->coded_bytes;
        if (!read_size(file, image, &picture))
            reason = "a fax picture without a width and height that can be";
        else if (fax->aligns_bytes)
            reason = "a fax picture with rows that begin at whole bytes";
    } else {
        reason = read_picture(file, image, &picture);
        uint64_t row = ((uint64_t)picture.width * picture.bits * picture.colours.samples + 7) / 8;
        bytes = row * picture.height;
    }
    if (reason == NULL && bytes > UINT32_MAX)
        reason = "a bitmap of more than 4 GiB";
    if (reason != NULL) {
        *ret_reason = reason;
        return NULL;
    }
    *ret_bytes = bytes;
    return build(&picture, fax, (uint32_t)bytes);
}

PdfFax pdf_fax_read(PdfFile *file, PdfNode image)
{
    PdfNode parameters = pdf_get(file, image, "/DecodeParms");
    PdfNode first = PDF_NONE;
    if (pdf_kind(file, parameters) == PDF_ARRAY) {
        size_t count = pdf_values(file, parameters, &first);
        parameters = count > 0 ? first + (PdfNode)(count - 1) : PDF_NONE;
    }
    return (PdfFax){
        .group = pdf_integer(file, pdf_get(file, parameters, "/K"), 0),
        .black_is_1 = pdf_integer(file, pdf_get(file, parameters, "/BlackIs1"), 0) == 1,
        .aligns_bytes = pdf_integer(file, pdf_get(file, parameters, "/EncodedByteAlign"), 0) == 1,
    };
}
