// SPDX-License-Identifier: Apache-2.0
#include "hash/pdq.h"

#include "hash/pdq_border.h"
#include "hash/pdq_filter.h"
#include "hash/pdq_transform.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NEAREST_SIDE 512 // what PDQ_512 brings larger pictures to
#define SIDE_MIN 5       // a picture with a shorter side has no hash
#define CACHE_LINE 64
#define ROW_OFFSET 4 // modulo 16; see pdq_hasher_rows()

// One pipeline: a picture of fixed size, filtered and transformed.
typedef struct {
    bool wanted;
    bool blank; // a side is under SIDE_MIN: no filter, an empty result
    PdqFilter filter;
    PdqResult result;
} Pipeline;

// The nearest-neighbour step in front of PDQ_512: rows of 512 pixels picked from rows that pass.
typedef struct {
    uint8_t *memory;
    uint8_t *rows[PDQ_STRIP_ROWS];
    uint32_t columns[NEAREST_SIDE]; // source column of each
    uint32_t picked;                // rows so far, of 512
    size_t bytes;
} Nearest;

struct PdqHasher {
    PdqPixels pixels;
    size_t pixel_bytes;
    uint32_t width, height; // as decoded
    PdqRect crop;           // what is hashed
    PdqStripFunction *run;
    bool small;    // at most 512x512: `full` serves both pipelines
    bool finished; // successfully
    Pipeline full, nearest_512;
    PdqPipeline pipelines; // asked for
    Nearest nearest;
    PdqBorder *border; // NULL: not asked for

    uint32_t next_row; // first decoded row that has not been committed
    unsigned filled;   // committed rows in the strip that wait for the rest
    uint8_t *strip;    // rows that the decoder fills
    uint8_t *rows[PDQ_STRIP_ROWS];
    uint8_t *empty_row; // zero pixels, for rows below the picture
    size_t bytes;
};

// Takes `bytes` of zeroed memory into the hasher's account.
static void *take(PdqHasher *hasher, size_t bytes)
{
    hasher->bytes += bytes;
    return calloc(1, bytes);
}

static bool crop_fits(const PdqRect *crop, uint32_t width, uint32_t height)
{
    return crop->width > 0 && crop->height > 0 && crop->width <= width && crop->height <= height &&
           crop->x <= width - crop->width && crop->y <= height - crop->height;
}

static bool options_init(PdqHasher *hasher, const PdqOptions *options)
{
    const PdqRect none = {0};
    bool whole = memcmp(&options->crop, &none, sizeof none) == 0;
    hasher->crop = whole ? (PdqRect){0, 0, hasher->width, hasher->height} : options->crop;
    hasher->pixels = options->pixels;
    hasher->pixel_bytes = options->pixels == PDQ_PIXELS_GREY ? 1 : 4;
    hasher->pipelines = options->pipelines ? options->pipelines : PDQ_BOTH;
    hasher->run = pdq_strip_function(options->engine);

    uint32_t longest = hasher->width > hasher->height ? hasher->width : hasher->height;
    bool sides = hasher->width > 0 && hasher->height > 0 && longest <= PDQ_SIDE_MAX;
    bool known = options->pixels <= PDQ_PIXELS_GREY && hasher->pipelines <= PDQ_BOTH &&
                 options->engine <= PDQ_ENGINE_AVX512;
    if (!sides || !known || !crop_fits(&hasher->crop, hasher->width, hasher->height)) {
        errno = EINVAL;
        return false;
    }
    if (!hasher->run) {
        errno = ENOTSUP;
        return false;
    }
    return true;
}

// Rows start ROW_OFFSET into an aligned block; their distance is an odd number of cache lines, so
// that sixteen of them never fall into one set.
static bool strip_init(PdqHasher *hasher)
{
    size_t used = (hasher->width + PDQ_BLOCK) * hasher->pixel_bytes + ROW_OFFSET;
    size_t stride = ((used + CACHE_LINE - 1) / CACHE_LINE | 1) * CACHE_LINE;
    size_t bytes = stride * PDQ_STRIP_ROWS;
    void *memory = NULL;
    if (posix_memalign(&memory, CACHE_LINE, bytes) != 0)
        return false;
    memset(memory, 0, bytes);
    hasher->strip = memory;
    hasher->bytes += bytes;
    for (unsigned i = 0; i < PDQ_STRIP_ROWS; i++)
        hasher->rows[i] = hasher->strip + i * stride + ROW_OFFSET;

    size_t widest = hasher->crop.width > NEAREST_SIDE ? hasher->crop.width : NEAREST_SIDE;
    hasher->empty_row = take(hasher, (widest + PDQ_BLOCK) * hasher->pixel_bytes);
    return hasher->empty_row != NULL;
}

