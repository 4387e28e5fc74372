// SPDX-License-Identifier: Apache-2.0
//
// Previews in the database, each medium's sealed under a key of its own, so that destroying the key
// makes them unreadable in every copy. Previews of a content are kept once, whatever cases it is
// in.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "cases/preview.h"

// What the sealed bytes say they are, with the row's id (store/vault.h).
#define PREVIEW_SEALED_AS "preview"

// Stores what is not there yet; counts the new ones in *ret_stored (may be NULL).
bool preview_store(Act *act, uint64_t media_id, const PreviewSet *previews, unsigned *ret_stored,
                   GError **err);

// Why a medium has none; told wherever it is shown.
bool preview_store_reason(Act *act, uint64_t media_id, const char *reason, GError **err);

// *ret_jpeg is NULL when there is none of this kind; ordinal counts the pictures of a strip from 0.
bool preview_load(Casework *work, uint64_t media_id, PreviewKind kind, unsigned ordinal,
                  GBytes **ret_jpeg, GError **err);
