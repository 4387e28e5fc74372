// SPDX-License-Identifier: Apache-2.0
//
// PreviewReducer: a picture made smaller row by row, each pixel the average of the area that it
// stands for. Memory is one row and the result.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct PreviewReducer PreviewReducer;

// `width` x `height` pixels of 1 byte (grey) or 4 (R, G, B, unused) become target_width x
// target_height, neither of them larger, of 1 or 3 bytes. NULL when there is no memory.
PreviewReducer *preview_reducer_new(uint32_t width, uint32_t height, bool is_grey,
                                    uint32_t target_width, uint32_t target_height);
// The next row; those after the last are passed over.
void preview_reducer_push(PreviewReducer *reducer, const uint8_t *row);
// The result, rows without gaps; those that no row was pushed for are black. Newly allocated.
uint8_t *preview_reducer_take(PreviewReducer *reducer);
void preview_reducer_free(PreviewReducer *reducer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PreviewReducer, preview_reducer_free)
