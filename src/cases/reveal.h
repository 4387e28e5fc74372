// SPDX-License-Identifier: Apache-2.0
//
// Reveal: a picture of a case is shown to somebody. Each is an act (AUDIT_REVEAL), and how long it
// was looked at another (AUDIT_REVEAL_ENDED). Only this counts as a view; reading facts does not.
//
// What is an exact match of something notable is seen only by those with PERMISSION_FULL_VIEW, and
// only with a purpose.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "cases/preview.h"

#define REVEAL_PURPOSE_MAX 256u
#define REVEAL_SHOWN_MS_MAX (24u * 3600u * 1000u)

typedef struct {
    uint64_t case_id, media_id;
    PreviewKind kind;
    unsigned ordinal;    // of a strip's pictures, from 0
    const char *purpose; // NULL: not said
} Reveal;

// Whether this actor may see this media, and the media's kind; also asked before a full view.
// CLEW_ERROR_NOT_FOUND: no such case or media for this actor; _DENIED: they may not, or did not say
// what for.
bool reveal_check(Casework *work, const Actor *actor, uint64_t case_id, uint64_t media_id,
                  const char *purpose, GError **err);

// The act's number (act_seq) is that of the reveal. CLEW_ERROR_NOT_FOUND also when there is no such
// picture; the sentence says why.
bool reveal_begin(Act *act, const Reveal *reveal, GBytes **ret_jpeg, GError **err);

// CLEW_ERROR_NOT_FOUND unless the same person revealed this media in this case.
bool reveal_end(Act *act, uint64_t case_id, uint64_t media_id, uint64_t reveal_seq,
                unsigned shown_ms, GError **err);
