// SPDX-License-Identifier: Apache-2.0
//
// Windows and OS/2 bitmaps. libvips reads them only through ImageMagick, which the worker leaves
// out, so this reader is our own. Bytes, little-endian:
//
//     0   "BM", file size (4), reserved (4), offset of the pixels (4)
//     14  header size (4): 12 and 16, 64 OS/2; 40 and, longer by masks and colour space,
//         52, 56, 108, 124 Windows
//     18  width, height (2 each for size 12, else 4; negative height: top row first)
//         planes (2), bits a pixel (2), compression (4), picture bytes (4), resolution (4, 4),
//         colours used (4), colours important (4), masks of red, green, blue, alpha (4 each)
//
// Rows are padded to 4 bytes and stand bottom first. Rows that the file lacks are black and the
// picture counts as truncated.
#include <string.h>

#include "base/error.h"
#include "base/reader.h"
#include "media/still_backend.h"
#include "media/still_bmp_rle.h"

enum {
    COMPRESSION_NONE = 0,
    COMPRESSION_RLE8 = 1,
    COMPRESSION_RLE4 = 2,
    COMPRESSION_BITFIELDS = 3,
    COMPRESSION_ALPHA_BITFIELDS = 6,
};

#define FILE_HEADER_BYTES 14
#define COLOURS_MAX 256

// One colour channel of a 16- or 32-bit pixel.
typedef struct {
    unsigned shift;
    uint32_t max; // largest value behind the shift; 0 when the channel is absent
} Channel;

typedef struct {
    uint32_t header_bytes;
    bool is_top_down;
    unsigned bits; // a pixel
    uint32_t compression;
    uint32_t colours_used;
    uint32_t masks[3];
    size_t pixels; // offset of the first stored row
    size_t stride_bytes;
    uint8_t colours[COLOURS_MAX][3]; // red, green, blue
    Channel channels[3];
    uint8_t *indexed; // RLE only: one byte a pixel, first stored row first
    uint32_t next_row;
} BmpState;

static const char *const media_types[] = {"image/bmp", NULL};

static bool fail_corrupt(GError **err, const char *reason)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "BMP: %s", reason);
    return false;
}

// Width and height, and for all but size 12 the fields behind them as far as the header has them.
static bool read_fields(Still *still, BmpState *bmp, Reader *reader, GError **err)
{
    bool is_core = bmp->header_bytes == 12;
    still->width = is_core ? reader_u16le(reader) : reader_u32le(reader);
    int64_t height = is_core ? reader_u16le(reader) : (int32_t)reader_u32le(reader);
    reader_skip(reader, 2);
    bmp->bits = reader_u16le(reader);
    if (bmp->header_bytes > 16) {
        bmp->compression = reader_u32le(reader);
        reader_skip(reader, 12);
        bmp->colours_used = reader_u32le(reader);
        reader_skip(reader, 4);
    }
    if (reader->failed)
        return fail_corrupt(err, "the header is cut off");
    bmp->is_top_down = height < 0;
    still->height = (uint32_t)(height < 0 ? -height : height);
    return true;
}

static bool is_known_header(uint32_t header_bytes)
{
    static const uint8_t sizes[] = {12, 16, 40, 52, 56, 64, 108, 124};
    return memchr(sizes, (int)MIN(header_bytes, 255), sizeof(sizes)) != NULL;
}

static bool is_supported(const BmpState *bmp, GError **err)
{
    bool fits = false;
    switch (bmp->compression) {
    case COMPRESSION_NONE:
        fits = bmp->bits == 1 || bmp->bits == 2 || bmp->bits == 4 || bmp->bits == 8 ||
               bmp->bits == 16 || bmp->bits == 24 || bmp->bits == 32;
        break;
    case COMPRESSION_RLE8:
        fits = bmp->bits == 8;
        break;
    case COMPRESSION_RLE4:
        fits = bmp->bits == 4;
        break;
    case COMPRESSION_BITFIELDS:
    case COMPRESSION_ALPHA_BITFIELDS:
        // In OS/2 headers the number means Huffman coding.
        fits = (bmp->bits == 16 || bmp->bits == 32) && bmp->header_bytes != 64;
        break;
    default:
        break;
    }
    if (!fits)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                    "BMP of %u bits a pixel with compression %u", bmp->bits, bmp->compression);
    return fits;
}

