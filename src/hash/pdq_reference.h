// SPDX-License-Identifier: Apache-2.0
//
// PDQ the plain way: the whole picture in memory, one step after another as the algorithm is
// written down, nothing shared with the streamed code. It is slow and exists to be compared with;
// only tests use it.
#pragma once

#include "hash/pdq.h"

typedef struct {
    PdqHash hash;
    PdqHash dihedral[PDQ_ORIENTATIONS];
    int quality;
    float matrix[PDQ_MATRIX_SIDE][PDQ_MATRIX_SIDE]; // zero when there is no hash
} PdqReference;

// `pixels` is the whole picture, rows `width` pixels apart without padding. False when out of
// memory. `pipeline` is one of the two.
bool pdq_reference(const uint8_t *pixels, PdqPixels kind, uint32_t width, uint32_t height,
                   PdqPipeline pipeline, PdqReference *ret_reference);
