// SPDX-License-Identifier: Apache-2.0
//
// Messages between a program and clew-media-worker about two items that are to be compared. Beside
// those of wire/media_message.h, from which the first byte parts them; exact layout in
// compare_message.c. What arrives from a worker is well-formed or nothing.
//
//   program -> worker  SIDE, twice, each with the descriptor of a file; then COMPARE, any number
//   worker -> program  one answer to each
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/record.h"

typedef struct {
    unsigned side; // 0: A, 1: B; replaces what was there
    bool is_video;
    uint64_t size_bytes; // of the file whose descriptor comes along
    const char *media_type;
} CompareSideRequest;

// Answer to SIDE.
typedef struct {
    Status status;
    char *reason; // NULL when STATUS_OK
    // Of a JPEG: how it was last saved. 0 where it is not known.
    unsigned jpeg_quality;           // 1-100, as the usual encoder counts
    unsigned jpeg_across, jpeg_down; // pixels of luma for one of colour
    bool is_progressive;
} CompareSideAnswer;

// The pictures to compare: of a video the frame at that time, of a still the still.
typedef struct {
    uint32_t milliseconds[2];
    // They lie on each other as the last pair that was the same did, or they are not the same:
    // nothing is searched.
    bool is_as_before;
} CompareRequest;

typedef struct {
    double left, top, right, bottom; // pixels
} CompareBox;

typedef struct {
    CompareBox box[2]; // in A and in B
    double share[2];   // of each picture without its border, 0-1
    double strength;   // levels
} CompareRegion;

// What differs all over; bits in the order of compare/tone.h.
typedef enum {
    COMPARE_BRIGHTER = 1 << 0, // B than A
    COMPARE_DARKER = 1 << 1,
    COMPARE_MORE_CONTRAST = 1 << 2,
    COMPARE_LESS_CONTRAST = 1 << 3,
    COMPARE_A_COLOURLESS = 1 << 4,
    COMPARE_B_COLOURLESS = 1 << 5,
    COMPARE_MORE_COLOUR = 1 << 6,
    COMPARE_LESS_COLOUR = 1 << 7,
    COMPARE_TONES = (1 << 8) - 1,
} CompareTone;

#define COMPARE_REGIONS_MAX 64u

// Answer to COMPARE.
typedef struct {
    Status status;
    bool is_same; // else the pictures do not show the same, or could not be compared
    char *reason; // NULL when is_same
    // The rest only when is_same.
    unsigned orientation;            // what was done to A: orientation_name
    double correlation, agreement;   // -1 to 1, 0-1
    double map[6];                   // pixels of A to those of B: xx, xy, x0, yx, yy, y0
    uint32_t width[2], height[2];    // of the pictures
    CompareBox inside[2], shared[2]; // without border; of that what both show
    double beyond[2][4];             // share of a side's width or height that it alone shows
    bool has_border[2];
    unsigned tones; // of CompareTone
    double gain, offset, noise;
    bool has_more; // regions than fit
    unsigned region_count;
    CompareRegion regions[COMPARE_REGIONS_MAX];
} CompareAnswer;

// True for the requests of this header.
bool compare_message_is_request(const uint8_t *message, size_t size_bytes);

void compare_side_request_encode(const CompareSideRequest *request, GByteArray *ret_message);
// *ret_media_type is newly allocated and what ret_request->media_type points to.
bool compare_side_request_decode(const uint8_t *message, size_t size_bytes,
                                 CompareSideRequest *ret_request, char **ret_media_type);

void compare_request_encode(const CompareRequest *request, GByteArray *ret_message);
bool compare_request_decode(const uint8_t *message, size_t size_bytes, CompareRequest *ret_request);

void compare_side_answer_encode(const CompareSideAnswer *answer, GByteArray *ret_message);
bool compare_side_answer_decode(const uint8_t *message, size_t size_bytes,
                                CompareSideAnswer *ret_answer);
void compare_side_answer_clear(CompareSideAnswer *answer);

void compare_answer_encode(const CompareAnswer *answer, GByteArray *ret_message);
bool compare_answer_decode(const uint8_t *message, size_t size_bytes, CompareAnswer *ret_answer);
void compare_answer_clear(CompareAnswer *answer);
