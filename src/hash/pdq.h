// SPDX-License-Identifier: Apache-2.0
//
// PDQ of one picture, computed while its rows stream past.
//
// A PdqHasher takes the rows of a decoded picture from top to bottom and gives the perceptual hash
// of either or both pipelines in use in the field, bit for bit as the public C++ reference computes
// them. Nothing but a strip of 16 rows and the history of the box filters is kept, so the picture
// never exists whole. The two pipelines:
//
//   PDQ_512   what the reference's file tool does: a picture larger than 512 in either direction is
//             first brought to exactly 512x512 by nearest neighbour.
//   PDQ_FULL  what the reference's library entry points do (Python tools, video, exchanges): the
//             filter runs over the full resolution.
//
// A picture of at most 512x512 has the same hash in both; it is computed once.
//
// Life: new -> (rows, commit)* or push* -> finish -> result, matrix, border -> free.
//
// Memory, in bytes, with W and H the sides of the (cropped) picture and D the width it is decoded
// at:
//     strip    64 D                 (16 rows of 4-byte pixels; grey: 16 D)
//     history  4 W ceil(H/128)      (row-filtered floats under the column window)
//     tables   22 W + 2 H           (window counts, running sums, an empty row)
//     fixed    40 KiB; with PDQ_512 83 KiB more when either side passes 512
//     border   4 D + 3 KiB          (with find_border)
// which is 0.9 MB for 4000x3000 and stays under 1 MB for 12 megapixels up to sides of 5:2. The
// history grows by one byte for every 32 pixels.
//
// No globals: hashers on different threads do not know one another.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PDQ_HASH_BYTES 32
#define PDQ_SIDE_MAX (1u << 20) // widest and tallest picture that is taken
#define PDQ_STRIP_ROWS 16       // rows that are worked on together
#define PDQ_MATRIX_SIDE 64      // the picture as the transform sees it

typedef enum {
    PDQ_512 = 1,
    PDQ_FULL = 2,
    PDQ_BOTH = PDQ_512 | PDQ_FULL,
} PdqPipeline;

typedef enum {
    PDQ_PIXELS_RGBX = 0, // 4 bytes: red, green, blue, anything (libjpeg's JCS_EXT_RGBX)
    PDQ_PIXELS_GREY = 1, // 1 byte; taken as luma as it is, not through RGB
} PdqPixels;

// The code that runs the filters. All give the same floats, bit for bit.
typedef enum {
    PDQ_ENGINE_AUTO = 0, // the best this processor has
    PDQ_ENGINE_BASELINE, // 4 lanes, any processor; SSE2 on x86-64
    PDQ_ENGINE_AVX2,     // 8 lanes; needs AVX2 and FMA
    PDQ_ENGINE_AVX512,   // 16 lanes; needs AVX-512F
} PdqEngine;

// The eight ways to turn and mirror a picture. `PdqResult.dihedral[o]` of a picture Q is the hash
// that Q would have after the operation o was applied to it:
//
//   value            operation applied to Q                     so if it equals a listed hash, Q is
//   ORIGINAL         none                                       the listed picture
//   ROT90            turned a quarter counter-clockwise         listed, turned a quarter clockwise
//   ROT180           turned half round                          listed, turned half round
//   ROT270           turned a quarter clockwise                 listed, turned counter-clockwise
//   FLIP_X           upside down (rows in reverse order)        listed, upside down
//   FLIP_Y           mirrored (columns in reverse order)        listed, mirrored
//   FLIP_PLUS        transposed (about the main diagonal)       listed, transposed
//   FLIP_MINUS       transposed about the other diagonal        listed, transposed so
//
// Names and order are the reference's.
typedef enum {
    PDQ_ORIENTATION_ORIGINAL,
    PDQ_ORIENTATION_ROT90,
    PDQ_ORIENTATION_ROT180,
    PDQ_ORIENTATION_ROT270,
    PDQ_ORIENTATION_FLIP_X,
    PDQ_ORIENTATION_FLIP_Y,
    PDQ_ORIENTATION_FLIP_PLUS,
    PDQ_ORIENTATION_FLIP_MINUS,
    PDQ_ORIENTATIONS,
} PdqOrientation;

// In the order in which the hash is printed: byte 0 holds the first two hex digits, bits 255..248.
typedef struct {
    uint8_t bytes[PDQ_HASH_BYTES];
} PdqHash;

