// SPDX-License-Identifier: Apache-2.0
//
// JPEG, straight through libjpeg-turbo: slow-integer DCT and fancy upsampling, its defaults, so
// that pixels equal those of every other program that uses it plainly. Rows are decoded where the
// sink wants them; nothing is copied.
//
// libjpeg leaves by longjmp on an error. The jumps begin and end in this file: `guarded` is the one
// place that calls setjmp, and what runs under it owns nothing that must be freed.
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h> // needs what jpeglib.h defines

#include "base/error.h"
#include "base/limits.h"
#include "base/reader.h"
#include "media/still_backend.h"

typedef struct {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    Still *still;
    bool is_created;
    bool is_started;
    bool is_finishing; // only the end marker is missing: not worth a word
    ClewError code;    // of the error that was jumped from
    char message[JMSG_LENGTH_MAX];
} JpegState;

static const char *const media_types[] = {"image/jpeg", NULL};

const char *still_jpeg_version(void)
{
    return G_STRINGIFY(LIBJPEG_TURBO_VERSION);
}

static ClewError error_code(int message_code)
{
    switch (message_code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_IMAGE_TOO_BIG:
    case JERR_WIDTH_OVERFLOW:
    case JERR_NO_BACKING_STORE:
        return CLEW_ERROR_LIMIT;
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_NOT_COMPILED:
        return CLEW_ERROR_UNSUPPORTED;
    default:
        return CLEW_ERROR_CORRUPT;
    }
}

static G_NORETURN void leave(j_common_ptr common)
{
    JpegState *state = common->client_data;
    state->code = error_code(common->err->msg_code);
    common->err->format_message(common, state->message);
    longjmp(state->escape, 1);
}

// Warnings (level -1) that mean lost pixels. Others, such as stray bytes between segments, change
// nothing that is seen. Never printed: a hostile file could make millions.
static void note_warning(j_common_ptr common, int level)
{
    JpegState *state = common->client_data;
    if (level >= 0 || state->is_finishing)
        return;
    switch (common->err->msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
        state->still->is_truncated = true;
        break;
    default:
        break;
    }
}

static void ignore_output(j_common_ptr common)
{
}

// Each scan of a progressive picture may touch every coefficient: a small file can ask for hours.
static void check_scans(j_common_ptr common)
{
    JpegState *state = common->client_data;
    if (state->jpeg.input_scan_number <= (int)LIMIT_STILL_JPEG_SCANS)
        return;
    state->code = CLEW_ERROR_LIMIT;
    g_snprintf(state->message, sizeof(state->message), "more than %u scans",
               LIMIT_STILL_JPEG_SCANS);
    longjmp(state->escape, 1);
}

// Runs `step` with `argument` and returns what it returns; false with the error set when libjpeg
// jumped out of it.
static bool guarded(JpegState *state, void (*step)(JpegState *, void *), void *argument,
                    GError **err)
{
    if (setjmp(state->escape) != 0) {
        g_set_error(err, CLEW_ERROR, state->code, "JPEG: %s", state->message);
        return false;
    }
    step(state, argument);
    return true;
}

static void read_header(JpegState *state, void *unused)
{
    Still *still = state->still;
    struct jpeg_decompress_struct *jpeg = &state->jpeg;
    jpeg_create_decompress(jpeg);
    state->is_created = true;
    jpeg_mem_src(jpeg, still->bytes, still->size_bytes);
    jpeg_read_header(jpeg, TRUE);

    still->width = jpeg->image_width;
    still->height = jpeg->image_height;
    still->format = jpeg->jpeg_color_space == JCS_GRAYSCALE ? STILL_GREY : STILL_RGBX;
    still->is_buffered = jpeg_has_multiple_scans(jpeg);
    if (jpeg->jpeg_color_space == JCS_GRAYSCALE)
        jpeg->out_color_space = JCS_GRAYSCALE;
    else if (jpeg->num_components == 4)
        jpeg->out_color_space = JCS_CMYK;
    else
        jpeg->out_color_space = JCS_EXT_RGBX;
    if (still->is_buffered) {
        state->progress.progress_monitor = check_scans;
        jpeg->progress = &state->progress;
    }
}

// The tables stand in natural order; the file, and so the digest, has them in zig-zag order.
static void keep_tables(Still *still, const struct jpeg_decompress_struct *jpeg)
{
    static const uint8_t zig_zag[DCTSIZE2] = {
        0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
        41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
        30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};
    still->tables = g_byte_array_sized_new(NUM_QUANT_TBLS * DCTSIZE2 * 2);
    for (unsigned id = 0; id < NUM_QUANT_TBLS; id++) {
        const JQUANT_TBL *table = jpeg->quant_tbl_ptrs[id];
        for (unsigned i = 0; table != NULL && i < DCTSIZE2; i++) {
            unsigned value = table->quantval[zig_zag[i]];
            uint8_t pair[2] = {(uint8_t)(value >> 8), (uint8_t)value};
            g_byte_array_append(still->tables, pair, 2);
        }
    }
}

