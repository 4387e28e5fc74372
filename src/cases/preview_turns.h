// SPDX-License-Identifier: Apache-2.0
//
// PreviewTurns: of which contents previews were made in one scan, so that each is shown to the
// decoder once more and not as often as it occurs. Thread-safe. Past LIMIT_SCAN_REMEMBERED contents
// further ones are made again when they repeat.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct PreviewTurns PreviewTurns;

PreviewTurns *preview_turns_new(void);
void preview_turns_free(PreviewTurns *turns);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PreviewTurns, preview_turns_free)

// True: nobody has made them, and it is the caller's turn.
bool preview_turns_take(PreviewTurns *turns, const uint8_t *sha256);
// The caller could not, for a reason that the content is not to blame for: others may.
void preview_turns_give_back(PreviewTurns *turns, const uint8_t *sha256);
