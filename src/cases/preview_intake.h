// SPDX-License-Identifier: Apache-2.0
//
// Previews that came from elsewhere, in boxes sealed to this server's key. Who sends them is not
// trusted: a picture is kept only when it is a plain JPEG of bounded sides and size without
// metadata, and only of a media that needs eyes in the case.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "cases/preview.h"
#include "model/digest_set.h"

// Opens a box and adds its picture. CLEW_ERROR_INVALID says what is wrong with it.
typedef struct {
    PreviewKind kind;
    uint32_t milliseconds, width, height;
    GBytes *box;
} PreviewBox;
bool preview_intake_open(Casework *work, const PreviewBox *box, PreviewSet *previews, GError **err);

// Keeps them, or why there are none (`previews` empty and `reason` set). *ret_wanted is false, and
// nothing is kept, when no media with this content needs eyes in the case. *ret_stored counts what
// was not there before.
bool preview_intake_store(Act *act, uint64_t case_id, const uint8_t sha256[SHA256_BYTES],
                          const PreviewSet *previews, const char *reason, bool *ret_wanted,
                          unsigned *ret_stored, GError **err);
