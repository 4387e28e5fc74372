// SPDX-License-Identifier: Apache-2.0
//
// Compares what is derived in tables (the stacks' counts, by which the queue gives out work) with
// what it is derived from. Changes nothing.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "store/database.h"

// Appends one text per fault (newly allocated), at most DERIVED_FAULTS_MAX of each kind.
#define DERIVED_FAULTS_MAX 20
bool derived_check(Database *database, GPtrArray *faults, GError **err);

// Ids of all cases (uint64_t), in order.
bool derived_case_ids(Database *database, GArray *ids, GError **err);

// Sealed previews behind `after_id` in order of id: of DerivedPreview *.
typedef struct {
    uint64_t id, media_id, object_key_id;
    GBytes *sealed;
} DerivedPreview;

void derived_preview_free(DerivedPreview *preview);
bool derived_previews(Database *database, uint64_t after_id, unsigned limit, GPtrArray *previews,
                      GError **err);
