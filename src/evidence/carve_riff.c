// SPDX-License-Identifier: Apache-2.0
//
// RIFF: WebP (RFC 9649), AVI with its OpenDML continuations, WAV.
//
//   "RIFF" | length (4) | form (4) | chunks        chunk: id (4) | length (4) | contents | pad
//
// The declared length is believed when the chunks end where it says. An AVI longer than a gigabyte
// goes on in further RIFFs of form "AVIX".
#include <string.h>

#include "evidence/carve_formats.h"

#define RIFF_HEADER_BYTES 12u
#define CHUNK_HEADER_BYTES 8u
#define CHUNKS_MAX 10000000u

#define FIRST_BYTES 18u // of the first chunk that are looked at

typedef struct {
    const char *name, *continuation; // forms; NULL: it is never continued
    const char *essential;           // beginning of the id of the chunk with something to see, or
                                     // of the type of the LIST
    bool may_lack_length;            // recorders that were cut off leave it at 0
    bool (*fits)(const uint8_t *first); // the first chunk
} Form;

// The frame tag's start code, the lossless signature, or the size that an extended header has.
static bool fits_webp(const uint8_t *first)
{
    return (memcmp(first, "VP8 ", 4) == 0 && memcmp(first + 11, "\x9d\x01\x2a", 3) == 0) ||
           (memcmp(first, "VP8L", 4) == 0 && first[8] == 0x2f) ||
           memcmp(first, "VP8X\x0a\0\0\0", 8) == 0;
}

static bool fits_avi(const uint8_t *first)
{
    return memcmp(first, "JUNK", 4) == 0 ||
           (memcmp(first, "LIST", 4) == 0 && memcmp(first + 8, "hdrlavih", 8) == 0);
}

static bool fits_wav(const uint8_t *first)
{
    return memcmp(first, "data", 4) != 0;
}

static const Form forms[] = {
    {"WEBP", NULL, "VP8", false, fits_webp},
    {"AVI ", "AVIX", "movi", true, fits_avi},
    {"WAVE", NULL, "data", false, fits_wav},
};

typedef struct {
    CarveView *view;
    const Form *form;
    uint64_t at; // where it ends or breaks off
    bool has_essential;
} RiffWalk;

static bool is_id(const uint8_t *id)
{
    for (unsigned i = 0; i < 4; i++) {
        if (id[i] < 0x20 || id[i] > 0x7e)
            return false;
    }
    return true;
}

static void note_essential(RiffWalk *walk, const uint8_t *id, const uint8_t *list_type)
{
    bool is_list = memcmp(id, "LIST", 4) == 0 && list_type != NULL;
    size_t length = strlen(walk->form->essential);
    walk->has_essential |= memcmp(is_list ? list_type : id, walk->form->essential, length) == 0;
}

// Goes over the chunks up to `end`. False when they do not end there.
static bool walk_chunks(RiffWalk *walk, uint64_t end)
{
    for (unsigned i = 0; i < CHUNKS_MAX && walk->at < end; i++) {
        Reader reader = carve_view_reader(walk->view, walk->at, CHUNK_HEADER_BYTES + 4);
        const uint8_t *id = reader_bytes(&reader, 4);
        uint64_t length = reader_u32le(&reader);
        if (reader.failed || !is_id(id))
            return false;
        note_essential(walk, id, reader_bytes(&reader, 4));
        length += CHUNK_HEADER_BYTES;
        if (length > walk->view->size_bytes - walk->at) {
            walk->at = walk->view->size_bytes;
            return false;
        }
        // The pad byte behind the last chunk is left out at times.
        if (walk->at + length != end)
            length += length & 1;
        if (length > end - walk->at)
            return false;
        walk->at += length;
    }
    return walk->at == end;
}

// Steps over one RIFF of this form. False when there is none or it breaks off.
static bool walk_riff(RiffWalk *walk, const char *name)
{
    CarveView *view = walk->view;
    Reader reader = carve_view_reader(view, walk->at, RIFF_HEADER_BYTES);
    reader_skip(&reader, 4);
    uint64_t length = reader_u32le(&reader);
    const uint8_t *found = reader_bytes(&reader, 4);
    if (reader.failed || memcmp(reader.data, "RIFF", 4) != 0 || memcmp(found, name, 4) != 0)
        return false;
    uint64_t end = walk->at + CHUNK_HEADER_BYTES + length;
    if (length == 0 && !walk->form->may_lack_length)
        return false;
    if (end > view->size_bytes || length == 0)
        end = view->size_bytes;
    else if ((length & 1) != 0 && end < view->size_bytes)
        end++;
    bool is_declared = end - walk->at >= CHUNK_HEADER_BYTES + length && length != 0;
    walk->at += RIFF_HEADER_BYTES;
    return walk_chunks(walk, end) && is_declared;
}

CarveShape carve_riff(CarveView *view)
{
    RiffWalk walk = {.view = view};
    const uint8_t *header = carve_view_bytes(view, 0, RIFF_HEADER_BYTES + FIRST_BYTES);
    for (size_t i = 0; header != NULL && i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (memcmp(header + 8, forms[i].name, 4) == 0 && forms[i].fits(header + RIFF_HEADER_BYTES))
            walk.form = &forms[i];
    }
    if (walk.form == NULL)
        return carve_shape(CARVE_NOTHING, 0);

    bool is_whole = walk_riff(&walk, walk.form->name);
    while (is_whole && walk.form->continuation != NULL) {
        uint64_t begin = walk.at;
        if (walk_riff(&walk, walk.form->continuation))
            continue;
        is_whole = walk.at == begin;
        break;
    }
    return carve_shape_by(is_whole && walk.has_essential, walk.has_essential, walk.at);
}