typedef struct {
    PdqHash hash;                       // all zero when a side is under 5 pixels
    PdqHash dihedral[PDQ_ORIENTATIONS]; // [PDQ_ORIENTATION_ORIGINAL] equals hash
    int quality;                        // 0..100; below 50 the ecosystem discards the hash
} PdqResult;

// A rectangle in pixels of the decoded picture.
typedef struct {
    uint32_t x, y, width, height;
} PdqRect;

// All zero: RGBX, both pipelines, best engine, whole picture, no search for a border.
typedef struct {
    PdqPixels pixels;
    PdqPipeline pipelines; // 0: both
    PdqEngine engine;
    PdqRect crop;     // all zero: whole picture. Rows outside must still be given; they are dropped
    bool find_border; // also look for a uniform border (hash/pdq_border.h); costs about 1 %
} PdqOptions;

typedef struct PdqHasher PdqHasher;

// A hasher for a picture of this size as decoded. NULL with errno set: EINVAL for a side of 0 or
// over PDQ_SIDE_MAX, a crop that leaves the picture, or an unknown option; ENOTSUP when this
// processor lacks the engine asked for; ENOMEM. Allocations follow the formula above, so a caller
// who takes sizes from input limits the number of pixels first. `options` may be NULL.
PdqHasher *pdq_hasher_new(uint32_t width, uint32_t height, const PdqOptions *options);
void pdq_hasher_free(PdqHasher *hasher);

// The next rows to be filled, for decoders that write where they are told:
//
//     unsigned room;
//     uint8_t **rows = pdq_hasher_rows(hasher, &room);
//     pdq_hasher_commit(hasher, jpeg_read_scanlines(&jpeg, rows, room));
//
// `ret_room` is how many may be filled, 1..16, and 0 once all rows have been given. Borrowed until
// the next call. Use these rows rather than your own: libjpeg-turbo's colour conversion writes past
// the cache when an output row is 16-byte aligned, and reading such rows back makes the hash up to
// twice as slow. These rows stand at 4 modulo 16 and at a stride that no cache set repeats. Bytes
// after the width may be written (up to 15 pixels); they never count.
uint8_t **pdq_hasher_rows(PdqHasher *hasher, unsigned *ret_room);

// `count` of those rows are now filled (from the first on); 0 is allowed, more than the room is
// not.
void pdq_hasher_commit(PdqHasher *hasher, unsigned count);

// Copies `count` rows that the caller already has, `stride` bytes apart, in the hasher's pixel
// type. Rows past the picture's height are left out.
void pdq_hasher_push(PdqHasher *hasher, const uint8_t *pixels, size_t stride, size_t count);

// The same for packed 3-byte RGB rows, into a hasher for RGBX.
void pdq_hasher_push_rgb(PdqHasher *hasher, const uint8_t *pixels, size_t stride, size_t count);

// After the last row. False when rows are missing: then there is no result.
bool pdq_hasher_finish(PdqHasher *hasher);

// After a successful finish. False when `pipeline` (one of them, not both) was not asked for.
bool pdq_hasher_result(const PdqHasher *hasher, PdqPipeline pipeline, PdqResult *ret_result);

// The 64x64 floats the transform was given, row-major: 4096 of them, borrowed. NULL when `pipeline`
// was not asked for or a side is under 5 pixels. For tests: contraction or reordering shows here
// long before a hash changes.
const float *pdq_hasher_matrix(const PdqHasher *hasher, PdqPipeline pipeline);

// With find_border, after a successful finish: true and the rectangle inside the border when there
// is one. Decode once more with that `crop` for the hash of the trimmed picture.
bool pdq_hasher_border(const PdqHasher *hasher, PdqRect *ret_inside);

// Bytes the hasher holds.
size_t pdq_hasher_bytes(const PdqHasher *hasher);

// True when this processor can run the engine.
bool pdq_engine_available(PdqEngine engine);

// "avx512", "avx2", "sse2" (or "baseline" off x86-64); for AUTO the one that would be taken.
const char *pdq_engine_name(PdqEngine engine);

// "original", "rot90", "rot180", "rot270", "flip_x", "flip_y", "flip_plus", "flip_minus".
const char *pdq_orientation_name(PdqOrientation orientation);

// The 64 hex digits and a terminating zero.
void pdq_hash_to_hex(const PdqHash *hash, char ret_hex[2 * PDQ_HASH_BYTES + 1]);
