// SPDX-License-Identifier: Apache-2.0
//
// JPEG (ITU-T T.81, annex B): segments from SOI to EOI, with entropy-coded data behind each SOS.
//
//   FF D8 | FF marker, length (2, counts itself), contents | … | FF DA … data | … | FF D9
//
// In entropy-coded data FF is followed by 00 or a restart marker; any other marker ends it. In
// bytes that are no JPEG an FF with something else follows soon, and that is where the picture
// breaks off. Thumbnails lie inside segments and are stepped over with them.
#include <string.h>

#include "evidence/carve_formats.h"

enum {
    MARKER_SOF0 = 0xc0,
    MARKER_SOF3 = 0xc3,
    MARKER_DHT = 0xc4,
    MARKER_JPG = 0xc8,
    MARKER_SOF11 = 0xcb,
    MARKER_DAC = 0xcc,
    MARKER_SOF15 = 0xcf,
    MARKER_RST0 = 0xd0,
    MARKER_RST7 = 0xd7,
    MARKER_EOI = 0xd9,
    MARKER_SOS = 0xda,
    MARKER_DQT = 0xdb,
    MARKER_DNL = 0xdc,
    MARKER_DRI = 0xdd,
    MARKER_DHP = 0xde,
    MARKER_APP1 = 0xe1,
    MARKER_APP15 = 0xef,
    MARKER_COM = 0xfe,
};

#define COMPONENTS_MAX 4u
#define FILL_BYTES_MAX 64u
// A sample takes at most 27 bits and a stuffed byte now and then; small pictures are padded to
// whole units of up to 32 by 32.
#define SAMPLE_BYTES_MAX 4u
#define PADDING_BYTES (256ull << 10)
// A block of 64 equal samples can be a few zero bits, so an even picture can be mostly zeroes.
#define SAMPLES_PER_ZERO 64u
#define ZEROES_PADDING (64ull << 10)

typedef struct {
    CarveView *view;
    uint64_t at;         // of the next marker; where it breaks off, if it does
    uint64_t end_max;    // the picture is not longer than this, once its frame is known
    uint64_t zeroes_max; // nor has it more zeroes than this one after another
    uint64_t zeroes;     // that stand before `at`
    unsigned components; // of the frame; 0 until it is known
    bool is_hierarchical, needs_quantisation, has_quantisation, has_scan;
    uint64_t exif_at; // of the segment; 0: none
    size_t exif_bytes;
} JpegWalk;

// ---- Segments ---------------------------------------------------------------------------------

// Number (1), sampling factors (1), quantisation table (1) of each component.
static bool are_components(Reader *reader, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        reader_skip(reader, 1);
        unsigned factors = reader_u8(reader), table = reader_u8(reader);
        unsigned across = factors >> 4, down = factors & 15;
        if (across < 1 || across > 4 || down < 1 || down > 4 || table > 3)
            return false;
    }
    return !reader->failed && reader_remaining(reader) == 0;
}

// Precision (1), lines (2), samples a line (2), components (1) of 3 bytes each. No lines: DNL
// says how many there are.
static bool read_frame(JpegWalk *walk, unsigned marker, Reader *reader)
{
    if (walk->components > 0 && !walk->is_hierarchical)
        return false;
    unsigned precision = reader_u8(reader);
    uint64_t lines = reader_u16be(reader), samples = reader_u16be(reader);
    unsigned components = reader_u8(reader);
    bool is_lossless = marker == MARKER_SOF3 || marker == MARKER_SOF11;
    bool is_precise =
        precision == 8 || precision == 12 || (is_lossless && precision >= 2 && precision <= 16);
    if (!is_precise || samples == 0 || components == 0 || components > COMPONENTS_MAX ||
        !are_components(reader, components))
        return false;
    walk->components = components;
    walk->needs_quantisation = !is_lossless;
    lines = lines == 0 ? 65535 : lines;
    uint64_t values = lines * samples * components;
    walk->end_max = walk->at + values * SAMPLE_BYTES_MAX + PADDING_BYTES;
    walk->zeroes_max = values / SAMPLES_PER_ZERO + ZEROES_PADDING;
    return true;
}

