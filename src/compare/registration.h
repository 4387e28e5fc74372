// SPDX-License-Identifier: Apache-2.0
//
// Registration: how one picture lies on another one that shows the same, cropped, framed, scaled,
// turned, mirrored or slightly tilted as it may be. Pure; Clew's own.
//
// Borders are set aside, the whole insides are laid over each other in eight orientations, and when
// none of that fits the place is searched for (search.h). What fits best is refined from small to
// large (refine.h) and then judged: two pictures that do not show the same are refused rather than
// compared.
#pragma once

#include <stdbool.h>

#include "compare/affine.h"
#include "compare/reduced.h"

typedef struct {
    bool is_same;         // else nothing below but `reason` means anything
    const char *reason;   // why they are not: one phrase, static
    Affine map;           // pixels of A -> pixels of B
    unsigned orientation; // what was done to A, but for scale and tilt: see affine_onto
    double correlation;   // of what both show, -1 to 1
    double agreement;     // share of the blocks with content that show the same, 0-1
    // In pixels of each picture, A first: inside its border (the whole picture without one), and of
    // that what the other shows too, along the middle of its sides.
    Area inside[2], shared[2];
} Registration;

// A hint is the registration of a similar pair, such as the frames before, of pictures of the same
// size: it is followed where it fits, for a fraction of the work, and nothing else is tried. NULL:
// everything is.
void register_pictures(const Reduced *a, const Reduced *b, const Registration *hint,
                       Registration *ret_registration);
