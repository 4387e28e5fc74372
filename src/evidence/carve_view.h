// SPDX-License-Identifier: Apache-2.0
//
// CarveView: the bytes of one candidate, counted from its first, while its structure is walked. It
// shows them through a window that moves along: what the search has read already at first, its own
// reads later, small ones after a jump and larger ones the longer it goes straight on.
//
// What cannot be read is as if it were not there: a walk then ends as it does at the end of the
// bytes. So does a walk that has used up the work it was granted.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/reader.h"
#include "evidence/source.h"

// The most that can be asked for in one piece: a JPEG segment with its marker.
#define CARVE_VIEW_PIECE (65535u + 2)

// Units of work, some nanoseconds each: what one question costs, and the bytes that one pays for.
#define CARVE_VIEW_QUESTION 4u
#define CARVE_VIEW_BYTES_PER_UNIT 16u

typedef struct {
    Source *source;
    uint64_t base;       // of the candidate, in the source
    uint64_t size_bytes; // of it and what follows up to the limit
    uint64_t work;       // that may still be done: CARVE_VIEW_QUESTION and its like
    bool stopped;        // `tick` wants no more

    const uint8_t *window; // NULL: nothing is at hand
    uint64_t window_begin;
    size_t window_bytes;
    uint8_t *buffer; // the window's, once it is the view's own
    size_t read_bytes;

    // Asked before each read of its own, so that a long walk can be ended; may be NULL.
    bool (*tick)(void *user_data);
    void *user_data;
} CarveView;

void carve_view_clear(CarveView *view);

// As many bytes from `offset` on as are at hand, at least one; 0 when there are none. The pointer
// is good until the view is asked again.
size_t carve_view_window(CarveView *view, uint64_t offset, const uint8_t **ret_bytes);

// `count` bytes (at most CARVE_VIEW_PIECE) at `offset`, or NULL when not all of them are there.
const uint8_t *carve_view_bytes(CarveView *view, uint64_t offset, size_t count);

// Counts bytes that were looked at one by one, or read, as work.
void carve_view_charge(CarveView *view, uint64_t bytes);

// A reader over the bytes at `offset`, `count` or as many as are there; what is missing makes it
// fail. It is good until the view is asked again.
Reader carve_view_reader(CarveView *view, uint64_t offset, size_t count);