// Precision and number (1), then 64 values of 1 or 2 bytes; several tables may follow one another.
static bool read_quantisation(JpegWalk *walk, Reader *reader)
{
    while (reader_remaining(reader) > 0) {
        unsigned kind = reader_u8(reader);
        if (kind >> 4 > 1 || (kind & 15) > 3)
            return false;
        reader_skip(reader, kind >> 4 == 0 ? 64 : 128);
        if (reader->failed)
            return false;
    }
    walk->has_quantisation = true;
    return true;
}

// Class and number (1), counts of codes of 16 lengths, then so many values.
static bool read_huffman(Reader *reader)
{
    while (reader_remaining(reader) > 0) {
        unsigned kind = reader_u8(reader);
        const uint8_t *counts = reader_bytes(reader, 16);
        if (kind >> 4 > 1 || (kind & 15) > 3 || counts == NULL)
            return false;
        unsigned values = 0;
        for (unsigned i = 0; i < 16; i++)
            values += counts[i];
        if (values > 256)
            return false;
        reader_skip(reader, values);
        if (reader->failed)
            return false;
    }
    return true;
}

// Components of the scan (1), 2 bytes for each, then spectral selection and approximation (3).
static bool read_scan(JpegWalk *walk, Reader *reader)
{
    unsigned components = reader_u8(reader);
    bool fits = components >= 1 && components <= walk->components &&
                reader_remaining(reader) == 2 * (size_t)components + 3 &&
                (walk->has_quantisation || !walk->needs_quantisation);
    walk->has_scan |= fits;
    return fits;
}

static void note_exif(JpegWalk *walk, const Reader *reader)
{
    if (walk->exif_at == 0 && reader->size_bytes > 14 && memcmp(reader->data, "Exif\0\0", 6) == 0) {
        walk->exif_at = walk->at;
        walk->exif_bytes = reader->size_bytes + 4;
    }
}

static bool is_frame(unsigned marker)
{
    return marker >= MARKER_SOF0 && marker <= MARKER_SOF15 && marker != MARKER_DHT &&
           marker != MARKER_JPG && marker != MARKER_DAC;
}

// Markers that are followed by a segment, and may stand where one is looked for.
static bool has_segment(unsigned marker)
{
    return (marker >= MARKER_SOF0 && marker <= MARKER_SOF15 && marker != MARKER_JPG) ||
           (marker >= MARKER_SOS && marker <= MARKER_APP15) || marker == MARKER_COM;
}

static bool read_segment(JpegWalk *walk, unsigned marker, Reader *reader)
{
    switch (marker) {
    case MARKER_DHT:
        return read_huffman(reader);
    case MARKER_DQT:
        return read_quantisation(walk, reader);
    case MARKER_SOS:
        return read_scan(walk, reader);
    case MARKER_DRI:
    case MARKER_DNL:
        return reader->size_bytes == 2;
    case MARKER_DHP:
        walk->is_hierarchical = true;
        return reader->size_bytes >= 6;
    case MARKER_APP1:
        note_exif(walk, reader);
        return true;
    default:
        return !is_frame(marker) || read_frame(walk, marker, reader);
    }
}

// ---- Entropy-coded data -----------------------------------------------------------------------

static bool is_within_data(uint8_t behind_ff)
{
    return behind_ff == 0 || (behind_ff >= MARKER_RST0 && behind_ff <= MARKER_RST7);
}

// The first FF in bytes[0 .. count - 1] that begins a marker; count - 1 when there is none, so that
// a last FF, whose next byte is not at hand, is looked at again.
static size_t find_marker(const uint8_t *bytes, size_t count)
{
    const uint8_t *last = bytes + count - 1, *at = bytes;
    while (at < last) {
        const uint8_t *hit = memchr(at, 0xff, (size_t)(last - at));
        if (hit == NULL)
            return count - 1;
        if (hit[1] != 0xff && !is_within_data(hit[1]))
            return (size_t)(hit - bytes);
        at = hit + (hit[1] == 0xff ? 1 : 2);
    }
    return (size_t)(at - bytes);
}