// Walks the segments before the first scan to the first APP1 that holds EXIF.
static void find_exif(Still *still)
{
    Reader reader = reader_init(still->bytes, still->size_bytes);
    reader_skip(&reader, 2);
    while (reader_u8(&reader) == 0xff) {
        uint8_t marker = 0xff;
        while (marker == 0xff)
            marker = reader_u8(&reader);
        if (marker == 0xda || marker == 0xd9 || marker == 0)
            return;
        if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8))
            continue;
        unsigned length = reader_u16be(&reader);
        const uint8_t *segment = length >= 2 ? reader_bytes(&reader, length - 2) : NULL;
        if (segment == NULL)
            return;
        if (marker == 0xe1 && length >= 8 && memcmp(segment, "Exif\0", 5) == 0) {
            still->exif = segment;
            still->exif_bytes = length - 2;
            return;
        }
    }
}

static bool jpeg_open(Still *still, GError **err)
{
    JpegState *state = g_new0(JpegState, 1);
    still->state = state;
    state->still = still;
    state->jpeg.err = jpeg_std_error(&state->errors);
    state->jpeg.client_data = state;
    state->errors.error_exit = leave;
    state->errors.emit_message = note_warning;
    state->errors.output_message = ignore_output;
    if (!guarded(state, read_header, NULL, err))
        return false;
    keep_tables(still, &state->jpeg);
    find_exif(still);
    return true;
}

// CMYK as it is stored in JPEG: inverted, 255 is no ink. Every program writes it so, and readers
// take it so with or without the Adobe marker, as ImageMagick does.
static void cmyk_to_rgbx(uint8_t *row, uint32_t width)
{
    for (uint32_t x = 0; x < width; x++, row += 4) {
        for (unsigned i = 0; i < 3; i++)
            row[i] = still_without_ink(row[i], row[3]);
    }
}

typedef struct {
    uint8_t *const *rows;
    unsigned count;
    unsigned filled;
} ReadRows;

static void finish(JpegState *state, void *unused)
{
    state->is_finishing = true;
    jpeg_finish_decompress(&state->jpeg);
}

static void read_rows(JpegState *state, void *argument)
{
    ReadRows *request = argument;
    if (!state->is_started) {
        jpeg_start_decompress(&state->jpeg);
        state->is_started = true;
    }
    while (request->filled < request->count)
        request->filled +=
            jpeg_read_scanlines(&state->jpeg, (JSAMPARRAY)request->rows + request->filled,
                                request->count - request->filled);
}

// The source stands behind the end marker, unless it ran dry and libjpeg gave it one of its own.
static void find_end(JpegState *state)
{
    const Still *still = state->still;
    const uint8_t *next = state->jpeg.src->next_input_byte;
    if (next >= still->bytes && next <= still->bytes + still->size_bytes)
        state->still->end = (size_t)(next - still->bytes);
}

static unsigned jpeg_read(Still *still, uint8_t *const *rows, unsigned count, GError **err)
{
    JpegState *state = still->state;
    ReadRows request = {.rows = rows, .count = count};
    guarded(state, read_rows, &request, err);
    if (state->jpeg.out_color_space == JCS_CMYK) {
        for (unsigned i = 0; i < request.filled; i++)
            cmyk_to_rgbx(rows[i], still->width);
    }
    if (request.filled == count && state->jpeg.output_scanline == state->jpeg.output_height &&
        guarded(state, finish, NULL, NULL))
        find_end(state);
    return request.filled;
}

static void set_scale(JpegState *state, void *argument)
{
    const unsigned *factor = argument;
    state->jpeg.scale_num = 1;
    state->jpeg.scale_denom = *factor;
    jpeg_calc_output_dimensions(&state->jpeg);
}

// By its transform, which is far cheaper than decoding everything.
static void jpeg_reduce(Still *still, unsigned factor)
{
    JpegState *state = still->state;
    if (!guarded(state, set_scale, &factor, NULL))
        return;
    still->width = state->jpeg.output_width;
    still->height = state->jpeg.output_height;
}

static void jpeg_close(Still *still)
{
    JpegState *state = still->state;
    if (state != NULL && state->is_created)
        jpeg_destroy_decompress(&state->jpeg);
    g_free(state);
}

const StillBackend still_jpeg = {media_types, jpeg_open, jpeg_read, jpeg_close, jpeg_reduce};