// Masks stand in the longer headers, or behind the short one when the compression says so.
static void read_masks(BmpState *bmp, Reader *reader)
{
    bool has_masks = bmp->compression == COMPRESSION_BITFIELDS ||
                     bmp->compression == COMPRESSION_ALPHA_BITFIELDS;
    static const uint32_t masks_16[3] = {0x7c00, 0x03e0, 0x001f};
    static const uint32_t masks_32[3] = {0xff0000, 0x00ff00, 0x0000ff};
    memcpy(bmp->masks, bmp->bits == 16 ? masks_16 : masks_32, sizeof(bmp->masks));
    if (!has_masks)
        return;
    for (unsigned i = 0; i < 3; i++)
        bmp->masks[i] = reader_u32le(reader);
    if (bmp->header_bytes == 40 && bmp->compression == COMPRESSION_ALPHA_BITFIELDS)
        reader_skip(reader, 4);
}

static bool set_channels(BmpState *bmp, GError **err)
{
    for (unsigned i = 0; i < 3; i++) {
        uint32_t mask = bmp->masks[i];
        unsigned shift = mask != 0 ? (unsigned)__builtin_ctz(mask) : 0;
        uint32_t max = mask >> shift;
        if ((max & (max + 1)) != 0) // bits with a gap
            return fail_corrupt(err, "a colour mask has gaps");
        bmp->channels[i] = (Channel){shift, max};
    }
    return true;
}

// Blue, green, red and, but for header size 12, a byte unused. Missing ones stay black.
static void read_colours(const Still *still, BmpState *bmp, size_t at)
{
    unsigned count = 1u << bmp->bits;
    if (bmp->colours_used > 0 && bmp->colours_used < count)
        count = bmp->colours_used;
    unsigned entry_bytes = bmp->header_bytes == 12 ? 3 : 4;
    Reader reader = reader_init(still->bytes, still->size_bytes);
    reader_skip(&reader, at);
    for (unsigned i = 0; i < count; i++) {
        uint8_t entry[4] = {0};
        reader_copy(&reader, entry, entry_bytes);
        for (unsigned channel = 0; channel < 3; channel++)
            bmp->colours[i][channel] = entry[2 - channel];
    }
}

static bool read_header(Still *still, BmpState *bmp, GError **err)
{
    Reader reader = reader_init(still->bytes, still->size_bytes);
    reader_skip(&reader, 10);
    bmp->pixels = reader_u32le(&reader);
    bmp->header_bytes = reader_u32le(&reader);
    if (!is_known_header(bmp->header_bytes))
        return fail_corrupt(err, "no known header version");
    if (!read_fields(still, bmp, &reader, err) || !is_supported(bmp, err))
        return false;
    read_masks(bmp, &reader);
    if (reader.failed)
        return fail_corrupt(err, "the header is cut off");

    size_t behind = MAX(reader.position, FILE_HEADER_BYTES + bmp->header_bytes);
    if (bmp->bits <= 8)
        read_colours(still, bmp, behind);
    if (bmp->pixels < FILE_HEADER_BYTES + bmp->header_bytes || bmp->pixels >= still->size_bytes)
        return fail_corrupt(err, "the pixels lie outside the file");
    return set_channels(bmp, err);
}

static bool is_rle(const BmpState *bmp)
{
    return bmp->compression == COMPRESSION_RLE8 || bmp->compression == COMPRESSION_RLE4;
}

// Behind the last row, or behind the colour profile that header size 124 may place there. The
// declared file size is not asked: it can be made to cover anything.
static size_t find_end(const Still *still, const BmpState *bmp)
{
    uint64_t end = bmp->pixels + (uint64_t)still->height * bmp->stride_bytes;
    if (bmp->header_bytes == 124) {
        Reader reader = reader_init(still->bytes, still->size_bytes);
        reader_skip(&reader, FILE_HEADER_BYTES + 112);
        uint64_t at = reader_u32le(&reader), length = reader_u32le(&reader);
        if (length > 0 && FILE_HEADER_BYTES + at + length <= still->size_bytes)
            end = MAX(end, FILE_HEADER_BYTES + at + length);
    }
    return end <= still->size_bytes ? (size_t)end : 0;
}

static bool bmp_open(Still *still, GError **err)
{
    BmpState *bmp = g_new0(BmpState, 1);
    still->state = bmp;
    still->format = STILL_RGBX;
    if (!read_header(still, bmp, err))
        return false;
    still->is_buffered = is_rle(bmp);
    uint64_t row_bits = (uint64_t)still->width * bmp->bits;
    bmp->stride_bytes = (size_t)((row_bits + 31) / 32 * 4);
    if (!is_rle(bmp) && still->size_bytes - bmp->pixels < (row_bits + 7) / 8)
        return fail_corrupt(err, "there is not one row of pixels");
    if (!is_rle(bmp))
        still->end = find_end(still, bmp);
    return true;
}

static void put_colour(uint8_t *pixel, const uint8_t colour[3])
{
    memcpy(pixel, colour, 3);
    pixel[3] = 0;
}