static bool pipeline_init(PdqHasher *hasher, Pipeline *pipeline, uint32_t width, uint32_t height)
{
    pipeline->wanted = true;
    pipeline->blank = width < SIDE_MIN || height < SIDE_MIN;
    if (pipeline->blank)
        return true;
    if (!pdq_filter_init(&pipeline->filter, hasher->pixels, (int)width, (int)height))
        return false;
    hasher->bytes += pipeline->filter.bytes;
    return true;
}

static bool nearest_init(PdqHasher *hasher)
{
    Nearest *nearest = &hasher->nearest;
    size_t stride = NEAREST_SIDE * hasher->pixel_bytes;
    nearest->memory = take(hasher, stride * PDQ_STRIP_ROWS);
    if (!nearest->memory)
        return false;
    for (unsigned i = 0; i < PDQ_STRIP_ROWS; i++)
        nearest->rows[i] = nearest->memory + i * stride;
    for (uint32_t x = 0; x < NEAREST_SIDE; x++)
        nearest->columns[x] = (uint32_t)((uint64_t)x * hasher->crop.width / NEAREST_SIDE);
    return true;
}

static bool pipelines_init(PdqHasher *hasher)
{
    const PdqRect *crop = &hasher->crop;
    hasher->small = crop->width <= NEAREST_SIDE && crop->height <= NEAREST_SIDE;
    if (hasher->small || (hasher->pipelines & PDQ_FULL)) {
        if (!pipeline_init(hasher, &hasher->full, crop->width, crop->height))
            return false;
    }
    if (!hasher->small && (hasher->pipelines & PDQ_512)) {
        if (!nearest_init(hasher) ||
            !pipeline_init(hasher, &hasher->nearest_512, NEAREST_SIDE, NEAREST_SIDE))
            return false;
    }
    return true;
}

PdqHasher *pdq_hasher_new(uint32_t width, uint32_t height, const PdqOptions *options)
{
    PdqHasher *hasher = calloc(1, sizeof *hasher);
    if (!hasher)
        return NULL;
    hasher->bytes = sizeof *hasher;
    hasher->width = width;
    hasher->height = height;
    const PdqOptions defaults = {0};
    if (!options)
        options = &defaults;

    if (!options_init(hasher, options)) {
        int reason = errno;
        pdq_hasher_free(hasher);
        errno = reason;
        return NULL;
    }
    bool complete = strip_init(hasher) && pipelines_init(hasher);
    if (complete && options->find_border) {
        hasher->border = pdq_border_new(width, height, hasher->pixels);
        complete = hasher->border != NULL;
    }
    if (!complete) {
        pdq_hasher_free(hasher);
        errno = ENOMEM;
        return NULL;
    }
    return hasher;
}

void pdq_hasher_free(PdqHasher *hasher)
{
    if (!hasher)
        return;
    pdq_filter_clear(&hasher->full.filter);
    pdq_filter_clear(&hasher->nearest_512.filter);
    pdq_border_free(hasher->border);
    free(hasher->nearest.memory);
    free(hasher->strip);
    free(hasher->empty_row);
    free(hasher);
}

static void pick_pixels(const Nearest *nearest, const uint8_t *from, uint8_t *to, PdqPixels pixels)
{
    if (pixels == PDQ_PIXELS_GREY) {
        for (int x = 0; x < NEAREST_SIDE; x++)
            to[x] = from[nearest->columns[x]];
        return;
    }
    for (int x = 0; x < NEAREST_SIDE; x++)
        memcpy(to + 4 * x, from + (size_t)4 * nearest->columns[x], 4);
}

