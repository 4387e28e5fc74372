// SPDX-License-Identifier: Apache-2.0
//
// FrameIndex: the hashed frames of one video, to be asked which of them resemble another frame.
//
// Two hashes within 31 bits agree, but for one bit at most, in one of their sixteen words of 16
// bits. So there is a table for each word, and a question looks up 16 x 17 words; of random frames
// one in 240 is compared. Larger distances compare every frame. A question by words compares
// FRAME_INDEX_CHECKS frames at most, so that frames that were made to share words cost no more, and
// ends when FRAME_INDEX_ENOUGH comparisons have found a resemblance; words that are equal go first,
// so what is nearest has been seen by then.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/video.h"

typedef struct FrameIndex FrameIndex;

#define FRAME_INDEX_CHECKS 16384u
#define FRAME_INDEX_ENOUGH 1024u

// Of frames[numbers[0]] … frames[numbers[count - 1]]; copied. 200 bytes a frame.
FrameIndex *frame_index_new(const FrameHash *frames, const uint32_t *numbers, size_t count);

void frame_index_free(FrameIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FrameIndex, frame_index_free)

typedef struct {
    uint32_t place; // in `numbers`
    uint32_t distance;
} FrameHit;

// The nearest frames within the distance, at most `max` of them, nearest first, then in order of
// place. Returns how many.
size_t frame_index_nearest(const FrameIndex *index, const uint8_t hash[PDQ_BYTES],
                           unsigned distance, FrameHit *hits, size_t max);

// Whether there is a frame within the distance. `hint` is a place where one is likely, such as that
// of the last answer; it is set to where one was found.
bool frame_index_has(const FrameIndex *index, const uint8_t hash[PDQ_BYTES], unsigned distance,
                     size_t *hint);