// 1, 2, 4 or 8 bits a pixel, the leftmost in the highest bits.
static void unpack_indexed(const BmpState *bmp, const uint8_t *source, uint8_t *row, uint32_t width)
{
    unsigned a_byte = 8 / bmp->bits, mask = (1u << bmp->bits) - 1;
    for (uint32_t x = 0; x < width; x++) {
        unsigned shift = 8 - bmp->bits * (x % a_byte + 1);
        put_colour(row + (size_t)4 * x, bmp->colours[source[x / a_byte] >> shift & mask]);
    }
}

static uint8_t channel_value(const Channel *channel, uint32_t pixel)
{
    if (channel->max == 0)
        return 0;
    uint64_t value = pixel >> channel->shift & channel->max;
    return (uint8_t)((value * 255 + channel->max / 2) / channel->max);
}

static void unpack_masked(const BmpState *bmp, const uint8_t *source, uint8_t *row, uint32_t width)
{
    Reader reader = reader_init(source, (size_t)width * bmp->bits / 8);
    for (uint32_t x = 0; x < width; x++, row += 4) {
        uint32_t pixel = bmp->bits == 16 ? reader_u16le(&reader) : reader_u32le(&reader);
        for (unsigned i = 0; i < 3; i++)
            row[i] = channel_value(&bmp->channels[i], pixel);
        row[3] = 0;
    }
}

static void unpack_bgr(const uint8_t *source, uint8_t *row, uint32_t width, unsigned step)
{
    for (uint32_t x = 0; x < width; x++, row += 4, source += step) {
        row[0] = source[2];
        row[1] = source[1];
        row[2] = source[0];
        row[3] = 0;
    }
}

static void unpack_row(const BmpState *bmp, const uint8_t *source, uint8_t *row, uint32_t width)
{
    static const uint32_t plain[3] = {0xff0000, 0x00ff00, 0x0000ff};
    if (bmp->bits <= 8)
        unpack_indexed(bmp, source, row, width);
    else if (bmp->bits == 24)
        unpack_bgr(source, row, width, 3);
    else if (bmp->bits == 32 && memcmp(bmp->masks, plain, sizeof(plain)) == 0)
        unpack_bgr(source, row, width, 4);
    else
        unpack_masked(bmp, source, row, width);
}

// Row `y` of the picture from its stored place; black when the file ends before it.
static void read_row(Still *still, const BmpState *bmp, uint32_t y, uint8_t *row)
{
    uint64_t stored = bmp->is_top_down ? y : still->height - 1 - y;
    uint64_t at = bmp->pixels + stored * bmp->stride_bytes;
    uint64_t needed = ((uint64_t)still->width * bmp->bits + 7) / 8;
    if (at > still->size_bytes || still->size_bytes - at < needed) {
        memset(row, 0, (size_t)4 * still->width);
        still->is_truncated = true;
        return;
    }
    unpack_row(bmp, still->bytes + at, row, still->width);
}

static void read_indexed_row(const Still *still, const BmpState *bmp, uint32_t y, uint8_t *row)
{
    size_t stored = bmp->is_top_down ? y : still->height - 1 - y;
    const uint8_t *source = bmp->indexed + stored * still->width;
    for (uint32_t x = 0; x < still->width; x++)
        put_colour(row + (size_t)4 * x, bmp->colours[source[x]]);
}

static bool expand_rle(Still *still, BmpState *bmp, GError **err)
{
    bmp->indexed = g_try_malloc0_n(still->height, still->width);
    if (bmp->indexed == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "no memory for %ux%u pixels", still->width,
                    still->height);
        return false;
    }
    Reader reader = reader_init(still->bytes + bmp->pixels, still->size_bytes - bmp->pixels);
    if (!bmp_rle_expand(&reader, bmp->bits, bmp->indexed, still->width, still->height))
        still->is_truncated = true;
    return true;
}

static unsigned bmp_read(Still *still, uint8_t *const *rows, unsigned count, GError **err)
{
    BmpState *bmp = still->state;
    if (is_rle(bmp) && bmp->indexed == NULL && !expand_rle(still, bmp, err))
        return 0;
    for (unsigned i = 0; i < count; i++, bmp->next_row++) {
        if (is_rle(bmp))
            read_indexed_row(still, bmp, bmp->next_row, rows[i]);
        else
            read_row(still, bmp, bmp->next_row, rows[i]);
    }
    return count;
}

static void bmp_close(Still *still)
{
    BmpState *bmp = still->state;
    if (bmp != NULL)
        g_free(bmp->indexed);
    g_free(bmp);
}

const StillBackend still_bmp = {media_types, bmp_open, bmp_read, bmp_close};