// Picks row `row` of the cropped picture as often as the 512 rows want it: not at all, once, or,
// when the picture is shorter than 512, several times.
static void nearest_row(PdqHasher *hasher, const uint8_t *pixels, uint32_t row)
{
    Nearest *nearest = &hasher->nearest;
    while (nearest->picked < NEAREST_SIDE &&
           (uint64_t)nearest->picked * hasher->crop.height / NEAREST_SIDE == row) {
        uint32_t slot = nearest->picked++ % PDQ_STRIP_ROWS;
        pick_pixels(nearest, pixels, nearest->rows[slot], hasher->pixels);
        if (slot == PDQ_STRIP_ROWS - 1)
            hasher->run(&hasher->nearest_512.filter, (const uint8_t *const *)nearest->rows);
    }
}

// A picture of exactly 64x64 goes to the transform as it is; the filter's luma is never looked at.
static bool unfiltered(const PdqHasher *hasher)
{
    return hasher->crop.width == PDQ_MATRIX_SIDE && hasher->crop.height == PDQ_MATRIX_SIDE;
}

static void copy_luma(const PdqHasher *hasher, const uint8_t *pixels, float *to)
{
    for (int x = 0; x < PDQ_MATRIX_SIDE; x++) {
        const uint8_t *p = pixels + (size_t)x * hasher->pixel_bytes;
        to[x] = hasher->pixels == PDQ_PIXELS_GREY
                    ? (float)p[0]
                    : 0.299f * (float)p[0] + 0.587f * (float)p[1] + 0.114f * (float)p[2];
    }
}

// The strip holds `filled` rows of the cropped picture; sends them through the pipelines.
static void run_strip(PdqHasher *hasher)
{
    const uint8_t *rows[PDQ_STRIP_ROWS];
    uint32_t first = hasher->next_row - hasher->filled - hasher->crop.y;
    for (unsigned i = 0; i < PDQ_STRIP_ROWS; i++)
        rows[i] = i < hasher->filled ? hasher->rows[i] + hasher->crop.x * hasher->pixel_bytes
                                     : hasher->empty_row;

    Pipeline *full = &hasher->full;
    if (full->wanted && !full->blank && unfiltered(hasher)) {
        for (unsigned i = 0; i < hasher->filled; i++)
            copy_luma(hasher, rows[i], full->filter.matrix + (first + i) * PDQ_MATRIX_SIDE);
    } else if (full->wanted && !full->blank) {
        hasher->run(&full->filter, rows);
    }
    if (hasher->nearest_512.wanted) {
        for (unsigned i = 0; i < hasher->filled; i++)
            nearest_row(hasher, rows[i], first + i);
    }
    hasher->filled = 0;
}

static uint32_t crop_end(const PdqHasher *hasher)
{
    return hasher->crop.y + hasher->crop.height;
}

// Rows until the next change of treatment: the strip is full, the crop begins or ends, or the
// picture ends.
static unsigned strip_room(const PdqHasher *hasher)
{
    uint32_t next = hasher->next_row;
    uint32_t stop = next < hasher->crop.y     ? hasher->crop.y
                    : next < crop_end(hasher) ? crop_end(hasher)
                                              : hasher->height;
    uint32_t room = PDQ_STRIP_ROWS - hasher->filled;
    return (unsigned)(stop - next < room ? stop - next : room);
}

uint8_t **pdq_hasher_rows(PdqHasher *hasher, unsigned *ret_room)
{
    *ret_room = strip_room(hasher);
    return hasher->rows + (*ret_room > 0 ? hasher->filled : 0);
}

void pdq_hasher_commit(PdqHasher *hasher, unsigned count)
{
    unsigned room = strip_room(hasher);
    if (count > room)
        count = room;
    if (hasher->border) {
        for (unsigned i = 0; i < count; i++)
            pdq_border_add_row(hasher->border, hasher->rows[hasher->filled + i]);
    }
    bool inside = hasher->next_row >= hasher->crop.y && hasher->next_row < crop_end(hasher);
    hasher->next_row += count;
    if (!inside)
        return;
    hasher->filled += count;
    if (hasher->filled == PDQ_STRIP_ROWS ||
        (hasher->filled > 0 && hasher->next_row == crop_end(hasher)))
        run_strip(hasher);
}

