// SPDX-License-Identifier: Apache-2.0
//
// What still.c and its backends share; nothing outside media/ includes it. A backend is one file
// and one row of the table in still.c (docs/adding-a-decoder.md).
//
// open   reads the header only: fills the fields of Still marked so, allocates nothing that grows
//        with the picture (still.c checks the limits right after it).
// read   decodes the next rows, in order, each called once for each row. Returns how many of
//        `count` it filled; fewer means that it failed and set the error, and it is not called
//        again. Damage that it can go on from is noted in still->is_truncated instead.
// close  frees what open and read made; called once, also after a failed open.
// reduce see still_reduce; before the first read.
#pragma once

#include "media/still.h"

typedef struct {
    const char *const *media_types; // NULL-terminated
    bool (*open)(Still *still, GError **err);
    unsigned (*read)(Still *still, uint8_t *const *rows, unsigned count, GError **err);
    void (*close)(Still *still);
    void (*reduce)(Still *still, unsigned factor); // NULL: it cannot; changes width and height
} StillBackend;

struct Still {
    const StillBackend *backend;
    const uint8_t *bytes; // borrowed from the caller
    size_t size_bytes;
    const char *media_type; // static

    // Filled by open.
    uint32_t width, height;
    uint32_t frames; // 1 unless open says otherwise
    StillFormat format;
    unsigned sample_bits; // of a stored sample; 8 unless open says otherwise
    bool is_buffered;     // the whole picture will be in memory: LIMIT_STILL_BUFFERED_PIXELS holds
    const uint8_t *exif;  // the EXIF block, in `bytes` or owned by the backend; NULL when none
    size_t exif_bytes;
    GByteArray *tables; // JPEG: quantisation tables as still_metadata gives them; else NULL
    size_t end;         // offset behind the picture's last byte; 0 when not known. read may set it

    bool takes_low_bytes;  // see still_take_low_bytes
    bool blends_over_grey; // see still_blend_over_grey
    bool is_truncated;     // the data ends early or is damaged; by open or read
    void *state;           // the backend's own
};

extern const StillBackend still_jpeg, still_vips, still_bmp;

// Width and height against the limits, by is_buffered. still_open asks after open; a backend whose
// library might allocate while it reads the header asks earlier.
bool still_check_limits(const Still *still, GError **err);

// R, G, B of 255 minus ink and 255 minus black, as ImageMagick multiplies them without a profile.
static inline uint8_t still_without_ink(unsigned colour, unsigned black)
{
    return (uint8_t)((colour * black + 127) / 255);
}

// still_prepare and still_prepare_locked for the libraries that need it.
bool still_vips_prepare(GError **err);
void still_vips_prepare_locked(void);
// "8.14.1".
const char *still_vips_version(void);
// "2.1.5".
const char *still_jpeg_version(void);

// Where a picture of this type ends by its own structure (chunks, blocks, boxes), or 0 when the
// structure breaks off or the type does not say. JPEG is left to its decoder.
size_t still_find_end(const char *media_type, const uint8_t *bytes, size_t size_bytes);

// The EXIF block in the boxes of JPEG XL and JPEG 2000; NULL when there is none.
const uint8_t *still_find_exif(const uint8_t *bytes, size_t size_bytes, size_t *ret_size_bytes);