// Counts zeroes that reach up to the end of what was skipped. False when there are more than a
// picture has: what followed it was never written, or wiped.
static bool count_zeroes(JpegWalk *walk, const uint8_t *bytes, size_t count)
{
    size_t last = 0;
    while (last < count && bytes[count - 1 - last] == 0)
        last++;
    walk->zeroes = last == count ? walk->zeroes + last : last;
    return walk->zeroes <= walk->zeroes_max;
}

// Goes to the marker behind the data. False when the bytes end before.
static bool skip_data(JpegWalk *walk)
{
    CarveView *view = walk->view;
    walk->zeroes = 0;
    for (;;) {
        const uint8_t *bytes = NULL;
        size_t count = carve_view_window(view, walk->at, &bytes);
        if (count == 1) {
            bytes = carve_view_bytes(view, walk->at, 2);
            walk->at += bytes == NULL;
            count = bytes != NULL ? 2 : 0;
        }
        if (count == 0)
            return false;
        size_t skipped = find_marker(bytes, count);
        walk->at += skipped;
        carve_view_charge(view, skipped);
        if (!count_zeroes(walk, bytes, skipped)) {
            walk->at -= walk->zeroes;
            return false;
        }
        if (skipped + 1 < count && bytes[skipped] == 0xff && bytes[skipped + 1] != 0xff &&
            !is_within_data(bytes[skipped + 1]))
            return true;
    }
}

// ---- The walk ---------------------------------------------------------------------------------

// The marker at `at`, behind fill bytes, which `at` then stands on. 0 when there is none.
static unsigned marker_at(JpegWalk *walk)
{
    const uint8_t *bytes = carve_view_bytes(walk->view, walk->at, 2);
    for (unsigned fill = 0; bytes != NULL && bytes[0] == 0xff; fill++) {
        if (bytes[1] != 0xff)
            return bytes[1];
        if (fill == FILL_BYTES_MAX)
            return 0;
        walk->at++;
        bytes = carve_view_bytes(walk->view, walk->at, 2);
    }
    return 0;
}

// Steps over one marker with what belongs to it. False where the picture breaks off.
static bool step(JpegWalk *walk, unsigned marker)
{
    if (!has_segment(marker))
        return false;
    Reader length_reader = carve_view_reader(walk->view, walk->at + 2, 2);
    size_t length = reader_u16be(&length_reader);
    if (length < 2)
        return false;
    Reader reader = carve_view_reader(walk->view, walk->at + 4, length - 2);
    bool is_whole = reader.size_bytes == length - 2;
    if (!is_whole && walk->view->size_bytes - walk->at < 2 + length)
        walk->at = walk->view->size_bytes;
    if (!is_whole || !read_segment(walk, marker, &reader))
        return false;
    walk->at += 2 + length;
    return marker != MARKER_SOS || skip_data(walk);
}

// A picture that breaks off before its first scan can still be known by its thumbnail.
static bool has_thumbnail(const JpegWalk *walk)
{
    if (walk->exif_at == 0)
        return false;
    Reader reader = carve_view_reader(walk->view, walk->exif_at, walk->exif_bytes);
    return memmem(reader.data, reader.size_bytes, "\xff\xd8\xff", 3) != NULL;
}

CarveShape carve_jpeg(CarveView *view)
{
    JpegWalk walk = {.view = view, .at = 2, .end_max = UINT64_MAX};
    for (;;) {
        unsigned marker = marker_at(&walk);
        if (marker == MARKER_EOI && walk.has_scan)
            return carve_shape(CARVE_WHOLE, walk.at + 2);
        if (marker == 0 || !step(&walk, marker))
            break;
        if (walk.end_max < view->size_bytes)
            view->size_bytes = walk.end_max;
    }
    return carve_shape_by(false, walk.has_scan || has_thumbnail(&walk), walk.at);
}