void pdq_hasher_push(PdqHasher *hasher, const uint8_t *pixels, size_t stride, size_t count)
{
    unsigned room;
    for (uint8_t **rows = pdq_hasher_rows(hasher, &room); count > 0 && room > 0; count--) {
        memcpy(rows[0], pixels, hasher->width * hasher->pixel_bytes);
        pixels += stride;
        pdq_hasher_commit(hasher, 1);
        rows = pdq_hasher_rows(hasher, &room);
    }
}

void pdq_hasher_push_rgb(PdqHasher *hasher, const uint8_t *pixels, size_t stride, size_t count)
{
    if (hasher->pixels != PDQ_PIXELS_RGBX)
        return;
    unsigned room;
    for (uint8_t **rows = pdq_hasher_rows(hasher, &room); count > 0 && room > 0; count--) {
        uint8_t *to = rows[0];
        for (size_t x = 0; x < hasher->width; x++)
            memcpy(to + 4 * x, pixels + 3 * x, 3);
        pixels += stride;
        pdq_hasher_commit(hasher, 1);
        rows = pdq_hasher_rows(hasher, &room);
    }
}

// The filters trail the picture by their lags: zero rows push the last outputs out.
static void pipeline_finish(PdqHasher *hasher, Pipeline *pipeline)
{
    if (!pipeline->wanted || pipeline->blank)
        return;
    PdqFilter *filter = &pipeline->filter;
    const uint8_t *rows[PDQ_STRIP_ROWS];
    for (unsigned i = 0; i < PDQ_STRIP_ROWS; i++)
        rows[i] = hasher->empty_row;
    bool filtered = pipeline == &hasher->nearest_512 || !unfiltered(hasher);
    while (filtered && filter->rows_done < PDQ_MATRIX_SIDE)
        hasher->run(filter, rows);
    pdq_transform(filter->matrix, &pipeline->result);
}

bool pdq_hasher_finish(PdqHasher *hasher)
{
    if (hasher->next_row < hasher->height)
        return false;
    if (hasher->finished)
        return true;
    pipeline_finish(hasher, &hasher->full);
    pipeline_finish(hasher, &hasher->nearest_512);
    hasher->finished = true;
    return true;
}

static const Pipeline *pipeline_of(const PdqHasher *hasher, PdqPipeline pipeline)
{
    bool one = pipeline == PDQ_512 || pipeline == PDQ_FULL;
    if (!hasher->finished || !one || !(hasher->pipelines & pipeline))
        return NULL;
    return pipeline == PDQ_FULL || hasher->small ? &hasher->full : &hasher->nearest_512;
}

bool pdq_hasher_result(const PdqHasher *hasher, PdqPipeline pipeline, PdqResult *ret_result)
{
    const Pipeline *found = pipeline_of(hasher, pipeline);
    if (!found)
        return false;
    *ret_result = found->result;
    return true;
}

const float *pdq_hasher_matrix(const PdqHasher *hasher, PdqPipeline pipeline)
{
    const Pipeline *found = pipeline_of(hasher, pipeline);
    return found && !found->blank ? found->filter.matrix : NULL;
}

bool pdq_hasher_border(const PdqHasher *hasher, PdqRect *ret_inside)
{
    if (!hasher->finished || !hasher->border)
        return false;
    return pdq_border_inside(hasher->border, ret_inside);
}

size_t pdq_hasher_bytes(const PdqHasher *hasher)
{
    return hasher->bytes + (hasher->border ? pdq_border_bytes(hasher->border) : 0);
}

const char *pdq_orientation_name(PdqOrientation orientation)
{
    static const char *const names[PDQ_ORIENTATIONS] = {
        "original", "rot90", "rot180", "rot270", "flip_x", "flip_y", "flip_plus", "flip_minus",
    };
    return (unsigned)orientation < PDQ_ORIENTATIONS ? names[orientation] : "unknown";
}

void pdq_hash_to_hex(const PdqHash *hash, char ret_hex[2 * PDQ_HASH_BYTES + 1])
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < PDQ_HASH_BYTES; i++) {
        ret_hex[2 * i] = digits[hash->bytes[i] >> 4];
        ret_hex[2 * i + 1] = digits[hash->bytes[i] & 15];
    }
    ret_hex[2 * PDQ_HASH_BYTES] = '\0';
}
